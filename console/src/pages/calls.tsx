/** Who do I call next, and what do I say: the queue, the card, the outcome in two keys. */

import { Button, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callsQuery, type CallCard } from '../data/collect.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, moment, money } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { CallCardView } from './call-card.tsx';
import own from './collect.module.css';

const route = getRouteApi('/inside/calls');
/** What an outcome changes elsewhere. */
const STALE = ['calls', 'today', 'holder', 'promises', 'disputes'];
type Line = { readonly text: string; readonly refused: boolean };

export function CallsPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const desk = useQuery(callsQuery);
  const session = useQuery(sessionQuery).data;
  const [done, setDone] = useState<ReadonlySet<number>>(new Set());
  const [line, setLine] = useState<Line | null>(null);
  // The card stays while its caller is on the telephone, also where the queue loses it: paid meanwhile, or told by a colleague.
  const [held, setHeld] = useState<CallCard | null>(null);

  const calls = (desk.data?.calls ?? []).filter(({ contact_id }) => !done.has(contact_id));
  const wanted = open ?? held?.contact_id;
  const listed = calls.find(({ contact_id }) => contact_id === wanted);
  const gone = listed === undefined && held !== null && held.contact_id === wanted && !done.has(held.contact_id);
  const current = listed ?? (gone ? held : calls[0]) ?? null;
  if (current !== null && current !== held) setHeld(current);

  const show = (call: CallCard | undefined): void => void navigate({ search: { open: call?.contact_id }, replace: true });
  const next = (text: string | null, refused: boolean): void => {
    const place = calls.findIndex(({ contact_id }) => contact_id === current?.contact_id);
    const others = calls.filter((_, index) => index !== place);
    if (current !== null) setDone(new Set([...done, current.contact_id]));
    setLine(text === null ? null : { text, refused });
    show(others[Math.max(0, place)] ?? others[0]);
    for (const key of STALE) void client.invalidateQueries({ queryKey: [key] });
  };
  const waiting = (desk.data?.waiting ?? 0) - ((desk.data?.calls.length ?? 0) - calls.length);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.calls')}</Title>
      {desk.isPending ? <Card><Loading rows={8} /></Card> : null}
      {desk.error === null ? null : <Failed error={desk.error} retry={() => void desk.refetch()} />}
      {desk.data === undefined ? null : (
        <div className={own['figures']}>
          <div className={own['figure']}><span className={own['big']}>{count(waiting)}</span>{t('calls.now')}</div>
          <div className={css['quiet']}>
            {t('calls.later', { count: desk.data.later })}
            {desk.data.later === 0 || desk.data.next_at === null ? '' : ` · ${t('calls.next_at', { at: moment(desk.data.next_at, session?.insurer.time_zone) })}`}
          </div>
        </div>
      )}
      {line === null ? null : <div role="status" className={`${own['said'] ?? ''} ${line.refused ? (own['refused'] ?? '') : ''}`}>{line.text}</div>}
      {desk.isSuccess && current === null ? <Card><Empty title={t('calls.none')} hint={t('calls.none_hint')} /></Card> : null}
      {desk.data === undefined || current === null ? null : (
        <div className={own['desk']}>
          <Card title={t('calls.queue')}>
            <DataTable name="calls" columns={columnsOf(t)} rows={calls} rowKey={(call) => call.contact_id} open={show} isOpen={(call) => call.contact_id === current.contact_id} />
          </Card>
          <div className={own['card']}>
            {gone ? (
              <div role="status" className={`${own['said'] ?? ''} ${own['refused'] ?? ''}`}>
                {t('calls.gone')} <Button ml="sm" size="compact-xs" variant="default" onClick={() => next(null, false)}>{t('calls.next')}</Button>
              </div>
            ) : null}
            <CallCardView key={current.contact_id} call={current} at={desk.data.at} today={desk.data.business_date} caller={session?.user.name ?? ''} timeZone={session?.insurer.time_zone} next={next} />
          </div>
        </div>
      )}
    </div>
  );
}

const columnsOf = (t: TFunction): readonly Column<CallCard>[] => [
  {
    key: 'name', title: t('column.name'), value: (call) => call.holder_name,
    cell: (call) => <><span className={own['person']}>{call.holder_name}</span><div className={css['quiet']}>{word('market', call.market)} · {word('line', call.line)}</div></>,
  },
  { key: 'owes', title: t('column.owes'), amount: true, value: (call) => call.outstanding_minor, cell: (call) => money(call.outstanding_minor, call.currency) },
  { key: 'past_due', title: t('calls.past_due'), amount: true, value: (call) => call.days_past_due, cell: (call) => (call.days_past_due > 0 ? count(call.days_past_due) : '—') },
];
