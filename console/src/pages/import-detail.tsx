/** One import: what came of it or how far it is, and how its columns are read. */

import { Alert, Anchor, Button, Progress, Title } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconDownload, IconPlayerPlay, IconPlayerStop, IconTestPipe } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { errorsAddress, importQuery, runImport, stopImport, type ImportOne } from '../data/set-up.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count, decimal, money, percent } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { ImportMapping } from './import-mapping.tsx';
import own from './set-up.module.css';

const MEGABYTE = 1_000_000;
const sizeOf = (bytes: number): string => (bytes < MEGABYTE ? `${decimal(bytes / 1_000)} KB` : `${decimal(bytes / MEGABYTE)} MB`);
/** Below this, seconds are told. */
const SECONDS_TOLD_MAX = 90;

export function ImportDetail({ importId, back }: { importId: number; back: () => void }) {
  const { t } = useTranslation();
  const asked = useQuery(importQuery(importId));
  const one = asked.data;
  return (
    <div className={css['page']}>
      <div>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconArrowLeft size={14} />} onClick={back}>{t('import.all')}</Button>
      </div>
      {asked.isPending ? <Card><Loading rows={8} /></Card> : null}
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {one === undefined ? null : (
        <>
          <div className={css['title']}>
            <Title order={1}>{one.file_name}</Title>
            <StateBadge group="import_state" value={one.state} />
            <span className={css['quiet']}>{[one.format, one.received_bytes === 0 ? null : sizeOf(one.received_bytes)].filter((part) => part !== null).join(' · ')}</span>
          </div>
          <Outcome one={one} />
          {one.errors.length === 0 ? null : <Errors one={one} />}
          {one.changes.length === 0 ? null : <Changes one={one} />}
          {one.columns.length === 0 ? null : <ImportMapping key={one.import_id} one={one} />}
        </>
      )}
    </div>
  );
}

function Outcome({ one }: { one: ImportOne }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const settled = {
    onSuccess: (after: ImportOne) => client.setQueryData(importQuery(after.import_id).queryKey, after),
    onSettled: () => client.invalidateQueries({ queryKey: ['imports'] }),
  };
  const run = useMutation({ mutationFn: (dryRun: boolean) => runImport(one.import_id, dryRun), ...settled });
  const stop = useMutation({ mutationFn: () => stopImport(one.import_id), ...settled });
  const failed = run.error ?? stop.error;
  const isRunning = one.state === 'running';
  const ran = one.state === 'done' || one.state === 'stopped';
  const canRun = one.file_kept && !isRunning && one.missing.length === 0 && one.columns.length > 0;
  const resumes = one.state === 'stopped' && !one.dry_run;
  return (
    <Card>
      <div className={own['stack']}>
        {one.failure === null ? null : <Alert color="danger" variant="light" icon={<IconAlertTriangle size={18} />} role="alert">{one.failure}</Alert>}
        {isRunning ? <Running one={one} /> : null}
        {ran ? (
          <>
            <div className={own['counts']} role="status">
              {(['new', 'changed', 'same', 'bad'] as const).map((name) => (
                <div key={name} className={name === 'bad' && one.rows_bad > 0 ? own['bad'] : ''}><span className={own['big']}>{count(one[`rows_${name}`])}</span>{t(`import.${name}`)}</div>
              ))}
              <span className={css['quiet']}>{t('import.rows', { count: one.rows_read })}</span>
            </div>
            <span className={one.dry_run ? own['warned'] : own['said']}>{t(one.state === 'stopped' ? 'import.stopped_was' : one.dry_run ? 'import.dry_was' : 'import.was')}</span>
          </>
        ) : null}
        {one.file_kept || one.created_by === null || one.state === 'uploading' ? null : <span className={css['quiet']}>{t('import.gone')}</span>}
        {one.missing.length === 0 || !one.file_kept ? null : <span className={own['warned']} role="status">{t('import.missing', { fields: one.missing.map((name) => fieldName(name, (a, b) => t('import.or', { a, b }))).join(', ') })}</span>}
        {failed === null ? null : <Failed error={failed} />}
        <div className={own['acts']}>
          {isRunning ? (
            <Button variant="default" leftSection={<IconPlayerStop size={16} />} loading={stop.isPending} onClick={() => stop.mutate()}>{t('import.stop')}</Button>
          ) : one.file_kept ? (
            <>
              <Button variant={ran && !resumes && one.dry_run ? 'default' : resumes ? 'default' : 'filled'} leftSection={<IconTestPipe size={16} />} disabled={!canRun} loading={run.isPending} onClick={() => run.mutate(true)}>{t('import.try')}</Button>
              <Button variant={ran && (one.dry_run || resumes) ? 'filled' : 'default'} leftSection={<IconPlayerPlay size={16} />} disabled={!canRun} loading={run.isPending} onClick={() => run.mutate(false)}>{t(resumes ? 'import.go_on' : 'import.run')}</Button>
            </>
          ) : null}
        </div>
      </div>
    </Card>
  );
}

/** `next_due_on | cover_from` is one of the two. */
const fieldName = (name: string, or: (a: string, b: string) => string): string => {
  const [a = '', b] = name.split(' | ').map((one) => word('import_field', one));
  return b === undefined ? a : or(a, b);
};

function Running({ one }: { one: ImportOne }) {
  const { t } = useTranslation();
  const { progress } = one;
  const left = progress?.seconds_left ?? null;
  return (
    <div className={own['stack']} role="status">
      <div className={own['counts']}>
        <div><span className={own['big']}>{percent(progress?.share ?? 0, 0)}</span>{t(one.dry_run ? 'import.trying' : 'import.running')}</div>
        {progress === null ? null : <span className={css['quiet']}>{t('import.pace', { rows: count(progress.rows), pace: count(Math.round(progress.rows_per_second)) })}</span>}
        {left === null ? null : (
          <span className={css['quiet']}>
            {t('import.left', { time: left < SECONDS_TOLD_MAX ? t('import.seconds', { count: Math.ceil(left) }) : t('import.minutes', { count: Math.ceil(left / 60) }) })}
          </span>
        )}
      </div>
      <Progress value={(progress?.share ?? 0) * 100} animated aria-label={t('import.running')} />
      <span className={css['quiet']}>{t('import.goes_on')}</span>
    </div>
  );
}

function Errors({ one }: { one: ImportOne }) {
  const { t } = useTranslation();
  return (
    <Card
      title={t('import.errors')}
      aside={one.errors_file ? <Anchor size="sm" href={errorsAddress(one.import_id)} download><IconDownload size={13} /> {t('import.errors_file')}</Anchor> : undefined}
    >
      <div className={css['scroll']}>
        <table className={css['table']}>
          <thead><tr><th className={css['amount']}>{t('import.row')}</th><th>{t('import.column')}</th><th className={css['wide']}>{t('import.value')}</th><th>{t('import.reason')}</th></tr></thead>
          <tbody>
            {one.errors.map((error, at) => (
              <tr key={`${error.row} ${error.field} ${at}`}>
                <td className={css['amount']}>{count(error.row)}</td>
                <td>{error.field === '' ? '—' : error.field}</td>
                <td className={`${css['wide'] ?? ''} ${own['values'] ?? ''}`}>{error.value}</td>
                <td>{error.reason} <span className={css['quiet']}>{error.remedy}</span></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Changes({ one }: { one: ImportOne }) {
  const { t } = useTranslation();
  return (
    <Card title={t('import.changes')}>
      <div className={css['scroll']}>
        <table className={css['table']}>
          <thead><tr><th>{t('import.policy')}</th><th>{t('import.field')}</th><th>{t('import.before')}</th><th>{t('import.after')}</th></tr></thead>
          <tbody>
            {one.changes.map(({ policy_number: number, field, before, after, currency }) => (
              <tr key={`${number} ${field}`}>
                <td className={css['code']}>{number}</td>
                <td>{word('import_field', field)}</td>
                <td className={own['values']}>{valueOf(field, before, currency)}</td>
                <td><strong>{valueOf(field, after, currency)}</strong></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** An income has a currency of its own, which stands beside it where it changes too. */
const valueOf = (field: string, value: string | null, currency: string | null): string =>
  value === null || value === '' ? '—' : field === 'premium_minor' && currency !== null ? money(Number(value), currency) : value;
