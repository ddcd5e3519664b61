/** What is late: how much of it, how it rolls on from age to age, and how each month was paid. */

import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import type { Column } from '../parts/data-table.tsx';
import { count, decimal, money, percent } from '../parts/format.ts';
import { Empty } from '../parts/states.tsx';
import { monthName, RowsLink, shareOf, SqlButton, sumOf, type BlockName, type DashboardView, type RowsTarget, type Shown } from './dashboard-card.tsx';

const AGES = ['not_due', '1_30', '31_60', '61_90', 'over_90'] as const;
const ROLL_DAYS = [0, 30, 60, 90] as const;
const PAID_BY = ['paid_by_0', 'paid_by_7', 'paid_by_30', 'paid_by_60', 'paid_by_90'] as const;

export function NothingYet({ block }: { block: BlockName }) {
  const { t } = useTranslation();
  return <Card title={t(`dashboard.block.${block}`)}><Empty title={t('dashboard.block_none')} hint={t('dashboard.block_none_hint')} /></Card>;
}

const currenciesOf = (rows: readonly { currency: string }[], main: string): readonly string[] =>
  [...new Set(rows.map(({ currency }) => currency))].toSorted((a, b) => Number(b === main) - Number(a === main));

export function AgeingCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.ageing;
  const currencies = useMemo(() => currenciesOf(rows, view.mainCurrency), [rows, view.mainCurrency]);
  const spec = useMemo((): ChartSpec => {
    const owed = (currency: string, age?: string): number => sumOf(rows.filter((row) => row.currency === currency && (age === undefined || row.age === age)), (row) => row.outstanding_minor);
    return {
      kind: 'bars', horizontal: true, stacked: true, max: 1, categories: currencies, axis: (value) => percent(value, 0),
      series: AGES.map((age) => ({ name: word('age', age), values: currencies.map((currency) => shareOf(owed(currency, age), owed(currency))) })),
      show: (series, index) => {
        const [currency = '', age = ''] = [currencies[index], AGES[series]];
        return `${money(owed(currency, age), currency)} (${percent(shareOf(owed(currency, age), owed(currency)))})`;
      },
    };
  }, [rows, currencies]);
  const [main] = currencies;
  if (main === undefined) return <NothingYet block="ageing" />;
  const own = rows.filter(({ currency }) => currency === main);
  const late = sumOf(own.filter(({ age }) => age !== 'not_due'), (row) => row.outstanding_minor);
  const to: RowsTarget = { page: 'bills', search: { market: view.filter.market } };
  type Row = Shown['ageing']['rows'][number];
  const columns: readonly Column<Row>[] = [
    { key: 'currency', title: t('dashboard.filter.currency'), value: (row) => row.currency, cell: (row) => row.currency },
    { key: 'age', title: t('dashboard.age'), value: (row) => word('age', row.age), cell: (row) => word('age', row.age) },
    { key: 'bills', title: t('dashboard.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'owed', title: t('dashboard.owed'), amount: true, value: (row) => row.outstanding_minor, cell: (row) => money(row.outstanding_minor, row.currency) },
  ];
  const open = (age: string | undefined): void => void navigate({ to: '/bills', search: { ...to.search, stage: age === 'not_due' ? 'not_due' : undefined } });
  return (
    <ChartCard name="ageing" finding={t('dashboard.finding.ageing', { share: percent(shareOf(late, sumOf(own, (row) => row.outstanding_minor)), 0), amount: money(late, main) })}
      about={t('dashboard.about.ageing')} spec={spec} columns={columns} rows={rows} rowKey={(row) => `${row.currency} ${row.age}`} pick={(series) => open(AGES[series])} open={(row) => open(row.age)}>
      <SqlButton open={() => view.openSql('ageing')} />
      <RowsLink view={view} to={to} />
    </ChartCard>
  );
}

export function RollCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.roll;
  const currencies = useMemo(() => currenciesOf(rows, view.mainCurrency), [rows, view.mainCurrency]);
  const spec = useMemo((): ChartSpec => {
    const at = (currency: string | undefined, days: number | undefined) => rows.find((row) => row.currency === currency && row.days === days);
    return {
      kind: 'lines', max: 1, categories: ROLL_DAYS.map((days) => t('dashboard.day', { day: days + 1 })), axis: (value) => percent(value, 0),
      series: currencies.map((currency) => ({ name: currency, values: ROLL_DAYS.map((days) => { const row = at(currency, days); return row === undefined ? null : shareOf(row.unpaid_minor, row.late_minor); }) })),
      show: (series, index) => {
        const row = at(currencies[series], ROLL_DAYS[index]);
        return row === undefined ? '—' : `${percent(shareOf(row.unpaid_minor, row.late_minor))} · ${money(row.unpaid_minor, row.currency)}`;
      },
    };
  }, [rows, currencies, t]);
  const month = rows.filter(({ days }) => days === 30);
  if (currencies.length === 0) return <NothingYet block="roll" />;
  const paid = 1 - shareOf(sumOf(month, (row) => row.unpaid_bills), sumOf(month, (row) => row.late_bills));
  const to: RowsTarget = { page: 'bills', search: { market: view.filter.market, stage: 'late' } };
  type Row = Shown['roll']['rows'][number];
  const columns: readonly Column<Row>[] = [
    { key: 'currency', title: t('dashboard.filter.currency'), value: (row) => row.currency, cell: (row) => row.currency },
    { key: 'days', title: t('dashboard.looked_at'), value: (row) => row.days + 1, cell: (row) => t('dashboard.day', { day: row.days + 1 }) },
    { key: 'late', title: t('dashboard.late_amount'), amount: true, wide: true, value: (row) => row.late_minor, cell: (row) => money(row.late_minor, row.currency) },
    { key: 'unpaid', title: t('dashboard.unpaid_amount'), amount: true, value: (row) => row.unpaid_minor, cell: (row) => money(row.unpaid_minor, row.currency) },
    { key: 'share', title: t('dashboard.unpaid_share'), amount: true, value: (row) => shareOf(row.unpaid_minor, row.late_minor), cell: (row) => percent(shareOf(row.unpaid_minor, row.late_minor)) },
  ];
  const open = (): void => void navigate({ to: '/bills', search: to.search });
  return (
    <ChartCard name="roll-rates" finding={month.length === 0 ? t('dashboard.block.roll') : t('dashboard.finding.roll', { share: percent(paid, 0) })} about={t('dashboard.about.roll')}
      spec={spec} columns={columns} rows={rows} rowKey={(row) => `${row.currency} ${row.days}`} pick={open} open={open}>
      <SqlButton open={() => view.openSql('roll')} />
      <RowsLink view={view} to={to} />
    </ChartCard>
  );
}

export function CohortCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.cohorts;
  const spec = useMemo((): ChartSpec => ({
    kind: 'lines', max: 1, categories: rows.map((row) => monthName(row.due_month)), axis: (value) => percent(value, 0),
    series: PAID_BY.map((name) => ({ name: word('dashboard', name), values: rows.map((row) => { const paid = row[name]; return paid === null ? null : shareOf(paid, row.bills); }) })),
    show: (series, index) => {
      const [row, name] = [rows[index], PAID_BY[series]];
      const paid = row === undefined || name === undefined ? null : row[name];
      return row === undefined || paid === null ? '—' : `${percent(shareOf(paid, row.bills))} (${count(paid)} / ${count(row.bills)})`;
    },
  }), [rows]);
  const last = rows.findLast((row) => row.paid_by_30 !== null);
  if (rows.length === 0) return <NothingYet block="cohorts" />;
  type Row = Shown['cohorts']['rows'][number];
  const columns: readonly Column<Row>[] = [
    { key: 'month', title: t('dashboard.due_month'), value: (row) => row.due_month.slice(0, 7), cell: (row) => monthName(row.due_month) },
    { key: 'bills', title: t('dashboard.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    ...PAID_BY.map((name): Column<Row> => ({
      key: name, title: word('dashboard', name), amount: true, wide: name === 'paid_by_7' || name === 'paid_by_60', value: (row) => { const paid = row[name]; return paid === null ? null : shareOf(paid, row.bills); },
      cell: (row) => { const paid = row[name]; return paid === null ? '—' : percent(shareOf(paid, row.bills)); },
    })),
  ];
  const to: RowsTarget = { page: 'bills', search: { market: view.filter.market, state: 'paid' } };
  const open = (): void => void navigate({ to: '/bills', search: to.search });
  return (
    <ChartCard name="cohorts" about={t('dashboard.about.cohorts')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.due_month} pick={open} open={open}
      finding={last === undefined ? t('dashboard.block.cohorts') : t('dashboard.finding.cohorts', { month: monthName(last.due_month), on_time: percent(shareOf(last.paid_by_0 ?? 0, last.bills), 0), later: percent(shareOf(last.paid_by_30 ?? 0, last.bills), 0) })}>
      <SqlButton open={() => view.openSql('cohorts')} />
      <RowsLink view={view} to={to} />
    </ChartCard>
  );
}

export function CurveCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.curve;
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', max: 1, categories: rows.map((row) => word('age', row.age)), axis: (value) => percent(value, 0),
    series: [{ name: t('dashboard.paid_within'), values: rows.map((row) => shareOf(row.paid, row.unpaid)) }],
    show: (_series, index) => { const row = rows[index]; return row === undefined ? '' : `${percent(shareOf(row.paid, row.unpaid))} (${count(row.paid)} / ${count(row.unpaid)})`; },
  }), [rows, t]);
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return <NothingYet block="curve" />;
  type Row = Shown['curve']['rows'][number];
  const chance = (row: Row): number => shareOf(row.paid, row.unpaid);
  const drop = (row: Row): number | null => { const before = rows[rows.indexOf(row) - 1]; return before === undefined ? null : (chance(row) - chance(before)) * 100; };
  const columns: readonly Column<Row>[] = [
    { key: 'age', title: t('dashboard.age'), value: (row) => word('age', row.age), cell: (row) => word('age', row.age) },
    { key: 'unpaid', title: t('dashboard.unpaid_at_start'), amount: true, value: (row) => row.unpaid, cell: (row) => count(row.unpaid) },
    { key: 'paid', title: t('dashboard.paid_within'), amount: true, value: chance, cell: (row) => percent(chance(row)) },
    { key: 'drop', title: t('dashboard.drop'), amount: true, value: drop, cell: (row) => { const points = drop(row); return points === null ? '—' : t('dashboard.points', { points: decimal(points) }); } },
  ];
  const to: RowsTarget = { page: 'bills', search: { market: view.filter.market, stage: 'late' } };
  const open = (): void => void navigate({ to: '/bills', search: to.search });
  return (
    <ChartCard name="recovery-curve" finding={t('dashboard.finding.curve', { first: percent(chance(first), 0), age: word('age', last.age), last: percent(chance(last), 0) })} about={t('dashboard.about.curve')}
      spec={spec} columns={columns} rows={rows} rowKey={(row) => row.age} pick={open} open={open}>
      <SqlButton open={() => view.openSql('curve')} />
      <RowsLink view={view} to={to} />
    </ChartCard>
  );
}
