/** Where it leaks: by customer group and line, by market, between the steps of a payment, and what collecting costs. */

import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { word } from '../language.ts';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import type { Column } from '../parts/data-table.tsx';
import { count, decimal, money, percent } from '../parts/format.ts';
import { BILLS_MIN, RowsLink, shareOf, SqlButton, type DashboardView, type RowsTarget, type Shown } from './dashboard-card.tsx';
import { NothingYet } from './dashboard-late.tsx';

const SEGMENTS = ['punctual', 'new', 'late_1_30', 'late_31_90', 'late_over_90'];

export function HeatCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.heat;
  type Row = Shown['heat']['rows'][number];
  const spec = useMemo((): ChartSpec => {
    const lines = [...new Set(rows.map(({ line }) => line))].toSorted();
    const segments = SEGMENTS.filter((segment) => rows.some((row) => row.segment === segment));
    return {
      kind: 'heat', columns: lines.map((line) => word('line', line)), rows: segments.map((segment) => word('segment', segment)),
      cells: rows.map((row) => ({
        column: lines.indexOf(row.line), row: segments.indexOf(row.segment), share: shareOf(row.on_time, row.bills), text: percent(shareOf(row.on_time, row.bills), 0),
        tip: `${word('segment', row.segment)}, ${word('line', row.line)}\n${percent(shareOf(row.on_time, row.bills))} (${count(row.on_time)} / ${count(row.bills)})`,
      })),
    };
  }, [rows]);
  const weakest = rows.filter(({ bills }) => bills >= BILLS_MIN).toSorted((a, b) => shareOf(a.on_time, a.bills) - shareOf(b.on_time, b.bills))[0];
  if (rows.length === 0) return <NothingYet block="heat" />;
  const columns: readonly Column<Row>[] = [
    { key: 'segment', title: t('dashboard.filter.segment'), value: (row) => word('segment', row.segment), cell: (row) => word('segment', row.segment) },
    { key: 'line', title: t('dashboard.filter.line'), value: (row) => word('line', row.line), cell: (row) => word('line', row.line) },
    { key: 'bills', title: t('dashboard.bills_due'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'on_time', title: t('dashboard.paid_by_0'), amount: true, value: (row) => shareOf(row.on_time, row.bills), cell: (row) => percent(shareOf(row.on_time, row.bills)) },
  ];
  const open = (row: Row | undefined): void => { if (row !== undefined) void navigate({ to: '/holders', search: { market: view.filter.market, line: row.line } }); };
  return (
    <ChartCard name="heat-map" about={t('dashboard.about.heat')} spec={spec} columns={columns} rows={rows} rowKey={(row) => `${row.segment} ${row.line}`} pick={(_series, index) => open(rows[index])} open={open}
      finding={weakest === undefined ? t('dashboard.block.heat') : t('dashboard.finding.heat', { segment: word('segment', weakest.segment), line: word('line', weakest.line), share: percent(shareOf(weakest.on_time, weakest.bills), 0) })}>
      <SqlButton open={() => view.openSql('heat')} />
      <RowsLink view={view} to={{ page: 'holders', search: { market: view.filter.market, line: view.filter.line } }} />
    </ChartCard>
  );
}

export function RecoveryCard({ view, by }: { view: DashboardView; by: 'market' | 'line' }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const block = `by_${by}` as const;
  const { rows: unordered } = view.shown[block];
  type Row = Shown['by_market']['rows'][number];
  const rows = useMemo(() => unordered.toSorted((a, b) => shareOf(b.recovered, b.late) - shareOf(a.recovered, a.late)), [unordered]);
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', horizontal: true, max: 1, categories: rows.map(({ name }) => word(by, name)), axis: (value) => percent(value, 0),
    series: [{ name: t('dashboard.recovered'), values: rows.map((row) => shareOf(row.recovered, row.late)) }],
    show: (_series, index) => { const row = rows[index]; return row === undefined ? '' : `${percent(shareOf(row.recovered, row.late))} (${count(row.recovered)} / ${count(row.late)})`; },
  }), [rows, by, t]);
  const [best] = rows;
  const worst = rows.at(-1);
  if (best === undefined || worst === undefined) return <NothingYet block={block} />;
  const columns: readonly Column<Row>[] = [
    { key: 'name', title: t(`dashboard.filter.${by}`), value: (row) => word(by, row.name), cell: (row) => word(by, row.name) },
    { key: 'late', title: t('dashboard.late_bills'), amount: true, value: (row) => row.late, cell: (row) => count(row.late) },
    { key: 'recovered', title: t('dashboard.recovered'), amount: true, value: (row) => shareOf(row.recovered, row.late), cell: (row) => percent(shareOf(row.recovered, row.late)) },
    { key: 'written_off', title: t('dashboard.written_off'), amount: true, wide: true, value: (row) => row.written_off, cell: (row) => count(row.written_off) },
  ];
  const open = (row: Row | undefined): void => { if (row !== undefined) void navigate({ to: '/holders', search: { market: view.filter.market, line: view.filter.line, [by]: row.name, stage: 'late' } }); };
  const share = (row: Row): string => percent(shareOf(row.recovered, row.late), 0);
  return (
    <ChartCard name={`recovery-by-${by}`} about={t('dashboard.about.recovery')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.name} pick={(_series, index) => open(rows[index])} open={open}
      finding={best === worst ? t('dashboard.finding.recovery_one', { name: word(by, best.name), share: share(best) })
        : t('dashboard.finding.recovery', { best: word(by, best.name), best_share: share(best), worst: word(by, worst.name), worst_share: share(worst) })}>
      <SqlButton open={() => view.openSql(block)} />
      <RowsLink view={view} to={{ page: 'holders', search: { market: view.filter.market, line: view.filter.line, stage: 'late' } }} />
    </ChartCard>
  );
}

export function FunnelCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.funnel;
  type Row = Shown['funnel']['rows'][number];
  const [sent] = rows;
  const kept = (index: number): number | null => { const before = rows[index - 1]; const row = rows[index]; return before === undefined || row === undefined || before.contacts === 0 ? null : row.contacts / before.contacts; };
  const spec = useMemo((): ChartSpec => ({
    kind: 'funnel', steps: rows.map((row) => {
      const text = `${word('funnel', row.step)} ${count(row.contacts)} · ${percent(shareOf(row.contacts, rows[0]?.contacts ?? 0))}`;
      return { name: word('funnel', row.step), value: row.contacts, text, tip: text };
    }),
  }), [rows]);
  if (sent === undefined || sent.contacts === 0) return <NothingYet block="funnel" />;
  const steps = rows.map((_, index) => index).filter((index) => kept(index) !== null);
  const leak = steps.toSorted((a, b) => (kept(a) ?? 1) - (kept(b) ?? 1))[0] ?? 1;
  const columns: readonly Column<Row>[] = [
    { key: 'step', title: t('dashboard.step'), value: (row) => word('funnel', row.step), cell: (row) => word('funnel', row.step) },
    { key: 'contacts', title: t('dashboard.messages'), amount: true, value: (row) => row.contacts, cell: (row) => count(row.contacts) },
    { key: 'kept', title: t('dashboard.of_step_before'), amount: true, value: (row) => kept(rows.indexOf(row)), cell: (row) => { const share = kept(rows.indexOf(row)); return share === null ? '—' : percent(share); } },
  ];
  const to: RowsTarget = { page: 'payments', search: {} };
  const open = (row: Row | undefined): void => void navigate({ to: '/payments', search: { state: row?.step === 'started' ? 'created' : row?.step === 'paid' ? 'succeeded' : undefined } });
  return (
    <ChartCard name="funnel" about={t('dashboard.about.funnel')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.step} pick={(_series, index) => open(rows[index])} open={open}
      finding={t('dashboard.finding.funnel', { share: percent(1 - (kept(leak) ?? 1), 0), from: word('funnel', rows[leak - 1]?.step ?? 'sent'), to: word('funnel', rows[leak]?.step ?? 'paid') })}>
      <SqlButton open={() => view.openSql('funnel')} />
      <RowsLink view={view} to={to} />
    </ChartCard>
  );
}

export function WaysCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.ways;
  type Row = Shown['ways']['rows'][number];
  const days = (row: Row): number => shareOf(row.days_to_pay, row.bills);
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', horizontal: true, categories: rows.map(({ way }) => word('way', way)), axis: (value) => decimal(value, 0),
    series: [{ name: t('dashboard.figure.days_to_collect'), values: rows.map((row) => shareOf(row.days_to_pay, row.bills)) }],
    show: (_series, index) => { const row = rows[index]; return row === undefined ? '' : `${t('dashboard.days', { days: decimal(shareOf(row.days_to_pay, row.bills)) })} · ${t('dashboard.bills')}: ${count(row.bills)}`; },
  }), [rows, t]);
  if (rows.length === 0) return <NothingYet block="ways" />;
  const [digital, other] = [rows.find(({ way }) => way === 'digital'), rows.find(({ way }) => way === 'other')];
  const columns: readonly Column<Row>[] = [
    { key: 'way', title: t('dashboard.way'), value: (row) => word('way', row.way), cell: (row) => word('way', row.way) },
    { key: 'bills', title: t('dashboard.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'days', title: t('dashboard.figure.days_to_collect'), amount: true, value: days, cell: (row) => t('dashboard.days', { days: decimal(days(row)) }) },
  ];
  const to: RowsTarget = { page: 'bills', search: { market: view.filter.market, state: 'paid' } };
  const open = (): void => void navigate({ to: '/bills', search: to.search });
  return (
    <ChartCard name="ways-to-pay" about={t('dashboard.about.ways')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.way} pick={open} open={open}
      finding={digital === undefined || other === undefined ? t('dashboard.block.ways') : t('dashboard.finding.ways', { digital: decimal(days(digital)), other: decimal(days(other)) })}>
      <SqlButton open={() => view.openSql('ways')} />
      <RowsLink view={view} to={to} />
    </ChartCard>
  );
}

export function CostCard({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { rows } = view.shown.cost;
  type Row = Shown['cost']['rows'][number];
  const share = (row: Row): number => shareOf(row.spent_minor, row.received_minor);
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', horizontal: true, categories: rows.map(({ currency }) => currency), axis: (value) => percent(value, 1),
    series: [{ name: t('dashboard.cost_share'), values: rows.map((row) => shareOf(row.spent_minor, row.received_minor)) }],
    show: (_series, index) => { const row = rows[index]; return row === undefined ? '' : `${percent(shareOf(row.spent_minor, row.received_minor), 2)} (${money(row.spent_minor, row.currency)} / ${money(row.received_minor, row.currency)})`; },
  }), [rows, t]);
  const main = rows.find(({ currency }) => currency === view.mainCurrency) ?? rows[0];
  if (main === undefined) return <NothingYet block="cost" />;
  const columns: readonly Column<Row>[] = [
    { key: 'currency', title: t('dashboard.filter.currency'), value: (row) => row.currency, cell: (row) => row.currency },
    { key: 'spent', title: t('dashboard.spent'), amount: true, value: (row) => row.spent_minor, cell: (row) => money(row.spent_minor, row.currency) },
    { key: 'received', title: t('dashboard.received'), amount: true, value: (row) => row.received_minor, cell: (row) => money(row.received_minor, row.currency) },
    { key: 'share', title: t('dashboard.cost_share'), amount: true, value: (row) => (row.received_minor === 0 ? null : share(row)), cell: (row) => (row.received_minor === 0 ? '—' : percent(share(row), 2)) },
  ];
  const to: RowsTarget = { page: 'payments', search: { state: 'succeeded' } };
  const open = (): void => void navigate({ to: '/payments', search: to.search });
  return (
    <ChartCard name="cost-to-collect" about={t('dashboard.about.cost')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.currency} pick={open} open={open}
      finding={main.received_minor === 0 ? t('dashboard.block.cost') : t('dashboard.finding.cost', { share: percent(share(main), 2), currency: main.currency })}>
      <SqlButton open={() => view.openSql('cost')} />
      <RowsLink view={view} to={to} />
    </ChartCard>
  );
}
