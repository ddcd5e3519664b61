/**
 * Lets days pass: the clock is moved, the cycle runs, messages leave, and holders act through the same doors as real ones: the links in their
 * messages, the provider's page, their bank's file, a STOP by text, a dispute on the pay page, an answer on the telephone. Nothing is written into
 * the product's tables here.
 */

import { bankFileArrived, rulePacks } from '../../src/cycle/index.ts';
import { type Database, inInsurer } from '../../src/database/index.ts';
import { addDays, dayNumber, fail, formatMoment, mixSeed, momentOf, ok, type PlainDate, type Result } from '../../src/kernel/index.ts';
import { businessDateOf, clockOf, type Insurer, insurerById, setClockOffset } from '../../src/portfolio/index.ts';
import { newMessages } from '../inbox/index.ts';
import { BEHAVIOUR, type Behaviour } from '../behaviour.ts';
import { type BillInHand, firstIdsOf, readerOf } from './bills-in-hand.ts';
import { disputeByLink, type DisputeReason, eachOf, payByLink } from './browser.ts';
import { type Agent, callOutcome, logInAgent, tellOutcomes, waitingCalls } from './calls.ts';
import { loadMemories, type Memories, recall, saveMemories } from './memory.ts';
import { type OnlinePayment, planDay, statementText } from './plan-day.ts';
import { readReminder } from './read-messages.ts';

export type PlayWorld = {
  readonly database: Database;
  /** Where the product answers: pay pages, API, the sandbox provider's page. */
  readonly origin: string;
  readonly cycle: (insurer: Insurer, date: PlainDate) => Promise<Result<unknown>>;
  /** Sends what is due by the insurer's clock, which was just moved. */
  readonly deliver: (insurer: Insurer) => Promise<unknown>;
  /** A holder's answer to a text. */
  readonly reply: (from: string, to: string, text: string) => void;
};
export type PlayOptions = {
  readonly insurer: Insurer;
  /** Its morning is where the clock stands in the end; the days before it are played whole. */
  readonly until: PlainDate;
  readonly behaviour?: Behaviour;
  readonly onDay?: (day: PlayedDay) => void;
  /** Stops after the day at hand. */
  readonly signal?: AbortSignal;
};
export type PlayedDay = {
  readonly date: PlainDate;
  readonly messages: number;
  readonly paidByLink: number;
  readonly paidByBank: number;
  readonly failed: number;
  readonly disputes: number;
  readonly stops: number;
  readonly calls: number;
  readonly cycleMs: number;
  readonly elapsedMs: number;
};

const MORNING_MINUTES = 8 * 60;
/** Where the clock stands between two days that are not played in one go. */
const MIDNIGHT_MINUTES = 1;
/** Insurer time; the last is morning in America and afternoon in Europe, whose messages leave then. */
const TICKS_MINUTES = [9 * 60, 12 * 60, 16 * 60, 20 * 60 + 30, 23 * 60] as const;
const CALLS_TICK = 12 * 60;
const MESSAGES_PER_READ = 2_000;
/** A dispute of a bill that is not late, by reason. */
const REASONS: readonly DisputeReason[] = ['amount', 'amount', 'paid', 'policy', 'other'];

/** Problems: `insurer_not_simulated`, `clock_cannot_go_back`, `play_stopped` (the signal), and those of the cycle. */
export async function playDays(world: PlayWorld, options: PlayOptions): Promise<Result<{ readonly days: number }>> {
  const { insurer, until, signal, behaviour = BEHAVIOUR } = options;
  if (!insurer.simulated) return fail('insurer_not_simulated', { code: insurer.code });
  const now = clockOf(insurer).now();
  const from = businessDateOf(insurer, now);
  if (until < from) return fail('clock_cannot_go_back', { code: insurer.code, now: formatMoment(now, insurer.timeZone).slice(0, 16).replace('T', ' '), wanted: until });
  const { database } = world;
  const memories = await loadMemories(database, insurer.insurerId);
  const readBills = readerOf(database, insurer.insurerId, behaviour, insurer.simulationSeed ?? 0, await firstIdsOf(database, insurer.insurerId));
  const house: House = { ...world, behaviour, memories, readBills, insurer, agent: null, tried: new Set() };
  let days = 0;
  for (let date = from; date < until; date = addDays(date, 1)) {
    const played = await playDay(house, date);
    if (!played.ok) return played;
    days += 1;
    options.onDay?.(played.value);
    if (signal?.aborted === true) {
      await moveClock(house, addDays(date, 1), MIDNIGHT_MINUTES);
      return fail('play_stopped', { played_until: date });
    }
  }
  const morning = await moveClock(house, until, MORNING_MINUTES);
  const ran = await world.cycle(morning, until);
  return ran.ok ? ok({ days }) : ran;
}

type House = PlayWorld & { readonly behaviour: Behaviour; readonly memories: Memories; readonly readBills: () => Promise<BillInHand[]>; insurer: Insurer; agent: Agent | null; readonly tried: Set<number> };
type Sums = { messages: number; paidByLink: number; paidByBank: number; failed: number; disputes: number; stops: number; calls: number };

/** One whole day; a day that was begun is gone on with where the clock stands. */
async function playDay(house: House, date: PlainDate): Promise<Result<PlayedDay>> {
  const started = performance.now();
  const sums: Sums = { messages: 0, paidByLink: 0, paidByBank: 0, failed: 0, disputes: 0, stops: 0, calls: 0 };
  const ran = await house.cycle(await moveClock(house, date, MORNING_MINUTES), date);
  if (!ran.ok) return ran;
  const cycleMs = performance.now() - started;
  house.tried.clear();
  // A bank's file comes once a day, with the first mail; one that is read again changes nothing.
  let bankFile = true;
  for (const minutes of TICKS_MINUTES) {
    const insurer = await moveClock(house, date, minutes);
    if (minutes < TICKS_MINUTES.at(-1)! && clockOf(insurer).now() >= momentOf(date, minutes, insurer.timeZone) + HOUR_MS) continue;
    await house.deliver(insurer);
    const bills = await house.readBills();
    await readMessages(house, date, bills, sums);
    if (minutes >= CALLS_TICK && sums.calls === 0) await workCalls(house, date, bills, sums);
    const plan = planDay(house.behaviour, bills, house.memories, dayNumber(date));
    if (bankFile) {
      const booked = await bankDay(house, date, plan.bank);
      if (!booked.ok) return booked;
      sums.paidByBank += booked.value;
      bankFile = false;
    }
    // Holders pay at their hour; what is left is paid with the last round.
    await payOnline(house, date, plan.online.filter(({ bill }) => minutes === TICKS_MINUTES.at(-1) || bill.traits.hour * 60 <= minutes), sums);
  }
  await house.deliver(house.insurer);
  await saveMemories(house.database, house.insurer.insurerId, house.memories, new Set((await house.readBills()).map(({ billId }) => billId)));
  return ok({ ...sums, date, cycleMs: Math.round(cycleMs), elapsedMs: Math.round(performance.now() - started) });
}

const HOUR_MS = 3_600_000;

/** Moves the clock on to a local time of a day, never back. */
async function moveClock(house: House, date: PlainDate, minutes: number): Promise<Insurer> {
  const wanted = momentOf(date, minutes, house.insurer.timeZone) - Date.now();
  if (wanted > house.insurer.clockOffsetMs) {
    await setClockOffset(house.database, house.insurer, wanted);
    const moved = await insurerById(house.database, house.insurer.insurerId);
    if (moved.ok) house.insurer = moved.value;
  }
  return house.insurer;
}

type ContactRow = { contact_id: number; bill_id: number | null; purpose: string; tone: string; template: string };

/** Messages that came in since the last look, in their order. What a message says about itself (bill, tone) is read where it was written. */
async function readMessages(house: House, date: PlainDate, bills: readonly BillInHand[], sums: Sums): Promise<void> {
  const { database, insurer, memories, behaviour } = house;
  const byId = new Map(bills.map((bill) => [bill.billId, bill]));
  const disputes: { bill: BillInHand; link: string }[] = [];
  for (;;) {
    const messages = await newMessages(database, insurer.insurerId, memories.cursor, MESSAGES_PER_READ);
    if (messages.length === 0) break;
    const ids = messages.flatMap(({ contactId }) => (contactId === null ? [] : [contactId]));
    const contacts = await inInsurer(database.app, insurer.insurerId, (tx) => tx<ContactRow[]>`
      select contact_id, bill_id, purpose, tone, template from contacts where insurer_id = ${insurer.insurerId} and contact_id = any(${ids}::bigint[])`);
    const written = new Map(contacts.map((row) => [row.contact_id, row]));
    // In the order of bills, not of arrival: which of a hundred messages came first must not matter.
    const reminders = messages.flatMap((message) => {
      const contact = written.get(message.contactId ?? -1);
      const bill = byId.get(contact?.bill_id ?? -1);
      return contact?.purpose === 'premium_reminder' && bill !== undefined ? [{ message, contact, bill }] : [];
    }).toSorted((a, b) => a.bill.billId - b.bill.billId || a.message.receivedAt.getTime() - b.message.receivedAt.getTime());
    for (const { message, contact, bill } of reminders) {
      const memory = recall(memories, bill.billId);
      const reaction = readReminder(behaviour, {
        bill, channel: message.channel, tone: contact.tone, offer: /offer|plan/.test(contact.template), link: message.payLink, receivedAt: message.receivedAt.getTime(),
      }, memory, date);
      if (reaction.stops) {
        house.reply(message.to, message.from, 'STOP');
        sums.stops += 1;
      }
      if (reaction.disputes && memory.link !== null) disputes.push({ bill, link: memory.link });
    }
    sums.messages += messages.length;
    memories.cursor = messages.at(-1)?.messageId ?? memories.cursor;
  }
  await eachOf(disputes, async ({ bill, link }) => {
    const reason = REASONS[mixSeed(bill.traits.key, bill.instalmentNo) % REASONS.length] ?? 'other';
    if (await disputeByLink(house.origin, link, bill.holderId, reason, '')) sums.disputes += 1;
  });
}

async function bankDay(house: House, date: PlainDate, payments: ReturnType<typeof planDay>['bank']): Promise<Result<number>> {
  let paid = 0;
  for (const method of ['autopay', 'bank_transfer', 'cash'] as const) {
    const lines = payments.filter((payment) => payment.method === method);
    if (lines.length === 0) continue;
    const source = { fileName: `harbour-bank-${date}-${method}.csv`, content: statementText(lines, date), method };
    const booked = await bankFileArrived(house.database, rulePacks(), house.insurer, source, clockOf(house.insurer).now());
    if (!booked.ok) return booked;
    paid += booked.value.billsPaid;
  }
  return ok(paid);
}

const STREAM_FAILURE = 71;

async function payOnline(house: House, date: PlainDate, payments: readonly OnlinePayment[], sums: Sums): Promise<void> {
  // Who was refused tries again tomorrow.
  const left = payments.filter(({ bill }) => !house.tried.has(bill.billId));
  for (const { bill } of left) house.tried.add(bill.billId);
  await eachOf(left, async ({ bill, link, method }) => {
    const fails = mixSeed(bill.traits.key, STREAM_FAILURE, bill.policy.number, bill.instalmentNo, dayNumber(date)) / 4_294_967_296 < house.behaviour.reading.payment_fails;
    const paid = await payByLink(house.origin, { link, visitor: bill.holderId, method, how: fails ? 'fail' : 'confirm' });
    if (paid === 'paid') sums.paidByLink += 1;
    else if (paid === 'failed') {
      sums.failed += 1;
      recall(house.memories, bill.billId).payOn = addDays(date, 1);
    }
  });
}

async function workCalls(house: House, date: PlainDate, bills: readonly BillInHand[], sums: Sums): Promise<void> {
  const { database, insurer, behaviour, origin } = house;
  const calls = await waitingCalls(database, insurer.insurerId, new Date(clockOf(insurer).now()), behaviour.calls.calls_a_day);
  if (calls.length === 0) return;
  const byId = new Map(bills.map((bill) => [bill.billId, bill]));
  const outcomes = calls.toSorted((a, b) => a.billId - b.billId).map((call) => {
    const bill = byId.get(call.billId);
    return { call, ...(bill === undefined ? { outcome: 'paid_already', promise: null } : callOutcome(behaviour, bill, recall(house.memories, bill.billId), date)) };
  });
  house.agent ??= await logInAgent(origin, insurer.code);
  sums.calls += await tellOutcomes(origin, house.agent, outcomes);
}
