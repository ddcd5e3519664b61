/** What late premium costs, what earlier money would free, and what people's hours bring. Each currency by itself. */

import { Button, NumberInput, Slider } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeRates, costQuery, type CostOfDelay, type Rates } from '../data/know.ts';
import { lossesQuery, type LossRow } from '../data/results.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, decimal, moment, money, percent } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { CurrencyChoice, monthName, shareOf, shownCurrency, SqlButton, type PartView } from './dashboard-card.tsx';
import own from './dashboard.module.css';
import figures from './today.module.css';

type Cost = CostOfDelay['currencies'][number];
const YEAR_DAYS = 365;
const EARLIER_MAX = 30;
const POINTS_MAX = 20;
/** What fewer minutes of work brought says nothing about an hour. */
const MINUTES_MIN = 600;
const RATES = ['capital_annual', 'opportunity_annual', 'delay_30_days', 'delay_to_profit', 'funds_per_point', 'return_per_point', 'cost_baseline'] as const satisfies readonly (keyof Rates)[];

export function CostPart({ view }: { view: PartView }) {
  const { t } = useTranslation();
  const asked = useQuery(costQuery({ market: view.filter.market, line: view.filter.line }));
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={8} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const { currencies, rates, defaults, effort, as_of: asOf } = asked.data;
  const names = currencies.map((row) => row.currency);
  const currency = shownCurrency(names, view);
  const cost = currencies.find((row) => row.currency === currency);
  if (asOf === null || currency === undefined || cost === undefined) return <Card><Empty title={t('dashboard.none')} hint={t('dashboard.none_hint')} /></Card>;
  return (
    <>
      <p className={css['quiet']}>{t('cost.as_of', { day: day(asOf) })}</p>
      <CurrencyChoice currencies={names} chosen={currency} view={view} />
      <CostFigures cost={cost} rates={rates} />
      <AgesCard cost={cost} rates={rates} view={view} />
      <LossesCard currency={currency} view={view} />
      <div className={own['cards']}>
        <CurveCard cost={cost} />
        <WhatIfCard cost={cost} rates={rates} />
        <EffortCard rows={effort.rows.filter((row) => row.currency === currency)} currency={currency} view={view} />
        <RatesCard key={rates.version} rates={rates} defaults={defaults} view={view} />
      </div>
    </>
  );
}

function CostFigures({ cost, rates }: { cost: Cost; rates: Rates }) {
  const { t } = useTranslation();
  const { currency } = cost;
  const sum = cost.capital_minor + cost.operating_minor + cost.written_off_minor;
  const baseline = cost.against_baseline;
  const cards = [
    { name: t('cost.total'), value: money(sum, currency), note: t('cost.total_note', { capital: money(cost.capital_minor, currency), operating: money(cost.operating_minor, currency), written_off: money(cost.written_off_minor, currency) }) },
    { name: t('cost.late'), value: money(cost.late_minor, currency), note: t('cost.late_note', { amount: money(cost.delay_minor, currency), rate: percent(rates.delay_30_days) }) },
    { name: t('cost.profit'), value: money(cost.profit_minor, currency), note: t('cost.profit_note', { rate: percent(rates.delay_to_profit) }) },
    {
      name: t('cost.share'), value: cost.cost_share === null ? '—' : percent(cost.cost_share, 2),
      note: baseline === null ? t('cost.no_baseline') : t('cost.against_baseline', { change: `${baseline > 0 ? '+' : baseline < 0 ? '−' : ''}${percent(Math.abs(baseline), 0)}`, baseline: percent(rates.cost_baseline ?? 0, 2) }),
    },
  ];
  return (
    <section className={`${figures['figures'] ?? ''} ${own['sums'] ?? ''}`} aria-label={t('cost.title')}>
      {cards.map(({ name, value, note }) => (
        <Card key={name}>
          <div className={figures['figure']}><div className={figures['name']}>{name}</div><div className={own['sum']}>{value}</div><span className={css['quiet']}>{note}</span></div>
        </Card>
      ))}
    </section>
  );
}

const lossColumn = (key: 'late_minor' | 'capital_minor' | 'operating_minor' | 'written_off_minor' | 'loss_minor', title: string, wide = true): Column<LossRow> => ({ key, title, amount: true, wide, value: (row) => row[key], cell: (row) => money(row[key], row.currency) });
const lossColumns = (t: TFunction): readonly Column<LossRow>[] => [
  { key: 'policy', title: t('column.policy'), value: (row) => row.policy_number, cell: (row) => <><strong>{row.holder_name}</strong><div className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{row.policy_number}</div></> },
  { key: 'class', title: t('dashboard.filter.line'), wide: true, value: (row) => `${row.market} ${row.line}`, cell: (row) => <>{word('line', row.line)}<div className={css['quiet']}>{word('market', row.market)}</div></> },
  lossColumn('late_minor', t('cost.late')), lossColumn('capital_minor', t('meeting.capital')), lossColumn('operating_minor', t('meeting.operating')), lossColumn('written_off_minor', t('dashboard.written_off')),
  lossColumn('loss_minor', t('losses.loss'), false),
];

/** Down to the policies: the dearest first. */
function LossesCard({ currency, view }: { currency: string; view: PartView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const asked = useQuery(lossesQuery(view.filter.market, view.filter.line, currency));
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={5} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const rows = asked.data.policies;
  const columns = lossColumns(t);
  return (
    <Card title={t('losses.title')}>
      <p className={css['quiet']}>{t('losses.about')}</p>
      {rows.length === 0 ? <Empty title={t('cost.nothing_late')} hint={t('cost.nothing_late_hint')} /> : (
        <DataTable name="loss-by-policy" columns={columns} rows={rows} rowKey={(row) => row.policy_id} open={(row) => void navigate({ to: '/holders/$holderId', params: { holderId: String(row.holder_id) } })} />
      )}
    </Card>
  );
}

function AgesCard({ cost: { ages, currency }, rates, view }: { cost: Cost; rates: Rates; view: PartView }) {
  const { t } = useTranslation();
  type Age = (typeof ages)[number];
  const amount = (key: 'amount_minor' | 'capital_minor' | 'opportunity_minor' | 'delay_minor', title: string, wide = false): Column<Age> => ({ key, title, amount: true, wide, value: (row) => row[key], cell: (row) => money(row[key], currency) });
  const columns: readonly Column<Age>[] = [
    { key: 'age', title: t('dashboard.age'), value: (row) => word('age', row.age), cell: (row) => word('age', row.age) },
    { key: 'bills', title: t('dashboard.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    amount('amount_minor', t('dashboard.owed')),
    { key: 'days', title: t('cost.mean_days'), amount: true, wide: true, value: (row) => row.mean_days, cell: (row) => decimal(row.mean_days) },
    amount('capital_minor', t('cost.capital', { rate: percent(rates.capital_annual) }), true), amount('opportunity_minor', t('cost.opportunity', { rate: percent(rates.opportunity_annual) }), true),
    amount('delay_minor', t('cost.delay', { rate: percent(rates.delay_30_days) }), true),
  ];
  return (
    <Card title={t('cost.by_age')} aside={<Link className={css['link']} to="/bills" search={{ market: view.filter.market, state: 'open', stage: 'late' }}>{t('dashboard.rows_bills')}</Link>}>
      {ages.length === 0 ? <Empty title={t('cost.nothing_late')} hint={t('cost.nothing_late_hint')} /> : <DataTable name="cost-of-delay" columns={columns} rows={ages} rowKey={(row) => row.age} />}
    </Card>
  );
}

function CurveCard({ cost: { curve, currency, late_minor: late } }: { cost: Cost }) {
  const { t } = useTranslation();
  type Point = (typeof curve)[number];
  const names = useMemo(() => [t('cost.capital_line'), t('cost.opportunity_line')], [t]);
  const spec = useMemo((): ChartSpec => ({
    kind: 'lines', categories: curve.map((point) => String(point.days)), axis: (value) => money(value, currency),
    series: [{ name: names[0] ?? '', values: curve.map((point) => point.capital_minor) }, { name: names[1] ?? '', values: curve.map((point) => point.opportunity_minor) }],
    show: (series, index) => { const point = curve[index]; return point === undefined ? '' : money(series === 0 ? point.capital_minor : point.opportunity_minor, currency); },
  }), [curve, currency, names]);
  const columns: readonly Column<Point>[] = [
    { key: 'days', title: t('cost.days_late'), amount: true, value: (point) => point.days, cell: (point) => count(point.days) },
    { key: 'capital', title: names[0] ?? '', amount: true, value: (point) => point.capital_minor, cell: (point) => money(point.capital_minor, currency) },
    { key: 'opportunity', title: names[1] ?? '', amount: true, value: (point) => point.opportunity_minor, cell: (point) => money(point.opportunity_minor, currency) },
  ];
  const month = curve.find(({ days }) => days === 30);
  return (
    <ChartCard name="cost-of-delay-curve" about={t('cost.curve_about', { amount: money(late, currency) })} spec={spec} columns={columns} rows={curve} rowKey={(point) => point.days}
      finding={t('cost.curve', { amount: money(month?.capital_minor ?? 0, currency) })} />
  );
}

function WhatIfCard({ cost: { annual_premium_minor: annual, currency }, rates }: { cost: Cost; rates: Rates }) {
  const { t } = useTranslation();
  const [days, setDays] = useState(5);
  const [points, setPoints] = useState(5);
  return (
    <Card title={t('cost.frees', { days: count(days), amount: money((annual / YEAR_DAYS) * days, currency) })}>
      <p className={css['quiet']}>{t('cost.frees_about', { amount: money(annual, currency) })}</p>
      <Slider thumbLabel={t('cost.earlier')} value={days} onChange={setDays} min={0} max={EARLIER_MAX} label={(value) => t('cost.earlier_days', { count: value })} marks={[{ value: 0, label: '0' }, { value: 10, label: '10' }, { value: 20, label: '20' }, { value: 30, label: '30' }]} mb="xl" />
      <p><strong>{t('cost.recovery', { points: count(points), funds: percent(points * rates.funds_per_point), returns: percent(points * rates.return_per_point) })}</strong></p>
      <Slider thumbLabel={t('cost.more_points')} value={points} onChange={setPoints} min={0} max={POINTS_MAX} label={(value) => t('cost.points', { count: value })} marks={[{ value: 0, label: '0' }, { value: 10, label: '10' }, { value: 20, label: '20' }]} mb="xl" />
      <p className={css['quiet']}>{t('cost.unverified')}</p>
    </Card>
  );
}

function EffortCard({ rows, currency, view }: { rows: CostOfDelay['effort']['rows']; currency: string; view: PartView }) {
  const { t } = useTranslation();
  type Month = (typeof rows)[number];
  const perHour = (row: Month): number => shareOf(row.cash_minor * 60, row.minutes);
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', categories: rows.map((row) => monthName(row.month)), axis: (value) => money(value, currency), series: [{ name: t('effort.per_hour'), values: rows.map((row) => (row.minutes < MINUTES_MIN ? null : shareOf(row.cash_minor * 60, row.minutes))) }],
    show: (_series, index) => { const row = rows[index]; return row === undefined ? '' : t('effort.tip', { per_hour: money(shareOf(row.cash_minor * 60, row.minutes), currency), cash: money(row.cash_minor, currency), hours: decimal(row.minutes / 60) }); },
  }), [rows, currency, t]);
  const last = rows.at(-1);
  if (last === undefined) return <Card title={t('effort.title')}><Empty title={t('effort.none')} hint={t('effort.none_hint')} /></Card>;
  const columns: readonly Column<Month>[] = [
    { key: 'month', title: t('satisfaction.month'), value: (row) => row.month, cell: (row) => monthName(row.month) },
    { key: 'hours', title: t('effort.hours'), amount: true, value: (row) => row.minutes / 60, cell: (row) => decimal(row.minutes / 60) },
    { key: 'cash', title: t('effort.cash'), amount: true, value: (row) => row.cash_minor, cell: (row) => money(row.cash_minor, currency) },
    { key: 'per_hour', title: t('effort.per_hour'), amount: true, value: (row) => (row.minutes < MINUTES_MIN ? null : perHour(row)), cell: (row) => (row.minutes < MINUTES_MIN ? '—' : money(perHour(row), currency)) },
  ];
  if (rows.every((row) => row.minutes < MINUTES_MIN)) return <Card title={t('effort.few', { hours: decimal(last.minutes / 60), month: monthName(last.month) })}><Empty title={t('effort.wait', { hours: count(MINUTES_MIN / 60) })} hint={t('effort.none_hint')} /></Card>;
  return (
    <ChartCard name="recovery-per-hour" about={t('effort.about')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.month}
      finding={last.minutes < MINUTES_MIN ? t('effort.few', { hours: decimal(last.minutes / 60), month: monthName(last.month) }) : t('effort.finding', { amount: money(perHour(last), currency), month: monthName(last.month) })}>
      <SqlButton open={() => view.openSql('effort')} />
    </ChartCard>
  );
}

function RatesCard({ rates, defaults, view }: { rates: CostOfDelay['rates']; defaults: Rates; view: PartView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [draft, setDraft] = useState<Rates>(rates);
  const refresh = () => client.invalidateQueries({ queryKey: ['dashboard', 'cost-of-delay'] });
  const bodyOf = (from: Rates): Rates => ({
    capital_annual: from.capital_annual, opportunity_annual: from.opportunity_annual, delay_30_days: from.delay_30_days, delay_to_profit: from.delay_to_profit, funds_per_point: from.funds_per_point,
    return_per_point: from.return_per_point, cost_baseline: from.cost_baseline,
  });
  const save = useMutation({
    mutationFn: () => changeRates(rates.version, bodyOf(draft)),
    onSuccess: (kept) => {
      toast(t('cost.rates_saved'), { label: t('toast.undo'), undone: t('target.undone'), act: () => changeRates(kept.version, bodyOf(rates)).then(refresh) });
      return refresh();
    },
  });
  const mayChange = view.role === 'manager' || view.role === 'finance';
  return (
    <Card title={t('cost.rates')}>
      <p className={css['quiet']}>{rates.changed_by === null || rates.changed_at === null ? t('cost.rates_default') : t('cost.rates_changed', { by: rates.changed_by, at: moment(rates.changed_at, view.timeZone) })}</p>
      <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <div className={own['pair']}>
          {RATES.map((name) => {
            const value = draft[name];
            const preset = defaults[name];
            return (
              <NumberInput key={name} size="sm" label={t(`cost.rate.${name}`)} description={preset === null ? t('cost.baseline_hint') : t(rates[name] === preset ? 'cost.default_unverified' : 'cost.default_was', { rate: percent(preset) })}
                suffix=" %" min={0} max={100} decimalScale={3} required={name !== 'cost_baseline'} disabled={!mayChange} value={value === null ? '' : Math.round(value * 100_000) / 1_000}
                onChange={(next) => setDraft({ ...draft, [name]: next === '' ? (name === 'cost_baseline' ? null : 0) : Number(next) / 100 })} />
            );
          })}
        </div>
        {save.error === null ? null : <><Failed error={save.error} /><div><Button size="xs" variant="default" onClick={() => { save.reset(); void refresh(); }}>{t('target.see_now')}</Button></div></>}
        {mayChange ? <div><Button type="submit" loading={save.isPending} disabled={RATES.every((name) => draft[name] === rates[name])}>{t('target.save')}</Button></div> : null}
      </form>
    </Card>
  );
}
