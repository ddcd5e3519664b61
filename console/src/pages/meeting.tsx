/** The pack of the monthly meeting on one page: figures against targets, charts as tables, alerts, what delay costs, and what was decided. To print, or to take away as a file. */

import { Button, Select, Textarea, TextInput, Title } from '@mantine/core';
import { IconDownload, IconPlus, IconPrinter } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays, addMonths, type PlainDate } from '../../../src/kernel/index.ts';
import { colleaguesQuery } from '../data/desks.ts';
import { costQuery, dashboardQuery, targetsQuery, type Targets } from '../data/know.ts';
import { sessionQuery } from '../data/queries.ts';
import { decisionsQuery, howPaidQuery, resultsQuery, writeDecision, type Decision } from '../data/results.ts';
import { currentLanguage, word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count, day, decimal, money, percent } from '../parts/format.ts';
import { FilterSelect } from '../parts/list.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { monthName, shareOf } from './dashboard-card.tsx';
import { alertName, alertText, changeText, figureText, kpiText, valueText } from './dashboard-words.ts';
import { DecisionLine } from './meeting-tasks.tsx';
import own from './meeting.module.css';

const route = getRouteApi('/inside/meeting');
const MONTHS = 12;
const DUE_DAYS = 30;
/** Of a file that is read without this console. */
const FILE_STYLE = 'body{font:14px/1.45 system-ui,sans-serif;max-width:1000px;margin:2rem auto;padding:0 1rem;color:#1b2126}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #ccd2d8;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.5rem 0 .25rem}p{margin:.25rem 0}';

export function MeetingPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { month: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const article = useRef<HTMLElement>(null);
  const thisMonth = `${session.business_date.slice(0, 7)}-01` as PlainDate;
  const month = asked ?? thisMonth.slice(0, 7);
  const months = Array.from({ length: MONTHS }, (_, back) => addMonths(thisMonth, -back).slice(0, 7));
  const dashboard = useQuery(dashboardQuery(asked === undefined || asked === thisMonth.slice(0, 7) ? {} : { to: asked }));
  const targets = useQuery(targetsQuery(undefined));
  const cost = useQuery(costQuery({}));
  const paid = useQuery(howPaidQuery({}));
  const results = useQuery(resultsQuery({}));
  const decisions = useQuery(decisionsQuery(month));
  const all = [dashboard, targets, cost, paid, results, decisions];
  const failed = all.find(({ error }) => error !== null)?.error ?? null;
  const save = (): void => {
    const html = `<!doctype html><html lang="${currentLanguage()}"><head><meta charset="utf-8"><title>${t('meeting.title')} ${month}</title><style>${FILE_STYLE}</style></head><body>${article.current?.innerHTML ?? ''}</body></html>`;
    const url = URL.createObjectURL(new Blob([html], { type: 'text/html;charset=utf-8' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `meeting-${month}.html`;
    link.click();
    URL.revokeObjectURL(url);
  };
  const mayWrite = ['manager', 'finance', 'compliance'].includes(session.user.role);
  return (
    <div className={css['page']}>
      <div className={`${css['title'] ?? ''} ${own['screen'] ?? ''}`}>
        <Title order={1}>{t('meeting.title')}</Title>
        <span className={css['quiet']}>{t('meeting.question')}</span>
        <Simulated simulated={session.insurer.simulated} />
      </div>
      <div className={`${css['choices'] ?? ''} ${own['screen'] ?? ''}`}>
        <FilterSelect label={t('meeting.month')} value={month} data={months.map((one) => ({ value: one, label: monthName(`${one}-01`) }))} choose={(value) => void navigate({ to: '/meeting', search: { month: value } })} />
        <Button size="sm" leftSection={<IconPrinter size={15} />} onClick={() => window.print()}>{t('meeting.print')}</Button>
        <Button size="sm" variant="default" leftSection={<IconDownload size={15} />} onClick={save}>{t('meeting.save')}</Button>
      </div>
      {failed === null ? null : <Failed error={failed} retry={() => void Promise.all(all.map(({ refetch }) => refetch()))} />}
      {dashboard.data === undefined || targets.data === undefined || cost.data === undefined || paid.data === undefined || results.data === undefined || decisions.data === undefined ? failed === null ? <Card><Loading rows={12} /></Card> : null : (
        <Card>
          <article ref={article} className={own['pack']}>
            <h1>{session.insurer.names[currentLanguage()]} · {t('meeting.title')} · {monthName(`${month}-01`)}</h1>
            <p>{session.insurer.simulated ? `${t('meeting.simulated')} · ` : ''}{dashboard.data.as_of === null ? t('dashboard.none') : t('meeting.as_of', { day: day(dashboard.data.as_of) })}</p>
            <Section title={t('target.title')}>
              <Rows head={[t('target.figure'), t('target.value'), t('target.goal'), t('target.leader'), t('target.state')]} rows={targets.data.rows.filter((row) => row.line === null && row.value !== null).map((row) => (
                [figureText(row.figure), valueText(t, row.unit, row.value), valueText(t, row.unit, row.goal), valueText(t, row.unit, row.leader), row.state === null ? '—' : word('target_state', row.state)]))} />
            </Section>
            <Section title={t('results.kpis')}>
              <Rows head={[t('target.figure'), t('target.value'), t('results.baseline'), t('results.change')]} rows={results.data.kpis.map((kpi) => [
                t(`results.kpi.${kpi.figure}`), ...[kpi.value, kpi.baseline].map((value) => (value === null ? '—' : kpiText(t, kpi.unit, value, results.data.currency))), kpi.change === null ? '—' : changeText(kpi.change)])} />
            </Section>
            <Alerts targets={targets.data} t={t} />
            <Section title={t('dashboard.block.ageing')}>
              <Rows head={[t('dashboard.filter.currency'), t('dashboard.age'), t('dashboard.bills'), t('dashboard.owed')]} rows={dashboard.data.ageing.rows.map((row) => [row.currency, word('age', row.age), count(row.bills), money(row.outstanding_minor, row.currency)])} />
            </Section>
            <Section title={t('dashboard.block.cohorts')}>
              <Rows head={[t('dashboard.due_month'), t('dashboard.bills_due'), t('dashboard.paid_by_0'), t('dashboard.paid_by_30'), t('dashboard.paid_by_90')]} rows={dashboard.data.cohorts.rows.map((row) => [
                monthName(row.due_month), count(row.bills), ...[row.paid_by_0, row.paid_by_30, row.paid_by_90].map((by) => (by === null ? '—' : percent(shareOf(by, row.bills))))])} />
            </Section>
            <Section title={t('paying.otif')}>
              <Rows head={[t('dashboard.due_month'), t('paying.on_time'), t('paying.in_full'), t('paying.both')]} rows={paid.data.on_time.rows.map((row) => [monthName(row.due_month), ...[row.on_time, row.in_full, row.both].map((part) => percent(shareOf(part, row.bills)))])} />
            </Section>
            <Section title={t('paying.reasons')}>
              <Rows head={[t('paying.reason'), t('dashboard.late_bills'), t('paying.reason_so_far')]} rows={paid.data.reasons.rows.map((row) => [word('late_reason', row.reason), count(row.bills), percent(shareOf(row.so_far, row.all_bills))])} />
            </Section>
            <Section title={t('dashboard.block.by_market')}>
              <Rows head={[t('dashboard.filter.market'), t('dashboard.late_bills'), t('dashboard.recovered')]} rows={dashboard.data.by_market.rows.map((row) => [word('market', row.name), count(row.late), percent(shareOf(row.recovered, row.late))])} />
            </Section>
            <Section title={t('cost.title')}>
              <Rows head={[t('dashboard.filter.currency'), t('cost.late'), t('meeting.capital'), t('meeting.operating'), t('dashboard.written_off')]} rows={cost.data.currencies.map((row) => [
                row.currency, money(row.late_minor, row.currency), money(row.capital_minor, row.currency), money(row.operating_minor, row.currency), money(row.written_off_minor, row.currency)])} />
            </Section>
            {decisions.data.decisions.length === 0 ? null : <Section title={t('meeting.decisions')}>
              <Rows head={[t('meeting.what'), t('target.owner'), t('meeting.due'), t('target.state')]} rows={decisions.data.decisions.map((one) => [one.what, one.owner, day(one.due_on), stateOf(t, one)])} />
            </Section>}
          </article>
        </Card>
      )}
      <div className={own['screen']}>
        <Card title={t('meeting.decisions')}>
          {(decisions.data?.decisions ?? []).map((one) => <DecisionLine key={one.decision_id} decision={one} />)}
          {decisions.data?.decisions.length === 0 ? <p className={css['quiet']}>{t('meeting.no_decisions')}</p> : null}
          {mayWrite ? <NewDecision month={month} today={session.business_date as PlainDate} /> : null}
        </Card>
      </div>
    </div>
  );
}

const stateOf = (t: TFunction, one: Decision): string => (one.closed_at !== null ? t('meeting.done_by', { by: one.closed_by ?? '' }) : t(one.overdue ? 'meeting.overdue' : 'meeting.open'));

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <section><h2>{title}</h2>{children}</section>;
}

/** Numbers stand in all columns but the first. */
function Rows({ head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <p>{t('meeting.nothing')}</p>;
  return (
    <div className={css['scroll']} tabIndex={0} role="region" aria-label={head.join(', ')}>
      <table className={css['table']}>
        <thead><tr>{head.map((name, place) => <th key={name} className={place === 0 ? undefined : 'n'}>{name}</th>)}</tr></thead>
        <tbody>{rows.map((row, line) => <tr key={`${row[0] ?? ''} ${String(line)}`}>{row.map((cell, place) => <td key={head[place]} className={place === 0 ? undefined : 'n'}>{cell}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

function Alerts({ targets: { alerts, anomalies }, t }: { targets: Targets; t: TFunction }) {
  const open = alerts.filter((alert) => alert.recovered_on === null);
  return (
    <Section title={t('meeting.alerts')}>
      {open.length + anomalies.length === 0 ? <p>{t('meeting.nothing')}</p> : null}
      {open.map((alert) => <p key={alert.alert_id}><strong>{alertName(t, alert)}</strong>: {alertText(t, alert)}{alert.note === '' ? '' : ` – ${alert.note}`}</p>)}
      {anomalies.map((one) => {
        const show = (value: number): string => (one.currency === null ? valueText(t, one.figure === 'days_to_collect' ? 'days' : 'share', value) : money(value, one.currency));
        return (
          <p key={`${one.figure} ${one.market} ${one.line} ${one.currency ?? ''}`}><strong>{word('market', one.market)} · {word('line', one.line)}: {one.figure === 'cash' ? t('anomaly.cash') : figureText(one.figure)}</strong>:{' '}
            {t('anomaly.line', { day: day(one.on_date), value: show(one.value), usual: show(one.usual), z: decimal(Math.abs(one.z)), bills: count(one.bills) })}</p>
        );
      })}
    </Section>
  );
}

function NewDecision({ month, today }: { month: string; today: PlainDate }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const colleagues = (useQuery(colleaguesQuery).data?.colleagues ?? []);
  const [what, setWhat] = useState('');
  const [owner, setOwner] = useState<string | null>(null);
  const [dueOn, setDueOn] = useState<string>(addDays(today, DUE_DAYS));
  const refresh = () => client.invalidateQueries({ queryKey: ['meeting-decisions'] });
  const write = useMutation({
    mutationFn: () => writeDecision({ month, what, owner_id: Number(owner), due_on: dueOn }),
    onSuccess: () => { setWhat(''); toast(t('meeting.written')); return refresh(); },
  });
  return (
    <form className={own['decision']} onSubmit={(event) => { event.preventDefault(); write.mutate(); }}>
      <Textarea size="sm" required autosize minRows={2} maxLength={1000} label={t('meeting.what')} value={what} onChange={(event) => setWhat(event.currentTarget.value)} />
      <div className={own['pair']}>
        <Select size="sm" required searchable label={t('target.owner')} value={owner} onChange={setOwner} data={colleagues.map(({ user_id: id, name, role }) => ({ value: String(id), label: `${name} · ${word('role', role)}` }))} />
        <TextInput size="sm" type="date" required label={t('meeting.due')} min={today} value={dueOn} onChange={(event) => setDueOn(event.currentTarget.value)} />
      </div>
      {write.error === null ? null : <Failed error={write.error} />}
      <div><Button type="submit" size="sm" leftSection={<IconPlus size={14} />} loading={write.isPending} disabled={owner === null || what.trim() === ''}>{t('meeting.write')}</Button></div>
    </form>
  );
}
