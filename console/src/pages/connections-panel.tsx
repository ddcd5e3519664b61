/** One connection beside the page: its address and secret, changed on the version that is seen, and its last runs. */

import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveConnection, SECRET_LENGTH_MIN, type Connection, type Kind } from '../data/connections.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { count, moment } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './set-up.module.css';

const HIDDEN = '••••••••';

export function ConnectionPanel({ kind, connection, mayChange, timeZone }: { kind: Kind; connection: Connection | undefined; mayChange: boolean; timeZone: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [address, setAddress] = useState<string | null>(null);
  const [secret, setSecret] = useState('');
  const [anew, setAnew] = useState(false);
  const baseUrl = address ?? connection?.base_url ?? '';
  const save = useMutation({
    mutationFn: () => saveConnection(kind, {
      base_url: baseUrl, secret: secret === '' ? null : secret, enabled: connection?.enabled ?? true, from_start: anew, version: connection?.version ?? null,
    }),
    onSuccess: () => { setAddress(null); setSecret(''); setAnew(false); },
    onSettled: () => client.invalidateQueries({ queryKey: ['connections'] }),
  });
  const changed = address !== null || secret !== '' || anew;
  return (
    <div className={own['stack']}>
      <span className={css['quiet']}>{word('connection_hint', kind)}</span>
      <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <TextInput
          label={t('connections.address')} description={t('connections.address_hint')} type="url" required maxLength={500} disabled={!mayChange} value={baseUrl}
          onChange={({ currentTarget }) => { save.reset(); setAddress(currentTarget.value); }} data-autofocus
        />
        {mayChange ? (
          <PasswordInput
            label={t('connections.secret')} description={t('connections.secret_hint')} autoComplete="off" required={connection === undefined} minLength={SECRET_LENGTH_MIN} maxLength={500}
            placeholder={connection === undefined ? '' : HIDDEN} value={secret} onChange={({ currentTarget }) => { save.reset(); setSecret(currentTarget.value); }}
          />
        ) : <span className={css['quiet']}>{t('connections.secret')}: {HIDDEN}</span>}
        {mayChange && connection !== undefined ? (
          <Checkbox label={t('connections.anew')} description={t('connections.anew_hint')} checked={anew} onChange={({ currentTarget }) => { save.reset(); setAnew(currentTarget.checked); }} />
        ) : null}
        {save.error === null ? null : <Failed error={save.error} />}
        {save.isSuccess && !changed ? <span className={own['said']} role="status">{t('people.saved')}</span> : null}
        {mayChange ? <div><Button type="submit" loading={save.isPending} disabled={!changed}>{t(connection === undefined ? 'connections.connect' : 'people.save')}</Button></div> : null}
      </form>
      {connection === undefined ? null : (
        <>
          <span className={css['quiet']}>{t('people.changed', { at: moment(connection.changed_at, timeZone), by: connection.changed_by })}</span>
          <Card title={t('connections.runs')}><Runs runs={connection.runs} timeZone={timeZone} /></Card>
        </>
      )}
    </div>
  );
}

function Runs({ runs, timeZone }: { runs: Connection['runs']; timeZone: string }) {
  const { t } = useTranslation();
  if (runs.length === 0) return <span className={css['quiet']}>{t('connections.not_run')}</span>;
  return (
    <div className={css['scroll']}>
      <table className={css['table']}>
        <thead>
          <tr>
            <th>{t('import.at')}</th>
            {(['pulled', 'pushed', 'conflicts', 'failed'] as const).map((name) => <th key={name} className={css['amount']}>{t(`connections.run.${name}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.started_at}>
              <td>
                {moment(run.started_at, timeZone)}
                {run.reason === null ? null : <div className={own['bad']}>{run.reason}</div>}
                {run.skipped === 0 ? null : <div className={css['quiet']}>{t('connections.skipped', { count: run.skipped })}</div>}
              </td>
              <td className={css['amount']}>{count(run.pulled)}</td><td className={css['amount']}>{count(run.pushed)}</td>
              <td className={css['amount']}>{count(run.conflicts)}</td><td className={css['amount']}>{count(run.failed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
