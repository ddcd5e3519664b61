/** The people of the demonstration insurer work through their calls: the agent logs in, and tells the product what came of each. */

import { rulePacks } from '../../src/cycle/index.ts';
import { type Database, inInsurer } from '../../src/database/index.ts';
import { addDays, type InsurerId, mixSeed, type PlainDate } from '../../src/kernel/index.ts';
import { callsAllowedNow, type WaitingCall } from '../../src/outreach/index.ts';
import { DEMO_EMAIL_END, DEMO_PASSWORD } from '../../src/service/index.ts';
import { type Behaviour } from '../behaviour.ts';
import { shockOn } from '../traits.ts';
import { type BillInHand } from './bills-in-hand.ts';
import { ask, eachOf } from './browser.ts';
import { type Memory } from './memory.ts';

export type CallOutcome = { readonly outcome: string; readonly promise: { readonly pay_by: PlainDate } | null };

const STREAM_CALL = 61;
const STREAM_REASON = 62;
const DAY_MEAN_MAX = 20;

/** Why those are late who were spoken to; who promises a day was short of money, hindered, or had forgotten. */
function lateReasonOf(outcome: string, dice: number): string | null {
  switch (outcome) {
    case 'cannot_pay': return 'liquidity';
    case 'will_not_pay': return 'low_value';
    case 'disputes_bill': return 'claim_dispute';
    case 'promised': return dice < 0.45 ? 'liquidity' : dice < 0.7 ? 'payment_friction' : 'forgot';
    default: return null;
  }
}

/** What comes of one call, and what the holder then has in mind. Pure but for `memory`. */
export function callOutcome(behaviour: Behaviour, bill: BillInHand, memory: Memory, date: PlainDate): CallOutcome {
  const { calls, reminders } = behaviour;
  const { traits, policy, instalmentNo, due } = bill;
  memory.received += 1;
  const at = (n: number): number => mixSeed(traits.key, STREAM_CALL, policy.number, instalmentNo, memory.received, n) / 4_294_967_296;
  const shock = shockOn(behaviour, traits, due);
  if (bill.deceased) return { outcome: 'deceased', promise: null };
  if (at(1) < calls.wrong_number * (shock.moved ? 3 : 1)) return { outcome: 'wrong_number', promise: null };
  if (at(2) >= calls.answered) return { outcome: at(3) < 0.12 ? 'call_back' : 'no_answer', promise: null };
  memory.touches += 1;
  if (memory.disputed) return { outcome: 'disputes_bill', promise: null };
  if (at(4) < calls.will_not_pay * (traits.disengaged ? 4 : 1)) return { outcome: 'will_not_pay', promise: null };
  if (at(5) < reminders.call_after_due && !shock.hardUp) memory.payOn = addDays(date, 1);
  if (at(6) < calls.promises) {
    const days = 1 + Math.min(DAY_MEAN_MAX, Math.floor(-Math.log(1 - at(7)) * calls.promise_days));
    const payBy = addDays(date, days);
    if (at(8) < calls.keeps_promise * (shock.hardUp ? 0.5 : 1) && (memory.payOn === null || memory.payOn > payBy)) memory.payOn = payBy;
    return { outcome: 'promised', promise: { pay_by: payBy } };
  }
  return { outcome: shock.hardUp ? 'cannot_pay' : 'call_back', promise: null };
}

export type Agent = { readonly cookie: string; readonly csrfToken: string };

/** Desks have addresses of their own, like holders; beyond all holders' numbers. */
const DESK = 6_000_000;
const DESKS = 40;

/** Logs in by the console's own door. */
export async function logInAgent(origin: string, code: string): Promise<Agent> {
  const answer = await ask(origin, DESK, '/api/session', JSON.stringify({ insurer: code, email: `agent@${code}${DEMO_EMAIL_END}`, password: DEMO_PASSWORD }), { 'content-type': 'application/json' });
  if (answer.status !== 200 || answer.cookie === null) throw new Error(`the agent of ${code} could not log in: ${answer.status}`);
  return { cookie: answer.cookie, csrfToken: (JSON.parse(answer.body) as { csrf_token: string }).csrf_token };
}

/** The agent's list: calls that may be made now. */
export const waitingCalls = (database: Database, insurerId: InsurerId, now: Date, most: number): Promise<readonly WaitingCall[]> =>
  inInsurer(database.app, insurerId, (tx) => callsAllowedNow(tx, rulePacks(), insurerId, now.getTime(), most));

/** Tells the product each outcome; returns how many it took. */
export async function tellOutcomes(origin: string, agent: Agent, outcomes: readonly (CallOutcome & { readonly call: WaitingCall })[]): Promise<number> {
  let taken = 0;
  const headers = { 'content-type': 'application/json', cookie: agent.cookie, 'x-csrf-token': agent.csrfToken };
  await eachOf(outcomes, async ({ call, outcome, promise }) => {
    const late_reason = lateReasonOf(outcome, mixSeed(STREAM_REASON, call.holderId, call.billId) / 4_294_967_296);
    const answer = await ask(origin, DESK + (call.contactId % DESKS), `/api/contacts/${call.contactId}/outcome`, JSON.stringify({ holder_id: call.holderId, outcome, promise, late_reason }), headers);
    if (answer.status === 200) taken += 1;
  });
  return taken;
}
