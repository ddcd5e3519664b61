/** What other departments need from me, by when; and what I wait for. */

import { Button, SegmentedControl, Textarea, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { closeHandOver, handOversQuery, reopenHandOver, WHOSE, type HandOver, type HandOverQuery } from '../data/desks.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, moment } from '../parts/format.ts';
import { MoreRows } from '../parts/list.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import own from './collect.module.css';
import { MeetingTasks } from './meeting-tasks.tsx';

const route = getRouteApi('/inside/hand-overs');

export function HandOversPage() {
  const { t } = useTranslation();
  const { open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(handOversQuery(filter));
  const first = list.data?.pages[0];
  const rows = list.data?.pages.flatMap((page) => page.hand_overs) ?? [];
  const opened = rows.find((row) => row.hand_over_id === open);
  const choose = (change: HandOverQuery): void => void navigate({ search: { ...filter, ...change } });
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.hand_overs')}</Title>
      {first === undefined ? null : (
        <div className={own['figures']}>
          <div className={own['figure']}><span className={own['big']}>{count(first.mine)}</span>{t('hand_over.mine')}</div>
          <div className={own['figure']}><span className={`${own['small'] ?? ''} ${first.mine_overdue > 0 ? (own['bad'] ?? '') : ''}`}>{count(first.mine_overdue)}</span>{t('hand_over.mine_overdue')}</div>
          <div className={own['figure']}><span className={`${own['small'] ?? ''} ${first.overdue > 0 ? (own['bad'] ?? '') : ''}`}>{count(first.overdue)}</span>{t('hand_over.overdue')}</div>
        </div>
      )}
      <MeetingTasks />
      <div className={css['choices']}>
        <SegmentedControl
          value={filter.whose ?? 'mine'} data={WHOSE.map((value) => ({ value, label: t(`hand_over.whose_${value}`) }))}
          onChange={(value) => choose({ whose: value === 'given' || value === 'all' ? value : undefined })}
        />
        <SegmentedControl
          value={filter.state ?? 'open'} data={[{ value: 'open', label: t('hand_over.state_open') }, { value: 'closed', label: t('hand_over.state_closed') }]}
          onChange={(value) => choose({ state: value === 'closed' ? value : undefined })}
        />
      </div>
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && rows.length === 0 ? <Empty title={t('hand_over.none')} hint={t('hand_over.none_hint')} /> : null}
        {rows.length === 0 ? null : (
          <DataTable
            name="hand-overs" columns={columnsOf(t)} rows={rows} rowKey={(row) => row.hand_over_id} isOpen={(row) => row.hand_over_id === open}
            open={(row) => void navigate({ search: { ...filter, open: row.hand_over_id } })}
          />
        )}
        <MoreRows list={list} />
      </Card>
      {opened === undefined ? null : (
        <SidePanel title={opened.holder_name} close={() => void navigate({ search: filter })}>
          <Panel key={opened.hand_over_id} given={opened} close={() => void navigate({ search: filter })} />
        </SidePanel>
      )}
    </div>
  );
}

function Panel({ given, close }: { given: HandOver; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [answer, setAnswer] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: ['hand-overs'] });
  const finish = useMutation({
    mutationFn: () => closeHandOver(given, answer),
    onSuccess: () => {
      close();
      toast(t('hand_over.closed', { name: given.holder_name }), { label: t('toast.undo'), undone: t('hand_over.open_again'), act: () => reopenHandOver(given).then(refresh) });
      return refresh();
    },
    // Somebody else was faster: the list shows by whom.
    onError: () => void refresh(),
  });
  return (
    <>
      <dl className={own['facts']}>
        <dt>{t('hand_over.what')}</dt><dd>{given.what}</dd>
        <dt>{t('hand_over.from')}</dt><dd>{given.from_name} · {word('role', given.from_role)} · {moment(given.opened_at)}</dd>
        <dt>{t('hand_over.to')}</dt><dd>{word('role', given.to_role)}{given.to_name === null ? '' : ` · ${given.to_name}`}</dd>
        <dt>{t('hand_over.by_day')}</dt><dd>{day(given.due_on)}{given.days_overdue > 0 ? <span className={own['bad']}> · {t('promises.days_overdue', { count: given.days_overdue })}</span> : null}</dd>
        {given.closed_at === null ? null : <><dt>{t('hand_over.answer')}</dt><dd>{given.answer ?? '—'} ({given.closed_by}, {moment(given.closed_at)})</dd></>}
      </dl>
      <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(given.holder_id) }}>{t('hand_over.holder')}</Link>
      {given.closed_at !== null ? null : (
        <form onSubmit={(event) => {
          event.preventDefault();
          finish.mutate();
        }}>
          <Textarea mt="md" mb="sm" label={t('hand_over.answer')} autosize minRows={2} maxLength={1000} value={answer} onChange={(event) => setAnswer(event.currentTarget.value)} data-autofocus />
          {finish.error === null ? null : <Failed error={finish.error} />}
          <Button type="submit" loading={finish.isPending}>{t('hand_over.finish')}</Button>
        </form>
      )}
    </>
  );
}

const columnsOf = (t: TFunction): readonly Column<HandOver>[] => [
  {
    key: 'due_on', title: t('hand_over.by_day'), value: (row) => row.due_on,
    cell: (row) => <><span className={css['code']}>{day(row.due_on)}</span>{row.days_overdue > 0 ? <div className={own['bad']}>{t('promises.days_overdue', { count: row.days_overdue })}</div> : null}</>,
  },
  { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => <span className={own['person']}>{row.holder_name}</span> },
  { key: 'what', title: t('hand_over.what'), value: (row) => row.what, cell: (row) => row.what },
  { key: 'from', title: t('hand_over.from'), wide: true, value: (row) => row.from_name, cell: (row) => <>{row.from_name}<div className={css['quiet']}>{word('role', row.from_role)}</div></> },
  { key: 'to', title: t('hand_over.to'), wide: true, value: (row) => row.to_name ?? row.to_role, cell: (row) => <>{word('role', row.to_role)}<div className={css['quiet']}>{row.to_name ?? ''}</div></> },
  { key: 'answer', title: t('hand_over.answer'), wide: true, value: (row) => row.answer, cell: (row) => row.answer ?? '—' },
];
