/** How much cash comes in the next 90 days, how sure that is, and how good such a forecast was four weeks ago. */

import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { forecastQuery } from '../data/know.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money, percent } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { CurrencyChoice, shownCurrency, sumOf, type PartView } from './dashboard-card.tsx';
import own from './dashboard.module.css';

type Shown = Data['forecast'];
type Week = Shown['weeks'][number];
type Check = Shown['checks'][number];

export function ForecastPart({ view }: { view: PartView }) {
  const { t } = useTranslation();
  const { market, line } = view.filter;
  const asked = useQuery(forecastQuery({ market, line }));
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={8} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const shown = asked.data;
  const currencies = [...new Set(shown.weeks.map((week) => week.currency))];
  const currency = shownCurrency(currencies, view);
  if (shown.as_of === null || currency === undefined) return <Card><Empty title={t('forecast.none')} hint={t('forecast.none_hint')} /></Card>;
  return (
    <>
      <p className={css['quiet']}>{t('forecast.as_of', { day: day(shown.as_of) })}</p>
      <CurrencyChoice currencies={currencies} chosen={currency} view={view} />
      <WeeksCard weeks={shown.weeks.filter((week) => week.currency === currency)} currency={currency} leftOut={shown.left_out.find((row) => row.currency === currency)} />
      <ChecksCard checks={shown.checks.filter((week) => week.currency === currency)} />
      <CurveCard curve={shown.curve} />
    </>
  );
}

function WeeksCard({ weeks, currency, leftOut }: { weeks: readonly Week[]; currency: string; leftOut: Shown['left_out'][number] | undefined }) {
  const { t } = useTranslation();
  const spec = useMemo((): ChartSpec => ({
    kind: 'lines', categories: weeks.map((week) => day(week.from_on)), axis: (value) => money(value, currency), series: [{ name: t('forecast.expected'), values: weeks.map((week) => week.expected_minor) }],
    band: { name: t('forecast.band'), low: weeks.map((week) => week.low_minor), high: weeks.map((week) => week.high_minor) },
    show: (_series, index) => { const week = weeks[index]; return week === undefined ? '' : `${money(week.expected_minor, currency)} (${money(week.low_minor, currency)} – ${money(week.high_minor, currency)})`; },
  }), [weeks, currency, t]);
  const amount = (key: 'expected_minor' | 'low_minor' | 'high_minor', title: string, wide = false): Column<Week> => ({ key, title, amount: true, wide, value: (week) => week[key], cell: (week) => money(week[key], currency) });
  const columns: readonly Column<Week>[] = [
    { key: 'from_on', title: t('forecast.week'), value: (week) => week.from_on, cell: (week) => day(week.from_on) },
    { key: 'to_on', title: t('forecast.to'), wide: true, value: (week) => week.to_on, cell: (week) => day(week.to_on) },
    { key: 'currency', title: t('dashboard.filter.currency'), wide: true, value: (week) => week.currency, cell: (week) => week.currency },
    amount('expected_minor', t('forecast.expected')), amount('low_minor', t('forecast.low')), amount('high_minor', t('forecast.high')),
  ];
  const [next] = weeks;
  return (
    <ChartCard name="cash-forecast" about={t('forecast.about')} spec={spec} columns={columns} rows={weeks} rowKey={(week) => week.from_on}
      finding={next === undefined ? t('forecast.none') : t('forecast.finding', {
        total: money(sumOf(weeks, (week) => week.expected_minor), currency), low: money(next.low_minor, currency), high: money(next.high_minor, currency),
      })}>
      {leftOut === undefined ? null : <p className={own['wider']}>{t('forecast.left_out', { amount: money(leftOut.amount_minor, currency), bills: count(leftOut.bills) })}</p>}
    </ChartCard>
  );
}

function ChecksCard({ checks }: { checks: readonly Check[] }) {
  const { t } = useTranslation();
  return (
    <Card title={checks.length === 0 ? t('forecast.back_test') : t('forecast.checked', { weeks: count(checks.length), within: count(checks.filter(({ within }) => within).length) })}>
      <p className={css['quiet']}>{t('forecast.back_test_about')}</p>
      {checks.length === 0 ? <Empty title={t('dashboard.block_none')} hint={t('dashboard.block_none_hint')} /> : <DataTable name="forecast-back-test" columns={checkColumns(t)} rows={checks} rowKey={(week) => week.from_on} />}
    </Card>
  );
}

const Band = ({ within }: { within: boolean }) => <StateBadge group="forecast_check" value={within ? 'within' : 'outside'} />;

function checkColumns(t: TFunction): readonly Column<Check>[] {
  const amount = (key: 'actual_minor' | 'expected_minor', title: string): Column<Check> => ({ key, title, amount: true, value: (week) => week[key], cell: (week) => money(week[key], week.currency) });
  return [
    { key: 'from_on', title: t('forecast.week'), value: (week) => week.from_on, cell: (week) => <><span className={css['code']}>{day(week.from_on)}</span><div className={css['narrow']}><Band within={week.within} /></div></> },
    amount('expected_minor', t('forecast.expected')), amount('actual_minor', t('forecast.actual')),
    { key: 'low', title: t('forecast.band'), amount: true, wide: true, value: (week) => week.low_minor, cell: (week) => `${money(week.low_minor, week.currency)} – ${money(week.high_minor, week.currency)}` },
    { key: 'within', title: t('forecast.check'), wide: true, value: (week) => String(week.within), cell: (week) => <Band within={week.within} /> },
  ];
}

function CurveCard({ curve }: { curve: Shown['curve'] }) {
  const { t } = useTranslation();
  const spec = useMemo((): ChartSpec => ({
    kind: 'lines', max: 1, categories: curve.map((point) => String(point.day)), axis: (value) => percent(value, 0), series: [{ name: t('forecast.paid_by'), values: curve.map((point) => point.paid_by) }],
    show: (_series, index) => { const point = curve[index]; return point === undefined ? '' : percent(point.paid_by); },
  }), [curve, t]);
  const at = (wanted: number): number => curve.findLast((point) => point.day <= wanted)?.paid_by ?? 0;
  const columns: readonly Column<(typeof curve)[number]>[] = [
    { key: 'day', title: t('forecast.day'), amount: true, value: (point) => point.day, cell: (point) => count(point.day) },
    { key: 'paid_by', title: t('forecast.paid_by'), amount: true, value: (point) => point.paid_by, cell: (point) => percent(point.paid_by) },
    { key: 'at_risk', title: t('forecast.at_risk'), amount: true, value: (point) => point.at_risk, cell: (point) => count(point.at_risk) },
  ];
  return (
    <ChartCard name="payment-curve" about={t('forecast.curve_about')} spec={spec} columns={columns} rows={curve} rowKey={(point) => point.day}
      finding={t('forecast.curve', { due: percent(at(0), 0), month: percent(at(30), 0) })} />
  );
}
