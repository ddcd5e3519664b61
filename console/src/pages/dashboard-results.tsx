/** What collecting brings: what is owed on any day, figures against what they were before, turnover, what is recovered beyond a baseline, and where we stand in the field. */

import { Button, FileButton, NumberInput, Textarea, TextInput, Tooltip } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  changeBaseline, forgetPeers, loadPeers, peersQuery, receivablesQuery, resultsQuery, type Baseline, type BaselineFigure, type Kpi, type PeerRow, type Receivables, type Results,
} from '../data/results.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, decimal, moment, money, percent } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { CurrencyChoice, monthName, shareOf, shownCurrency, SqlButton, sumOf, type PartView } from './dashboard-card.tsx';
import { changeText, kpiText } from './dashboard-words.ts';
import own from './dashboard.module.css';
import figures from './today.module.css';

const AGES = ['not_due', '1_30', '31_60', '61_90', 'over_90'] as const;
const mayChange = (view: PartView): boolean => view.role === 'manager' || view.role === 'finance';

export function ResultsPart({ view }: { view: PartView }) {
  const { t } = useTranslation();
  const asked = useQuery(resultsQuery(view.filter));
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={8} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const shown = asked.data;
  if (shown.as_of === null) return <Card><Empty title={t('dashboard.none')} hint={t('dashboard.none_hint')} /></Card>;
  const currencies = [...new Set(shown.turnover.rows.map((row) => row.currency))];
  const currency = shownCurrency(currencies, view) ?? shown.currency;
  return (
    <>
      <p className={css['quiet']}>{t('results.as_of', { day: day(shown.as_of) })}</p>
      <CurrencyChoice currencies={currencies} chosen={currency} view={view} />
      <Kpis shown={shown} currency={currency} view={view} />
      <div className={own['cards']}>
        <ReceivablesCard currency={currency} view={view} />
        <TurnoverCard rows={shown.turnover.rows.filter((row) => row.currency === currency)} currency={currency} view={view} />
        <ExtraCard shown={shown} currency={currency} view={view} />
        <LevelsCard levels={shown.levels} />
      </div>
      <PeersCard view={view} />
    </>
  );
}

// ---- figures against their baselines ----

type Level = Results['levels'][number];
type Extra = Results['extra']['rows'][number];
const SCALE: Readonly<Record<Kpi['unit'], number>> = { share: 100, minutes: 1, per_hundred: 1 };
function Kpis({ shown, currency, view }: { shown: Results; currency: string; view: PartView }) {
  const { t } = useTranslation();
  return (
    <section className={figures['figures']} aria-label={t('results.kpis')}>
      {shown.kpis.map((kpi) => (
        <Card key={kpi.figure}>
          <div className={figures['figure']}>
            <div className={figures['name']}>{t(`results.kpi.${kpi.figure}`)}</div>
            <div className={own['sum']}>{kpi.value === null ? '—' : kpiText(t, kpi.unit, kpi.value, shown.currency)}</div>
            {kpi.change === null || kpi.baseline === null ? <span className={css['quiet']}>{t('results.no_baseline')}</span> : (
              <span className={`${own[(kpi.change < 0) === (kpi.better === 'less') || kpi.change === 0 ? 'green' : 'red'] ?? ''} ${own['wrap'] ?? ''}`}>
                <strong>{changeText(kpi.change)}</strong> {t('results.against', { baseline: kpiText(t, kpi.unit, kpi.baseline, shown.currency) })}
              </span>
            )}
            <span className={css['quiet']}>{t(`results.about.${kpi.figure}`)}</span>
            <BaselineForm key={`${kpi.figure} ${versionOf(shown, kpi.figure)}`} figure={kpi.figure} kept={shown.baselines.find((one) => one.figure === kpi.figure)} scale={SCALE[kpi.unit]} suffix={kpi.unit === 'share' ? ' %' : ''} view={view} />
            <div className={own['foot']}><SqlButton open={() => view.openSql(`kpi_${kpi.figure}`)} /></div>
          </div>
        </Card>
      ))}
      <RecoveredCard shown={shown} currency={currency} view={view} />
    </section>
  );
}
const versionOf = (shown: Results, figure: BaselineFigure): number => shown.baselines.find((one) => one.figure === figure)?.version ?? 0;

function RecoveredCard({ shown, currency, view }: { shown: Results; currency: string; view: PartView }) {
  const { t } = useTranslation();
  const rows = shown.extra.rows.filter((row) => row.currency === currency);
  const after = rows.filter((row) => !row.is_baseline);
  const extra = sumOf(after, (row) => row.extra_minor);
  const baseline = rows[0]?.baseline;
  return (
    <Card>
      <div className={figures['figure']}>
        <div className={figures['name']}>{t('results.extra')}</div>
        <div className={own['sum']}>{rows.length === 0 ? '—' : money(extra, currency)}</div>
        <span className={css['quiet']}>{baseline === undefined ? t('results.extra_none') : t('results.extra_note', { months: count(after.length), baseline: percent(baseline) })}</span>
        <BaselineForm key={`recovered_60 ${versionOf(shown, 'recovered_60')}`} figure="recovered_60" kept={shown.baselines.find((one) => one.figure === 'recovered_60')} scale={100} suffix=" %" view={view} />
        <div className={own['foot']}><SqlButton open={() => view.openSql('extra')} /></div>
      </div>
    </Card>
  );
}

function BaselineForm({ figure, kept, scale, suffix, view }: { figure: BaselineFigure; kept: Baseline | undefined; scale: number; suffix: string; view: PartView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const was = kept === undefined ? null : Math.round(kept.value * scale * 1_000) / 1_000;
  const [draft, setDraft] = useState<number | null>(was);
  const refresh = () => client.invalidateQueries({ queryKey: ['dashboard', 'results'] });
  const save = useMutation({
    mutationFn: () => changeBaseline(figure, kept?.version ?? 0, draft === null ? null : draft / scale),
    onSuccess: ({ version }) => {
      toast(t('results.baseline_saved'), { label: t('toast.undo'), undone: t('target.undone'), act: () => changeBaseline(figure, version, kept?.value ?? null).then(refresh) });
      return refresh();
    },
  });
  if (!mayChange(view)) return null;
  return (
    <form className={own['baseline']} onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <NumberInput size="xs" aria-label={t('results.baseline_of', { figure: t(`results.kpi.${figure}`) })} placeholder={t('results.baseline')} min={0} decimalScale={3} suffix={suffix} value={draft ?? ''} onChange={(value) => setDraft(value === '' ? null : Number(value))} />
      {draft === was ? null : <Button size="xs" type="submit" variant="default" loading={save.isPending} disabled={draft === 0}>{t('target.save')}</Button>}
      {save.error === null ? null : <><Failed error={save.error} /><Button size="xs" variant="default" onClick={() => { save.reset(); void refresh(); }}>{t('target.see_now')}</Button></>}
    </form>
  );
}

// ---- what is owed on any day ----

function ReceivablesCard({ currency, view }: { currency: string; view: PartView }) {
  const { t } = useTranslation();
  const [on, setOn] = useState(view.today);
  const asked = useQuery(receivablesQuery(on));
  type Row = Receivables['rows'][number];
  const rows = (asked.data?.rows ?? []).filter((row) => row.currency === currency);
  const sum = sumOf(rows, (row) => row.outstanding_minor);
  const ledger = asked.data?.ledger?.find((row) => row.currency === currency);
  const columns: readonly Column<Row>[] = [
    { key: 'age', title: t('dashboard.age'), value: (row) => AGES.indexOf(row.age), cell: (row) => word('age', row.age) },
    { key: 'bills', title: t('dashboard.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'owed', title: t('dashboard.owed'), amount: true, value: (row) => row.outstanding_minor, cell: (row) => money(row.outstanding_minor, row.currency) },
    { key: 'share', title: t('results.share'), amount: true, value: (row) => shareOf(row.outstanding_minor, sum), cell: (row) => percent(shareOf(row.outstanding_minor, sum)) },
  ];
  const shownOn = asked.data?.on ?? null;
  return (
    <Card title={shownOn === null ? t('results.owed_title') : t('results.owed', { amount: money(sum, currency), day: day(shownOn) })}>
      <TextInput type="date" size="sm" label={t('results.owed_on')} value={on} max={view.today} onChange={(event) => { if (event.currentTarget.value !== '') setOn(event.currentTarget.value); }} />
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data === undefined ? asked.error === null ? <Loading rows={5} /> : null : rows.length === 0 ? <Empty title={t('results.owed_none')} hint={t('results.owed_none_hint')} /> : <DataTable name={`owed-${on}`} columns={columns} rows={rows} rowKey={(row) => row.age} />}
      {ledger === undefined ? null : (
        <p className={`${own[ledger.difference_minor === 0 ? 'green' : 'red'] ?? ''} ${own['wrap'] ?? ''}`}>{t('results.ledger', { amount: money(ledger.balance_minor, currency), difference: money(ledger.difference_minor, currency) })}</p>
      )}
      {asked.data?.from === 'report' ? <p className={css['quiet']}>{t('results.from_report')}</p> : null}
      <div className={own['foot']}>{view.role === 'agent' ? null : <Link className={css['link']} to="/ledger" search={{ on: shownOn ?? on, account: 'premium_receivable', currency }}>{t('results.open_ledger')}</Link>}</div>
    </Card>
  );
}

// ---- turnover ----

/** `2026 Q3`; the one that still runs has three dots. */
const quarterName = (row: { quarter: string; complete: boolean }): string => `${row.quarter.slice(0, 4)} Q${Math.floor((Number(row.quarter.slice(5, 7)) - 1) / 3) + 1}${row.complete ? '' : ' …'}`;

function TurnoverCard({ rows, currency, view }: { rows: Results['turnover']['rows']; currency: string; view: PartView }) {
  const { t } = useTranslation();
  type Row = (typeof rows)[number];
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', categories: rows.map(quarterName), axis: (value) => decimal(value, 1), series: [{ name: t('results.turnover'), values: rows.map((row) => row.turnover) }],
    show: (_series, index) => { const row = rows[index]; return row?.turnover == null ? '' : `${decimal(row.turnover, 2)} = ${money(row.billed_minor, currency)} / ((${money(row.opening_minor, currency)} + ${money(row.closing_minor, currency)}) / 2)`; },
  }), [rows, currency, t]);
  const last = rows.findLast((row) => row.complete && row.turnover !== null);
  if (rows.length === 0) return <Card title={t('results.turnover')}><Empty title={t('dashboard.block_none')} /></Card>;
  const columns: readonly Column<Row>[] = [
    { key: 'quarter', title: t('results.quarter'), value: (row) => row.quarter, cell: quarterName },
    { key: 'billed', title: t('results.billed'), amount: true, value: (row) => row.billed_minor, cell: (row) => money(row.billed_minor, currency) },
    { key: 'opening', title: t('results.opening'), amount: true, wide: true, value: (row) => row.opening_minor, cell: (row) => money(row.opening_minor, currency) },
    { key: 'closing', title: t('results.closing'), amount: true, wide: true, value: (row) => row.closing_minor, cell: (row) => money(row.closing_minor, currency) },
    { key: 'turnover', title: t('results.turnover'), amount: true, value: (row) => row.turnover, cell: (row) => (row.turnover === null ? '—' : decimal(row.turnover, 2)) },
    { key: 'days', title: t('results.turnover_days'), amount: true, value: (row) => row.days, cell: (row) => (row.days === null ? '—' : decimal(row.days)) },
  ];
  return (
    <ChartCard name="turnover" about={t('results.turnover_about')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.quarter}
      aside={(
        <Tooltip label={t('results.formula')} multiline w={320} events={{ hover: true, focus: true, touch: true }}>
          <button type="button" className={own['formula']} aria-label={`${t('results.formula_show')}: ${t('results.formula')}`}>{t('results.formula_show')}</button>
        </Tooltip>
      )}
      finding={last?.turnover == null ? t('results.turnover') : t('results.turnover_finding', { turnover: decimal(last.turnover, 2), quarter: quarterName(last), days: decimal(last.days ?? 0, 0) })}>
      <SqlButton open={() => view.openSql('turnover')} />
      <p className={own['wider']}>{t('results.formula')}</p>
    </ChartCard>
  );
}

// ---- beyond the baseline ----

const extraColumns = (t: TFunction, currency: string): readonly Column<Extra>[] => [
  { key: 'month', title: t('dashboard.due_month'), value: (row) => row.due_month, cell: (row) => <>{monthName(row.due_month)}{row.is_baseline ? <div className={css['quiet']}>{t('results.is_baseline')}</div> : null}</> },
  { key: 'late', title: t('results.late'), amount: true, value: (row) => row.late_minor, cell: (row) => money(row.late_minor, currency) },
  { key: 'recovered', title: t('results.recovered_60'), amount: true, value: (row) => row.share, cell: (row) => percent(row.share) },
  { key: 'extra', title: t('results.extra'), amount: true, value: (row) => row.extra_minor, cell: (row) => money(row.extra_minor, currency) },
];

function ExtraCard({ shown, currency, view }: { shown: Results; currency: string; view: PartView }) {
  const { t } = useTranslation();
  const rows = useMemo(() => shown.extra.rows.filter((row) => row.currency === currency), [shown, currency]);
  const baseline = rows[0]?.baseline;
  const spec = useMemo((): ChartSpec => ({
    kind: 'lines', max: 1, categories: rows.map((row) => monthName(row.due_month)), axis: (value) => percent(value, 0), series: [{ name: t('results.recovered_60'), values: rows.map((row) => row.share) }],
    ...(baseline === undefined ? {} : { mark: { name: t('results.baseline'), value: baseline } }),
    show: (_series, index) => { const row = rows[index]; return row === undefined ? '' : `${percent(row.share)} (${money(row.recovered_minor, currency)} / ${money(row.late_minor, currency)})`; },
  }), [rows, currency, baseline, t]);
  if (rows.length === 0) return <Card title={t('results.extra')}><Empty title={t('results.extra_none')} hint={t('dashboard.block_none_hint')} /></Card>;
  const columns = extraColumns(t, currency);
  const extra = sumOf(rows.filter((row) => !row.is_baseline), (row) => row.extra_minor);
  return (
    <ChartCard name="extra-recovered" about={t('results.extra_about')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.due_month}
      finding={t('results.extra_finding', { amount: money(extra, currency), baseline: percent(baseline ?? 0) })}>
      <SqlButton open={() => view.openSql('extra')} />
      <Link className={css['link']} to="/bills" search={{ market: view.filter.market, state: 'open', stage: 'late' }}>{t('dashboard.rows_bills')}</Link>
    </ChartCard>
  );
}

const pointsText = (t: TFunction, gain: number | null): string => (gain === null ? '—' : t('dashboard.points', { points: `${gain > 0 ? '+' : gain < 0 ? '−' : ''}${decimal(Math.abs(gain) * 100)}` }));
const levelColumns = (t: TFunction): readonly Column<Level>[] => [
  { key: 'level', title: t('maturity.level'), value: (row) => row.level, cell: (row) => <>{count(row.level)} · {t(`maturity.level_${row.level}` as 'maturity.level_1')}{row.recovered === null && row.cost === null ? <div className={css['quiet']}>{t('results.level_none')}</div> : null}</> },
  { key: 'from', title: t('results.level_from'), wide: true, value: (row) => row.from_on, cell: (row) => (row.from_on === null ? '—' : day(row.from_on)) },
  { key: 'recovered', title: t('results.recovered_60'), amount: true, value: (row) => row.recovered, cell: (row) => (row.recovered === null ? '—' : percent(row.recovered)) },
  { key: 'gain', title: t('results.recovery_gain'), amount: true, value: (row) => row.recovery_gain, cell: (row) => pointsText(t, row.recovery_gain) },
  { key: 'cost', title: t('cost.share'), amount: true, wide: true, value: (row) => row.cost, cell: (row) => (row.cost === null ? '—' : percent(row.cost, 2)) },
  { key: 'reduction', title: t('results.cost_reduction'), amount: true, value: (row) => row.cost_reduction, cell: (row) => (row.cost_reduction === null ? '—' : changeText(-row.cost_reduction)) },
];

function LevelsCard({ levels }: { levels: Results['levels'] }) {
  const { t } = useTranslation();
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', max: 1, categories: levels.map(({ level }) => t('results.level', { level: count(level) })), axis: (value) => percent(value, 0), series: [{ name: t('results.recovered_60'), values: levels.map((row) => row.recovered) }],
    show: (_series, index) => { const row = levels[index]; return row?.recovered == null ? '' : `${percent(row.recovered)}${row.cost === null ? '' : ` · ${t('cost.share')} ${percent(row.cost, 2)}`}`; },
  }), [levels, t]);
  const columns = levelColumns(t);
  const measured = levels.filter((row) => row.recovered !== null);
  const last = measured.findLast((row) => row.recovery_gain !== null);
  return (
    <ChartCard name="maturity-levels" about={t('results.levels_about')} spec={spec} columns={columns} rows={levels} rowKey={(row) => row.level}
      finding={last === undefined ? t('results.levels_one', { levels: measured.map(({ level }) => count(level)).join(t('dashboard.comma')) || '—' }) : t('results.levels_finding', { level: count(last.level), gain: pointsText(t, last.recovery_gain) })} />
  );
}

// ---- the field ----

const valueText = (t: TFunction, { unit }: PeerRow, value: number | null): string => (value === null ? '—' : unit === 'share' ? percent(value) : t('dashboard.days', { days: decimal(value) }));

const quarterText = (t: TFunction, one: number | null): string => (one === null ? '—' : t('peers.quarter', { quarter: one }));
const unitLines = (t: TFunction, row: PeerRow, kind: 'market' | 'line') => row.units.filter((unit) => unit.kind === kind).map((unit) => (
  <div key={unit.name}>{word(kind, unit.name)} {valueText(t, row, unit.value)}{unit.quartile === null ? null : <span className={css['quiet']}> · {quarterText(t, unit.quartile)}</span>}</div>
));
const peerColumns = (t: TFunction): readonly Column<PeerRow>[] => [
  { key: 'figure', title: t('target.figure'), value: (row) => word('dashboard.figure', row.figure), cell: (row) => <>{word('dashboard.figure', row.figure)}<div className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{row.figure}</div></> },
  { key: 'own', title: t('target.value'), amount: true, value: (row) => row.own, cell: (row) => valueText(t, row, row.own) },
  { key: 'quartile', title: t('peers.among'), value: (row) => row.quartile, cell: (row) => (row.quartile === null ? <span className={css['quiet']}>{t('peers.too_few', { count: row.peers })}</span> : <strong>{quarterText(t, row.quartile)}</strong>) },
  { key: 'borders', title: t('peers.borders'), wide: true, value: (row) => row.quartiles?.middle ?? null, cell: (row) => (row.quartiles === null ? '—' : [row.quartiles.low, row.quartiles.middle, row.quartiles.high].map((value) => valueText(t, row, value)).join(' · ')) },
  { key: 'markets', title: t('peers.markets'), wide: true, value: (row) => row.units.length, cell: (row) => unitLines(t, row, 'market') },
  { key: 'lines', title: t('peers.lines'), wide: true, value: (row) => row.units.length, cell: (row) => unitLines(t, row, 'line') },
];

function PeersCard({ view }: { view: PartView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const asked = useQuery(peersQuery);
  const [content, setContent] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: ['dashboard', 'peers'] });
  const load = useMutation({ mutationFn: () => loadPeers(content), onSuccess: ({ loaded }) => { toast(t('peers.loaded', { count: loaded })); setContent(''); return refresh(); } });
  const forget = useMutation({ mutationFn: forgetPeers, onSuccess: ({ forgotten }) => { toast(t('peers.forgotten', { count: forgotten })); return refresh(); } });
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={6} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const { rows, loaded_by: by, loaded_at: at } = asked.data;
  const columns = peerColumns(t);
  return (
    <Card title={t('peers.title')}>
      <p className={css['quiet']}>{t('peers.about')} {by === null || at === null ? null : t('peers.loaded_by', { by, at: moment(at, view.timeZone) })}</p>
      <DataTable name="quartiles" columns={columns} rows={rows.filter((row) => row.own !== null)} rowKey={(row) => row.figure} />
      {!mayChange(view) ? null : (
        <form className={`${own['stack'] ?? ''} ${own['after'] ?? ''}`} onSubmit={(event) => { event.preventDefault(); load.mutate(); }}>
          <Textarea label={t('peers.paste')} description={t('peers.paste_hint')} autosize minRows={3} maxRows={8} value={content} onChange={(event) => setContent(event.currentTarget.value)} />
          <div className={own['row']}>
            <FileButton accept=".csv,.txt,text/csv,text/plain" onChange={(file) => void file?.text().then(setContent)}>{(props) => <Button {...props} size="sm" variant="default">{t('peers.file')}</Button>}</FileButton>
            <Button type="submit" size="sm" loading={load.isPending} disabled={content.trim() === ''}>{t('peers.load')}</Button>
            {by === null ? null : <Button size="sm" variant="light" color="danger" loading={forget.isPending} onClick={() => forget.mutate()}>{t('peers.forget')}</Button>}
          </div>
          {load.error === null ? null : <Failed error={load.error} />}
        </form>
      )}
    </Card>
  );
}
