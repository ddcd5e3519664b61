/** Acts that wait for a second person: what was asked, by whom, and what was answered. What an act does is written where it is carried out (`cycle/approved.ts`). */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type Result } from '../kernel/index.ts';
import { amountMinor, moment } from './shapes.ts';
import file from './approval-limits.json' with { type: 'json' };

export const APPROVAL_KINDS = ['refund', 'release_bill', 'write_off', 'plan', 'fee_waiver', 'commission', 'policy_change'] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];
export const APPROVAL_STATES = ['waiting', 'approved', 'refused', 'withdrawn'] as const;

const LIMITS = z.strictObject({ about: z.string(), limits: z.record(z.enum(APPROVAL_KINDS), z.record(z.string().regex(/^[A-Z]{3}$/), z.int().min(0))) }).parse(file).limits;

/** Up to this amount, in minor units, one person may act alone. */
export function aloneUpTo(kind: ApprovalKind, currency: Currency): bigint {
  const limits = LIMITS[kind];
  return BigInt(limits[currency] ?? Math.min(...Object.values(limits)));
}

export type ApprovalRequest = {
  readonly insurerId: InsurerId;
  readonly holderId: HolderId;
  readonly kind: ApprovalKind;
  /** The order as the act's own code reads it; no personal data. */
  readonly act: Readonly<Record<string, string | number | boolean | null>>;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly reason: string;
  readonly by: string;
  readonly at: Moment;
};

/** Returns the number of the request. Problem: `approval_waits_already` where the same act waits. */
export async function askApproval(tx: Tx, { insurerId, holderId, kind, act, amountMinor: amount, currency, reason, by, at }: ApprovalRequest): Promise<Result<{ readonly approvalId: number }>> {
  const [same] = await tx<{ approval_id: number }[]>`
    select approval_id from approvals where holder_id = ${holderId} and kind = ${kind} and act = ${tx.json(act)} and state = 'waiting'`;
  if (same !== undefined) return fail('approval_waits_already', { approval_id: same.approval_id });
  const [row] = await tx<{ approval_id: number }[]>`
    insert into approvals (insurer_id, holder_id, kind, act, amount_minor, currency, reason, asked_by, asked_at)
    values (${insurerId}, ${holderId}, ${kind}, ${tx.json(act)}, ${String(amount)}, ${currency}, ${reason}, ${by}, ${new Date(at)}) returning approval_id`;
  return ok({ approvalId: row?.approval_id ?? 0 });
}

export const approvalShape = z.object({
  approval_id: z.int(), holder_id: z.int(), holder_name: z.string(), kind: z.enum(APPROVAL_KINDS), act: z.record(z.string(), z.unknown()), amount_minor: amountMinor, currency: z.string(), reason: z.string(),
  asked_by: z.string(), asked_at: moment, state: z.enum(APPROVAL_STATES), decided_by: z.string().nullable(), decided_at: moment.nullable(), decision_note: z.string().nullable(),
});
export type Approval = z.output<typeof approvalShape>;

const COLUMNS = `a.approval_id, a.holder_id, holder_name(h.family_name, h.given_name) as holder_name, a.kind, a.act, a.amount_minor, a.currency, a.reason, a.asked_by, a.asked_at, a.state, a.decided_by, a.decided_at,
  a.decision_note`;

/** What waits, the oldest first, then what was answered last, the newest first. */
export async function listApprovals(tx: Tx, most: number): Promise<readonly Approval[]> {
  return tx<Approval[]>`
    (select ${tx.unsafe(COLUMNS)} from approvals a join holders h using (insurer_id, holder_id) where a.state = 'waiting' order by a.asked_at, a.approval_id limit ${most})
    union all
    (select ${tx.unsafe(COLUMNS)} from approvals a join holders h using (insurer_id, holder_id) where a.state <> 'waiting' order by a.decided_at desc, a.approval_id desc limit ${most})`;
}

export type ApprovalAnswer = {
  readonly holderId: HolderId;
  readonly approvalId: number;
  readonly answer: 'approved' | 'refused' | 'withdrawn';
  readonly note: string;
  readonly by: string;
  readonly at: Moment;
};

export type ApprovedAct = Pick<Approval, 'kind' | 'act' | 'asked_by' | 'reason'>;

/**
 * Writes the answer, once; a yes after its act was carried out. Problems: `not_found`, `approval_answered_already`, `approval_needs_another` where who asked answers, `approval_withdrawn_by_asker`
 * where another takes it back, and those of the act, which then still waits.
 */
export async function answerApproval(tx: Tx, { holderId, approvalId, answer, note, by, at }: ApprovalAnswer, carryOut: (act: ApprovedAct) => Promise<Result<unknown>>): Promise<Result<ApprovedAct>> {
  const [row] = await tx<(ApprovedAct & Pick<Approval, 'state' | 'decided_by'>)[]>`
    select kind, act, asked_by, reason, state, decided_by from approvals where holder_id = ${holderId} and approval_id = ${approvalId} for update`;
  if (row === undefined) return fail('not_found');
  if (row.state !== 'waiting') return fail('approval_answered_already', { by: row.decided_by });
  if (answer !== 'withdrawn' && row.asked_by === by) return fail('approval_needs_another');
  if (answer === 'withdrawn' && row.asked_by !== by) return fail('approval_withdrawn_by_asker', { by: row.asked_by });
  if (answer === 'approved') {
    const done = await carryOut(row);
    if (!done.ok) return done;
  }
  await tx`
    update approvals set state = ${answer}, decided_by = ${by}, decided_at = ${new Date(at)}, decision_note = ${note === '' ? null : note}
    where holder_id = ${holderId} and approval_id = ${approvalId}`;
  return ok(row);
}
