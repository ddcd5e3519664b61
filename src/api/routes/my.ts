/** "My policies": a holder logs in with an address that the insurer knows and a code that is sent there; a signed cookie of half an hour. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  billDocument, codePage, documentsPage, homePage, logInPage, messagesPage, PLACES, preferencesPage, REACH_FROM_HOURS, REACH_TO_HOURS, receiptDocument, type MyPageInput,
} from '../../../portal/index.ts';
import { inInsurer, type Tx } from '../../database/index.ts';
import { billPdf } from '../../document/index.ts';
import { localDate, type BillId, type HolderId, type InsurerId, type Language, type PaymentId } from '../../kernel/index.ts';
import { channelSettings, codeMessage, openChannels, type Channels } from '../../outreach/index.ts';
import { methodLabel, PAY_LINK_DAYS, payLinkToken, payLinkUrl } from '../../payments/index.ts';
import { insurerIn, type Insurer } from '../../portfolio/index.ts';
import {
  addressOf, askCode, billDocuments, type BillKey, CODE_MINUTES, enterCode, holderOfOpenBill, holdersOfSession, leaveSession, myBills, myMessages, myPolicies, myPreferences, myReceipts, mySelf, noteDocuments, noteSent,
  PREFERRED_CHANNELS, savePreferences, SESSION_MINUTES, type CodeToSend,
} from '../../service/index.ts';
import { languageOf } from '../problems.ts';
import { behindTls, CODE_LIMIT, PAY_LIMIT } from '../security.ts';
import { machineNow, nowOf, originOf, type Api, type World } from '../world.ts';
import { sendPdf } from './bill-documents.ts';
import { fromElsewhere, language, pageLanguage, sendPage, sendProblemPage, takePages, type PortalRequest } from './portal-page.ts';

const COOKIE = 'inforce_my';
const MS_PER_DAY = 86_400_000;
const CODE = /^\d{6}$/;
const id = z.string().regex(/^\d{1,15}$/).transform(Number);
const lang = language.optional();
const codeForm = z.object({ address: z.string().max(1_000), lang });
const enterForm = z.object({ login: z.string().max(200), code: z.string().max(50), lang });
const payForm = z.object({ bill: id, lang });
const channel = z.union([z.literal('').transform(() => null), z.enum(PREFERRED_CHANNELS)]).default(null);
const hourOf = (hours: readonly number[]) => z.string().default('').transform((text) => hours.find((hour) => String(hour) === text)).transform((hour) => (hour === undefined ? null : hour * 60));
const preferencesForm = z.object({ first: channel, second: channel, third: channel, from: hourOf(REACH_FROM_HOURS), to: hourOf(REACH_TO_HOURS), lang });

type MyRequest = PortalRequest<{ insurer: string; id?: string }>;
/** One request of somebody who is logged in. */
type Inside = { readonly tx: Tx; readonly insurer: Insurer; readonly holderIds: readonly HolderId[]; readonly loginId: number; readonly request: MyRequest; readonly reply: FastifyReply; readonly page: MyPageInput };

/** Given after the commit: whoever is led to another page must find there what was written. */
type Answer = () => FastifyReply;

export function myRoutes(app: Api, world: World): void {
  const post = openPost(world);
  void app.register(async (scope) => {
    takePages(scope, (request) => addressOfPage(request as MyRequest));
    scope.addHook('onClose', () => post.close());
    const route = { config: { rateLimit: PAY_LIMIT }, schema: { hide: true } } as const;
    const guarded = { config: { rateLimit: CODE_LIMIT }, schema: { hide: true } } as const;
    const inside = (work: (inside: Inside) => Promise<Answer>) => (request: unknown, reply: FastifyReply) => withSession(world, request as MyRequest, reply, work);
    scope.post('/my/:insurer/code', guarded, (request, reply) => takeAddress(world, post, request as MyRequest, reply));
    scope.get('/my/:insurer/code', route, (request, reply) => showCode(world, request as MyRequest, reply));
    scope.post('/my/:insurer/enter', guarded, (request, reply) => takeCode(world, request as MyRequest, reply));
    scope.get('/my/:insurer', route, inside((one) => showHome(world, one)));
    scope.post('/my/:insurer/pay', route, inside((one) => openBillPage(world, one)));
    scope.get('/my/:insurer/documents', route, inside(showDocuments));
    scope.get('/my/:insurer/documents/bill/:id', route, inside(showBill));
    scope.get('/my/:insurer/documents/bill/:id/pdf', route, inside((one) => showBillPdf(world, one)));
    scope.get('/my/:insurer/documents/receipt/:id', route, inside(showReceipt));
    scope.get('/my/:insurer/messages', route, inside(showMessages));
    scope.get('/my/:insurer/preferences', route, inside(showPreferences));
    scope.post('/my/:insurer/preferences', route, inside(takePreferences));
    scope.post('/my/:insurer/leave', route, inside((one) => leave(world, one)));
  });
}

const addressOfPage = (request: MyRequest): string => `/my/${encodeURIComponent(request.params.insurer)}`;
const broken = (request: MyRequest, reply: FastifyReply, status: number): FastifyReply => sendProblemPage(request, reply, addressOfPage(request), 'broken', status);

/** The insurer of the address in a transaction of its own; a page that names nobody where there is none. Forms of other sites end here. */
async function withInsurer(world: World, request: MyRequest, reply: FastifyReply, work: (tx: Tx, insurer: Insurer) => Promise<Answer>): Promise<FastifyReply> {
  if (request.method === 'POST' && fromElsewhere(request)) return broken(request, reply, 403);
  const [found] = await world.database.app<{ insurer_id: InsurerId }[]>`select insurer_id from insurer_by_code(${request.params.insurer.replaceAll('\0', '')})`;
  if (found === undefined) return broken(request, reply, 404);
  const answer = await inInsurer(world.database.app, found.insurer_id, async (tx) => {
    const insurer = await insurerIn(tx, found.insurer_id);
    return insurer === undefined ? null : work(tx, insurer);
  });
  return answer === null ? broken(request, reply, 404) : answer();
}

const spokenIn = (request: MyRequest, otherwise: Language = languageOf(request)): Language => pageLanguage(request, formLanguage(request), otherwise);
function formLanguage(request: MyRequest): Language | undefined {
  const form = z.object({ lang: language }).safeParse(request.body);
  return form.success ? form.data.lang : undefined;
}
const pageOf = (request: MyRequest, insurer: Insurer, otherwise?: Language): MyPageInput => ({ insurer, language: spokenIn(request, otherwise), nonce: request.nonce });

async function takeAddress(world: World, post: Post, request: MyRequest, reply: FastifyReply): Promise<FastifyReply> {
  let leaving: (() => void) | null = null;
  const answer = await withInsurer(world, request, reply, async (tx, insurer) => {
    const form = codeForm.safeParse(request.body);
    const address = form.success ? addressOf(form.data.address.replaceAll('\0', '')) : null;
    if (address === null) return () => sendPage(reply, logInPage({ ...pageOf(request, insurer), note: 'wrong_address' }), 400);
    const { loginId, send } = await askCode(tx, world.secret, insurer.insurerId, address, machineNow(world));
    if (send !== null) leaving = () => post.send(insurer, loginId, send);
    return () => reply.redirect(`${addressOfPage(request)}/code?login=${loginToken(world, insurer, loginId)}&lang=${spokenIn(request)}`, 303);
  });
  // After the commit, and nobody waits for it: the answer takes as long for an address that nobody has.
  (leaving as (() => void) | null)?.();
  return answer;
}

const showCode = (world: World, request: MyRequest, reply: FastifyReply): Promise<FastifyReply> => withInsurer(world, request, reply, async (_tx, insurer) => {
  const login = String(request.query['login']);
  if (readLoginToken(world, insurer, login) === null) return () => sendPage(reply, logInPage({ ...pageOf(request, insurer), note: 'expired' }), 400);
  return () => sendPage(reply, codePage({ ...pageOf(request, insurer), login, minutes: CODE_MINUTES, wrong: false }));
});

const takeCode = (world: World, request: MyRequest, reply: FastifyReply): Promise<FastifyReply> => withInsurer(world, request, reply, async (tx, insurer) => {
  const form = enterForm.safeParse(request.body);
  const loginId = form.success ? readLoginToken(world, insurer, form.data.login) : null;
  if (!form.success || loginId === null) return () => sendPage(reply, logInPage({ ...pageOf(request, insurer), note: 'expired' }), 400);
  const code = form.data.code.normalize('NFKC').replace(/[\s-]/g, '');
  // What cannot be a code is no try.
  const entered = CODE.test(code) ? await enterCode(tx, world.secret, insurer.insurerId, loginId, code, machineNow(world)) : null;
  if (entered?.ok !== true) return () => sendPage(reply, codePage({ ...pageOf(request, insurer), login: form.data.login, minutes: CODE_MINUTES, wrong: true }), 400);
  void reply.setCookie(COOKIE, sessionToken(world, insurer, loginId, entered.value.until), {
    path: addressOfPage(request), httpOnly: true, sameSite: 'strict', secure: behindTls(), maxAge: SESSION_MINUTES * 60,
  });
  return () => reply.redirect(`${addressOfPage(request)}?lang=${spokenIn(request)}`, 303);
});

/** Without a session: the log-in, which says so where there had been one. */
const withSession = (world: World, request: MyRequest, reply: FastifyReply, work: (inside: Inside) => Promise<Answer>): Promise<FastifyReply> =>
  withInsurer(world, request, reply, async (tx, insurer) => {
    const cookie = request.cookies[COOKIE];
    const loginId = cookie === undefined ? null : readSessionToken(world, insurer, cookie);
    const holderIds = loginId === null ? [] : await holdersOfSession(tx, loginId, machineNow(world));
    if (loginId === null || holderIds.length === 0) {
      if (request.method === 'POST' || request.url.split('?')[0] !== addressOfPage(request)) return () => reply.redirect(`${addressOfPage(request)}?lang=${spokenIn(request)}`, 303);
      return () => sendPage(reply, logInPage({ ...pageOf(request, insurer), note: request.query['left'] === '1' ? 'left' : cookie === undefined ? null : 'ended' }));
    }
    return work({ tx, insurer, holderIds, loginId, request, reply, page: pageOf(request, insurer) });
  });

async function showHome(world: World, { tx, insurer, holderIds, request, reply }: Inside): Promise<Answer> {
  const [self, policies, bills] = await Promise.all([mySelf(tx, holderIds), myPolicies(tx, holderIds), myBills(tx, holderIds, 'open')]);
  return () => sendPage(reply, homePage({ ...pageOf(request, insurer, self.language), names: self.names, policies, bills, today: localDate(nowOf(world, insurer), insurer.timeZone) }));
}

/** A pay link for somebody who has proved who they are; it works as long as one in a message. */
async function openBillPage(world: World, { tx, insurer, holderIds, request, reply, page }: Inside): Promise<Answer> {
  const form = payForm.safeParse(request.body);
  const billId = (form.success ? form.data.bill : 0) as BillId;
  const holderId = await holderOfOpenBill(tx, holderIds, billId);
  if (holderId === null) return () => reply.redirect(`${addressOfPage(request)}?lang=${page.language}`, 303);
  const token = payLinkToken(world.secret, { insurerId: insurer.insurerId, holderId, billId, contactId: null, expiresAt: nowOf(world, insurer) + PAY_LINK_DAYS * MS_PER_DAY });
  return () => reply.redirect(`/pay/${token}?lang=${page.language}`, 303);
}

async function showDocuments({ tx, insurer, holderIds, reply, page }: Inside): Promise<Answer> {
  const [bills, receipts] = await Promise.all([myBills(tx, holderIds, 'all'), myReceipts(tx, holderIds)]);
  return () => sendPage(reply, documentsPage({ ...page, bills, receipts, timeZone: insurer.timeZone }));
}

async function showBill({ tx, holderIds, request, reply, page }: Inside): Promise<Answer> {
  const wanted = id.safeParse(request.params.id);
  const [self, [bill]] = await Promise.all([mySelf(tx, holderIds), myBills(tx, holderIds, (wanted.success ? wanted.data : 0) as BillId)]);
  return () => (bill === undefined ? broken(request, reply, 404) : sendPage(reply, billDocument({ ...page, names: self.names, bill })));
}

/** Of somebody who has proved who they are: with full name and address. */
async function showBillPdf(world: World, { tx, insurer, holderIds, request, reply, page }: Inside): Promise<Answer> {
  const wanted = id.safeParse(request.params.id);
  const billId = (wanted.success ? wanted.data : 0) as BillId;
  const at = nowOf(world, insurer);
  const today = localDate(at, insurer.timeZone);
  const payUrlOf = (key: BillKey): string => payLinkUrl(originOf(request), payLinkToken(world.secret, { insurerId: insurer.insurerId, ...key, contactId: null, expiresAt: at + PAY_LINK_DAYS * MS_PER_DAY }));
  const [made] = await billDocuments(tx, { insurer, today, masked: false, payUrlOf }, holderIds.map((holderId) => ({ holderId, billId })));
  // What is still being checked is no bill of theirs yet.
  if (made === undefined || made.bill.state === 'held') return () => broken(request, reply, 404);
  await noteDocuments(tx, insurer.insurerId, [made], 'opened', at, today);
  const bytes = await billPdf({ bill: made.bill, design: made.design, language: page.language });
  return () => sendPdf(reply, bytes, `bill-${made.bill.reference}`);
}

async function showReceipt({ tx, insurer, holderIds, request, reply, page }: Inside): Promise<Answer> {
  const wanted = id.safeParse(request.params.id);
  const [self, [receipt]] = await Promise.all([mySelf(tx, holderIds), myReceipts(tx, holderIds, (wanted.success ? wanted.data : 0) as PaymentId)]);
  if (receipt === undefined) return () => broken(request, reply, 404);
  return () => sendPage(reply, receiptDocument({ ...page, names: self.names, receipt, method: methodLabel(receipt.method, page.language), timeZone: insurer.timeZone }));
}

async function showMessages({ tx, insurer, holderIds, reply, page }: Inside): Promise<Answer> {
  const messages = await myMessages(tx, holderIds);
  return () => sendPage(reply, messagesPage({ ...page, messages, timeZone: insurer.timeZone }));
}

async function showPreferences({ tx, holderIds, request, reply, page }: Inside): Promise<Answer> {
  const preferences = await myPreferences(tx, holderIds);
  return () => sendPage(reply, preferencesPage({ ...page, preferences, saved: request.query['saved'] === '1' }));
}

async function takePreferences({ tx, holderIds, request, reply, page }: Inside): Promise<Answer> {
  const form = preferencesForm.safeParse(request.body);
  if (form.success) {
    const order = [...new Set(PLACES.map((place) => form.data[place]))].filter((one) => one !== null);
    await savePreferences(tx, holderIds, { order, fromMinutes: form.data.from, toMinutes: form.data.to });
  }
  return () => reply.redirect(`${addressOfPage(request)}/preferences?lang=${page.language}${form.success ? '&saved=1' : ''}`, 303);
}

async function leave(world: World, { tx, loginId, request, reply, page }: Inside): Promise<Answer> {
  await leaveSession(tx, loginId, machineNow(world));
  void reply.clearCookie(COOKIE, { path: addressOfPage(request) });
  return () => reply.redirect(`${addressOfPage(request)}?lang=${page.language}&left=1`, 303);
}

/** `<numbers>.<tag>`: what we gave out ourselves, and for which purpose. */
function signed(world: World, purpose: 'code' | 'session', { insurerId }: Insurer, ...numbers: readonly number[]): string {
  const body = numbers.join('.');
  return `${body}.${createHmac('sha256', world.secret).update(`inforce my\0${purpose}\0${insurerId}\0${body}`).digest('base64url')}`;
}
function readSigned(world: World, purpose: 'code' | 'session', insurer: Insurer, token: string): number[] | null {
  const numbers = token.split('.').slice(0, -1).map(Number);
  if (numbers.length === 0 || !numbers.every(Number.isSafeInteger)) return null;
  const [given, right] = [Buffer.from(token), Buffer.from(signed(world, purpose, insurer, ...numbers))];
  return given.length === right.length && timingSafeEqual(given, right) ? numbers : null;
}
const loginToken = (world: World, insurer: Insurer, loginId: number): string => signed(world, 'code', insurer, loginId);
const readLoginToken = (world: World, insurer: Insurer, token: string): number | null => readSigned(world, 'code', insurer, token)?.[0] ?? null;
const sessionToken = (world: World, insurer: Insurer, loginId: number, until: number): string => signed(world, 'session', insurer, loginId, until);
function readSessionToken(world: World, insurer: Insurer, token: string): number | null {
  const [loginId, until] = readSigned(world, 'session', insurer, token) ?? [];
  return loginId === undefined || until === undefined || machineNow(world) >= until ? null : loginId;
}

type Post = { readonly send: (insurer: Insurer, loginId: number, code: CodeToSend) => void; readonly close: () => Promise<void> };

/** Sends codes past the queue, whose gate and hours are not for them. The channels are opened with the first code. */
function openPost(world: World): Post {
  let channels: Channels | null = null;
  const leaving = new Set<Promise<void>>();
  const deliver = async (insurer: Insurer, loginId: number, { code, channel: name, to, holderId, language: spoken }: CodeToSend): Promise<void> => {
    channels ??= openChannels(world.channels ?? channelSettings());
    const send = channels.of(name)?.send ?? null;
    const named = spoken === 'en' ? insurer.name : spoken === 'zh-Hans' ? insurer.nameZhHans : insurer.nameZhHant;
    const parcel = {
      // Below zero: no contact of the queue has such a number, and each code its own.
      insurerId: insurer.insurerId, insurerCode: insurer.code, holderId, contactId: -loginId, to, sender: { name: insurer.name, email: insurer.contactEmail },
      message: codeMessage(spoken, { insurer: named, code, minutes: CODE_MINUTES }), language: spoken, at: nowOf(world, insurer), on: localDate(nowOf(world, insurer), insurer.timeZone),
      printDirectory: path.join(world.dataDirectory, 'letters', insurer.code), optOutLink: null,
    };
    let said = 'no_channel';
    // A line that is still being opened takes nothing yet.
    for (let tries = 0; tries < SEND_TRIES; tries += 1) {
      const sent = await send?.(parcel);
      said = sent === undefined ? said : sent.kind === 'sent' ? 'sent' : `${sent.kind}: ${sent.reason}`;
      if (sent?.kind !== 'retry') break;
      await new Promise((resolve) => { setTimeout(resolve, SEND_AGAIN_MS); });
    }
    await inInsurer(world.database.app, insurer.insurerId, (tx) => noteSent(tx, loginId, said));
  };
  return {
    send: (insurer, loginId, code) => {
      // The holder asks for another one where this did not arrive; the log names no address and no code.
      const work: Promise<void> = deliver(insurer, loginId, code).catch(() => {}).finally(() => leaving.delete(work));
      leaving.add(work);
    },
    close: async () => {
      await Promise.allSettled(leaving);
      await channels?.close();
    },
  };
}
const SEND_TRIES = 3;
const SEND_AGAIN_MS = 700;
