/** What the figures are to be, where they stand, and what has crossed its line. */

import { Button, Textarea } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { acknowledgeAlert, reopenAlert, targetsQuery, type Alert, type Target, type Targets } from '../data/know.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, decimal, moment, money, percent } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { monthName, shareOf, SqlButton, type PartView } from './dashboard-card.tsx';
import { TargetForm } from './dashboard-target-form.tsx';
import { alertName, alertText, figureText, scopeText, unitOf, valueBeside, valueText } from './dashboard-words.ts';
import own from './dashboard.module.css';

type Row = Targets['rows'][number];
const NEW = 'new';

export function TargetsPart({ view }: { view: PartView }) {
  const { t } = useTranslation();
  const asked = useQuery(targetsQuery(view.filter.market));
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={8} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const { rows, targets, alerts, anomalies, satisfaction } = asked.data;
  const mayChange = view.role === 'manager';
  const shown = rows.filter((row) => (view.filter.line === undefined || row.line === view.filter.line) && (row.value !== null || row.target_id !== null)
    // Of each line only what it can be held against.
    && (row.line === null || view.filter.line !== undefined || row.goal !== null || row.industry !== null));
  const judged = shown.filter(({ state }) => state !== null);
  const missed = judged.filter(({ state }) => state === 'red').length;
  const opened = targets.find(({ target_id: id }) => String(id) === view.open);
  const [isNew, figure, line] = (view.open ?? '').split('~');
  return (
    <>
      <div className={own['cards']}>
        <AlertsCard alerts={alerts} view={view} />
        <Card title={anomalies.length === 0 ? t('anomaly.none') : t('anomaly.title', { count: anomalies.length })}>
          <p className={css['quiet']}>{t('anomaly.about')}</p>
          {anomalies.slice(0, 8).map((one) => {
            const show = (value: number): string => (one.currency === null ? valueText(t, unitOf(one.figure), value) : money(value, one.currency));
            return (
              <p className={own['notice']} key={`${one.figure} ${one.market} ${one.line} ${one.currency ?? ''}`}>
                <IconAlertTriangle size={15} />
                <span>
                  <strong>{word('market', one.market)} · {word('line', one.line)}: {one.figure === 'cash' ? t('anomaly.cash') : figureText(one.figure)}</strong><br />
                  {t('anomaly.line', { day: day(one.on_date), value: show(one.value), usual: show(one.usual), z: decimal(Math.abs(one.z)), bills: count(one.bills) })}
                </span>
              </p>
            );
          })}
        </Card>
      </div>
      <Card title={judged.length === 0 ? t('target.title') : t('target.finding', { missed: count(missed), judged: count(judged.length) })} aside={mayChange ? <Button size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => view.show(NEW)}>{t('target.add')}</Button> : undefined}>
        <p className={css['quiet']}>{t('target.about')}</p>
        {shown.length === 0 ? <Empty title={t('dashboard.none')} hint={t('dashboard.none_hint')} /> : (
          <DataTable name="targets" columns={rowColumns(t)} rows={shown} rowKey={(row) => `${row.figure} ${row.line ?? ''}`}
            {...(mayChange ? { open: (row: Row) => view.show(row.target_id === null ? `${NEW}~${row.figure}~${row.line ?? ''}` : String(row.target_id)) } : {})} />
        )}
      </Card>
      {targets.length === 0 ? null : (
        <Card title={t('target.steps')}>
          <DataTable name="target-steps" columns={targetColumns(t)} rows={targets} rowKey={(row) => row.target_id} isOpen={(row) => String(row.target_id) === view.open}
            {...(mayChange ? { open: (row: Target) => view.show(String(row.target_id)) } : {})} />
        </Card>
      )}
      <SatisfactionCard satisfaction={satisfaction} view={view} />
      {!mayChange || (opened === undefined && isNew !== NEW) ? null : (
        <SidePanel title={opened === undefined ? t('target.add') : `${figureText(opened.figure)} · ${scopeText(t, opened)}`} close={() => view.show(undefined)}>
          <TargetForm key={opened === undefined ? view.open : `${opened.target_id} ${opened.version}`} target={opened ?? null} figure={figure} line={line} view={view} close={() => view.show(undefined)} />
        </SidePanel>
      )}
    </>
  );
}

function StateMark({ state }: { state: Row['state'] }) {
  if (state === null) return <>—</>;
  return <span className={own[state]}>{state === 'green' ? <IconCheck size={14} /> : <IconAlertTriangle size={14} />} {word('target_state', state)}</span>;
}

function rowColumns(t: TFunction): readonly Column<Row>[] {
  const points = (row: Row, gap: number | null): string => {
    if (gap === null) return '—';
    const text = `${gap > 0 ? '+' : gap < 0 ? '−' : ''}${decimal(Math.abs(gap))}`;
    return row.unit === 'share' ? t('dashboard.points', { points: text }) : t('dashboard.days', { days: text });
  };
  const value = (key: 'value' | 'industry' | 'leader' | 'goal', wide = false): Column<Row> =>
    ({ key, title: t(`target.${key}`), amount: true, wide, value: (row) => row[key], cell: (row) => (key === 'value' ? valueBeside(t, row.unit, row.value, row.goal) : valueText(t, row.unit, row[key])) });
  return [
    { key: 'figure', title: t('target.figure'), value: (row) => figureText(row.figure), cell: (row) => <>{figureText(row.figure)}<div className={`${css['quiet'] ?? ''} ${css['narrow'] ?? ''}`}>{row.line === null ? t('target.all_lines') : word('line', row.line)}</div></> },
    { key: 'line', title: t('dashboard.filter.line'), wide: true, value: (row) => (row.line === null ? '' : word('line', row.line)), cell: (row) => (row.line === null ? t('target.all_lines') : word('line', row.line)) },
    value('value'), value('industry', true), value('leader', true), value('goal'),
    { key: 'gap', title: t('target.gap'), amount: true, wide: true, value: (row) => row.gap, cell: (row) => points(row, row.gap) },
    { key: 'gap_to_leader', title: t('target.gap_to_leader'), amount: true, wide: true, value: (row) => row.gap_to_leader, cell: (row) => points(row, row.gap_to_leader) },
    { key: 'state', title: t('target.state'), value: (row) => row.state, cell: (row) => <StateMark state={row.state} /> },
    {
      key: 'from', title: t('target.of'), wide: true, value: (row) => row.term,
      cell: (row) => (row.term === null ? <span className={css['quiet']}>{row.goal === null ? '—' : t('target.benchmark')}</span> : `${word('term', row.term)}${row.until_on === null ? '' : ` · ${day(row.until_on)}`}`),
    },
  ];
}

const targetColumns = (t: TFunction): readonly Column<Target>[] => [
  { key: 'figure', title: t('target.figure'), value: (row) => figureText(row.figure), cell: (row) => figureText(row.figure) },
  { key: 'scope', title: t('target.scope'), value: (row) => scopeText(t, row), cell: (row) => scopeText(t, row) },
  { key: 'term', title: t('target.term'), value: (row) => row.term, cell: (row) => word('term', row.term) },
  { key: 'goal', title: t('target.goal'), amount: true, value: (row) => row.goal, cell: (row) => valueText(t, unitOf(row.figure), row.goal) },
  { key: 'warning', title: t('target.warning'), amount: true, wide: true, value: (row) => row.warning, cell: (row) => valueText(t, unitOf(row.figure), row.warning) },
  { key: 'owner', title: t('target.owner'), wide: true, value: (row) => row.owner, cell: (row) => row.owner ?? t('target.all_managers') },
  { key: 'until', title: t('target.in_force'), wide: true, value: (row) => row.from_on, cell: (row) => `${day(row.from_on)} – ${day(row.until_on)}` },
  { key: 'changed', title: t('target.changed'), wide: true, value: (row) => row.changed_at, cell: (row) => <span className={css['quiet']}>{row.changed_by} · {moment(row.changed_at)}</span> },
];

function AlertsCard({ alerts, view }: { alerts: readonly Alert[]; view: PartView }) {
  const { t } = useTranslation();
  const open = alerts.filter((alert) => alert.acknowledged_at === null && alert.recovered_on === null);
  const closed = alerts.filter((alert) => !open.includes(alert)).slice(0, 5);
  return (
    <Card title={open.length === 0 ? t('alert.none') : t('alert.title', { count: open.length })}>
      {alerts.length === 0 ? <p className={css['quiet']}>{t('alert.none_hint')}</p> : null}
      {open.map((alert) => <OpenAlert key={alert.alert_id} alert={alert} view={view} />)}
      {closed.map((alert) => (
        <p key={alert.alert_id} className={css['quiet']}>
          {alertName(t, alert)} · {day(alert.on_date)}:{' '}
          {alert.acknowledged_by === null ? '' : `${t('alert.acknowledged', { by: alert.acknowledged_by })}${alert.note === '' ? '' : ` – ${alert.note}`} `}
          {alert.recovered_on === null ? '' : t('alert.recovered', { day: day(alert.recovered_on) })}
        </p>
      ))}
    </Card>
  );
}

function OpenAlert({ alert, view }: { alert: Alert; view: PartView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: ['dashboard'] });
  const acknowledge = useMutation({
    mutationFn: () => acknowledgeAlert(alert.alert_id, note),
    onSuccess: () => {
      toast(t('alert.done'), { label: t('toast.undo'), undone: t('alert.open_again'), act: () => reopenAlert(alert.alert_id).then(refresh) });
      return refresh();
    },
    // Somebody else was faster: the list shows who.
    onError: () => void refresh(),
  });
  return (
    <form className={own['alert']} onSubmit={(event) => { event.preventDefault(); acknowledge.mutate(); }}>
      <span>
        <strong>{alertName(t, alert)}</strong> {alert.escalated ? <StateBadge group="alert_state" value="escalated" /> : null}
        {alert.mine ? <StateBadge group="alert_state" value="mine" /> : null}<br />
        {alertText(t, alert)}
        <span className={css['quiet']}> · {alert.owner ?? t('target.all_managers')}</span>
        {alert.strategy_id === null ? null : <> · <Link className={css['link']} to="/strategies" search={{ open: alert.strategy_id }}>{t('alert.see_strategy')}</Link></>}
      </span>
      {view.role === 'auditor' ? null : (
        <div className={own['row']}>
          <Textarea size="xs" autosize minRows={1} maxLength={1000} aria-label={t('alert.note')} placeholder={t('alert.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Button size="xs" type="submit" variant="default" loading={acknowledge.isPending}>{t('alert.acknowledge')}</Button>
        </div>
      )}
      {acknowledge.error === null ? null : <Failed error={acknowledge.error} />}
    </form>
  );
}

function SatisfactionCard({ satisfaction: { rows, goal }, view }: { satisfaction: Targets['satisfaction']; view: PartView }) {
  const { t } = useTranslation();
  type Month = (typeof rows)[number];
  const spec = useMemo((): ChartSpec => ({
    kind: 'lines', max: 1, categories: rows.map((row) => monthName(row.month)), axis: (value) => percent(value, 0), mark: { name: t('satisfaction.goal', { goal: percent(goal, 0) }), value: goal },
    series: [
      { name: t('satisfaction.easy'), values: rows.map((row) => shareOf(row.easy, row.answers)) },
      { name: t('satisfaction.clear'), values: rows.map((row) => (row.clarity_answers === 0 ? null : shareOf(row.clear, row.clarity_answers))) },
    ],
    show: (series, index) => {
      const row = rows[index];
      if (row === undefined) return '';
      const [part, whole] = series === 0 ? [row.easy, row.answers] : [row.clear, row.clarity_answers];
      return `${percent(shareOf(part, whole))} (${count(part)} / ${count(whole)})`;
    },
  }), [rows, goal, t]);
  const last = rows.at(-1);
  if (last === undefined) return <Card title={t('satisfaction.title')}><Empty title={t('satisfaction.none')} hint={t('satisfaction.none_hint')} /></Card>;
  const columns: readonly Column<Month>[] = [
    { key: 'month', title: t('satisfaction.month'), value: (row) => row.month, cell: (row) => monthName(row.month) },
    { key: 'answers', title: t('satisfaction.answers'), amount: true, value: (row) => row.answers, cell: (row) => count(row.answers) },
    { key: 'easy', title: t('satisfaction.easy'), amount: true, value: (row) => shareOf(row.easy, row.answers), cell: (row) => percent(shareOf(row.easy, row.answers)) },
    { key: 'ease', title: t('satisfaction.ease_mean'), amount: true, value: (row) => row.ease_mean, cell: (row) => decimal(row.ease_mean) },
    { key: 'clear', title: t('satisfaction.clear'), amount: true, value: (row) => shareOf(row.clear, row.clarity_answers), cell: (row) => percent(shareOf(row.clear, row.clarity_answers)) },
    { key: 'clarity', title: t('satisfaction.clarity_mean'), amount: true, wide: true, value: (row) => row.clarity_mean, cell: (row) => (row.clarity_mean === null ? '—' : decimal(row.clarity_mean)) },
  ];
  return (
    <ChartCard name="satisfaction" about={t('satisfaction.about')} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.month}
      finding={t('satisfaction.finding', { share: percent(shareOf(last.easy, last.answers), 0), month: monthName(last.month), answers: count(last.answers) })}>
      <SqlButton open={() => view.openSql('satisfaction')} />
    </ChartCard>
  );
}
