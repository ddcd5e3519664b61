/** Do the insurer's own systems and we say the same? The CRM and the ERP, how they are doing, what needs a person, and how complete the data is. */

import { Button, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconPlayerPause, IconPlugConnected, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { connectionsQuery, KINDS, retryLetter, saveConnection, syncNow, testConnection, type Connection, type Connections, type Kind, type Letter } from '../data/connections.ts';
import { sessionQuery } from '../data/queries.ts';
import { mayChange } from '../data/set-up.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, moment, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { Completeness, Files } from './connections-data.tsx';
import { ConnectionPanel } from './connections-panel.tsx';
import { Choose } from './holder-conflicts.tsx';
import own from './set-up.module.css';

const route = getRouteApi('/inside/connections');

export function ConnectionsPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(connectionsQuery);
  const may = mayChange(session.user.role);
  const timeZone = session.insurer.time_zone;
  const show = (kind: Kind | undefined): void => void navigate({ to: '/connections', search: { open: kind } });
  const opened = KINDS.find((kind) => kind === open);
  const of = (kind: Kind): Connection | undefined => asked.data?.connections.find((one) => one.kind === kind);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.connections')}</Title>
      {asked.isPending ? <Card><Loading rows={6} /></Card> : null}
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data === undefined ? null : (
        <>
          <Sum all={asked.data} />
          <div className={own['pair']}>
            {KINDS.map((kind) => <System key={kind} kind={kind} connection={of(kind)} may={may} timeZone={timeZone} open={() => show(kind)} />)}
          </div>
          <Conflicts all={asked.data} may={may} timeZone={timeZone} />
          <Letters letters={asked.data.letters} may={may} timeZone={timeZone} />
          <Differences differences={asked.data.differences} timeZone={timeZone} />
          <Completeness failing={asked.data.connections.filter(({ failing_since: since }) => since !== null).map(({ kind }) => kind)} />
          <Files may={may} today={session.business_date} />
        </>
      )}
      {opened === undefined || asked.data === undefined ? null : (
        <SidePanel title={word('connection', opened)} close={() => show(undefined)}>
          <ConnectionPanel kind={opened} connection={of(opened)} mayChange={may} timeZone={timeZone} />
        </SidePanel>
      )}
    </div>
  );
}

/** The page's first figure. */
function Sum({ all }: { all: Connections }) {
  const { t } = useTranslation();
  const failing = all.connections.filter(({ failing_since: since, enabled }) => enabled && since !== null).length;
  const dead = all.letters.filter(({ dead_at: at }) => at !== null).length;
  const waits = all.conflicts.length + dead + all.differences.length;
  const good = failing === 0 && waits === 0 && all.connections.length > 0;
  const parts: readonly (readonly [number, string])[] = [
    [failing, t('connections.failing', { count: failing })], [all.conflicts.length, t('connections.conflicts_wait', { count: all.conflicts.length })],
    [dead, t('connections.dead', { count: dead })], [all.differences.length, t('connections.days_differ', { count: all.differences.length })],
  ];
  return (
    <div className={own['counts']} role="status">
      {all.connections.length === 0 ? <div><span className={own['small']}>{t('connections.none')}</span></div> : null}
      {good ? <div className={own['good']}><IconCheck size={22} /><span className={own['small']}>{t('connections.agree')}</span></div> : null}
      {parts.filter(([of]) => of > 0).map(([of, text], place) => (
        <div key={text} className={own['bad']}>{place === 0 ? <IconAlertTriangle size={20} /> : null}<span className={own[place === 0 ? 'big' : 'small']}>{count(of)}</span>{text}</div>
      ))}
    </div>
  );
}

/** In words: what it does, and since when. */
function stateOf(t: TFunction, one: Connection, timeZone: string): { readonly text: string; readonly tone: 'good' | 'bad' | 'quiet' } {
  if (!one.enabled) return { text: t('connections.paused'), tone: 'quiet' };
  if (one.running) return { text: t('connections.running'), tone: 'good' };
  if (one.failing_since !== null) return { text: t('connections.failing_since', { at: moment(one.failing_since, timeZone) }), tone: 'bad' };
  return one.last_run_at === null ? { text: t('connections.not_run'), tone: 'quiet' } : { text: t('connections.working'), tone: 'good' };
}

const EVERY_MS = 5 * 60_000;

function System({ kind, connection, may, timeZone, open }: { kind: Kind; connection: Connection | undefined; may: boolean; timeZone: string; open: () => void }) {
  const { t } = useTranslation();
  if (connection === undefined) {
    return (
      <Card title={word('connection', kind)}>
        <Empty title={t('connections.not_connected')} hint={word('connection_hint', kind)}>
          {may ? <Button size="compact-sm" leftSection={<IconPlugConnected size={14} />} onClick={open}>{t('connections.connect')}</Button> : null}
        </Empty>
      </Card>
    );
  }
  const { text, tone } = stateOf(t, connection, timeZone);
  const [run] = connection.runs;
  const next = connection.next_try_at ?? (connection.last_run_at === null ? null : new Date(Date.parse(connection.last_run_at) + EVERY_MS).toISOString());
  return (
    <Card title={word('connection', kind)} aside={<Button size="compact-sm" variant="default" onClick={open}>{t(may ? 'connections.edit' : 'connections.details')}</Button>}>
      <div className={own['stack']}>
        <div className={own[tone]} role="status">
          {tone === 'bad' ? <IconPlugConnectedX size={18} /> : tone === 'good' ? <IconPlugConnected size={18} /> : <IconPlayerPause size={18} />} <strong>{text}</strong>
          {connection.reason === null || tone !== 'bad' ? null : <div>{connection.reason}</div>}
        </div>
        <dl className={own['facts']}>
          <dt>{t('connections.address')}</dt><dd>{connection.base_url}</dd>
          <dt>{t('connections.last_run')}</dt>
          <dd>{run === undefined ? '—' : moment(run.finished_at ?? run.started_at, timeZone)}{run === undefined ? null : <div className={css['quiet']}>{t('connections.did', countsOf(run))}</div>}</dd>
          <dt>{t(connection.failing_since === null ? 'connections.next_run' : 'connections.next_retry')}</dt><dd>{!connection.enabled || next === null ? '—' : moment(next, timeZone)}</dd>
          <dt>{t('connections.waiting')}</dt><dd>{count(connection.waiting)}</dd>
        </dl>
        {may ? <Acts connection={connection} /> : null}
      </div>
    </Card>
  );
}

const countsOf = (run: Connection['runs'][number]) => ({ pulled: count(run.pulled), pushed: count(run.pushed), conflicts: count(run.conflicts), failed: count(run.failed) });

function Acts({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { kind, enabled, base_url: address, version } = connection;
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: ['connections'] }) };
  const sync = useMutation({ mutationFn: () => syncNow(kind), ...settled });
  const pause = useMutation({ mutationFn: () => saveConnection(kind, { base_url: address, secret: null, enabled: !enabled, from_start: false, version }), ...settled });
  const test = useMutation({ mutationFn: () => testConnection(kind) });
  const failed = sync.error ?? pause.error ?? test.error;
  return (
    <>
      <div className={own['acts']}>
        <Button size="compact-sm" leftSection={<IconRefresh size={14} />} disabled={!enabled || connection.running} loading={sync.isPending} onClick={() => sync.mutate()}>{t('connections.sync')}</Button>
        <Button size="compact-sm" variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>{t(enabled ? 'connections.pause' : 'connections.resume')}</Button>
        <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>{t('connections.test')}</Button>
      </div>
      {test.data === undefined ? null : <span className={own[test.data.answers ? 'said' : 'warned']} role="status">{test.data.answers ? t('connections.answers') : test.data.reason}</span>}
      {sync.isSuccess ? <span className={own['said']} role="status">{t('connections.asked')}</span> : null}
      {failed === null ? null : <Failed error={failed} />}
    </>
  );
}

function Conflicts({ all, may, timeZone }: { all: Connections; may: boolean; timeZone: string }) {
  const { t } = useTranslation();
  return (
    <Card title={t('connections.conflicts')}>
      {all.conflicts.length === 0 ? <Empty title={t('connections.no_conflicts')} hint={t('connections.no_conflicts_hint')} /> : (
        <div className={own['stack']}>
          <span className={css['quiet']}>{t('conflict.hint')}</span>
          {all.conflicts.map((one) => (
            <div key={one.conflict_id} className={own['conflict']}>
              <div>
                <Link to="/holders/$holderId" params={{ holderId: String(one.holder_id) }} className={css['link']}>{one.name}</Link>
                <div className={css['quiet']}>{one.external_ref} · {word('import_field', one.field)}</div>
              </div>
              <Choose conflict={one} mayChoose={may} timeZone={timeZone} />
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}

function Letters({ letters, may, timeZone }: { letters: readonly Letter[]; may: boolean; timeZone: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const retry = useMutation({ mutationFn: retryLetter, onSettled: () => client.invalidateQueries({ queryKey: ['connections'] }) });
  return (
    <Card title={t('connections.letters')}>
      {retry.error === null ? null : <Failed error={retry.error} />}
      {letters.length === 0 ? <Empty title={t('connections.no_letters')} hint={t('connections.no_letters_hint')} /> : (
        <DataTable name="failed" columns={letterColumns(t, timeZone, may ? (letter) => retry.mutate(letter) : null, retry.isPending)} rows={letters} rowKey={({ item_id: id }) => id} />
      )}
    </Card>
  );
}

const whatOf = (letter: Letter): string => letter.name ?? letter.key;
const letterColumns = (t: TFunction, timeZone: string, retry: ((letter: Letter) => void) | null, busy: boolean): readonly Column<Letter>[] => [
  {
    key: 'what', title: t('connections.what'), value: whatOf,
    cell: (one) => (
      <>
        {one.holder_id === null ? whatOf(one) : <Link to="/holders/$holderId" params={{ holderId: String(one.holder_id) }}>{whatOf(one)}</Link>}
        <div className={css['quiet']}>{word('sync_task', one.task)}{one.fields.length === 0 ? '' : ` · ${one.fields.map((field) => word('import_field', field)).join(', ')}`}</div>
      </>
    ),
  },
  { key: 'reason', title: t('connections.reason'), value: (one) => one.reason, cell: (one) => <div className={own['reason']}>{one.reason ?? '—'}</div> },
  { key: 'tries', title: t('connections.tries'), amount: true, wide: true, value: (one) => one.tries, cell: (one) => count(one.tries) },
  {
    key: 'next', title: t('connections.next_retry'), wide: true, value: (one) => one.next_try_at,
    cell: (one) => (one.dead_at === null ? <span className={css['code']}>{one.next_try_at === null ? '—' : moment(one.next_try_at, timeZone)}</span> : <span className={own['bad']}>{t('connections.set_aside')}</span>),
  },
  ...(retry === null ? [] : [{
    key: 'retry', title: '', value: () => null,
    cell: (one: Letter) => <Button size="compact-xs" variant="light" loading={busy} onClick={() => retry(one)}>{t('jobs.retry')}</Button>,
  }]),
];

/** Shown only where there are any. */
function Differences({ differences, timeZone }: { differences: Connections['differences']; timeZone: string }) {
  const { t } = useTranslation();
  if (differences.length === 0) return null;
  return (
    <Card title={t('connections.differences')}>
      <div className={css['scroll']}>
        <table className={css['table']}>
          <thead>
            <tr>
              <th>{t('jobs.day')}</th><th className={css['amount']}>{t('connections.books')}</th><th className={css['amount']}>{t('connections.erp_has')}</th><th className={css['wide']}>{t('connections.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {differences.map((one) => (
              <tr key={one.entry_id}>
                <td className={css['code']}><Link to="/ledger">{day(one.booked_on)}</Link></td>
                <td className={css['amount']}>{money(one.total_minor, one.currency)}</td>
                <td className={`${css['amount'] ?? ''} ${own['bad'] ?? ''}`}>{one.acknowledged_minor === null ? '—' : money(one.acknowledged_minor, one.currency)}</td>
                <td className={css['wide']}>{one.difference ?? '—'}<div className={css['quiet']}>{one.entry_id} · {moment(one.acknowledged_at, timeZone)}</div></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
