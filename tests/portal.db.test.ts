import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { openSandboxProvider, SANDBOX_PREFIX, type SandboxProvider } from '../simulator/provider/index.ts';
import { startInbox, type RunningInbox } from '../simulator/inbox/index.ts';
import { registerBooks, aPolicy, auditOf, openBooks, TODAY, NOW, type Books, type Policy, type SomePolicy } from '../src/payments/fixture.ts';
import { addDays, type BillId, type PaymentId } from '../src/kernel/index.ts';
import { payLinkToken, paymentSettings } from '../src/payments/index.ts';
import { freePort, inInsurer } from '../src/database/index.ts';
import { buildServer } from '../src/api/index.ts';

const SECRET = randomBytes(32);
let books: Books;
let provider: SandboxProvider;
let inbox: RunningInbox;
let app: FastifyInstance;
let now = NOW;
let origin = '';

before(async () => {
  books = await openBooks();
  await registerBooks(books.database, 'beacon');
  inbox = await startInbox({ database: books.database });
  const port = await freePort();
  const payments = paymentSettings(SECRET, `http://127.0.0.1:${port}${SANDBOX_PREFIX}`);
  provider = await openSandboxProvider({ database: books.database, apiKey: payments.sandbox.apiKey, webhookSecret: payments.sandbox.webhookSecret, webhookUrl: () => `${origin}/api/webhooks/sandbox`, now: () => now });
  app = await buildServer({
    database: books.database, dataDirectory: '/nonexistent', secret: SECRET, clock: () => ({ now: () => now }), consoleDirectory: '/nonexistent', rateLimits: false,
    payments, plugins: [provider.plugin], channels: { smtpUrl: inbox.smtpUrl, smppUrl: inbox.smppUrl },
  });
  origin = await app.listen({ port, host: '127.0.0.1' });
});
after(async () => {
  await app?.close();
  await provider?.close();
  await inbox?.close();
  await books?.close();
});

const somePolicy = (some: SomePolicy = {}): Promise<Policy> => books.in((tx) => aPolicy(tx, books.insurerId, { language: 'en', ...some }));
const linkOf = ({ holderId, bills }: Policy, index = 0): string =>
  `/pay/${payLinkToken(SECRET, { insurerId: books.insurerId, holderId, billId: bills[index]!, contactId: null, expiresAt: NOW + 90 * 86_400_000 })}`;
type Answer = { readonly status: number; readonly body: string; readonly to: string; readonly cookie: string };
async function send(method: 'GET' | 'POST', url: string, form: Readonly<Record<string, string | readonly string[]>> = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const fields = new URLSearchParams(Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one as string])));
  const answer = await app.inject({ method, url, headers: { host: new URL(origin).host, ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}), ...headers }, ...(method === 'POST' ? { payload: fields.toString() } : {}) });
  return { status: answer.statusCode, body: answer.body, to: answer.headers.location ?? '', cookie: String(answer.headers['set-cookie'] ?? '') };
}
/** Lets the payer confirm at the provider, and waits until its webhook was taken. */
async function confirm(to: string): Promise<void> {
  const answer = await fetch(to, { method: 'POST', body: new URLSearchParams({ action: 'confirm' }), redirect: 'manual' });
  assert.equal(answer.status, 303);
}
type BillRow = { bill_id: BillId; state: string; paid_minor: bigint; in_flight: boolean };
const billsOf = (ids: readonly BillId[]) => books.in((tx) => tx<BillRow[]>`select bill_id, state, paid_minor, in_flight from bills where bill_id = any(${[...ids]}::bigint[]) order by bill_id`);
const lastPayment = async ({ holderId }: Policy) => (await books.in((tx) => tx<{ payment_id: PaymentId; amount_minor: bigint; state: string; bill_ids: string[] | null }[]>`
  select payment_id, amount_minor, state, bill_ids from payments where holder_id = ${holderId} order by payment_id desc limit 1`))[0];

describe('several bills at once', () => {
  test('are offered where they are due within 30 days in the same currency, and their total is the payment', async () => {
    const first = await somePolicy({ bills: 1 });
    const second = await somePolicy({ bills: 3, holderId: first.holderId });
    await somePolicy({ holderId: first.holderId, market: 'CN', currency: 'CNY' });
    assert.match((await send('GET', linkOf(first))).body, /Pay 2 bills at once/);
    const choose = await send('GET', `${linkOf(first)}/several?lang=en`);
    assert.equal(choose.body.split('type="checkbox"').length, 2);
    const total = await send('GET', `${linkOf(first)}/several?lang=en&chosen=1&bill=${second.bills[0]}`);
    assert.match(total.body, /HK\$2,402\.40/);
    const paying = await send('POST', linkOf(first), { method: 'fps', lang: 'en', bill: [String(second.bills[0])] });
    assert.equal(paying.status, 303);
    assert.match(paying.to, /sandbox-provider/);
    assert.deepEqual((await lastPayment(first))?.bill_ids, [first.bills[0], second.bills[0]].map(String));
    await confirm(paying.to);
    assert.deepEqual((await billsOf([first.bills[0]!, ...second.bills])).map(({ state }) => state), ['paid', 'paid', 'open', 'open']);
    // Either bill's link is the receipt of both.
    for (const link of [linkOf(first), linkOf(second)]) assert.match((await send('GET', link)).body, /You paid HK\$2,402\.40[^]*HK\$1,201\.20[^]*HK\$1,201\.20/);
    assert.deepEqual(await auditOf(books), []);
  });
  test('are in flight together, so that no other link pays one of them again', async () => {
    const first = await somePolicy();
    const second = await somePolicy({ holderId: first.holderId });
    const paying = await send('POST', linkOf(first), { method: 'fps', bill: String(second.bills[0]) });
    // Its own link takes the checkout's place and pays that bill alone.
    const own = await send('POST', linkOf(second), { method: 'fps' });
    assert.notEqual(own.to, paying.to);
    const states = await books.in((tx) => tx<{ state: string }[]>`select state from payments where holder_id = ${first.holderId} order by payment_id`);
    assert.deepEqual(states.map(({ state }) => state), ['failed', 'created']);
    await confirm(own.to);
    assert.deepEqual((await billsOf([...first.bills, ...second.bills])).map(({ state, in_flight: flight }) => [state, flight]), [['open', false], ['paid', false]]);
  });
  test('open again together when their payment is charged back, and the auditor agrees', async () => {
    const first = await somePolicy();
    const second = await somePolicy({ holderId: first.holderId });
    const paying = await send('POST', linkOf(first), { method: 'fps', bill: String(second.bills[0]) });
    await confirm(paying.to);
    await provider.reverse(paying.to.split('/').at(-1) ?? '', 'charged_back');
    for (let tries = 0; tries < 100 && (await billsOf(second.bills))[0]?.state !== 'open'; tries += 1) await sleep(50);
    assert.deepEqual((await billsOf([...first.bills, ...second.bills])).map(({ state, paid_minor: paid }) => [state, paid]), [['open', 0n], ['open', 0n]]);
    assert.deepEqual(await auditOf(books), []);
  });
  test('never hold a bill of another holder', async () => {
    const [mine, other] = [await somePolicy(), await somePolicy()];
    const answer = await send('POST', linkOf(mine), { method: 'fps', lang: 'en', bill: String(other.bills[0]) });
    assert.match(answer.to, /\/several/);
    assert.equal(await lastPayment(mine), undefined);
  });
});

describe('a part of a bill', () => {
  test('is paid, the rest stays open and the page says by when and what it means', async () => {
    const policy = await somePolicy();
    const shown = await send('GET', `${linkOf(policy)}/part?lang=en&share=third&amount=`);
    assert.match(shown.body, /HK\$400\.40[^]*HK\$800\.80 stays open and is due on 29 November 2026[^]*paid by 30 December 2026/);
    const paying = await send('POST', linkOf(policy), { method: 'fps', lang: 'en', part: '400.40' });
    await confirm(paying.to);
    assert.deepEqual((await billsOf(policy.bills)).map(({ state, paid_minor: paid }) => [state, paid]), [['open', 40_040n]]);
    // Money by the due date, though not all of it.
    const [told] = await books.in((tx) => tx<{ first_part_on: string | null }[]>`select first_part_on from bills where bill_id = ${policy.bills[0] ?? 0}`);
    assert.equal(told?.first_part_on, TODAY);
    assert.match((await send('GET', `${linkOf(policy)}/done?lang=en`)).body, /HK\$400\.40 has arrived[^]*HK\$800\.80 stays open/);
    assert.deepEqual(await auditOf(books), []);
    const rest = await send('POST', linkOf(policy), { method: 'card', lang: 'en' });
    await confirm(rest.to);
    assert.equal((await billsOf(policy.bills))[0]?.state, 'paid');
    assert.deepEqual(await auditOf(books), []);
  });
  test('is noted with the class of the payer’s device, and with nothing else of it', async () => {
    const agent = 'Mozilla/5.0 (Linux; Android 14; SM-X710 Build/UP1A) AppleWebKit/537.36 Chrome/130.0 Safari/537.36';
    for (const [headers, device] of [[{ 'user-agent': agent }, 'tablet'], [{ 'user-agent': agent, 'sec-ch-ua-mobile': '?1' }, 'phone'], [{}, 'unknown']] as const) {
      const policy = await somePolicy();
      assert.match((await send('POST', linkOf(policy), { method: 'fps', lang: 'en' }, { 'user-agent': '', ...headers })).to, /sandbox-provider/);
      const [row] = await books.in((tx) => tx<{ device: string; whole: string }[]>`select device, p::text as whole from payments p where holder_id = ${policy.holderId}`);
      assert.equal(row?.device, device);
      assert.doesNotMatch(row?.whole ?? '', /Mozilla|Android|SM-X710|Chrome/);
    }
  });
  test('is at least a tenth and at most what is owed, whatever a form says', async () => {
    const policy = await somePolicy();
    for (const part of ['120.11', '1201.21', '0', '-5', 'x', '']) {
      assert.match((await send('POST', linkOf(policy), { method: 'fps', lang: 'en', part })).to, /\/part\?lang=en&wrong=1/, part);
    }
    assert.match((await send('GET', `${linkOf(policy)}/part?lang=en&share=own&amount=1`)).body, /between HK\$120\.12 and HK\$1,201\.20/);
    assert.equal(await lastPayment(policy), undefined);
    assert.match((await send('POST', linkOf(policy), { method: 'fps', lang: 'en', part: '120.12' })).to, /sandbox-provider/);
  });
});

describe('another day', () => {
  test('is promised once, may be moved within a fortnight of the first, and takes waiting reminders back', async () => {
    const policy = await somePolicy();
    const [holder, bill] = [policy.holderId, policy.bills[0]!];
    await books.in(async (tx) => {
      await tx`insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
        values (${books.insurerId}, ${holder}, 'k', ${TODAY}, ${bill}, 'contact', 'premium_reminder', 'email', ${new Date(NOW)}, 'allow', 't')`;
      await tx`insert into contacts (insurer_id, holder_id, ask_key, bill_id, purpose, channel, template, tone, language, queued_on, not_before, state)
        values (${books.insurerId}, ${holder}, 'k', ${bill}, 'premium_reminder', 'email', 'first_solution', 'friendly', 'en', ${TODAY}, ${new Date(NOW)}, 'queued')`;
    });
    const later = `${linkOf(policy)}/later`;
    const days = [...(await send('GET', `${later}?lang=en`)).body.matchAll(/<option value="([\d-]+)"/g)].map(([, day]) => day);
    assert.deepEqual([days[0], days.at(-1), days.length], [addDays(TODAY, 1), addDays(TODAY, 14), 14]);
    for (const day of [addDays(TODAY, 15), TODAY, 'never']) assert.doesNotMatch((await send('POST', later, { day, lang: 'en' })).to, /done=1/);
    const promised = await send('POST', later, { day: addDays(TODAY, 5), lang: 'en' });
    assert.match((await send('GET', promised.to)).body, /noted 29 November 2026/);
    await send('POST', later, { day: addDays(TODAY, 7), lang: 'en' });
    const rows = await books.in((tx) => tx`select pay_by, state, made_by, amount_minor from promises where bill_id = ${bill} order by promise_id`);
    assert.deepEqual(rows.map((row) => ({ ...row })), [
      { pay_by: addDays(TODAY, 5), state: 'withdrawn', made_by: 'holder', amount_minor: 120_120n }, { pay_by: addDays(TODAY, 7), state: 'open', made_by: 'holder', amount_minor: 120_120n },
    ]);
    const [contact] = await books.in((tx) => tx`select state, outcome from contacts where bill_id = ${bill}`);
    assert.deepEqual({ ...contact }, { state: 'cancelled', outcome: 'promise_open' });
    assert.match((await send('GET', linkOf(policy))).body, /pay by 1 December 2026[^]*nobody will remind you/);
  });
  test('is not offered where grace has ended', async () => {
    const policy = await somePolicy({ dueOn: addDays(TODAY, -60), stage: 'lapsed' });
    assert.doesNotMatch((await send('GET', linkOf(policy))).body, /Another day/);
    assert.match((await send('GET', `${linkOf(policy)}/later?lang=en`)).body, /no later day/);
  });
  test('keeps its promise when the bill is paid', async () => {
    const policy = await somePolicy();
    await send('POST', `${linkOf(policy)}/later`, { day: addDays(TODAY, 3) });
    await confirm((await send('POST', linkOf(policy), { method: 'fps' })).to);
    const [promise] = await books.in((tx) => tx`select state from promises where bill_id = ${policy.bills[0]!}`);
    assert.equal(promise?.['state'], 'kept');
  });
});

describe('something is wrong', () => {
  test('shows number and day of answer, and later how it was answered', async () => {
    const policy = await somePolicy();
    const sent = await send('POST', `${linkOf(policy)}/dispute`, { reason: 'amount', lang: 'en' });
    assert.match(sent.body, /answer by 4 December 2026[^]*Number[^]*Open/);
    await books.in(async (tx) => {
      await tx`update disputes set closed_at = ${new Date(NOW)}, resolution = 'corrected', resolution_note = 'internal' where bill_id = ${policy.bills[0]!}`;
      await tx`update bills set disputed = false where bill_id = ${policy.bills[0]!}`;
    });
    assert.match((await send('GET', linkOf(policy))).body, /answered on 24 November 2026[^]*has been corrected/);
    const page = (await send('GET', `${linkOf(policy)}/dispute?lang=en`)).body;
    assert.match(page, /Answered[^]*has been corrected[^]*What is wrong\?/);
    assert.doesNotMatch(page, /internal/);
  });
});

describe('the survey', () => {
  test('is answered once for a payment, may be changed within the hour, and not after it', async () => {
    const policy = await somePolicy();
    const survey = `${linkOf(policy)}/survey`;
    await send('POST', survey, { ease: '5' });
    await confirm((await send('POST', linkOf(policy), { method: 'fps' })).to);
    assert.match((await send('GET', linkOf(policy))).body, /How easy was it to pay\?/);
    const answers = () => books.in((tx) => tx`select ease, clarity from survey_answers where holder_id = ${policy.holderId}`);
    await send('POST', survey, { ease: '9' });
    assert.equal((await answers()).length, 0);
    await send('POST', survey, { ease: '4' });
    assert.match((await send('GET', linkOf(policy))).body, /Thank you for your answer/);
    await send('POST', survey, { ease: '2', clarity: '3' });
    try {
      now = NOW + 3_700_000;
      await send('POST', survey, { ease: '1' });
    } finally {
      now = NOW;
    }
    assert.deepEqual((await answers()).map((row) => ({ ...row })), [{ ease: 2, clarity: 3 }]);
  });
});

describe('a form of another site', () => {
  test('does nothing', async () => {
    const policy = await somePolicy();
    for (const path of ['', '/later', '/survey', '/dispute']) {
      assert.equal((await send('POST', linkOf(policy) + path, { method: 'fps', day: addDays(TODAY, 2), ease: '1', reason: 'other' }, { 'sec-fetch-site': 'cross-site' })).status, 403, path);
    }
    for (const path of ['code', 'enter', 'leave', 'pay', 'preferences']) assert.equal((await send('POST', `/my/harbour/${path}`, {}, { 'sec-fetch-site': 'same-site' })).status, 403, path);
  });
});

let people = 0;
/** Somebody with an address of their own. */
async function aPerson(some: SomePolicy = {}): Promise<Policy & { readonly email: string; readonly phone: string }> {
  people += 1;
  const policy = await somePolicy(some);
  const [email, phone] = [`Person${people}@Mail.example`, `+85255502${String(people).padStart(3, '0')}`];
  await books.in((tx) => tx`update holders set email = ${email}, phone = ${phone} where holder_id = ${policy.holderId}`);
  return { ...policy, email, phone };
}
const inboxOf = (holderId: number) => books.database.owner<{ channel: string; text: string }[]>`select channel, text from simulator.inbox where holder_id = ${holderId} order by message_id`;
async function codeFor(holderId: number, before = 0): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const messages = await inboxOf(holderId);
    const code = messages.length > before ? /\b(\d{6})\b/.exec(messages.at(-1)?.text ?? '')?.[1] : undefined;
    if (code !== undefined) return code;
    await sleep(50);
  }
  return assert.fail('no code came');
}
const loginIn = (to: string): string => new URL(to, 'http://x').searchParams.get('login') ?? '';
async function logIn(person: { readonly holderId: number; readonly email: string }): Promise<string> {
  const before = (await inboxOf(person.holderId)).length;
  const asked = await send('POST', '/my/harbour/code', { address: person.email, lang: 'en' });
  const entered = await send('POST', '/my/harbour/enter', { login: loginIn(asked.to), code: await codeFor(person.holderId, before), lang: 'en' });
  assert.equal(entered.status, 303, entered.body);
  return entered.cookie;
}
const cookieOf = (header: string): Record<string, string> => ({ cookie: header.split(';')[0] ?? '' });

describe('the log-in of holders', () => {
  test('sends a code to an e-mail address in any case, and by text message to a number as people write it', async () => {
    const person = await aPerson();
    const cookie = await logIn({ ...person, email: person.email.toUpperCase() });
    assert.match(cookie, /inforce_my=.*Max-Age=1800.*Path=\/my\/harbour.*HttpOnly.*SameSite=Strict/);
    await send('POST', '/my/harbour/code', { address: `00852 ${person.phone.slice(4, 8)}-${person.phone.slice(8)}` });
    await codeFor(person.holderId, 1);
    assert.deepEqual((await inboxOf(person.holderId)).map(({ channel }) => channel), ['email', 'sms']);
  });
  test('finds a number that was written as at home, with or without the digit that falls away abroad', async () => {
    const [inHongKong, inTaiwan] = [await aPerson(), await aPerson()];
    await books.in((tx) => tx`update holders set phone = '+886912000111' where holder_id = ${inTaiwan.holderId}`);
    for (const [person, typed] of [[inHongKong, `${inHongKong.phone.slice(4, 8)} ${inHongKong.phone.slice(8)}`], [inTaiwan, '0912-000-111']] as const) {
      const asked = await send('POST', '/my/harbour/code', { address: typed });
      assert.equal((await send('POST', '/my/harbour/enter', { login: loginIn(asked.to), code: await codeFor(person.holderId) })).status, 303, typed);
    }
  });
  test('takes what is a number in two places for nobody’s, and finds each with its country code', async () => {
    const [inHongKong, inSingapore] = [await aPerson(), await aPerson()];
    await books.in((tx) => tx`update holders set phone = ${`+65${inHongKong.phone.slice(4)}`} where holder_id = ${inSingapore.holderId}`);
    const asked = await send('POST', '/my/harbour/code', { address: inHongKong.phone.slice(4) });
    assert.ok(asked.to.includes('/code?login='));
    await send('POST', '/my/harbour/code', { address: `65${inHongKong.phone.slice(4)}` });
    await codeFor(inSingapore.holderId);
    await sleep(300);
    assert.deepEqual([(await inboxOf(inHongKong.holderId)).length, (await inboxOf(inSingapore.holderId)).length], [0, 1]);
  });
  test('counts the codes of a number, in however many ways it was written', async () => {
    const person = await aPerson();
    const local = person.phone.slice(4);
    for (const address of [local, person.phone, `00852${local}`, `852${local}`, `${local.slice(0, 4)} ${local.slice(4)}`]) await send('POST', '/my/harbour/code', { address });
    await sleep(300);
    assert.equal((await inboxOf(person.holderId)).length, 3);
  });
  test('answers the same for an address that nobody has, and no code opens it', async () => {
    const person = await aPerson();
    const [known, unknown] = [await send('POST', '/my/harbour/code', { address: person.phone, lang: 'en' }), await send('POST', '/my/harbour/code', { address: '+85299999999', lang: 'en' })];
    const [a, b] = [known, unknown].map(({ to }) => to.replace(/login=[^&]+/, 'login='));
    assert.deepEqual([known.status, a], [unknown.status, b]);
    const [first, second] = [await send('GET', known.to), await send('GET', unknown.to)].map(({ body }) => body.replace(/nonce="[^"]*"|value="[\d.\w-]*"|login=[^&"]+/g, ''));
    assert.equal(first, second);
    const wrong = await send('POST', '/my/harbour/enter', { login: loginIn(unknown.to), code: '123456', lang: 'en' });
    assert.deepEqual([wrong.status, wrong.cookie], [400, '']);
  });
  test('keeps no code, takes five tries, and one entry for each code', async () => {
    const person = await aPerson();
    const asked = await send('POST', '/my/harbour/code', { address: person.email });
    const code = await codeFor(person.holderId);
    const [row] = await books.in((tx) => tx`select holder_logins::text as text from holder_logins order by login_id desc limit 1`);
    assert.ok(!String(row?.['text']).includes(code) && !String(row?.['text']).includes('mail.example'));
    const login = loginIn(asked.to);
    const other = code === '000000' ? '000001' : '000000';
    for (let tries = 0; tries < 5; tries += 1) assert.equal((await send('POST', '/my/harbour/enter', { login, code: other })).status, 400);
    assert.equal((await send('POST', '/my/harbour/enter', { login, code })).status, 400);
    const again = await send('POST', '/my/harbour/code', { address: person.email });
    const fresh = await codeFor(person.holderId, 1);
    assert.equal((await send('POST', '/my/harbour/enter', { login: loginIn(again.to), code: ` ${fresh.slice(0, 3)} ${fresh.slice(3)} ` })).status, 303);
    assert.equal((await send('POST', '/my/harbour/enter', { login: loginIn(again.to), code: fresh })).status, 400);
  });
  test('forgets a code after ten minutes', async () => {
    const person = await aPerson();
    const asked = await send('POST', '/my/harbour/code', { address: person.email });
    const code = await codeFor(person.holderId);
    try {
      now = NOW + 10 * 60_000;
      assert.equal((await send('POST', '/my/harbour/enter', { login: loginIn(asked.to), code })).status, 400);
    } finally {
      now = NOW;
    }
  });
  test('sends no more than three codes to one address in a quarter of an hour, and says the same', async () => {
    const person = await aPerson();
    const answers: Answer[] = [];
    for (let asked = 0; asked < 5; asked += 1) answers.push(await send('POST', '/my/harbour/code', { address: person.email, lang: 'en' }));
    assert.ok(answers.every(({ status, to }) => status === 303 && to.includes('/code?login=')));
    await sleep(300);
    assert.equal((await inboxOf(person.holderId)).length, 3);
  });
  test('takes no session of another insurer, none that is forged, and none after half an hour', async () => {
    const cookie = cookieOf(await logIn(await aPerson()));
    assert.match((await send('GET', '/my/harbour', {}, cookie)).body, /Log out/);
    assert.doesNotMatch((await send('GET', '/my/beacon', {}, cookie)).body, /Log out/);
    const [name, value = ''] = (cookie['cookie'] ?? '').split('=');
    assert.doesNotMatch((await send('GET', '/my/harbour', {}, { cookie: `${name}=${value.replace(/^\d+/, (number) => String(Number(number) - 1))}` })).body, /Log out/);
    try {
      now = NOW + 30 * 60_000;
      assert.match((await send('GET', '/my/harbour', {}, cookie)).body, /logged out/);
    } finally {
      now = NOW;
    }
    assert.equal((await send('GET', '/my/nobody')).status, 404);
  });
});

describe('my policies', () => {
  test('shows policies with their full number, and an open bill that a button pays', async () => {
    const person = await aPerson();
    const cookie = cookieOf(await logIn(person));
    const home = (await send('GET', '/my/harbour?lang=en', {}, cookie)).body;
    assert.match(home, /陳美玲[^]*HL-HK-004410[^]*Pay HK\$1,201\.20[^]*in force/);
    const paying = await send('POST', '/my/harbour/pay', { bill: String(person.bills[0]), lang: 'en' }, cookie);
    assert.match(paying.to, /^\/pay\/[\w-]+\?lang=en$/);
    assert.match((await send('GET', paying.to)).body, /HK\$1,201\.20/);
    const other = await aPerson();
    assert.match((await send('POST', '/my/harbour/pay', { bill: String(other.bills[0]) }, cookie)).to, /^\/my\/harbour/);
  });
  test('has bills and receipts to print, of nobody else', async () => {
    const [person, other] = [await aPerson(), await aPerson()];
    await confirm((await send('POST', linkOf(person), { method: 'fps' })).to);
    const cookie = cookieOf(await logIn(person));
    const payment = await lastPayment(person);
    const documents = (await send('GET', '/my/harbour/documents?lang=en', {}, cookie)).body;
    assert.match(documents, new RegExp(`bill/${person.bills[0]}[^]*receipt/${payment?.payment_id}`));
    assert.match((await send('GET', `/my/harbour/documents/bill/${person.bills[0]}?lang=en`, {}, cookie)).body, /Bill[^]*Levy[^]*HK\$1,201\.20/);
    assert.match((await send('GET', `/my/harbour/documents/receipt/${payment?.payment_id}?lang=en`, {}, cookie)).body, /Receipt[^]*HK\$1,201\.20[^]*FPS/);
    assert.equal((await send('GET', `/my/harbour/documents/bill/${other.bills[0]}`, {}, cookie)).status, 404);
    assert.equal((await send('GET', '/my/harbour/documents/receipt/x', {}, cookie)).status, 404);
  });
  test('keeps the order of channels and the hours, and lists what was sent', async () => {
    const person = await aPerson();
    const cookie = cookieOf(await logIn(person));
    const saved = await send('POST', '/my/harbour/preferences', { first: 'sms', second: 'sms', third: 'email', from: '9', to: '18', lang: 'en' }, cookie);
    assert.match((await send('GET', saved.to, {}, cookie)).body, /Saved/);
    const [row] = await books.in((tx) => tx`select channel_order, preferred_channel, reach_from_minutes, reach_to_minutes from holders where holder_id = ${person.holderId}`);
    assert.deepEqual({ ...row }, { channel_order: ['sms', 'email'], preferred_channel: 'sms', reach_from_minutes: 540, reach_to_minutes: 1080 });
    await send('POST', '/my/harbour/preferences', { first: 'pigeon', from: '9' }, cookie);
    await send('POST', '/my/harbour/preferences', { from: '3', to: '23' }, cookie);
    const [after_] = await books.in((tx) => tx`select channel_order, reach_from_minutes, reach_to_minutes from holders where holder_id = ${person.holderId}`);
    assert.deepEqual({ ...after_ }, { channel_order: null, reach_from_minutes: null, reach_to_minutes: null });
    assert.match((await send('GET', '/my/harbour/messages?lang=en', {}, cookie)).body, /Nothing yet/);
  });
  test('is closed for good by logging out', async () => {
    const cookie = cookieOf(await logIn(await aPerson()));
    await send('POST', '/my/harbour/leave', {}, cookie);
    assert.doesNotMatch((await send('GET', '/my/harbour', {}, cookie)).body, /Log out/);
    for (const path of ['/documents', '/messages', '/preferences']) assert.equal((await send('GET', `/my/harbour${path}`, {}, cookie)).status, 303);
  });
  test('shows nothing of another insurer whose holder has the same address', async () => {
    const person = await aPerson();
    const [beacon] = await books.database.owner<{ insurer_id: number }[]>`select insurer_id from insurers where code = 'beacon'`;
    const id = (beacon?.insurer_id ?? 0) as Books['insurerId'];
    await inInsurer(books.database.app, id, (tx) => tx`
      insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, email) values (${id}, 'Z', 'Zed', 'Other', 'en', 'Asia/Hong_Kong', 'HK', ${person.email})`);
    const cookie = cookieOf(await logIn(person));
    assert.doesNotMatch((await send('GET', '/my/harbour', {}, cookie)).body, /Zed/);
  });
});

test('every page is small and asks for nothing from elsewhere', async () => {
  const person = await aPerson();
  const cookie = cookieOf(await logIn(person));
  const pages = [...['', '/part', '/later', '/several', '/dispute'].map((path) => linkOf(person) + path), ...['', '/documents', '/messages', '/preferences'].map((path) => `/my/harbour${path}`)];
  for (const url of pages) {
    const { body, status } = await send('GET', url, {}, cookie);
    assert.equal(status, 200, url);
    assert.ok(Buffer.byteLength(body) < 30_000, url);
    assert.doesNotMatch(body, /<script|@font-face|https?:\/\/|style="/, url);
  }
});
