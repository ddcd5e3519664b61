/** What the monthly meeting decided: a task with an owner and a day. Whoever owns it, or wrote it down, closes it; the second of two is told who was first. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { moment, plainDate } from './shapes.ts';

const row = z.object({
  decision_id: z.int(), month: plainDate, what: z.string(), owner_id: z.int(), owner: z.string(), due_on: plainDate, overdue: z.boolean(), mine: z.boolean(), written_by: z.string(), written_at: moment,
  closed_at: moment.nullable(), closed_by: z.string().nullable(), answer: z.string().nullable(),
});
export const meetingDecisionsShape = z.object({ business_date: plainDate, decisions: z.array(row) });
type Row = z.output<typeof row>;

const LIST_MAX = 500;

/** Of one meeting, with whatever earlier ones have left open; or, without a month, what this person has to do. */
export async function meetingDecisions(tx: Tx, asked: { readonly month: PlainDate | null; readonly userId: number; readonly today: PlainDate }): Promise<z.output<typeof meetingDecisionsShape>> {
  const { month, userId, today } = asked;
  const wanted = month === null ? tx`d.closed_at is null and d.owner_id = ${userId}` : tx`(d.month = ${month} or (d.month < ${month} and d.closed_at is null))`;
  const decisions = await tx<Row[]>`
    select d.decision_id, d.month, d.what, d.owner_id, u.name as owner, d.due_on, d.closed_at is null and d.due_on < ${today} as overdue, d.owner_id = ${userId} as mine, d.written_by, d.written_at,
      d.closed_at, d.closed_by, d.answer
    from meeting_decisions d join users u on u.insurer_id = d.insurer_id and u.user_id = d.owner_id
    where ${wanted} order by d.closed_at is not null, d.due_on, d.decision_id limit ${LIST_MAX}`;
  return { business_date: today, decisions: [...decisions] };
}

export type NewDecision = {
  readonly insurerId: InsurerId; readonly month: PlainDate; readonly what: string; readonly ownerId: number; readonly dueOn: PlainDate; readonly today: PlainDate; readonly by: string; readonly at: Moment;
};

/** Problems: `colleague_unknown`, `hand_over_day_past`. */
export async function writeDecision(tx: Tx, made: NewDecision): Promise<Result<number>> {
  if (made.dueOn < made.today) return fail('hand_over_day_past', { due_on: made.dueOn });
  const [kept] = await tx<{ decision_id: number }[]>`
    insert into meeting_decisions (insurer_id, month, what, owner_id, due_on, written_by, written_at)
    select ${made.insurerId}, ${made.month}, ${made.what}, user_id, ${made.dueOn}, ${made.by}, ${new Date(made.at)} from users
    where user_id = ${made.ownerId} and role <> 'auditor' and disabled_at is null returning decision_id`;
  return kept === undefined ? fail('colleague_unknown') : ok(kept.decision_id);
}

type Closing = { readonly decisionId: number; readonly userId: number; readonly by: string; readonly answer: string; readonly at: Moment };

/** Problems: `not_found` (also for whoever neither owns it nor wrote it), `hand_over_closed` (says by whom). */
export async function closeDecision(tx: Tx, { decisionId, userId, by, answer, at }: Closing): Promise<Result<null>> {
  const closed = await tx`
    update meeting_decisions set closed_at = ${new Date(at)}, closed_by = ${by}, answer = ${answer === '' ? null : answer}
    where decision_id = ${decisionId} and closed_at is null and (owner_id = ${userId} or written_by = ${by})`;
  if (closed.count > 0) return ok(null);
  const [there] = await tx<{ closed_by: string | null }[]>`select closed_by from meeting_decisions where decision_id = ${decisionId}`;
  return there === undefined || there.closed_by === null ? fail('not_found') : fail('hand_over_closed', { closed_by: there.closed_by });
}

/** Undoes a closing by the person who closed. Problem: `not_found`. */
export async function reopenDecision(tx: Tx, decisionId: number, by: string): Promise<Result<null>> {
  const opened = await tx`update meeting_decisions set closed_at = null, closed_by = null, answer = null where decision_id = ${decisionId} and closed_by = ${by}`;
  return opened.count > 0 ? ok(null) : fail('not_found');
}
