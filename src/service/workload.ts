/** What is open under a person's name, and how it moves to somebody else when they go or are too busy. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, ok, type Result } from '../kernel/index.ts';

export const workloadShape = z.object({ hand_overs: z.int(), decisions: z.int(), alerts: z.int(), targets: z.int(), strategies: z.int() });
export type Workload = z.output<typeof workloadShape>;

/** What is done or retired stays with whoever did it. */
const OPEN = {
  hand_overs: { table: 'hand_overs', owner: 'to_user', where: 'closed_at is null' },
  decisions: { table: 'meeting_decisions', owner: 'owner_id', where: 'closed_at is null' },
  alerts: { table: 'alerts', owner: 'owner_id', where: 'acknowledged_at is null and recovered_on is null' },
  targets: { table: 'targets', owner: 'owner_id', where: 'true' },
  strategies: { table: 'strategies', owner: 'owner_id', where: 'latest and state <> \'retired\'' },
} as const satisfies Record<keyof Workload, { readonly table: string; readonly owner: string; readonly where: string }>;
const KINDS = Object.keys(OPEN) as (keyof Workload)[];

export async function workloadOf(tx: Tx, userId: number): Promise<Workload> {
  const [row] = await tx.unsafe<Workload[]>(`select ${KINDS.map((kind) => `(select count(*)::int from ${OPEN[kind].table} where ${OPEN[kind].owner} = ${userId} and ${OPEN[kind].where}) as ${kind}`).join(', ')}`);
  return row ?? { hand_overs: 0, decisions: 0, alerts: 0, targets: 0, strategies: 0 };
}

/**
 * Moves all of it to another person who works here; a hand-over goes to their desk with its day as it was. Problems: `not_found` (either person), `workload_same_person`,
 * `workload_needs_active`.
 */
export async function moveWorkload(tx: Tx, insurerId: InsurerId, from: number, to: number): Promise<Result<Workload>> {
  if (from === to) return fail('workload_same_person');
  const people = await tx<{ user_id: number; role: string; disabled: boolean }[]>`
    select user_id, role, disabled_at is not null as disabled from users where user_id in ${tx([from, to])} order by user_id for update`;
  const taker = people.find(({ user_id: id }) => id === to);
  if (people.length < 2 || taker === undefined) return fail('not_found');
  if (taker.disabled || taker.role === 'auditor') return fail('workload_needs_active');
  const moved = await workloadOf(tx, from);
  for (const kind of KINDS) {
    const { table, owner, where } = OPEN[kind];
    await tx.unsafe(`update ${table} set ${owner} = ${to}${kind === 'hand_overs' ? `, to_role = '${taker.role}'` : ''} where insurer_id = ${insurerId} and ${owner} = ${from} and ${where}`);
  }
  return ok(moved);
}
