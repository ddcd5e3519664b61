/**
 * What the gate is told, read as sets: bills with their policies and holders, and what was said to these holders lately. The cycle's gate stage and
 * the delivery read the same, so that both ask with the same words.
 */

import { type GateFacts, type PastContact } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { type HolderId, type InsurerId, type Moment, type PlainDate } from '../kernel/index.ts';

/** No rule looks back further than 7 days; a margin for calendar days and pauses. */
export const HISTORY_DAYS = 14;
const MS_PER_DAY = 86_400_000;

/** One bill, its policy and its holder; the names are those of the SELECT below. A contact without a bill has nulls in the bill's columns. */
export type GateRow = {
  readonly holder_id: HolderId;
  readonly bill_id: number | null;
  readonly market: string;
  readonly subdivision: string | null;
  readonly line: string;
  readonly policy_state: string;
  readonly mode: string;
  readonly cover_from: PlainDate;
  readonly contract_grace_days: number | null;
  readonly kind: 'person' | 'company';
  readonly time_zone: string;
  readonly language: string;
  readonly consents: string[];
  readonly opted_out: string[];
  readonly flags: string[];
  readonly due_on: PlainDate | null;
  readonly outstanding_minor: bigint | null;
  readonly disputed: boolean | null;
  readonly in_flight: boolean | null;
};

const NO_HISTORY: readonly PastContact[] = [];

/** Pure: rows to the gate's own words. */
export function gateFactsOf(row: GateRow, history: readonly PastContact[] = NO_HISTORY): GateFacts {
  return {
    policy: {
      market: row.market, subdivision: row.subdivision, line: row.line, participants: row.kind === 'company' ? 'business' : 'individual', coverFrom: row.cover_from,
      state: row.policy_state, mode: row.mode, ...(row.contract_grace_days === null ? {} : { graceDaysAgreed: row.contract_grace_days }),
    },
    holder: { timeZone: row.time_zone, language: row.language, consents: row.consents, optedOut: row.opted_out, flags: row.flags },
    bill: row.bill_id === null || row.due_on === null ? {}
      : { dueOn: row.due_on, outstandingMinor: row.outstanding_minor ?? 0n, disputed: row.disputed === true, paymentInFlight: row.in_flight === true },
    history,
  };
}

/** The columns of `GateRow` from `contacts`- or `bills`-like sources that are named `b` (bills), `p` (policies) and `h` (holders). */
export const gateColumns = (tx: Tx) => tx`
  h.holder_id, b.bill_id, coalesce(p.market, h.market) as market, coalesce(p.subdivision, h.subdivision) as subdivision, p.line, p.state as policy_state, p.mode, p.cover_from, p.contract_grace_days, h.kind,
  h.time_zone, h.language, h.consents, h.opted_out, h.flags, b.due_on, b.amount_minor - b.paid_minor as outstanding_minor, b.disputed, b.in_flight`;

export type GateBill = { readonly holderId: HolderId; readonly billId: number };

/**
 * Facts of many bills in two statements. Key of the answer: `<holder>:<bill>`. `waitingToo` counts contacts that are queued but have not left,
 * at the moment for which they wait (the cycle, which plans ahead); the delivery counts only what has left.
 */
export async function loadGateFacts(
  tx: Tx, insurerId: InsurerId, bills: readonly GateBill[], at: Moment, options: { readonly waitingToo?: boolean } = {},
): Promise<ReadonlyMap<string, GateFacts>> {
  const holders = bills.map(({ holderId }) => Number(holderId));
  const rows = await tx<GateRow[]>`
    select ${gateColumns(tx)}
    from unnest(${holders}::bigint[], ${bills.map(({ billId }) => billId)}::bigint[]) as asked (holder_id, bill_id)
    join bills b on b.insurer_id = ${insurerId} and b.holder_id = asked.holder_id and b.bill_id = asked.bill_id
    join policies p on p.insurer_id = ${insurerId} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    join holders h on h.insurer_id = ${insurerId} and h.holder_id = b.holder_id`;
  const histories = await loadHistories(tx, insurerId, holders as HolderId[], at, options);
  return new Map(rows.map((row) => [gateKey(row.holder_id, row.bill_id ?? 0), gateFactsOf(row, histories.get(row.holder_id))]));
}

export const gateKey = (holderId: number, billId: number): string => `${holderId}:${billId}`;

/** What was said to each of these holders in the last two weeks, oldest first; the arrays are the caller's own and may be appended to. */
export async function loadHistories(
  tx: Tx, insurerId: InsurerId, holders: readonly HolderId[], at: Moment, options: { readonly waitingToo?: boolean } = {},
): Promise<Map<HolderId, PastContact[]>> {
  const states = ['sending', 'sent', 'delivered', 'unconfirmed', 'done', ...(options.waitingToo === true ? ['queued'] : [])];
  // By queued_on, which the index contacts_recent holds; what waited longer than two weeks for its moment is at most a day off.
  const rows = await tx<{ holder_id: HolderId; at: Date; channel: string; outcome: string | null; purpose: string }[]>`
    select holder_id, coalesce(sent_at, closed_at, not_before) as at, channel, outcome, purpose
    from contacts
    where insurer_id = ${insurerId} and holder_id = any(${[...new Set(holders.map(Number))]}::bigint[])
      and queued_on >= ${new Date(at - HISTORY_DAYS * MS_PER_DAY).toISOString().slice(0, 10)} and state = any(${states})
    order by 2`;
  const histories = new Map<HolderId, PastContact[]>();
  for (const row of rows) {
    const entry: PastContact = { at: row.at.getTime(), channel: row.channel, purpose: row.purpose, ...(row.outcome === null ? {} : { outcome: legalOutcome(row.outcome) }) };
    const known = histories.get(row.holder_id);
    if (known === undefined) histories.set(row.holder_id, [entry]);
    else known.push(entry);
  }
  return histories;
}

/** Rules ask whether somebody talked with the holder; how the talk ended is not their matter. */
const TALKED = new Set(['promised', 'paid_already', 'call_back', 'cannot_pay', 'will_not_pay', 'disputes_bill', 'talked']);
export const legalOutcome = (outcome: string): string => (TALKED.has(outcome) ? 'talked' : outcome);
