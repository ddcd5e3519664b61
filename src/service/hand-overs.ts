/** Work that goes from one department to another: what, for whom, by when. Whoever it is for closes it with an answer; the second of two is told who was first. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { type Role, ROLES } from './people.ts';
import { moment, plainDate } from './shapes.ts';

/** Those who can be given work; an auditor changes nothing. */
export const WORKING_ROLES = ['manager', 'agent', 'finance', 'compliance', 'it'] as const satisfies readonly Role[];
/** `mine`: for me, or for anybody of my role. `given`: by me. */
export const WHOSE = ['mine', 'given', 'all'] as const;

const row = z.object({
  hand_over_id: z.int(), holder_id: z.int(), holder_name: z.string(), market: z.string(), bill_id: z.int().nullable(), from_name: z.string(), from_role: z.enum(ROLES),
  to_role: z.enum(WORKING_ROLES), to_name: z.string().nullable(), what: z.string(), due_on: plainDate, days_overdue: z.int(), opened_at: moment, closed_at: moment.nullable(),
  closed_by: z.string().nullable(), answer: z.string().nullable(),
});
export const handOversShape = z.object({
  business_date: plainDate,
  mine: z.int(),
  mine_overdue: z.int(),
  /** Of the whole insurer: what a manager must know of. */
  overdue: z.int(),
  hand_overs: z.array(row),
  next_after: z.string().nullable(),
});
export const colleaguesShape = z.object({ colleagues: z.array(z.object({ user_id: z.int(), name: z.string(), role: z.enum(ROLES) })) });
export type HandOversView = z.output<typeof handOversShape>;

export type HandOverFilter = {
  readonly whose: (typeof WHOSE)[number]; readonly closed: boolean; readonly userId: number; readonly role: Role; readonly today: PlainDate;
  readonly after: { readonly on: PlainDate; readonly id: number } | null; readonly limit: number;
};

/** Open ones the earliest day first, closed ones (of the last 90 days by their day) the latest first. */
export async function listHandOvers(tx: Tx, { whose, closed, userId, role, today, after, limit }: HandOverFilter): Promise<Omit<HandOversView, 'next_after'>> {
  const mine = tx`(o.to_user = ${userId} or (o.to_user is null and o.to_role = ${role}))`;
  const wanted = whose === 'mine' ? mine : whose === 'given' ? tx`o.from_user = ${userId}` : tx`true`;
  const state = closed ? tx`o.closed_at is not null` : tx`o.closed_at is null`;
  const further = after === null ? tx`` : closed ? tx`and (o.due_on, o.hand_over_id) < (${after.on}, ${after.id})` : tx`and (o.due_on, o.hand_over_id) > (${after.on}, ${after.id})`;
  const order = closed ? tx`o.due_on desc, o.hand_over_id desc` : tx`o.due_on, o.hand_over_id`;
  const [rows, [sums]] = await Promise.all([
    tx<HandOversView['hand_overs']>`
      with o as (select * from hand_overs o where ${state} and ${wanted} ${further} order by ${order} limit ${limit})
      select o.hand_over_id, o.holder_id, holder_name(h.family_name, h.given_name) as holder_name, h.market, o.bill_id, o.from_name, f.role as from_role, o.to_role, u.name as to_name,
        o.what, o.due_on, case when o.closed_at is null then greatest(0, ${today}::date - o.due_on) else 0 end as days_overdue, o.opened_at, o.closed_at, o.closed_by, o.answer
      from o join holders h using (insurer_id, holder_id) join users f on f.insurer_id = o.insurer_id and f.user_id = o.from_user
        left join users u on u.insurer_id = o.insurer_id and u.user_id = o.to_user
      order by ${order}`,
    tx<{ mine: number; mine_overdue: number; overdue: number }[]>`
      select count(*) filter (where ${mine})::int as mine, count(*) filter (where ${mine} and o.due_on < ${today})::int as mine_overdue,
        count(*) filter (where o.due_on < ${today})::int as overdue
      from hand_overs o where o.closed_at is null`,
  ]);
  return { business_date: today, mine: sums?.mine ?? 0, mine_overdue: sums?.mine_overdue ?? 0, overdue: sums?.overdue ?? 0, hand_overs: [...rows] };
}

export type NewHandOver = {
  readonly insurerId: InsurerId; readonly fromUser: number; readonly fromName: string; readonly toRole: (typeof WORKING_ROLES)[number]; readonly toUser: number | null;
  readonly what: string; readonly dueOn: PlainDate; readonly today: PlainDate; readonly at: Moment;
  readonly about: readonly { readonly holder_id: number; readonly bill_id: number | null }[];
};

/** All or none. Returns the new numbers in the order of `about`. Problems: `not_found`, `hand_over_day_past`, `colleague_unknown`. */
export async function handOver(tx: Tx, given: NewHandOver): Promise<Result<number[]>> {
  if (given.dueOn < given.today) return fail('hand_over_day_past', { due_on: given.dueOn });
  if (given.toUser !== null) {
    const [known] = await tx`select 1 from users where user_id = ${given.toUser} and role = ${given.toRole} and disabled_at is null`;
    if (known === undefined) return fail('colleague_unknown');
  }
  const holders = given.about.map(({ holder_id }) => holder_id);
  const bills = given.about.map(({ bill_id }) => bill_id);
  const [found] = await tx<{ all_there: boolean }[]>`
    select count(h.holder_id) = ${given.about.length} and count(*) filter (where a.bill_id is not null and b.bill_id is null) = 0 as all_there
    from unnest(${holders}::bigint[], ${bills}::bigint[]) as a (holder_id, bill_id) left join holders h on h.holder_id = a.holder_id
      left join bills b on b.holder_id = a.holder_id and b.bill_id = a.bill_id`;
  if (found?.all_there !== true) return fail('not_found');
  const rows = await tx<{ hand_over_id: number }[]>`
    insert into hand_overs (insurer_id, holder_id, bill_id, from_user, from_name, to_role, to_user, what, due_on, opened_at)
    select ${given.insurerId}, a.holder_id, a.bill_id, ${given.fromUser}, ${given.fromName}, ${given.toRole}, ${given.toUser}, ${given.what}, ${given.dueOn}, ${new Date(given.at)}
    from unnest(${holders}::bigint[], ${bills}::bigint[]) with ordinality as a (holder_id, bill_id, place) order by a.place returning hand_over_id`;
  return ok(rows.map((made) => made.hand_over_id));
}

/** Problems: `not_found`, `hand_over_closed` (says by whom). */
export async function closeHandOver(tx: Tx, of: { holderId: number; handOverId: number; by: string; answer: string; at: Moment }): Promise<Result<null>> {
  const closed = await tx`
    update hand_overs set closed_at = ${new Date(of.at)}, closed_by = ${of.by}, answer = ${of.answer === '' ? null : of.answer}
    where holder_id = ${of.holderId} and hand_over_id = ${of.handOverId} and closed_at is null returning hand_over_id`;
  if (closed.length > 0) return ok(null);
  const [there] = await tx<{ closed_by: string }[]>`select closed_by from hand_overs where holder_id = ${of.holderId} and hand_over_id = ${of.handOverId}`;
  return there === undefined ? fail('not_found') : fail('hand_over_closed', { closed_by: there.closed_by });
}

/** Undoes a closing by the person who closed. Problems: `not_found`. */
export async function reopenHandOver(tx: Tx, of: { holderId: number; handOverId: number; by: string }): Promise<Result<null>> {
  const opened = await tx`
    update hand_overs set closed_at = null, closed_by = null, answer = null
    where holder_id = ${of.holderId} and hand_over_id = ${of.handOverId} and closed_by = ${of.by} returning hand_over_id`;
  return opened.length > 0 ? ok(null) : fail('not_found');
}

/** Takes back what this person has handed over and nobody has closed; returns how many. */
export async function withdrawHandOvers(tx: Tx, fromUser: number, ids: readonly number[]): Promise<number> {
  const gone = await tx`delete from hand_overs where hand_over_id = any(${[...ids]}::bigint[]) and from_user = ${fromUser} and closed_at is null`;
  return gone.count;
}
