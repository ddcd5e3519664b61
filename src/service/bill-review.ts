/** Bills that must not leave yet: by what was found, by pages, one of them with its findings in words; the sample; and how right bills are. */

import { z } from 'zod';
import { type Check, CHECKS, checkText } from '../billing/index.ts';
import { type Tx } from '../database/index.ts';
import { type BillId, type HolderId, type Language, type PlainDate } from '../kernel/index.ts';
import { aloneUpTo } from './approvals.ts';
import { dayCursor, type DayKey } from './key-cursor.ts';
import { billReference } from './masking.ts';
import { amountMinor, moment, plainDate } from './shapes.ts';

export const HOLD_STATES = ['held', 'asked', 'released', 'corrected', 'withdrawn', 'mended'] as const;
export const checkId = z.enum(CHECKS);
const said = z.union([z.object({ minor: z.int() }), z.object({ on: plainDate }), z.object({ text: z.string() })]).nullable();
const finding = z.object({ check: checkId, severity: z.enum(['hold', 'note']), reason: z.string(), rule: z.string(), remedy: z.string(), rule_id: z.string().nullable(), says: said, should: said });
const heldRow = z.object({
  holder_id: z.int(), bill_id: z.int(), reference: z.string(), holder_name: z.string(), policy_number: z.string(), market: z.string(), line: z.string(), held_on: plainDate, due_on: plainDate,
  currency: z.string(), amount_minor: amountMinor, state: z.enum(HOLD_STATES), asked_by: z.string().nullable(), version: z.int(), findings: z.array(finding),
});
export const heldListShape = z.object({ bills: z.array(heldRow), next_after: dayCursor.nullable() });
export const heldViewShape = heldRow.extend({
  two_people: z.boolean().describe('Above the limit of one person'), decided_by: z.string().nullable(), decided_at: moment.nullable(), note: z.string().nullable(),
});
const run = z.object({
  on_date: plainDate, due: z.int(), issued: z.int(), held: z.int(), released: z.int(), short_notice: z.int(), exception_count: z.int(),
  exceptions: z.array(z.object({ holder_id: z.int(), policy_id: z.int(), policy_number: z.string(), due_on: plainDate, reason: z.string() })),
});
const quality = z.object({
  month: plainDate, made: z.enum(['cycle', 'hand']), bills: z.int(), wrong: z.int(), error_rate: z.number().nullable(), detect_days: z.number().nullable().describe('Mean working days from issue to detection'),
  mend_days: z.number().nullable().describe('Mean working days from detection to correction'), minutes_per_bill: z.number().nullable(), overdue: z.int(), overdue_wrong: z.int(),
});
export const billReviewShape = z.object({
  waiting: z.int(), asked: z.int(), amounts: z.array(z.object({ currency: z.string(), amount_minor: amountMinor })),
  checks: z.array(z.object({
    check: checkId, reason: z.string(), bills: z.int(), alone: z.int().describe('Bills that wait for nothing else and one person may release'),
    amounts: z.array(z.object({ currency: z.string(), amount_minor: amountMinor })),
  })),
  sample: z.int().describe('Drawn by chance and not yet looked at'), runs: z.array(run).describe('The last nights'), months: z.array(quality), total: z.array(quality.omit({ month: true })).describe('Of the months together'),
});

const RUNS_SHOWN = 14;
const FINDINGS_MAX = 50;

type GroupRow = { check: Check; currency: string; bills: number; alone: number; amount_minor: bigint; limit_minor: bigint | null };

export async function billReview(tx: Tx, language: Language): Promise<z.output<typeof billReviewShape>> {
  const limits = await tx<{ currency: string }[]>`select distinct currency from bill_holds where state in ('held', 'asked')`;
  const caps = limits.map(({ currency }) => ({ c: currency, l: String(aloneUpTo('release_bill', currency)) }));
  const [groups, sums, sample, runs, cells] = await Promise.all([
    tx<GroupRow[]>`
      with waiting as (select * from bill_holds where state in ('held', 'asked')),
      caps as (select * from jsonb_to_recordset(${tx.json(caps)}) as x(c text, l bigint)),
      found as (
        select distinct w.holder_id, w.bill_id, w.state, w.currency, w.amount_minor, f.check_id from waiting w
          join bill_findings f on f.insurer_id = w.insurer_id and f.holder_id = w.holder_id and f.bill_id = w.bill_id and f.severity = 'hold' and f.answered_at is null),
      counted as (select *, count(*) over (partition by holder_id, bill_id) as checks from found)
      select check_id as check, currency, count(*)::int as bills, count(*) filter (where checks = 1 and state = 'held' and amount_minor <= caps.l)::int as alone, sum(amount_minor)::bigint as amount_minor
      from counted join caps on caps.c = counted.currency group by 1, 2 order by count(*) desc, 1, 2`,
    tx<{ currency: string; state: string; bills: number; amount_minor: bigint }[]>`
      select currency, state, count(*)::int as bills, sum(amount_minor)::bigint as amount_minor from bill_holds where state in ('held', 'asked') group by 1, 2 order by 1`,
    tx<{ count: number }[]>`select count(*)::int as count from bill_findings where severity = 'note' and check_id = 'sample' and answered_at is null`,
    tx<z.output<typeof run>[]>`select on_date, due, issued, held, released, short_notice, exception_count, exceptions from bill_runs order by on_date desc limit ${RUNS_SHOWN}`,
    tx<QualityRow[]>`
      select month, made, sum(bills)::int as bills, sum(wrong)::int as wrong, sum(detect_days)::int as detect_days, sum(detected)::int as detected, sum(mend_days)::int as mend_days, sum(mended)::int as mended,
        sum(minutes + coalesce(duration_ms, 0) / 60000.0)::float8 as minutes, sum(overdue)::int as overdue, sum(overdue_wrong)::int as overdue_wrong
      from bill_quality_cells group by 1, 2 order by 1, 2`,
  ]);
  const amountsOf = (rows: readonly { currency: string; amount_minor: bigint }[]): { currency: string; amount_minor: bigint }[] =>
    [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, of]) => ({ currency, amount_minor: of.reduce((sum, row) => sum + row.amount_minor, 0n) }));
  return {
    waiting: sums.reduce((sum, { bills }) => sum + bills, 0), asked: sums.reduce((sum, { state, bills }) => sum + (state === 'asked' ? bills : 0), 0), amounts: amountsOf(sums),
    checks: [...Map.groupBy(groups, ({ check }) => check)].map(([check, of]) => ({
      check, reason: checkText(check, language).reason, bills: of.reduce((sum, { bills }) => sum + bills, 0), alone: of.reduce((sum, { alone }) => sum + alone, 0), amounts: amountsOf(of),
    })),
    sample: sample[0]?.count ?? 0, runs: [...runs], months: cells.map(qualityOf), total: totalsOf(cells),
  };
}

type QualityRow = { month: PlainDate; made: 'cycle' | 'hand'; bills: number; wrong: number; detect_days: number; detected: number; mend_days: number; mended: number; minutes: number; overdue: number; overdue_wrong: number };
const part = (sum: number, of: number): number | null => (of === 0 ? null : sum / of);

const qualityOf = ({ detect_days: detect, detected, mend_days: mend, mended, minutes, ...row }: QualityRow): z.output<typeof quality> => ({
  ...row, error_rate: part(row.wrong, row.bills), detect_days: part(detect, detected), mend_days: part(mend, mended), minutes_per_bill: part(minutes, row.bills),
});

function totalsOf(cells: readonly QualityRow[]): z.output<typeof billReviewShape>['total'] {
  return [...Map.groupBy(cells, ({ made }) => made)].map(([, rows]) => {
    const { month: _month, ...total } = qualityOf(rows.reduce((sum, row) => ({
      ...sum, bills: sum.bills + row.bills, wrong: sum.wrong + row.wrong, detect_days: sum.detect_days + row.detect_days, detected: sum.detected + row.detected, mend_days: sum.mend_days + row.mend_days,
      mended: sum.mended + row.mended, minutes: sum.minutes + row.minutes, overdue: sum.overdue + row.overdue, overdue_wrong: sum.overdue_wrong + row.overdue_wrong,
    })));
    return total;
  });
}

type FoundRow = { check: Check; severity: 'hold' | 'note'; details: { says: z.output<typeof said>; should: z.output<typeof said>; rule: string | null } };
type HeldRow = Omit<z.output<typeof heldRow>, 'reference' | 'findings'> & { found: FoundRow[] | null };

const COLUMNS = `w.holder_id, w.bill_id, holder_name(h.family_name, h.given_name) as holder_name, p.policy_number, w.market, p.line, w.held_on, b.due_on, w.currency, w.amount_minor, w.state, w.asked_by, w.version,
  (select json_agg(json_build_object('check', f.check_id, 'severity', f.severity, 'details', f.details) order by f.severity, f.place) from (
    select * from bill_findings f where f.insurer_id = w.insurer_id and f.holder_id = w.holder_id and f.bill_id = w.bill_id order by f.place limit ${FINDINGS_MAX}) f) as found`;

function rowOf({ found, ...row }: HeldRow, language: Language): z.output<typeof heldRow> {
  return {
    ...row, reference: billReference(row.holder_id, row.bill_id),
    findings: (found ?? []).map(({ check, severity, details }) => ({ check, severity, ...checkText(check, language), rule_id: details.rule, says: details.says, should: details.should })),
  };
}

export type HeldFilter = { readonly check: Check | null; readonly market: string | null; readonly after: DayKey | null; readonly limit: number };

/** What waits, the oldest first. */
export async function listHeld(tx: Tx, { check, market, after, limit }: HeldFilter, language: Language): Promise<z.output<typeof heldListShape>> {
  const { day = null, holderId = null, id = null } = after ?? {};
  const rows = await tx<HeldRow[]>`
    with page as (
      select * from bill_holds w
      where w.state in ('held', 'asked') and (${market}::text is null or w.market = ${market}) and (${day}::date is null or (w.held_on, w.holder_id, w.bill_id) > (${day}::date, ${holderId}::bigint, ${id}::bigint))
        and (${check}::text is null or exists (
          select from bill_findings f where f.insurer_id = w.insurer_id and f.holder_id = w.holder_id and f.bill_id = w.bill_id and f.check_id = ${check} and f.answered_at is null))
      order by w.held_on, w.holder_id, w.bill_id limit ${limit})
    select ${tx.unsafe(COLUMNS)} from page w join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id)
    order by w.held_on, w.holder_id, w.bill_id`;
  const bills = rows.map((row) => rowOf(row, language));
  const last = bills.at(-1);
  return { bills, next_after: bills.length < limit || last === undefined ? null : { day: last.held_on, holderId: last.holder_id, id: last.bill_id } };
}

/** Null where the review has never held this bill. */
export async function heldView(tx: Tx, holderId: HolderId, billId: BillId, language: Language): Promise<z.output<typeof heldViewShape> | null> {
  const [row] = await tx<(HeldRow & { decided_by: string | null; decided_at: Date | null; note: string | null })[]>`
    select ${tx.unsafe(COLUMNS)}, w.decided_by, w.decided_at, w.note
    from bill_holds w join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id)
    where w.holder_id = ${holderId} and w.bill_id = ${billId}`;
  if (row === undefined) return null;
  const { decided_by: by, decided_at: at, note, ...held } = row;
  return { ...rowOf(held, language), two_people: row.amount_minor > aloneUpTo('release_bill', row.currency), decided_by: by, decided_at: at, note };
}

const sampleRow = z.object({
  holder_id: z.int(), bill_id: z.int(), reference: z.string(), holder_name: z.string(), policy_number: z.string(), market: z.string(), line: z.string(), found_on: plainDate, due_on: plainDate, currency: z.string(), amount_minor: amountMinor,
});
export const billSampleShape = z.object({ bills: z.array(sampleRow), next_after: dayCursor.nullable() });

/** Bills that chance has drawn and nobody has looked at yet, the oldest first. */
export async function billSample(tx: Tx, after: DayKey | null, limit: number): Promise<z.output<typeof billSampleShape>> {
  const { day = null, holderId = null, id = null } = after ?? {};
  const rows = await tx<Omit<z.output<typeof sampleRow>, 'reference'>[]>`
    with page as (
      select * from bill_findings f where f.severity = 'note' and f.check_id = 'sample' and f.answered_at is null
        and (${day}::date is null or (f.found_on, f.holder_id, f.bill_id) > (${day}::date, ${holderId}::bigint, ${id}::bigint))
      order by f.found_on, f.holder_id, f.bill_id limit ${limit})
    select f.holder_id, f.bill_id, holder_name(h.family_name, h.given_name) as holder_name, p.policy_number, p.market, p.line, f.found_on, b.due_on, b.currency, b.amount_minor
    from page f join bills b using (insurer_id, holder_id, bill_id) join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id) order by f.found_on, f.holder_id, f.bill_id`;
  const bills = rows.map((row) => ({ ...row, reference: billReference(row.holder_id, row.bill_id) }));
  const last = bills.at(-1);
  return { bills, next_after: bills.length < limit || last === undefined ? null : { day: last.found_on, holderId: last.holder_id, id: last.bill_id } };
}

/** False where it was looked at already, or never drawn. */
export async function sampleSeen(tx: Tx, holderId: HolderId, billId: BillId, by: string, at: Date): Promise<boolean> {
  const seen = await tx`
    update bill_findings set answered_by = ${by}, answered_at = ${at} where holder_id = ${holderId} and bill_id = ${billId} and severity = 'note' and check_id = 'sample' and answered_at is null returning bill_id`;
  return seen.length > 0;
}
