/** Is the machine sound? What must never be, the queue's jobs, and how the last days ran. */

import { Button, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconChevronRight, IconCircleDashed, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { sessionQuery } from '../data/queries.ts';
import { checksQuery, cyclesQuery, jobsQuery, mayChange, retryJob, runChecks } from '../data/set-up.ts';
import { word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, decimal, moment, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './set-up.module.css';

const route = getRouteApi('/inside/jobs');
type Check = Data['checks']['checks'][number];
type FoundRow = Check['rows'][number];
type Job = Data['jobs']['jobs'][number];
type Cycle = Data['job_cycles']['cycles'][number];

export function JobsPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const checks = useQuery(checksQuery);
  const run = useMutation({ mutationFn: runChecks, onSuccess: (after) => client.setQueryData(checksQuery.queryKey, after) });
  const show = (check: string | undefined): void => void navigate({ to: '/jobs', search: { open: check } });
  const opened = checks.data?.checks.find(({ check }) => check === open);
  const timeZone = session.insurer.time_zone;
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.jobs')}</Title>
        <Simulated simulated={session.insurer.simulated} />
      </div>
      {checks.data === undefined ? null : <Soundness checks={checks.data.checks} />}
      <Card
        title={t('jobs.checks')}
        aside={
          <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} loading={run.isPending || checks.data?.running === true} onClick={() => run.mutate()}>
            {t('jobs.check_now')}
          </Button>
        }
      >
        {checks.isPending ? <Loading rows={7} /> : null}
        {checks.error === null ? null : <Failed error={checks.error} retry={() => void checks.refetch()} />}
        {run.error === null ? null : <Failed error={run.error} />}
        {checks.data?.running === true ? <span className={own['said']} role="status">{t('jobs.checking')}</span> : null}
        {checks.data === undefined ? null : (
          <div className={css['scroll']}>
            <table className={`${css['table'] ?? ''} ${css['marked'] ?? ''}`}>
              <tbody>{checks.data.checks.map((check) => <CheckRow key={check.check} check={check} timeZone={timeZone} open={() => show(check.check)} />)}</tbody>
            </table>
          </div>
        )}
      </Card>
      <Queue mayRetry={mayChange(session.user.role)} timeZone={timeZone} />
      <Cycles timeZone={timeZone} />
      {opened === undefined || opened.rows.length === 0 ? null : (
        <SidePanel title={word('check', opened.check)} close={() => show(undefined)}>
          <FoundRows check={opened} />
        </SidePanel>
      )}
    </div>
  );
}

/** The page's first figure. */
function Soundness({ checks }: { checks: readonly Check[] }) {
  const { t } = useTranslation();
  const ran = checks.filter(({ found }) => found !== null);
  const broken = ran.reduce((sum, { found }) => sum + (found ?? 0), 0);
  if (ran.length === 0) return <Card><strong>{t('jobs.never')}</strong><span className={css['quiet']}>{t('jobs.never_hint')}</span></Card>;
  return (
    <Card>
      <div className={`${own['counts'] ?? ''} ${own[broken === 0 ? 'good' : 'bad'] ?? ''}`} role="status">
        <div>
          {broken === 0 ? <IconCheck size={22} /> : <IconAlertTriangle size={22} />}
          {broken === 0 ? <span className={own['small']}>{t('jobs.sound')}</span> : <><span className={own['big']}>{count(broken)}</span>{t('jobs.broken')}</>}
        </div>
      </div>
    </Card>
  );
}

function CheckRow({ check, timeZone, open }: { check: Check; timeZone: string; open: () => void }) {
  const { t } = useTranslation();
  const { found, checked_at: at, checked_by: by } = check;
  return (
    <tr>
      <td>
        {found === null ? <IconCircleDashed size={16} /> : found === 0 ? <IconCheck size={16} className={own['good']} /> : <IconAlertTriangle size={16} className={own['bad']} />}
      </td>
      <td>
        {word('check', check.check)}
        <div className={css['quiet']}>{at === null ? t('jobs.not_run') : t('jobs.checked', { at: moment(at, timeZone), by: by ?? '—' })}</div>
      </td>
      <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''} ${css['quiet'] ?? ''}`}>{check.seconds === null ? '' : t('jobs.took', { seconds: decimal(check.seconds) })}</td>
      <td className={css['amount']}>
        {found === null ? '—' : found === 0 ? <span className={own['good']}>{t('jobs.good')}</span> : (
          <Button size="compact-xs" variant="light" color="danger" rightSection={<IconChevronRight size={13} />} onClick={open} aria-label={t('jobs.show_rows')}>{count(found)}</Button>
        )}
      </td>
    </tr>
  );
}

function FoundRows({ check }: { check: Check }) {
  const { t } = useTranslation();
  const amount = (minor: number | null, currency: string | null): string => (minor === null || currency === null ? '—' : money(minor, currency));
  return (
    <>
      {check.found !== null && check.found > check.rows.length ? <p className={css['quiet']}>{t('jobs.first_rows', { count: check.rows.length })}</p> : null}
      <table className={css['table']}>
        <thead><tr><th>{t('jobs.what')}</th><th className={css['amount']}>{t('jobs.expected')}</th><th className={css['amount']}>{t('jobs.found')}</th></tr></thead>
        <tbody>
          {check.rows.map((row) => (
            <tr key={`${row.kind} ${row.name} ${row.currency}`}>
              <td><FoundName row={row} /></td>
              <td className={css['amount']}>{amount(row.expected_minor, row.currency)}</td>
              <td className={css['amount']}>{amount(row.found_minor, row.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function FoundName({ row }: { row: FoundRow }) {
  const name = row.kind === 'account' ? word('account', row.name) : row.kind === 'day' ? day(row.name) : `${word('check_kind', row.kind)} ${row.name}`;
  if (row.holder_id !== null) return <Link to="/holders/$holderId" params={{ holderId: String(row.holder_id) }}>{name}</Link>;
  if (row.kind === 'account') return <Link to="/ledger">{name}</Link>;
  return <>{name}</>;
}

const stageOf = (stage: string | null, task: string): string => (stage === null ? word('task', task) : word('stage', stage));

function Queue({ mayRetry, timeZone }: { mayRetry: boolean; timeZone: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const queue = useQuery(jobsQuery);
  const retry = useMutation({
    mutationFn: (job: Job) => retryJob(job.job_id),
    onSettled: () => Promise.all([['jobs'], ['cycle']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const jobs = queue.data?.jobs ?? [];
  return (
    <Card title={t('jobs.queue')}>
      {queue.isPending ? <Loading /> : null}
      {queue.error === null ? null : <Failed error={queue.error} retry={() => void queue.refetch()} />}
      {retry.error === null ? null : <Failed error={retry.error} />}
      {retry.isSuccess ? <span className={own['said']} role="status">{t('jobs.retried', { stage: stageOf(retry.variables.stage, retry.variables.task), day: day(retry.data.business_date) })}</span> : null}
      {queue.isSuccess && jobs.length === 0 ? <Empty title={t('jobs.none')} hint={t('jobs.none_hint')} /> : null}
      {jobs.length === 0 ? null : (
        <DataTable name="jobs" columns={jobColumns(t, timeZone, mayRetry ? (job) => retry.mutate(job) : null, retry.isPending)} rows={jobs} rowKey={({ job_id: id }) => id} />
      )}
    </Card>
  );
}

const jobColumns = (t: TFunction, timeZone: string, retry: ((job: Job) => void) | null, busy: boolean): readonly Column<Job>[] => [
  { key: 'state', title: t('jobs.state'), value: (job) => job.state, cell: (job) => <StateBadge group="job_state" value={job.state} /> },
  { key: 'job', title: t('jobs.job'), value: (job) => stageOf(job.stage, job.task), cell: (job) => stageOf(job.stage, job.task) },
  { key: 'day', title: t('jobs.day'), value: (job) => job.business_date, cell: (job) => <span className={css['code']}>{job.business_date === null ? '—' : day(job.business_date)}</span> },
  { key: 'range', title: t('jobs.range'), amount: true, wide: true, value: (job) => job.partition_no, cell: (job) => job.partition_no ?? '—' },
  { key: 'attempts', title: t('jobs.attempts'), amount: true, wide: true, value: (job) => job.attempts, cell: (job) => t('jobs.ranges', { done: job.attempts, all: job.max_attempts }) },
  { key: 'next', title: t('jobs.next'), wide: true, value: (job) => job.run_at, cell: (job) => <span className={css['code']}>{job.state === 'failed' ? '—' : moment(job.run_at, timeZone)}</span> },
  { key: 'failure', title: t('jobs.failure'), wide: true, value: (job) => job.failure, cell: (job) => <div className={own['reason']}>{job.failure ?? '—'}</div> },
  ...(retry === null ? [] : [{
    key: 'retry', title: '', value: () => null,
    cell: (job: Job) => (job.state === 'failed' || job.state === 'retrying' ? <Button size="compact-xs" variant="light" loading={busy} onClick={() => retry(job)}>{t('jobs.retry')}</Button> : null),
  }]),
];

function Cycles({ timeZone }: { timeZone: string }) {
  const { t } = useTranslation();
  const asked = useQuery(cyclesQuery);
  const cycles = asked.data?.cycles ?? [];
  const sum = (cycle: Cycle, name: 'seconds' | 'rows_written'): number => cycle.stages.reduce((total, stage) => total + stage[name], 0);
  return (
    <Card title={t('jobs.cycles')}>
      {asked.isPending ? <Loading /> : null}
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.isSuccess && cycles.length === 0 ? <Empty title={t('jobs.no_cycles')} hint={t('jobs.no_cycles_hint')} /> : null}
      {cycles.length === 0 ? null : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <thead>
              <tr><th>{t('jobs.day')}</th><th>{t('jobs.state')}</th><th className={css['amount']}>{t('jobs.work')}</th><th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('jobs.rows_written')}</th></tr>
            </thead>
            <tbody>
              {cycles.map((cycle) => (
                <tr key={cycle.business_date}>
                  <td>
                    <strong className={css['code']}>{day(cycle.business_date)}</strong>
                    <div className={own['stages']}>
                      {cycle.stages.map((stage) => (
                        <span key={stage.stage}>
                          {word('stage', stage.stage)} {t('jobs.took', { seconds: decimal(stage.seconds) })}
                          {stage.partitions_done === stage.partitions ? '' : ` (${t('jobs.ranges', { done: stage.partitions_done, all: stage.partitions })})`}
                        </span>
                      ))}
                    </div>
                    {cycle.failure === null ? null : <div className={`${own['bad'] ?? ''} ${own['reason'] ?? ''}`}>{cycle.failure}</div>}
                  </td>
                  <td><StateBadge group="cycle_state" value={cycle.state} /><div className={css['quiet']}>{moment(cycle.finished_at ?? cycle.started_at, timeZone)}</div></td>
                  <td className={css['amount']}>{t('jobs.took', { seconds: decimal(sum(cycle, 'seconds')) })}</td>
                  <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{count(sum(cycle, 'rows_written'))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
