/** `/u/<token>`: "no more of these", without a log-in. A mail program's one click (RFC 8058) and a person's button do the same. */

import { type FastifyReply, type FastifyRequest } from 'fastify';
import { framed, html, problemPage } from '../../../portal/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type HolderId, type InsurerId, type Language, LANGUAGES } from '../../kernel/index.ts';
import { optOut, readOptOut, type OptOut, type OptOutChannel } from '../../outreach/index.ts';
import { PAY_LIMIT } from '../security.ts';
import { type Api, nowOf, type World } from '../world.ts';

const OPEN = { config: { access: 'public', rateLimit: PAY_LIMIT }, schema: { hide: true } } as const;
const FORM = 'application/x-www-form-urlencoded';

export function optOutRoutes(app: Api, world: World): void {
  void app.register(async (scope) => {
    // A form of a page, and the one click of a mail program; nothing in it is needed.
    if (!scope.hasContentTypeParser(FORM)) scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: 1_024 }, (_request, _body, done) => { done(null, {}); });
    if (!scope.hasContentTypeParser('multipart/form-data')) scope.addContentTypeParser('multipart/form-data', { parseAs: 'string', bodyLimit: 1_024 }, (_request, _body, done) => { done(null, {}); });
    // Looking changes nothing: scanners of mail open every link.
    scope.get('/u/:token', OPEN, (request, reply) => answer(world, request, reply, false));
    scope.post('/u/:token', OPEN, (request, reply) => answer(world, request, reply, true));
  });
}

async function answer(world: World, request: FastifyRequest, reply: FastifyReply, wanted: boolean): Promise<FastifyReply> {
  const { token } = request.params as { readonly token: string };
  const asked = (request.query as { readonly lang?: string }).lang;
  const chosen = LANGUAGES.find((one) => one === asked) ?? null;
  const address = `/u/${token}`;
  void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').header('x-robots-tag', 'noindex').header('referrer-policy', 'no-referrer');
  const read = readOptOut(world.secret, token);
  const whose = read.ok ? await readWhose(world, read.value) : null;
  if (!read.ok || whose === null) return reply.code(404).send(problemPage({ problem: 'broken', language: chosen ?? 'en', nonce: request.nonce, address }));
  if (wanted) await inInsurer(world.database.app, read.value.insurerId, (tx) => optOut(tx, read.value, nowOf(world, whose)));
  return reply.send(page({ link: read.value, whose, language: chosen ?? whose.language, nonce: request.nonce, address, done: wanted || whose.already }));
}

type Whose = { readonly language: Language; readonly already: boolean; readonly name: string; readonly nameZhHans: string; readonly nameZhHant: string; readonly phone: string; readonly simulated: boolean; readonly clockOffsetMs: number };

async function readWhose(world: World, { insurerId, holderId, channel }: { insurerId: InsurerId; holderId: HolderId; channel: OptOutChannel }): Promise<Whose | null> {
  const [row] = await inInsurer(world.database.app, insurerId, (tx) => tx<Whose[]>`
    select h.language, ${channel} = any(h.opted_out) as already, i.name, i.name_zh_hans as "nameZhHans", i.name_zh_hant as "nameZhHant", i.contact_phone as phone, i.simulated,
      i.clock_offset_ms as "clockOffsetMs"
    from holders h join insurers i using (insurer_id) where h.insurer_id = ${insurerId} and h.holder_id = ${holderId}`);
  return row ?? null;
}

type Texts = Readonly<Record<'title' | 'ask' | 'keep' | 'button' | 'done' | 'kept', string>>;
const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    title: 'Stop these messages?', ask: 'You will get no more reminders by {channel}.',
    keep: 'Receipts and notices that the law requires still reach you. Your policy and its due dates stay as they are.',
    button: 'Stop reminders by {channel}', done: 'Done. You will get no more reminders by {channel}.', kept: 'If this was a mistake, call us and we switch them on again.',
  },
  'zh-Hans': {
    title: '不再接收这类消息？', ask: '您将不再收到{channel}提醒。', keep: '收据和法律要求的通知仍会送达。您的保单和缴费日不变。',
    button: '停止{channel}提醒', done: '已完成。您不会再收到{channel}提醒。', kept: '如果是误操作，请致电我们重新开启。',
  },
  'zh-Hant': {
    title: '不再接收這類訊息？', ask: '您將不再收到{channel}提醒。', keep: '收據和法律要求的通知仍會送達。您的保單和繳費日不變。',
    button: '停止{channel}提醒', done: '已完成。您不會再收到{channel}提醒。', kept: '如果是誤操作，請致電我們重新開啟。',
  },
};
const CHANNELS: Readonly<Record<OptOutChannel, Readonly<Record<Language, string>>>> = {
  email: { en: 'e-mail', 'zh-Hans': '邮件', 'zh-Hant': '電郵' }, sms: { en: 'text message', 'zh-Hans': '短信', 'zh-Hant': '短訊' }, push: { en: 'app message', 'zh-Hans': '应用通知', 'zh-Hant': '應用程式通知' },
  wechat: { en: 'WeChat', 'zh-Hans': '微信', 'zh-Hant': '微信' }, call: { en: 'telephone', 'zh-Hans': '电话', 'zh-Hant': '電話' },
  voicemail: { en: 'voice message', 'zh-Hans': '语音留言', 'zh-Hant': '語音留言' }, letter: { en: 'letter', 'zh-Hans': '信件', 'zh-Hant': '信件' },
};

type PageInput = { readonly link: OptOut; readonly whose: Whose; readonly language: Language; readonly nonce: string; readonly address: string; readonly done: boolean };

function page({ link, whose, language, nonce, address, done }: PageInput): string {
  const say = (key: keyof Texts): string => TEXTS[language][key].replace('{channel}', CHANNELS[link.channel][language]);
  const insurer = language === 'en' ? whose.name : language === 'zh-Hans' ? whose.nameZhHans : whose.nameZhHant;
  const body = done
    ? html`<section class="card"><h2>${say('done')}</h2><p>${say('keep')}</p><p class="small">${say('kept')}</p></section>`
    : html`<section class="card"><h2>${say('title')}</h2><p>${say('ask')}</p><p class="small">${say('keep')}</p><form method="post" action="${address}?lang=${language}"><button class="main">${say('button')}</button></form></section>`;
  return framed({ language, nonce, title: say('title'), insurer, phone: whose.phone, simulated: whose.simulated, address }, body);
}
