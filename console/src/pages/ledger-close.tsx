/** Closing the books of the days that are over: to which day they are closed, who closed, and what was found. */

import { Alert, Button, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { closeBooks, closingsQuery } from '../data/money.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count, day, moment } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { LedgerDay } from './ledger-day.tsx';
import own from './money.module.css';

const CLOSERS: readonly string[] = ['manager', 'finance'];
const NOTE_LENGTH_MAX = 500;
const SHOWN = 5;

export function LedgerClose({ on, role, timeZone }: { on: string; role: string; timeZone: string }) {
  const { t } = useTranslation();
  const view = useQuery(closingsQuery);
  const [asking, setAsking] = useState(false);
  const [all, setAll] = useState(false);
  const closedTo = view.data?.closed_to ?? null;
  const may = CLOSERS.includes(role) && (closedTo === null || closedTo < on);
  const shown = all ? view.data?.closings : view.data?.closings.slice(0, SHOWN);
  return (
    <Card title={closedTo === null ? t('close.none') : t('close.closed_to', { day: day(closedTo) })}
      aside={may && !asking ? <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>{t('close.begin', { day: day(on) })}</Button> : undefined}>
      {view.isPending ? <Loading rows={2} /> : null}
      {view.error === null ? null : <Failed error={view.error} retry={() => void view.refetch()} />}
      {asking && may ? <Form on={on} close={() => setAsking(false)} /> : null}
      {view.data !== undefined && view.data.closings.length === 0 && !asking ? <span className={css['quiet']}>{t('close.hint')}</span> : null}
      {shown === undefined || shown.length === 0 ? null : <ol className={own['corrections']}>{shown.map((one) => <Closing key={one.closed_on} closing={one} timeZone={timeZone} />)}</ol>}
      {!all && (view.data?.closings.length ?? 0) > SHOWN ? <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>{t('close.all', { count: view.data?.closings.length ?? 0 })}</Button> : null}
    </Card>
  );
}

function Closing({ closing, timeZone }: { closing: Data['ledger_closings']['closings'][number]; timeZone: string }) {
  const { t } = useTranslation();
  const open = closing.checks.filter(({ state }) => state !== 'good');
  return (
    <li>
      <strong>{day(closing.closed_on)}</strong> <StateBadge group="closing_state" value={open.length === 0 ? 'good' : 'attention'} />
      {open.length === 0 ? null : <div>{open.map(({ check, count: number }) => `${word('closing_check', check)}: ${count(number)}`).join(', ')}</div>}
      {closing.note === null ? null : <div>{closing.note}</div>}
      <div className={css['quiet']}>{t('correction.by', { by: closing.closed_by, at: moment(closing.closed_at, timeZone) })}</div>
    </li>
  );
}

function Form({ on, close }: { on: string; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const closing = useMutation({
    mutationFn: () => closeBooks(on, note), onSuccess: close, onSettled: () => client.invalidateQueries({ queryKey: ['ledger'] }),
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); closing.mutate(); }}>
      <Alert color="caution" variant="light" mb="sm">{t('close.warning', { day: day(on) })}</Alert>
      <LedgerDay on={on} />
      <TextInput type="date" label={t('close.up_to')} value={on} readOnly mb="sm" />
      <Textarea label={t('close.note')} autosize minRows={1} maxLength={NOTE_LENGTH_MAX} value={note} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
      {closing.error === null ? null : <Failed error={closing.error} />}
      <div className={own['buttons']}>
        <Button type="submit" loading={closing.isPending}>{t('close.do', { day: day(on) })}</Button>
        <Button variant="default" onClick={close}>{t('correction.leave')}</Button>
      </div>
    </form>
  );
}
