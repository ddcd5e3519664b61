/** Statements that the holder's page and the bill's page share. */

import { type BillId, type HolderId } from '../kernel/index.ts';
import { type Statement, type Tx } from '../database/index.ts';
import { billReference } from './masking.ts';
import { type BillView, type HolderView, type OpenBill } from './shapes.ts';

/** Columns of `bills b join policies p`. */
export const BILL_COLUMNS = `b.holder_id, b.bill_id, b.policy_id, p.policy_number, b.instalment_no, b.period_from, b.period_to, b.due_on, b.issued_on,
  b.currency, b.premium_minor, b.amount_minor, b.paid_minor, (case when b.state in ('cancelled', 'held') then 0 else b.amount_minor - b.paid_minor end)::bigint as outstanding_minor, b.state, b.stage,
  b.stage_since, b.stage_rule, b.grace_ends_on, b.next_change_on, b.waits_for, b.disputed, b.in_flight, b.paid_on, b.paid_by, b.left_because`;

export type BillRow = Omit<OpenBill, 'reference'> & { holder_id: number };

export function withReference(row: BillRow): OpenBill {
  const { holder_id, ...bill } = row;
  return { ...bill, reference: billReference(holder_id, row.bill_id) };
}

/** Decisions about one holder, or about one of the holder's bills, newest first. */
export const decisionsOf = (tx: Tx, holderId: HolderId, billId: BillId | null, most: number): Statement<HolderView['decisions']> => tx<HolderView['decisions']>`
  select bill_id, decided_on, action, channel, step, tone, reason, probability_late, tier, currency, value_minor, cost_minor, minutes, alternatives
  from decisions where holder_id = ${holderId} and (${billId}::bigint is null or bill_id = ${billId}) order by decided_on desc, bill_id limit ${most}`;

/** The law's answers about one holder, or about one of the holder's bills, newest first. */
export const gateAnswersOf = (tx: Tx, holderId: HolderId, billId: BillId | null, most: number): Statement<BillView['gate']> => tx<BillView['gate']>`
  select ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, deferred_until, rule, article, law_version
  from gate_answers where holder_id = ${holderId} and (${billId}::bigint is null or bill_id = ${billId}) order by asked_for_at desc, ask_key limit ${most}`;
