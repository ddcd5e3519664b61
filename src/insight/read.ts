/** Figures for screens: what the reports of past days wrote down, and today's, live from the rows. Shares are of counts; money is by currency. */

import { addDays, momentOf, type Moment, type PlainDate } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';

/**
 * The names in `daily_figures.figure`, with what numerator and denominator are.
 * paid_on_time: bills paid by their due date / bills fallen due, both of the 30 days to that date.
 * days_to_collect: days from issue to payment, summed / bills paid, both of the 30 days to that date.
 * uncollectible: bills written off / bills closed, both of the 365 days to that date.
 * cash: minor units received that day / payments. cost_to_collect: minor units of contact cost that day / minor units received.
 * ageing_*: minor units outstanding at the end of that day / open bills, by days past due.
 */
export const FIGURES = [
  'paid_on_time', 'days_to_collect', 'uncollectible', 'cash', 'cost_to_collect',
  'ageing_not_due', 'ageing_1_30', 'ageing_31_60', 'ageing_61_90', 'ageing_over_90',
] as const;
export type FigureName = (typeof FIGURES)[number];

export const AGEING = ['ageing_not_due', 'ageing_1_30', 'ageing_31_60', 'ageing_61_90', 'ageing_over_90'] as const satisfies readonly FigureName[];

/** Where the best of the field stand (REQUIREMENTS R50): 92 % on time, 18 days, 4.8 % uncollectible. */
export const TARGETS = { paid_on_time: 0.92, days_to_collect: 18, uncollectible: 0.048 } as const;

const HISTORY_DAYS = 30;
const GATE_RULES_MAX = 12;
const LIST_MAX = 8;

export type Ratio = {
  readonly value: number | null; readonly yesterday: number | null; readonly target: number; readonly numerator: number; readonly denominator: number;
  readonly on_date: PlainDate | null; readonly history: readonly { on_date: PlainDate; value: number }[];
};
export type CashRow = { readonly currency: string; readonly today_minor: bigint; readonly yesterday_minor: bigint; readonly payments: number };
export type AgeingRow = { readonly market: string; readonly line: string; readonly currency: string; readonly bills: number } & Record<AgeingColumn, bigint>;
type AgeingColumn = `${(typeof AGEING)[number]}_minor`;
export type GateCount = { readonly rule: string; readonly article: string | null; readonly answer: 'defer' | 'refuse'; readonly answers: number };
type PromiseDue = { holder_id: number; holder_name: string; bill_id: number; pay_by: PlainDate; amount_minor: bigint; currency: string };
type CallWaiting = { holder_id: number; holder_name: string; contact_id: number; bill_id: number | null; not_before: Date; market: string };

export type TodayView = {
  readonly business_date: PlainDate;
  readonly simulated: boolean;
  readonly paid_on_time: Ratio;
  readonly days_to_collect: Ratio;
  readonly uncollectible: Ratio;
  readonly cash: readonly CashRow[];
  readonly ageing_on: PlainDate | null;
  readonly ageing: readonly AgeingRow[];
  readonly needs: {
    readonly calls_waiting: number;
    /** Not now: it is night where the holder lives, or the law wants a pause. */
    readonly calls_later: number;
    readonly promises_due: number; readonly disputes_open: number; readonly deliveries_failed: number;
    readonly suspense_open: number;
    readonly calls: readonly CallWaiting[]; readonly promises: readonly PromiseDue[]; readonly gate: readonly GateCount[];
  };
};

export type TodayInput = {
  readonly businessDate: PlainDate; readonly timeZone: string; readonly now: Moment; readonly simulated: boolean;
  /** Calls that may be made now, in the order in which they are to be made. */
  readonly calls: readonly { readonly contactId: number; readonly holderId: number }[];
};

type SumRow = { on_date: PlainDate; figure: string; numerator: string; denominator: string | null };
type NeedsRow = { calls_queued: number; promises_due: number; disputes_open: number; deliveries_failed: number; suspense_open: number };
type AgeingSource = { on_date: PlainDate; market: string; line: string; currency: string; figure: string; amount_minor: bigint; bills: string };

/** What the page Today shows: past days from `daily_figures`, this day's cash and needs from the rows themselves, so they move with each payment. */
export async function todayView(tx: Tx, input: TodayInput): Promise<TodayView> {
  const { businessDate, timeZone } = input;
  const dayStart = new Date(momentOf(businessDate, 0, timeZone));
  const yesterdayStart = new Date(momentOf(addDays(businessDate, -1), 0, timeZone));
  const now = new Date(input.now);
  const next = input.calls.slice(0, LIST_MAX);
  const [sums, cash, ageing, needs, calls, promises, gate] = await Promise.all([
    tx<SumRow[]>`
      select on_date, figure, sum(numerator)::text as numerator, sum(denominator)::text as denominator from daily_figures
      where on_date between ${addDays(businessDate, -HISTORY_DAYS)} and ${businessDate} and figure in ('paid_on_time', 'days_to_collect', 'uncollectible')
      group by on_date, figure order by on_date`,
    tx<CashRow[]>`
      select currency, coalesce(sum(amount_minor) filter (where settled_at >= ${dayStart}), 0)::bigint as today_minor,
        coalesce(sum(amount_minor) filter (where settled_at < ${dayStart}), 0)::bigint as yesterday_minor,
        count(*) filter (where settled_at >= ${dayStart})::int as payments
      from payments where state = 'succeeded' and provider <> 'inforce' and settled_at >= ${yesterdayStart} and settled_at <= ${now} group by currency order by currency`,
    tx<AgeingSource[]>`
      select on_date, market, line, currency, figure, numerator::bigint as amount_minor, coalesce(denominator, 0)::text as bills from daily_figures
      where figure = any(${[...AGEING]})
        and on_date = (select max(on_date) from daily_figures where on_date <= ${businessDate} and figure = ${AGEING[0]})
      order by market, line, currency`,
    tx<NeedsRow[]>`
      select (select count(*) from contacts c join bills b using (insurer_id, holder_id, bill_id) where c.channel = 'call' and c.state = 'queued' and b.state = 'open')::int as calls_queued,
        (select count(*) from promises where state = 'open' and pay_by <= ${businessDate})::int as promises_due,
        (select count(*) from disputes where closed_at is null)::int as disputes_open,
        (select count(*) from contacts where state = 'failed' and queued_on = ${businessDate})::int as deliveries_failed,
        (select count(*) from suspense_items where cleared_on is null)::int as suspense_open`,
    tx<CallWaiting[]>`
      select c.holder_id, holder_name(h.family_name, h.given_name) as holder_name, c.contact_id, c.bill_id, c.not_before, h.market
      from unnest(${next.map(({ holderId }) => holderId)}::bigint[], ${next.map(({ contactId }) => contactId)}::bigint[]) with ordinality as asked (holder_id, contact_id, place)
      join contacts c using (holder_id, contact_id) join holders h using (insurer_id, holder_id) order by asked.place`,
    tx<PromiseDue[]>`
      select p.holder_id, holder_name(h.family_name, h.given_name) as holder_name, p.bill_id, p.pay_by, p.amount_minor, p.currency
      from promises p join holders h using (insurer_id, holder_id)
      where p.state = 'open' and p.pay_by <= ${businessDate} order by p.pay_by limit ${LIST_MAX}`,
    tx<GateCount[]>`
      select rule, min(article) as article, answer, count(*)::int as answers from gate_answers
      where asked_on = ${businessDate} and answer <> 'allow' group by rule, answer order by count(*) desc, rule limit ${GATE_RULES_MAX}`,
  ]);
  const { calls_queued: callsQueued, ...counts } = needs[0] ?? { calls_queued: 0, promises_due: 0, disputes_open: 0, deliveries_failed: 0, suspense_open: 0 };
  return {
    business_date: businessDate,
    simulated: input.simulated,
    paid_on_time: ratio(sums, 'paid_on_time', TARGETS.paid_on_time),
    days_to_collect: ratio(sums, 'days_to_collect', TARGETS.days_to_collect),
    uncollectible: ratio(sums, 'uncollectible', TARGETS.uncollectible),
    cash: [...cash],
    ageing_on: ageing[0]?.on_date ?? null,
    ageing: ageingRows(ageing),
    needs: {
      calls_waiting: input.calls.length, calls_later: Math.max(0, callsQueued - input.calls.length), ...counts,
      calls: [...calls], promises: [...promises], gate: [...gate],
    },
  };
}

/** The latest day's ratio beside the day before it, and the days that led there. */
function ratio(rows: readonly SumRow[], figure: FigureName, target: number): Ratio {
  const days = rows.filter((row) => row.figure === figure && Number(row.denominator ?? 0) > 0)
    .map((row) => ({ on_date: row.on_date, numerator: Number(row.numerator), denominator: Number(row.denominator) }));
  const history = days.map((day) => ({ on_date: day.on_date, value: day.numerator / day.denominator }));
  const last = days.at(-1);
  return {
    value: history.at(-1)?.value ?? null, yesterday: history.at(-2)?.value ?? null, target,
    numerator: last?.numerator ?? 0, denominator: last?.denominator ?? 0, on_date: last?.on_date ?? null, history,
  };
}

function ageingRows(rows: readonly AgeingSource[]): AgeingRow[] {
  const byKey = new Map<string, { -readonly [K in keyof AgeingRow]: AgeingRow[K] }>();
  for (const row of rows) {
    const key = `${row.market} ${row.line} ${row.currency}`;
    const found = byKey.get(key) ?? {
      market: row.market, line: row.line, currency: row.currency, bills: 0,
      ageing_not_due_minor: 0n, ageing_1_30_minor: 0n, ageing_31_60_minor: 0n, ageing_61_90_minor: 0n, ageing_over_90_minor: 0n,
    };
    const bucket = AGEING.find((name) => name === row.figure);
    if (bucket !== undefined) found[`${bucket}_minor`] += row.amount_minor;
    found.bills += Number(row.bills);
    byKey.set(key, found);
  }
  return [...byKey.values()];
}

export type FigureRow = {
  readonly on_date: PlainDate; readonly market: string; readonly line: string; readonly currency: string; readonly figure: string;
  readonly numerator: number; readonly denominator: number | null;
};

/** The written figures of some days, row by row, for export and comparison. At most `most` rows, oldest first. */
export async function readFigures(tx: Tx, from: PlainDate, to: PlainDate, most: number): Promise<FigureRow[]> {
  const rows = await tx<(Omit<FigureRow, 'numerator' | 'denominator'> & { numerator: string; denominator: string | null })[]>`
    select on_date, market, line, currency, figure, numerator::text as numerator, denominator::text as denominator from daily_figures
    where on_date between ${from} and ${to} order by on_date, market, line, currency, figure limit ${most}`;
  return rows.map((row) => ({ ...row, numerator: Number(row.numerator), denominator: row.denominator === null ? null : Number(row.denominator) }));
}
