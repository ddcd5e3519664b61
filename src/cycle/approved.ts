/**
 * Acts on money that a person may do alone up to a limit and that need a second person above it. Either way the same code carries them out: at once, or in the transaction
 * of the second person's yes. A new kind of act is one entry in `ACTS`.
 */

import { type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { previewWaiver, waiveFees } from './fee-waiver.ts';
import { carryOutRelease, checkAskedRelease } from './held-bills.ts';
import { applyPlan, type PlanActed, previewPlan } from './plan-agreed.ts';
import { type PlanOrder } from '../relief/index.ts';
import { dueRefund, previewRefund, previewWriteOff, writeOffBill } from '../payments/index.ts';
import { aloneUpTo, answerApproval, type ApprovalAnswer, type ApprovalKind, askApproval } from '../service/index.ts';

type Order = Readonly<Record<string, string | number | boolean | null>>;
type Who = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly by: string; readonly reason: string; readonly at: Moment; readonly on: PlainDate };
type Worth = { readonly amountMinor: bigint; readonly currency: Currency };
type Act = {
  /** What it is about, and whether it could be done now. */
  readonly check: (tx: Tx, order: Order, who: Who) => Promise<Result<Worth>>;
  readonly carryOut: (tx: Tx, order: Order, who: Who) => Promise<Result<unknown>>;
};

const number = (order: Order, name: string): number => Number(order[name] ?? 0);
const amount = (order: Order): bigint | null => (order['amount_minor'] === null || order['amount_minor'] === undefined ? null : BigInt(number(order, 'amount_minor')));
const billOf = (order: Order, { holderId }: Who): { holderId: HolderId; billId: BillId } => ({ holderId, billId: number(order, 'bill_id') as BillId });

const planOf = (order: Order, who: Who) => ({ ...billOf(order, who), on: who.on, order: { kind: String(order['kind']) as PlanOrder['kind'], parts: number(order, 'parts'), days: number(order, 'days') } });

const ACTS: Partial<Record<ApprovalKind, Act>> = {
  write_off: {
    check: async (tx, order, who) => {
      const worth = await previewWriteOff(tx, billOf(order, who));
      return worth.ok ? ok({ amountMinor: worth.value.leftMinor, currency: worth.value.currency }) : worth;
    },
    carryOut: (tx, order, who) => writeOffBill(tx, who, billOf(order, who), who.on),
  },
  fee_waiver: {
    check: (tx, order, who) => previewWaiver(tx, billOf(order, who)),
    carryOut: (tx, order, who) => waiveFees(tx, { ...who, ...billOf(order, who) }),
  },
  release_bill: {
    check: (tx, order, who) => checkAskedRelease(tx, billOf(order, who)),
    carryOut: (tx, order, who) => carryOutRelease(tx, { ...who, ...billOf(order, who) }),
  },
  plan: {
    check: async (tx, order, who) => {
      const preview = await previewPlan(tx, planOf(order, who));
      return preview.ok ? ok({ amountMinor: preview.value.change.totalMinor, currency: preview.value.currency }) : preview;
    },
    // The second person says yes to the plan as it was asked; a bill that has changed since is refused by its version.
    carryOut: (tx, order, who) => applyPlan(tx, { ...who, ...planOf(order, who), version: String(order['version']), byHolder: false, note: who.reason, approved: true }),
  },
  refund: {
    check: (tx, order, { holderId }) => previewRefund(tx, { holderId, suspenseId: number(order, 'suspense_id'), amountMinor: amount(order) }),
    carryOut: (tx, order, who) => dueRefund(tx, who, { holderId: who.holderId, suspenseId: number(order, 'suspense_id'), amountMinor: amount(order) }, who),
  },
};

export type ActAsked = Who & { readonly kind: ApprovalKind; readonly order: Order };
export type ActDone = { readonly state: 'done' | 'waits'; readonly approvalId: number | null; readonly amountMinor: bigint; readonly currency: Currency };

/** Carries an act out, or asks a second person where it is worth more than one may do alone. Problems: those of the act, `approval_waits_already`. */
export async function actOrAsk(tx: Tx, asked: ActAsked): Promise<Result<ActDone>> {
  const { kind, order, insurerId, holderId, by, reason, at } = asked;
  const act = ACTS[kind];
  if (act === undefined) throw new Error(`no act ${kind}`);
  const worth = await act.check(tx, order, asked);
  if (!worth.ok) return worth;
  const { amountMinor, currency } = worth.value;
  if (amountMinor > aloneUpTo(kind, currency)) {
    const waits = await askApproval(tx, { insurerId, holderId, kind, act: order, amountMinor, currency, reason, by, at });
    return waits.ok ? ok({ state: 'waits', approvalId: waits.value.approvalId, amountMinor, currency }) : waits;
  }
  const done = await act.carryOut(tx, order, asked);
  return done.ok ? ok({ state: 'done', approvalId: null, amountMinor, currency }) : done;
}

/** The act itself, whatever it is worth; for a transaction that is taken back. `waits`: a second person will be asked. */
export async function previewAct(tx: Tx, asked: ActAsked): Promise<Result<ActDone>> {
  const act = ACTS[asked.kind];
  if (act === undefined) throw new Error(`no act ${asked.kind}`);
  const worth = await act.check(tx, asked.order, asked);
  if (!worth.ok) return worth;
  const { amountMinor, currency } = worth.value;
  const done = await act.carryOut(tx, asked.order, asked);
  return done.ok ? ok({ state: amountMinor > aloneUpTo(asked.kind, currency) ? 'waits' : 'done', approvalId: null, amountMinor, currency }) : done;
}

/** What a yes would do; for a transaction that is taken back. Problems: `not_found`, `approval_answered_already`, those of the act. */
export async function previewAnswer(tx: Tx, who: Omit<Who, 'reason'> & { readonly approvalId: number }): Promise<Result<unknown>> {
  const [row] = await tx<{ kind: ApprovalKind; act: Order; asked_by: string; reason: string; state: string; decided_by: string | null }[]>`
    select kind, act, asked_by, reason, state, decided_by from approvals where holder_id = ${who.holderId} and approval_id = ${who.approvalId}`;
  const act = row === undefined ? undefined : ACTS[row.kind];
  if (row === undefined || act === undefined) return fail('not_found');
  if (row.state !== 'waiting') return fail('approval_answered_already', { by: row.decided_by });
  return act.carryOut(tx, row.act, { ...who, by: row.asked_by, reason: row.reason });
}

/** A plan outside the guardrails waits for a second person, whatever it is worth. Problems: those of `previewPlan`, `approval_waits_already`. */
export async function askPlan(tx: Tx, { insurerId, holderId, billId, order, version, on, at, by, note }: PlanActed): Promise<Result<{ readonly approvalId: number }>> {
  const preview = await previewPlan(tx, { holderId, billId, order, on });
  if (!preview.ok) return preview;
  const { change: { totalMinor: amountMinor }, currency } = preview.value;
  return askApproval(tx, { insurerId, holderId, kind: 'plan', act: { bill_id: billId, ...order, version }, amountMinor, currency, reason: note === '' ? 'plan' : note, by, at });
}

/** Answers a request and, with a yes, carries its act out, on the day of the yes and in the name of who asked. Problems: those of `answerApproval`. */
export async function answerAndAct(tx: Tx, answer: ApprovalAnswer & { readonly insurerId: InsurerId; readonly on: PlainDate }): Promise<Result<{ readonly answer: ApprovalAnswer['answer'] }>> {
  const answered = await answerApproval(tx, answer, async ({ kind, act: order, asked_by: by, reason }) => {
    const act = ACTS[kind];
    return act === undefined ? fail('not_found') : act.carryOut(tx, order as Order, { ...answer, by, reason });
  });
  return answered.ok ? ok({ answer: answer.answer }) : answered;
}
