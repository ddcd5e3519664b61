/** The provider's hosted page: phone first, three languages, and plain about moving no money. */

import { formatMoney, type Language } from '../../src/kernel/index.ts';
import { methodLabel } from '../../src/payments/index.ts';
import { type Session } from './store.ts';

type Words = { title: string; sandbox: string; to: string; pay: string; method: string; confirm: string; fail: string; cancel: string; closed: string; back: string };
const WORDS: Readonly<Record<Language, Words>> = {
  en: { title: 'Confirm your payment', sandbox: 'Sandbox: no real money moves', to: 'Policy', pay: 'You pay', method: 'With', confirm: 'Confirm payment', fail: 'Let the payment fail', cancel: 'Cancel', closed: 'This payment is closed already.', back: 'Back' },
  'zh-Hans': { title: '确认付款', sandbox: '沙盒环境：不会产生真实扣款', to: '保单', pay: '付款金额', method: '付款方式', confirm: '确认付款', fail: '模拟付款失败', cancel: '取消', closed: '此笔付款已结束。', back: '返回' },
  'zh-Hant': { title: '確認付款', sandbox: '沙盒環境：不會產生真實扣款', to: '保單', pay: '付款金額', method: '付款方式', confirm: '確認付款', fail: '模擬付款失敗', cancel: '取消', closed: '此筆付款已結束。', back: '返回' },
};

const STYLE = `:root{color-scheme:light dark;--page:#eef1f8;--card:#fff;--ink:#151a2d;--quiet:#565f7a;--line:#d9deec;--accent:#3a3f9e;--on:#fff;--warn:#7a4b00;--soft:#fff3d6}
@media(prefers-color-scheme:dark){:root{--page:#11131f;--card:#1b1e2e;--ink:#eceefb;--quiet:#a8afca;--line:#333850;--accent:#a9adff;--on:#14163a;--warn:#ffd58a;--soft:#3a2f14}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",sans-serif;font-variant-numeric:tabular-nums}
:lang(zh-Hans){font-family:system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:460px;margin:0 auto;padding:16px}.demo{background:var(--soft);color:var(--warn);text-align:center;padding:10px 16px;font-size:14px;font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:20px;margin:8px 0 16px}h1{font-size:17px;margin:0 0 14px}
.amount{font-size:clamp(30px,10vw,40px);font-weight:650;line-height:1.1;margin:0 0 14px}dl{display:grid;grid-template-columns:1fr auto;gap:6px 12px;margin:0;border-top:1px solid var(--line);padding-top:12px}dt{color:var(--quiet)}dd{margin:0;text-align:right}
form{margin:0 0 10px}button,.button{display:flex;width:100%;min-height:52px;align-items:center;justify-content:center;border-radius:12px;border:1px solid var(--line);background:var(--card);color:var(--ink);font:inherit;font-weight:550;cursor:pointer;text-decoration:none}
button.main{min-height:60px;font-size:18px;background:var(--accent);border-color:var(--accent);color:var(--on)}button:focus-visible,.button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}small{color:var(--quiet);display:block;text-align:center}`.replaceAll('\n', '');

const safe = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`);

export function hostedPage(session: Session, action: string, nonce: string): string {
  const { language } = session;
  const words = WORDS[language];
  const button = (name: string, label: string, kind: string): string =>
    `<form method="post" action="${safe(action)}"><input type="hidden" name="action" value="${name}"><button class="${kind}">${label}</button></form>`;
  const acts = session.status === 'open'
    ? button('confirm', words.confirm, 'main') + button('cancel', words.cancel, 'other') + button('fail', words.fail, 'other')
    : `<p role="status">${words.closed}</p><a class="button" href="${safe(session.returnUrl)}">${words.back}</a>`;
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">` +
    `<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${words.title}</title><style nonce="${nonce}">${STYLE}</style></head><body><div class="demo">${words.sandbox}</div><main>` +
    `<section class="card"><h1>${words.title}</h1><p class="amount">${formatMoney(session.amountMinor, session.currency)}</p><dl><dt>${words.method}</dt><dd>${safe(methodLabel(session.method, language))}</dd>` +
    `<dt>${words.to}</dt><dd>${safe(session.description)}</dd></dl></section>${acts}<small>Sandbox Pay</small></main></body></html>`;
}
