/** All of the web bill's looks: phone first, light and dark, the system's own fonts, and as paper when it is printed. */

import { contrast, tinted } from '../pdf/colour.ts';

const DARK_CARD = '#191f24';
/** The lighter of the two dark grounds. */
const DARK_SOFT = '#222b31';

/** The design's colour, light enough to be read on the dark page. */
export function onDark(accent: string): string {
  const strength = [0.6, 0.5, 0.4, 0.3, 0.2].find((one) => contrast(tinted(accent, one), DARK_SOFT) >= 4.5) ?? 0.1;
  return tinted(accent, strength);
}

export const styleOf = (accent: string): string => `
:root{color-scheme:light dark;--page:#f3f5f6;--card:#fff;--ink:#14191d;--quiet:#4b5560;--line:#d5dbe0;--accent:${accent};--on:#fff;--soft:${tinted(accent, 0.1)};--hero:${accent}}
@media(prefers-color-scheme:dark){:root{--page:#101418;--card:${DARK_CARD};--ink:#e9eef2;--quiet:#a9b5bf;--line:#38424b;--accent:${onDark(accent)};--on:#0c1113;--soft:${DARK_SOFT}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
:lang(zh-Hans){font-family:system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
:lang(zh-Hant){font-family:system-ui,-apple-system,"PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",sans-serif}
main,header,footer{max-width:720px;margin:0 auto;padding:0 16px}
header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:0 16px;padding-top:8px}
header strong{font-size:16px;color:var(--accent)}
header p{margin:0;font-size:14px;color:var(--quiet)}
a{color:var(--accent)}
nav{display:flex;margin-left:-8px;flex-basis:100%}
nav a,.links a,header p a{display:inline-flex;align-items:center;min-height:44px}
nav a{padding:0 8px;color:var(--quiet);text-decoration:none;font-size:14px}
nav a[aria-current]{color:var(--ink);font-weight:600}
h1{font-size:15px;font-weight:400;margin:0;color:var(--quiet)}
h2{font-size:17px;margin:0 0 8px;color:var(--accent)}
p{margin:0 0 8px}
.hero{background:var(--soft);border-radius:16px;padding:18px 20px;display:grid;grid-template-columns:minmax(0,1fr);gap:14px 24px;margin:0 0 14px}
.amount{font-size:clamp(26px,9.5vw,46px);line-height:1.1;font-weight:700;letter-spacing:-.01em;color:var(--accent);margin:2px 0 0}
.amount.long{font-size:clamp(18px,5.6vw,36px)}
.due{font-size:19px;font-weight:650;margin:2px 0 12px}
.pay{display:flex;min-height:56px;align-items:center;justify-content:center;padding:8px 18px;border-radius:12px;background:var(--accent);color:var(--on);font-size:18px;font-weight:650;text-decoration:none;margin:0 0 8px}
a:focus-visible,summary:focus-visible{outline:3px solid var(--ink);outline-offset:2px}
.small{font-size:14px;color:var(--quiet)}
.hero .small{color:var(--ink)}
figure{margin:0;max-width:190px}
figure svg{display:block;width:100%;height:auto;background:#fff;border-radius:8px}
figcaption{font-size:14px;margin-top:6px}
.cover .hero{background:var(--hero);color:#fff}
.cover .hero h1{font-size:24px;line-height:1.25;font-weight:700;color:#fff}
.cover .hero .amount,.cover .hero .small{color:#fff}
.cover .hero .pay{background:#fff;color:var(--hero)}
.cover .hero a:focus-visible{outline-color:#fff}
.card{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:16px 20px;margin:0 0 14px}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0}
dt{color:var(--quiet);font-size:14px}
dd{margin:0;font-size:15px}
table{width:100%;border-collapse:collapse;font-size:15px}
th,td{padding:7px 0 7px 10px;border-bottom:1px solid var(--line);text-align:right;font-weight:400;vertical-align:top}
td{white-space:nowrap}
th:first-child{text-align:left;padding-left:0}
.wide{overflow-x:auto}
thead th{font-size:14px;color:var(--quiet)}
.before{color:var(--quiet)}
.total th,.total td{font-weight:700;border-bottom:2px solid var(--accent)}
@media(max-width:520px){.change{display:none}table{font-size:14px}}
ul{margin:0;padding-left:20px}
.links{display:flex;flex-wrap:wrap;gap:0 18px}
footer{padding-bottom:28px;font-size:14px;color:var(--quiet)}
@media(min-width:600px){.hero.qr{grid-template-columns:minmax(0,1fr) 190px}.two{display:grid;grid-template-columns:1fr 1fr;gap:0 14px;align-items:start}}
@media print{:root{--page:#fff;--card:#fff;--ink:#000;--quiet:#333;--line:#999;--accent:${accent};--soft:#fff;--on:#fff}nav,.pay,.links{display:none}.card{border:0;padding:4px 0;margin:0 0 6px;break-inside:avoid}.hero{border:1px solid var(--accent)}.hero.qr{grid-template-columns:minmax(0,1fr) 150px}.cover .hero{background:#fff;color:#000}.cover .hero h1,.cover .hero .amount,.cover .hero .small{color:#000}body{font-size:11pt}@page{size:A4;margin:14mm}.two{display:grid;grid-template-columns:1fr 1fr;gap:0 14px}}
`.replace(/\n/g, '');
