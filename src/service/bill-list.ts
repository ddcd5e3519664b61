/** The list of bills, newest due first, by pages along an index; and what is open, in sums. */

import { z } from 'zod';
import { type Statement, type Tx } from '../database/index.ts';
import { type PlainDate } from '../kernel/index.ts';
import { dayCursor, type DayKey } from './key-cursor.ts';
import { billReference } from './masking.ts';
import { amountMinor, BILL_STAGES, BILL_STATES, plainDate } from './shapes.ts';

/** States whose bills can be listed. */
export const LISTED_BILL_STATES = ['open', 'paid', 'written_off'] as const satisfies readonly (typeof BILL_STATES)[number][];
type ListedState = (typeof LISTED_BILL_STATES)[number];

const billRow = z.object({
  holder_id: z.int(), bill_id: z.int(), reference: z.string(), holder_name: z.string(), policy_number: z.string(), market: z.string(), line: z.string(),
  due_on: plainDate, currency: z.string(), amount_minor: amountMinor, outstanding_minor: amountMinor, state: z.enum(BILL_STATES), stage: z.enum(BILL_STAGES),
  grace_ends_on: plainDate.nullable(), disputed: z.boolean(), in_flight: z.boolean(), paid_on: plainDate.nullable(),
});
export const billListShape = z.object({ bills: z.array(billRow), next_after: dayCursor.nullable() });

export type BillFilter = {
  readonly state: ListedState;
  /** Of open bills. */
  readonly stage: (typeof BILL_STAGES)[number] | null;
  readonly market: string | null;
  /** The last bill of the page before. */
  readonly after: DayKey | null;
  readonly limit: number;
};

/**
 * Closed bills lie by day alone, their market in the index beside them: a page looks at so many at most, and may then be shorter than asked, with a `next_after` to go
 * on from.
 */
const WALK_MAX = 20_000;

/** One page; `next_after` is null at the end. */
export async function listBills(tx: Tx, filter: BillFilter): Promise<z.output<typeof billListShape>> {
  const { state, market, limit } = filter;
  const rows = await tx<Omit<z.output<typeof billRow>, 'reference'>[]>`
    with page as materialized (${state === 'open' ? openPage(tx, filter) : closedPage(tx, filter)})
    select page.holder_id, page.bill_id, holder_name(h.family_name, h.given_name) as holder_name, p.policy_number, p.market, p.line, page.due_on,
      b.currency, b.amount_minor, (b.amount_minor - b.paid_minor)::bigint as outstanding_minor, b.state, b.stage, b.grace_ends_on, b.disputed, b.in_flight, b.paid_on
    from page join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id)
    order by page.due_on desc, page.holder_id desc, page.bill_id desc`;
  const bills = rows.map((row) => ({ ...row, reference: billReference(row.holder_id, row.bill_id) }));
  const last = bills.at(-1);
  if (bills.length === limit && last !== undefined) return { bills, next_after: { day: last.due_on, holderId: last.holder_id, id: last.bill_id } };
  if (state === 'open' || market === null) return { bills, next_after: null };
  const [end] = await tx<{ due_on: PlainDate; holder_id: number; bill_id: number }[]>`select due_on, holder_id, bill_id from (${closedWalk(tx, filter)}) w offset ${WALK_MAX - 1}`;
  return { bills, next_after: end === undefined ? null : { day: end.due_on, holderId: end.holder_id, id: end.bill_id } };
}

type Walk = Statement<readonly Record<string, unknown>[]>;
const KEY = 'b.insurer_id, b.holder_id, b.bill_id, b.due_on';

const pageOf = (tx: Tx, { after, limit }: Pick<BillFilter, 'after' | 'limit'>): Walk => {
  const { day = null, holderId = null, id = null } = after ?? {};
  return tx`and (${day}::date is null or (b.due_on, b.holder_id, b.bill_id) < (${day}::date, ${holderId}::bigint, ${id}::bigint))
    order by b.due_on desc, b.holder_id desc, b.bill_id desc limit ${limit}`;
};

/** Open ones lie by market and stage in their index, so the first of each are merged. */
const openPage = (tx: Tx, filter: BillFilter): Walk => tx`
  select k.* from (${marketsOf(tx, filter.market)}) m
    cross join unnest(${filter.stage === null ? [...BILL_STAGES] : [filter.stage]}::text[]) as s(stage)
    cross join lateral (select ${tx.unsafe(KEY)} from bills b where b.state = 'open' and b.market = m.market and b.stage = s.stage ${pageOf(tx, filter)}) k
  order by k.due_on desc, k.holder_id desc, k.bill_id desc limit ${filter.limit}`;

/** The markets in which bills are open are found one after the other, a step into the index for each. */
export const marketsOf = (tx: Tx, market: string | null): Walk => (market !== null ? tx`select ${market}::text as market` : tx`
  with recursive found as (
    select min(market) as market from bills where state = 'open'
    union all
    select (select min(b.market) from bills b where b.state = 'open' and b.market > found.market) from found where found.market is not null)
  select market from found where market is not null`);

const closedWalk = (tx: Tx, { state, after }: BillFilter): Walk =>
  tx`select ${tx.unsafe(KEY)}, b.market from bills b where b.state <> 'open' and b.state = ${state} ${pageOf(tx, { after, limit: WALK_MAX })}`;
const closedPage = (tx: Tx, filter: BillFilter): Walk => (filter.market === null
  ? tx`select ${tx.unsafe(KEY)} from bills b where b.state <> 'open' and b.state = ${filter.state} ${pageOf(tx, filter)}`
  : tx`select w.insurer_id, w.holder_id, w.bill_id, w.due_on from (${closedWalk(tx, filter)}) w where w.market = ${filter.market} limit ${filter.limit}`);

export const billSumsShape = z.object({
  /** Live, by stage; of a book too large to be counted while a person waits, by age, as the report of `on_date` has written it. */
  by: z.enum(['stage', 'age']),
  on_date: plainDate.nullable(),
  groups: z.array(z.object({ group: z.string(), currency: z.string(), bills: z.int(), outstanding_minor: amountMinor })),
});

/** So many open bills are counted in 25 ms. */
const LIVE_BILLS_MAX = 100_000;

/** How many bills are open and what is outstanding on them. */
export async function openBillSums(tx: Tx): Promise<z.output<typeof billSumsShape>> {
  type Group = z.output<typeof billSumsShape>['groups'][number];
  const written = await tx<(Group & { on_date: PlainDate })[]>`
    select on_date, figure as group, currency, coalesce(sum(denominator), 0)::bigint as bills, sum(numerator)::bigint as outstanding_minor from daily_figures
    where starts_with(figure, 'ageing_') and on_date = (select max(on_date) from daily_figures where figure = 'ageing_not_due') group by 1, 2, 3 order by 2, 3`;
  if (written.reduce((sum, { bills }) => sum + bills, 0) > LIVE_BILLS_MAX) {
    return { by: 'age', on_date: written[0]?.on_date ?? null, groups: written.map(({ on_date: _onDate, ...group }) => group) };
  }
  const live = await tx<Group[]>`
    select stage as group, currency, count(*) as bills, sum(amount_minor - paid_minor)::bigint as outstanding_minor from bills where state = 'open'
    group by 1, 2 order by array_position(${[...BILL_STAGES]}::text[], stage), 2`;
  return { by: 'stage', on_date: null, groups: [...live] };
}
