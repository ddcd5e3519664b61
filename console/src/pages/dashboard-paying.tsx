/** How holders pay: on time and in full, by which device and way, why late, and whether contacts drive policies away. */

import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { howPaidQuery, type HowPaid } from '../data/results.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import type { Column } from '../parts/data-table.tsx';
import { count, day, decimal, percent } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { monthName, PartRows, shareOf, SqlButton, sumOf, type PartView } from './dashboard-card.tsx';
import own from './dashboard.module.css';

const DEVICES = ['phone', 'tablet', 'desktop', 'unknown'] as const;
const MEASURES = ['on_time', 'in_full', 'both'] as const;
/** Five and more. */
const CONTACTS_MOST = 5;
type Part = { readonly shown: HowPaid; readonly view: PartView };

export function PayingPart({ view }: { view: PartView }) {
  const { t } = useTranslation();
  const asked = useQuery(howPaidQuery(view.filter));
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={8} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const shown = asked.data;
  if (shown.as_of === null) return <Card><Empty title={t('dashboard.none')} hint={t('dashboard.none_hint')} /></Card>;
  return (
    <>
      <p className={css['quiet']}>{t('paying.as_of', { day: day(shown.as_of) })}</p>
      <div className={own['cards']}>
        <OnTimeCard shown={shown} view={view} />
        <DevicesCard shown={shown} view={view} />
        <DaysToCashCard shown={shown} view={view} />
        <ReasonsCard shown={shown} view={view} />
        <PressureCard shown={shown} view={view} />
      </div>
    </>
  );
}

function Nothing({ title, hint }: { title: string; hint: string }) {
  return <Card title={title}><Empty title={hint} /></Card>;
}

function OnTimeCard({ shown: { on_time: { rows } }, view }: Part) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  type Row = (typeof rows)[number];
  const spec = useMemo((): ChartSpec => ({
    kind: 'lines', max: 1, categories: rows.map((row) => monthName(row.due_month)), axis: (value) => percent(value, 0),
    series: MEASURES.map((name) => ({ name: t(`paying.${name}`), values: rows.map((row) => shareOf(row[name], row.bills)) })),
    show: (series, index) => { const [row, name] = [rows[index], MEASURES[series] ?? 'both']; return row === undefined ? '' : `${percent(shareOf(row[name], row.bills))} (${count(row[name])} / ${count(row.bills)})`; },
  }), [rows, t]);
  if (rows.length === 0) return <Nothing title={t('paying.otif')} hint={t('dashboard.block_none')} />;
  const all = (name: (typeof MEASURES)[number]): string => percent(shareOf(sumOf(rows, (row) => row[name]), sumOf(rows, (row) => row.bills)));
  const columns: readonly Column<Row>[] = [
    { key: 'month', title: t('dashboard.due_month'), value: (row) => row.due_month, cell: (row) => monthName(row.due_month) },
    { key: 'bills', title: t('dashboard.bills_due'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    ...MEASURES.map((name): Column<Row> => ({ key: name, title: t(`paying.${name}`), amount: true, value: (row) => shareOf(row[name], row.bills), cell: (row) => percent(shareOf(row[name], row.bills)) })),
  ];
  const open = (): void => void navigate({ to: '/bills', search: { market: view.filter.market, state: 'open', stage: 'late' } });
  return (
    <ChartCard name="on-time-in-full" about={t('paying.otif_about')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.due_month} pick={open} open={open}
      finding={t('paying.otif_finding', { on_time: all('on_time'), in_full: all('in_full'), both: all('both') })}>
      <SqlButton open={() => view.openSql('on_time')} />
      <PartRows view={view} known={['market']} to={{ page: 'bills', search: { market: view.filter.market, state: 'open', stage: 'late' } }} />
    </ChartCard>
  );
}

function DevicesCard({ shown: { devices: { rows } }, view }: Part) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  type Row = (typeof rows)[number];
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', stacked: true, max: 1, categories: rows.map((row) => monthName(row.month)), axis: (value) => percent(value, 0),
    series: DEVICES.map((device) => ({ name: word('device', device), values: rows.map((row) => shareOf(row[device], row.payments)) })),
    show: (series, index) => { const [row, device] = [rows[index], DEVICES[series] ?? 'unknown']; return row === undefined ? '' : `${percent(shareOf(row[device], row.payments))} (${count(row[device])} / ${count(row.payments)})`; },
  }), [rows]);
  const payments = sumOf(rows, (row) => row.payments);
  if (payments === 0) return <Nothing title={t('paying.devices')} hint={t('paying.devices_none')} />;
  const columns: readonly Column<Row>[] = [
    { key: 'month', title: t('satisfaction.month'), value: (row) => row.month, cell: (row) => monthName(row.month) },
    { key: 'payments', title: t('paying.payments'), amount: true, value: (row) => row.payments, cell: (row) => count(row.payments) },
    { key: 'mobile', title: t('paying.mobile_share'), amount: true, value: (row) => shareOf(row.phone + row.tablet, row.payments), cell: (row) => percent(shareOf(row.phone + row.tablet, row.payments)) },
    ...DEVICES.map((device): Column<Row> => ({ key: device, title: word('device', device), amount: true, wide: true, value: (row) => row[device], cell: (row) => count(row[device]) })),
  ];
  const open = (device: string | undefined): void => void navigate({ to: '/payments', search: { state: 'succeeded', device } });
  return (
    <ChartCard name="devices" about={t('paying.devices_about')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.month} pick={(series) => open(DEVICES[series])} open={() => open(undefined)}
      finding={t('paying.devices_finding', { share: percent(shareOf(sumOf(rows, (row) => row.phone + row.tablet), payments)), payments: count(payments) })}>
      <SqlButton open={() => view.openSql('devices')} />
      <PartRows view={view} known={['device']} to={{ page: 'payments', search: { state: 'succeeded', device: 'phone' } }} />
    </ChartCard>
  );
}

function DaysToCashCard({ shown: { ways: { rows } }, view }: Part) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  type Row = (typeof rows)[number];
  const name = (row: Row): string => `${word('method', row.method)} · ${word('device', row.device)}`;
  const days = (some: readonly Row[]): number => shareOf(sumOf(some, (row) => row.days_to_cash), sumOf(some, (row) => row.payments));
  const sorted = useMemo(() => rows.toSorted((a, b) => shareOf(a.days_to_cash, a.payments) - shareOf(b.days_to_cash, b.payments)), [rows]);
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', horizontal: true, categories: sorted.map((row) => `${word('method', row.method)} · ${word('device', row.device)}`), axis: (value) => decimal(value, 0),
    series: [{ name: t('paying.days_to_cash'), values: sorted.map((row) => shareOf(row.days_to_cash, row.payments)) }],
    show: (_series, index) => { const row = sorted[index]; return row === undefined ? '' : `${t('dashboard.days', { days: decimal(shareOf(row.days_to_cash, row.payments)) })} · ${t('paying.payments')}: ${count(row.payments)}`; },
  }), [sorted, t]);
  if (rows.length === 0) return <Nothing title={t('paying.days_to_cash')} hint={t('paying.devices_none')} />;
  const [mobile, others] = [rows.filter(({ device }) => device === 'mobile'), rows.filter(({ device }) => device !== 'mobile')];
  const columns: readonly Column<Row>[] = [
    { key: 'way', title: t('dashboard.way'), value: name, cell: name },
    { key: 'payments', title: t('paying.payments'), amount: true, value: (row) => row.payments, cell: (row) => count(row.payments) },
    { key: 'days', title: t('paying.days_to_cash'), amount: true, value: (row) => days([row]), cell: (row) => t('dashboard.days', { days: decimal(days([row])) }) },
  ];
  const open = (): void => void navigate({ to: '/payments', search: { state: 'succeeded' } });
  return (
    <ChartCard name="days-to-cash" about={t('paying.days_about')} spec={spec} columns={columns} rows={sorted} rowKey={(row) => `${row.method} ${row.device}`} pick={open} open={open}
      finding={mobile.length === 0 || others.length === 0 ? t('paying.days_one', { days: decimal(days(rows)) }) : t('paying.days_finding', { mobile: decimal(days(mobile)), other: decimal(days(others)) })}>
      <SqlButton open={() => view.openSql('ways_to_cash')} />
      <PartRows view={view} known={[]} to={{ page: 'payments', search: { state: 'succeeded' } }} />
    </ChartCard>
  );
}

/** Pareto: the commonest first, and what it makes together with those before it. */
function ReasonsCard({ shown: { reasons: { rows } }, view }: Part) {
  const { t } = useTranslation();
  type Row = (typeof rows)[number];
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', max: 1, categories: rows.map((row) => word('late_reason', row.reason)), axis: (value) => percent(value, 0),
    series: [{ name: t('paying.reason_share'), values: rows.map((row) => shareOf(row.bills, row.all_bills)) }, { name: t('paying.reason_so_far'), values: rows.map((row) => shareOf(row.so_far, row.all_bills)) }],
    show: (series, index) => { const row = rows[index]; return row === undefined ? '' : `${percent(shareOf(series === 0 ? row.bills : row.so_far, row.all_bills))} (${count(series === 0 ? row.bills : row.so_far)} / ${count(row.all_bills)})`; },
  }), [rows, t]);
  const [first] = rows;
  if (first === undefined) return <Card title={t('paying.reasons')}><Empty title={t('paying.reasons_none')} hint={t('paying.reasons_none_hint')} /></Card>;
  const columns: readonly Column<Row>[] = [
    { key: 'reason', title: t('paying.reason'), value: (row) => word('late_reason', row.reason), cell: (row) => word('late_reason', row.reason) },
    { key: 'bills', title: t('dashboard.late_bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'share', title: t('paying.reason_share'), amount: true, value: (row) => shareOf(row.bills, row.all_bills), cell: (row) => percent(shareOf(row.bills, row.all_bills)) },
    { key: 'so_far', title: t('paying.reason_so_far'), amount: true, value: (row) => shareOf(row.so_far, row.all_bills), cell: (row) => percent(shareOf(row.so_far, row.all_bills)) },
  ];
  return (
    <ChartCard name="reasons-of-lateness" about={t('paying.reasons_about', { bills: count(first.all_bills) })} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.reason}
      finding={t('paying.reasons_finding', { reason: word('late_reason', first.reason), share: percent(shareOf(first.bills, first.all_bills), 0) })}>
      <SqlButton open={() => view.openSql('reasons')} />
      <PartRows view={view} known={['market']} to={{ page: 'bills', search: { market: view.filter.market, state: 'open', stage: 'late' } }} />
    </ChartCard>
  );
}

function PressureCard({ shown: { pressure: { rows } }, view }: Part) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  type Row = (typeof rows)[number];
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', categories: rows.map((row) => (row.contacts >= CONTACTS_MOST ? t('paying.contacts_most', { count: CONTACTS_MOST }) : t('paying.contacts_times', { count: row.contacts }))), axis: (value) => percent(value, 1),
    series: [{ name: t('paying.ended_share'), values: rows.map((row) => shareOf(row.ended, row.policies)) }],
    show: (_series, index) => { const row = rows[index]; return row === undefined ? '' : `${percent(shareOf(row.ended, row.policies), 2)} (${count(row.ended)} / ${count(row.policies)})`; },
  }), [rows, t]);
  if (rows.length === 0) return <Nothing title={t('paying.pressure')} hint={t('dashboard.block_none')} />;
  const columns: readonly Column<Row>[] = [
    { key: 'contacts', title: t('paying.contacts'), value: (row) => row.contacts, cell: (row) => (row.contacts >= CONTACTS_MOST ? t('paying.contacts_most', { count: CONTACTS_MOST }) : count(row.contacts)) },
    { key: 'policies', title: t('paying.policies'), amount: true, value: (row) => row.policies, cell: (row) => count(row.policies) },
    { key: 'ended', title: t('paying.ended'), amount: true, value: (row) => row.ended, cell: (row) => count(row.ended) },
    { key: 'share', title: t('paying.ended_share'), amount: true, value: (row) => shareOf(row.ended, row.policies), cell: (row) => percent(shareOf(row.ended, row.policies), 2) },
  ];
  const rate = (some: readonly Row[]): string => percent(shareOf(sumOf(some, (row) => row.ended), sumOf(some, (row) => row.policies)), 1);
  const [few, many] = [rows.filter(({ contacts }) => contacts < 3), rows.filter(({ contacts }) => contacts >= 3)];
  const open = (): void => void navigate({ to: '/holders', search: { market: view.filter.market, line: view.filter.line, stage: 'lapsed' } });
  return (
    <ChartCard name="contacts-and-ended-policies" about={t('paying.pressure_about')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.contacts} pick={open} open={open}
      finding={many.length === 0 ? t('paying.pressure_few', { few: rate(few) }) : t('paying.pressure_finding', { few: rate(few), many: rate(many) })}>
      <SqlButton open={() => view.openSql('pressure')} />
      <PartRows view={view} known={['market', 'line']} to={{ page: 'holders', search: { market: view.filter.market, line: view.filter.line, stage: 'lapsed' } }} />
    </ChartCard>
  );
}
