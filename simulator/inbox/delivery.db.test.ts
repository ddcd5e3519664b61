import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { logIn } from '../../src/api/client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from '../../src/api/fixture.ts';
import { inInsurer, readSecret } from '../../src/database/index.ts';
import { fixedClock, type BillId, type HolderId, type PaymentId } from '../../src/kernel/index.ts';
import { cancelReminders, deliverDue, followChannels, loadGateFacts, openChannels, optOutToken, queueReceipts, settleInterrupted, type DeliveryWorld } from '../../src/outreach/index.ts';
import { openPayLink } from '../../src/payments/index.ts';
import { inboxPlugin, newMessages, startInbox, type RunningInbox } from './index.ts';
import { moreHolders, queueContacts, worldOf } from './fixture.ts';

let house: TestHouse;
let inbox: RunningInbox;
before(async () => {
  house = await openHouse();
  inbox = await startInbox({ database: house.database });
});
after(async () => {
  await inbox.close();
  await house.close();
});

let insurers = 0;
/** An insurer of its own for each test, so that none sees another's messages. */
async function aWorld(): Promise<{ world: DeliveryWorld; insurer: TestInsurer }> {
  insurers += 1;
  const insurer = await seedInsurer(house.database, `house-${insurers}`, '');
  return { insurer, world: await worldOf(house.database, house.dataDirectory, insurer.insurerId, inbox) };
}
const received = (insurer: TestInsurer) => newMessages(house.database, insurer.insurerId, 0, 10_000);
type ContactState = { ask_key: string; state: string; failure: string | null; outcome: string | null; subject: string | null; body: string | null; not_before: Date; holder_id: number; contact_id: number };
const contacts = (insurer: TestInsurer, like = '%') => inInsurer(house.database.app, insurer.insurerId, (tx) => tx<ContactState[]>`
  select ask_key, state, failure, outcome, subject, body, not_before, holder_id, contact_id from contacts where insurer_id = ${insurer.insurerId} and ask_key like ${like} order by contact_id`);
const holderOf = (insurer: TestInsurer, index: number) => ({ holderId: insurer.holders[index] ?? 0, billId: insurer.bills[index] ?? 0 });

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail(`waited in vain: ${what}`);
}

void describe('delivery over real SMTP and SMPP', () => {
  test('e-mail and text arrive in the holder’s language with a link that opens exactly their bill', async () => {
    const { world, insurer } = await aWorld();
    const [hk, cn] = [holderOf(insurer, 0), holderOf(insurer, 1)];
    await queueContacts(house.database, insurer.insurerId, [
      { ...hk, key: 'a', template: 'instalment_reminder', language: 'zh-Hant' }, { ...cn, key: 'b', channel: 'sms', language: 'zh-Hans' },
    ]);
    const counts = await deliverDue(world);
    assert.deepEqual({ claimed: counts.claimed, sent: counts.sent }, { claimed: 2, sent: 2 });
    const [email, sms] = (await received(insurer)).sort((a, b) => a.channel.localeCompare(b.channel));
    assert.equal(email?.to, 'p0@mail.example');
    assert.equal(email?.subject, '陳美玲，讓您的Evergreen Life保障繼續守護');
    assert.match(email?.text ?? '', /HK\$1,201\.20/);
    assert.match(sms?.text ?? '', /^【海港人寿】.*¥881\.20.*中止.*退订/);
    assert.equal(sms?.to, '+85255501101');
    for (const [message, of] of [[email, hk], [sms, cn]] as const) {
      const link = openPayLink(readSecret(house.dataDirectory), message?.payLink?.split('/pay/')[1] ?? '');
      assert.deepEqual([link?.holderId, link?.billId, link?.contactId], [of.holderId, of.billId, message?.contactId]);
    }
    assert.equal(email?.receivedAt.getTime(), NOW);
    const [row] = await contacts(insurer, 'a');
    assert.equal(row?.body, email?.text.trim().replaceAll('\r', ''));
    await world.channels.close();
  });

  test('two deliverers at once send each contact once', async () => {
    const { world, insurer } = await aWorld();
    const many = await moreHolders(house.database, insurer.insurerId, 400);
    await queueContacts(house.database, insurer.insurerId, many.map((one, n) => ({ ...one, key: `m${n}`, channel: n % 2 === 0 ? 'email' : 'sms', language: 'zh-Hans' })));
    const other = await worldOf(house.database, house.dataDirectory, insurer.insurerId, inbox);
    const counts = await Promise.all([deliverDue(world), deliverDue(other), deliverDue(world)]);
    assert.equal(counts.reduce((sum, { sent }) => sum + sent, 0), 400);
    const ids = (await received(insurer)).map(({ contactId }) => contactId);
    assert.equal(ids.length, 400);
    assert.equal(new Set(ids).size, 400);
    assert.equal((await contacts(insurer, 'm%')).filter(({ state }) => state === 'sent').length, 400);
    await Promise.all([world.channels.close(), other.channels.close()]);
  });

  test('deliverers that are killed in the middle leave no message twice; what was on its way is unconfirmed and stays so', async () => {
    const { world, insurer } = await aWorld();
    const many = await moreHolders(house.database, insurer.insurerId, 1_200);
    await queueContacts(house.database, insurer.insurerId, many.map((one, n) => ({ ...one, key: `m${n}`, channel: n % 3 === 0 ? 'sms' : 'email', language: 'zh-Hans' })));
    for (const share of [60, 420]) {
      const child = spawn(process.execPath, [path.join(import.meta.dirname, 'deliverer.ts'), house.dataDirectory, house.database.ownerUrl, String(insurer.insurerId), inbox.smtpUrl, inbox.smppUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
      await until('messages', async () => (await received(insurer)).length >= share);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    await until('claims of the dead', async () => (await settleInterrupted(world)) >= 0 && (await contacts(insurer, 'm%')).every(({ state }) => state !== 'sending'));
    const unconfirmed = (await contacts(insurer, 'm%')).filter(({ state }) => state === 'unconfirmed').map(({ contact_id: id }) => id);
    assert.ok(unconfirmed.length > 0, 'the kill came between two batches');
    await deliverDue(world);
    const ids = (await received(insurer)).map(({ contactId }) => contactId);
    assert.equal(new Set(ids).size, ids.length, 'a message was received twice');
    const sent = (await contacts(insurer, 'm%')).filter(({ state }) => state === 'sent').map(({ contact_id: id }) => id);
    assert.equal(sent.length + unconfirmed.length, 1_200);
    assert.ok(sent.every((id) => ids.includes(id)), 'something is called sent that nobody received');
    await world.channels.close();
  });

  test('a bill paid between queueing and sending is not reminded', async () => {
    const { world, insurer } = await aWorld();
    const [hk, cn] = [holderOf(insurer, 0), holderOf(insurer, 1)];
    await queueContacts(house.database, insurer.insurerId, [{ ...hk, key: 'a' }, { ...cn, key: 'b' }, { ...cn, key: 'c', channel: 'call' }]);
    await inInsurer(house.database.app, insurer.insurerId, async (tx) => {
      // One is known to outreach, of the other only the bill says it.
      await tx`update bills set state = 'paid', paid_minor = amount_minor, paid_on = '2026-11-24' where insurer_id = ${insurer.insurerId} and bill_id = any(${[hk.billId, cn.billId]}::bigint[])`;
      assert.equal(await cancelReminders(tx, [{ holderId: cn.holderId as HolderId, billId: cn.billId as BillId }], NOW), 2);
    });
    await deliverDue(world);
    assert.equal((await received(insurer)).length, 0);
    assert.deepEqual((await contacts(insurer, '_')).map(({ state, outcome }) => [state, outcome]), [['cancelled', 'paid'], ['cancelled', 'paid'], ['cancelled', 'paid']]);
    await world.channels.close();
  });

  test('what the law forbids meanwhile is cancelled with its rule, and what it puts off waits for the morning where the holder lives', async () => {
    const { world, insurer } = await aWorld();
    const [hk, de] = [holderOf(insurer, 0), holderOf(insurer, 2)];
    await queueContacts(house.database, insurer.insurerId, [{ ...hk, key: 'a', language: 'zh-Hant' }, { ...de, key: 'b' }]);
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update bills set disputed = true where insurer_id = ${insurer.insurerId} and bill_id = ${hk.billId}`);
    const counts = await deliverDue(world);
    assert.deepEqual([counts.cancelled, counts.deferred, counts.sent], [1, 1, 0]);
    const [refused, deferred] = await contacts(insurer, '_');
    assert.deepEqual([refused?.state, refused?.failure], ['cancelled', 'HOUSE-disputed-part']);
    // It is 04:00 in Berlin; 08:00 there is 07:00 UTC in November.
    assert.deepEqual([deferred?.state, deferred?.not_before.toISOString()], ['queued', '2026-11-24T07:00:00.000Z']);
    const answers = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ answer: string; rule: string }[]>`
      select answer, rule from gate_answers where insurer_id = ${insurer.insurerId} and (ask_key like 'a@%' or ask_key like 'b@%') order by ask_key`);
    assert.deepEqual(answers.map(({ answer, rule }) => [answer, rule]), [['refuse', 'HOUSE-disputed-part'], ['defer', 'HOUSE-contact-hours-default']]);
    await deliverDue({ ...world, clock: fixedClock('2026-11-24T07:00:00Z') });
    assert.equal((await received(insurer)).length, 1);
    await world.channels.close();
  });

  test('a fourth contact in seven days waits, also when all four are due at the same moment', async () => {
    const { world, insurer } = await aWorld();
    const hk = holderOf(insurer, 0);
    await queueContacts(house.database, insurer.insurerId, ['a', 'b', 'c', 'd'].map((key) => ({ ...hk, key, language: 'zh-Hant' })));
    const other = await worldOf(house.database, house.dataDirectory, insurer.insurerId, inbox);
    const counts = await Promise.all([deliverDue(world), deliverDue(other)]);
    // One e-mail left an hour ago (the fixture's), so two more may.
    assert.equal(counts.reduce((sum, { sent }) => sum + sent, 0), 2);
    assert.equal((await contacts(insurer, '_')).filter(({ state }) => state === 'queued').length, 2);
    await Promise.all([world.channels.close(), other.channels.close()]);
  });

  test('an e-mail that bounces is followed by one text message, once, through the gate', async () => {
    const { world, insurer } = await aWorld();
    const cn = holderOf(insurer, 1);
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update holders set email = 'will-bounce@mail.example' where insurer_id = ${insurer.insurerId} and holder_id = ${cn.holderId}`);
    await queueContacts(house.database, insurer.insurerId, [{ ...cn, key: 'a', language: 'zh-Hans' }]);
    const counts = await deliverDue(world);
    assert.deepEqual([counts.bounced, counts.fallbacks, counts.sent], [1, 1, 1]);
    assert.deepEqual((await contacts(insurer, 'a%')).map(({ ask_key, state, failure }) => [ask_key, state, failure]), [['a', 'failed', 'smtp 550'], ['a~sms', 'sent', null]]);
    const messages = await received(insurer);
    assert.deepEqual(messages.map(({ channel, to }) => [channel, to]), [['sms', '+85255501101']]);
    const events = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`select kind from contact_events where insurer_id = ${insurer.insurerId} and kind = 'bounced'`);
    assert.equal(events.length, 1);
    assert.equal((await deliverDue(world)).claimed, 0);
    await world.channels.close();
  });

  test('a receipt exists once, though it is asked for five times at once, and goes where the holder prefers', async () => {
    const { world, insurer } = await aWorld();
    const hk = holderOf(insurer, 0);
    const payment = await inInsurer(house.database.app, insurer.insurerId, async (tx) => {
      await tx`update holders set preferred_channel = 'sms' where insurer_id = ${insurer.insurerId} and holder_id = ${hk.holderId}`;
      await tx`update bills set state = 'paid', paid_minor = amount_minor, paid_on = '2026-11-24' where insurer_id = ${insurer.insurerId} and bill_id = ${hk.billId}`;
      const [row] = await tx<{ payment_id: number }[]>`
        insert into payments (insurer_id, holder_id, provider, provider_reference, method, amount_minor, currency, state, bill_id, created_at, settled_at)
        values (${insurer.insurerId}, ${hk.holderId}, 'sandbox', 'SB-1', 'card', 120120, 'HKD', 'succeeded', ${hk.billId}, ${new Date(NOW)}, ${new Date(NOW)}) returning payment_id`;
      return { holderId: hk.holderId as HolderId, billId: hk.billId as BillId, paymentId: row?.payment_id as PaymentId };
    });
    const queued = await Promise.all([1, 2, 3, 4, 5].map(() => inInsurer(house.database.app, insurer.insurerId, (tx) => queueReceipts(tx, world.packs, world.insurer, [payment], NOW))));
    assert.equal(queued.reduce((a, b) => a + b, 0), 1);
    await deliverDue(world);
    const messages = await received(insurer);
    assert.equal(messages.length, 1);
    assert.match(messages[0]?.text ?? '', /^【海港人壽】謝謝您，2026年11月24日收到HK\$1,201\.20。保障至/);
    await world.channels.close();
  });

  test('a text is reported as delivered, and STOP ends texts but not e-mails', async () => {
    const { world, insurer } = await aWorld();
    const cn = holderOf(insurer, 1);
    const following = followChannels({ database: house.database, channels: world.channels, insurers: async () => [world.insurer], now: () => NOW });
    await queueContacts(house.database, insurer.insurerId, [{ ...cn, key: 'a', channel: 'sms', language: 'zh-Hans' }]);
    await deliverDue(world);
    await until('the receipt', async () => (await contacts(insurer, 'a'))[0]?.state === 'delivered');
    const [text] = await received(insurer);
    inbox.reply(text?.to ?? '', text?.from ?? '', '退订');
    const optedOut = async () => (await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ opted_out: string[] }[]>`select opted_out from holders where holder_id = ${cn.holderId}`))[0]?.opted_out;
    await until('the opt-out', async () => (await optedOut())?.includes('sms') === true);
    await queueContacts(house.database, insurer.insurerId, [{ ...cn, key: 'b', channel: 'sms' }, { ...cn, key: 'c', channel: 'email' }]);
    const counts = await deliverDue(world);
    assert.deepEqual([counts.cancelled, counts.sent], [1, 1]);
    assert.equal((await contacts(insurer, 'b'))[0]?.failure, 'CN-opt-out-channel');
    const events = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ kind: string }[]>`select kind from contact_events where insurer_id = ${insurer.insurerId} and holder_id = ${cn.holderId} order by kind`);
    assert.deepEqual(events.map(({ kind }) => kind), ['delivered', 'opted_out']);
    await following.close();
    await world.channels.close();
  });

  test('a server that is away costs nothing: the messages wait and leave when it is back', async () => {
    const { world, insurer } = await aWorld();
    const cn = holderOf(insurer, 1);
    await queueContacts(house.database, insurer.insurerId, [{ ...cn, key: 'a' }, { ...cn, key: 'b', channel: 'sms' }]);
    const away = { ...world, channels: openChannels({ smtpUrl: 'smtp://127.0.0.1:1', smppUrl: 'smpp://x:y@127.0.0.1:1' }) };
    assert.equal((await deliverDue(away)).retried, 2);
    await away.channels.close();
    assert.equal((await deliverDue(world)).claimed, 0);
    assert.equal((await deliverDue({ ...world, clock: fixedClock(NOW + 61_000) })).sent, 2);
    await world.channels.close();
  });

  test('a letter stands in the day’s print file once, a call waits for a person', async () => {
    const { world, insurer } = await aWorld();
    const cn = holderOf(insurer, 1);
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update holders set address = '长宁路 1 号', postal_code = '200042' where holder_id = ${cn.holderId}`);
    await queueContacts(house.database, insurer.insurerId, [{ ...cn, key: 'a', channel: 'letter', language: 'zh-Hans' }, { ...cn, key: 'b', channel: 'call' }]);
    await deliverDue(world);
    const file = path.join(house.dataDirectory, 'letters', insurer.code, '2026-11-24.jsonl');
    const lines = fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { to: string; html: string; text: string });
    assert.equal(lines.length, 1);
    assert.match(lines[0]?.to ?? '', /长宁路 1 号\n200042 Harbour City/);
    assert.match(lines[0]?.html ?? '', /<address>王小明/);
    assert.deepEqual((await contacts(insurer, '_')).map(({ state }) => state), ['sent', 'queued']);
    await world.channels.close();
  });

  test('the facts that the cycle’s gate asks with are those of the rows', async () => {
    const { insurer, world } = await aWorld();
    const facts = await inInsurer(house.database.app, insurer.insurerId, (tx) => loadGateFacts(tx, insurer.insurerId, insurer.holders.map((holderId, n) => ({ holderId: holderId as HolderId, billId: insurer.bills[n] ?? 0 })), NOW));
    const de = holderOf(insurer, 2);
    const found = facts.get(`${de.holderId}:${de.billId}`);
    assert.deepEqual([found?.holder.timeZone, found?.holder.optedOut, found?.holder.flags, found?.bill.outstandingMinor, found?.policy.line], ['Europe/Berlin', ['sms'], ['vulnerable'], 6_570n, 'motor']);
    assert.equal(facts.size, 4);
    assert.equal(facts.get(`${insurer.holders[0]}:${insurer.bills[0]}`)?.history.length, 1);
    await world.channels.close();
  });
});

void describe('one click to opt out', () => {
  test('looking changes nothing, the button does, a mail program’s one click too, and a damaged link does nothing', async () => {
    const { insurer, world } = await aWorld();
    const app = await serverOf(house);
    const hk = holderOf(insurer, 0);
    const [contact] = await contacts(insurer, 'k1');
    const token = optOutToken(readSecret(house.dataDirectory), { insurerId: insurer.insurerId, holderId: hk.holderId as HolderId, contactId: contact?.contact_id ?? 0, channel: 'email' });
    const optedOut = async () => (await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ opted_out: string[] }[]>`select opted_out from holders where holder_id = ${hk.holderId}`))[0]?.opted_out;
    const seen = await app.inject({ method: 'GET', url: `/u/${token}` });
    assert.match(seen.body, /停止電郵提醒/);
    assert.deepEqual(await optedOut(), []);
    const forged = await app.inject({ method: 'POST', url: `/u/${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}` });
    assert.equal(forged.statusCode, 404);
    assert.deepEqual(await optedOut(), []);
    for (let times = 0; times < 2; times += 1) {
      const done = await app.inject({ method: 'POST', url: `/u/${token}`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'List-Unsubscribe=One-Click' });
      assert.equal(done.statusCode, 200);
      assert.match(done.body, /已完成/);
    }
    assert.deepEqual(await optedOut(), ['email']);
    await app.close();
    await world.channels.close();
  });
});

void describe('the inbox page', () => {
  test('shows one insurer’s messages, newest first, by pages', async () => {
    const { world, insurer } = await aWorld();
    const many = await moreHolders(house.database, insurer.insurerId, 70);
    await queueContacts(house.database, insurer.insurerId, many.map((one, n) => ({ ...one, key: `m${n}`, language: 'zh-Hans' })));
    await deliverDue(world);
    const app = await serverOf(house, { plugins: [inboxPlugin({ database: house.database })] });
    const client = await logIn(app, insurer.code, 'agent');
    type Page = { messages: { message_id: string; holder_id: number; html: string; pay_link: string }[]; next_cursor: string | null };
    const first = (await client.get('/api/demo/inbox')).json<Page>();
    assert.equal(first.messages.length, 60);
    assert.ok(Number(first.messages[0]?.message_id) > Number(first.messages[1]?.message_id));
    assert.match(first.messages[0]?.pay_link ?? '', /^http:\/\/localhost:4800\/pay\//);
    const second = (await client.get(`/api/demo/inbox?cursor=${first.next_cursor}`)).json<Page>();
    assert.deepEqual([second.messages.length, second.next_cursor], [10, null]);
    const one = (await client.get(`/api/demo/inbox?holder_id=${many[0]?.holderId}&channel=email`)).json<Page>();
    assert.equal(one.messages.length, 1);
    const other = await seedInsurer(house.database, 'other-house', '');
    assert.equal((await (await logIn(app, other.code, 'agent')).get('/api/demo/inbox')).json<Page>().messages.length, 0);
    assert.equal((await app.inject({ method: 'GET', url: '/api/demo/inbox' })).statusCode, 401);
    await app.close();
    await world.channels.close();
  });
});
