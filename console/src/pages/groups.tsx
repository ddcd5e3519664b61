/** Payers of many: which of them has paid for its members, and where what they report differs. */

import { Button, NumberInput, Select, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decimalsOf } from '../../../src/kernel/index.ts';
import { addGroup, groupsQuery, type Group } from '../data/groups.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { GroupPanel } from './group-panel.tsx';
import { MONEY_ACTORS } from './money-act.tsx';
import own from './money.module.css';

const route = getRouteApi('/inside/groups');
const PART_ORDERS = ['oldest_first', 'pro_rata'] as const;
const NAME_LENGTH_MAX = 120;

export function GroupsPage() {
  const { t } = useTranslation();
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const role = useQuery(sessionQuery).data?.user.role ?? '';
  const list = useQuery(groupsQuery);
  const groups = list.data?.groups ?? [];
  const show = (next: number | 'new' | undefined): void => void navigate({ to: '/groups', search: { open: next } });
  const mismatches = groups.reduce((sum, group) => sum + group.mismatches, 0);
  const shown = groups.find(({ group_id: id }) => id === open);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.groups')}</Title>
      {list.isSuccess && groups.length > 0 ? <div className={own['difference']}>{t('groups.to_answer', { count: mismatches, number: count(mismatches) })}</div> : null}
      <Card>
        {MONEY_ACTORS.includes(role) ? <div className={own['buttons']}><Button size="compact-sm" variant="default" onClick={() => show('new')}>{t('groups.add')}</Button></div> : null}
        {list.isPending ? <Loading rows={6} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && groups.length === 0 ? <Empty title={t('groups.none')} hint={t('groups.none_hint')} /> : null}
        {groups.length === 0 ? null : <DataTable name="groups" columns={columnsOf(t)} rows={groups} rowKey={(group) => group.group_id} open={(group) => show(group.group_id)} isOpen={(group) => group.group_id === open} />}
      </Card>
      {open === 'new' ? <SidePanel title={t('groups.add')} close={() => show(undefined)}><NewGroup done={show} /></SidePanel> : null}
      {shown === undefined ? null : <SidePanel title={shown.name} close={() => show(undefined)}><GroupPanel key={shown.group_id} groupId={shown.group_id} may={MONEY_ACTORS.includes(role)} /></SidePanel>}
    </div>
  );
}

const columnsOf = (t: TFunction): readonly Column<Group>[] => [
  { key: 'name', title: t('groups.group'), value: ({ name }) => name, cell: ({ name, payer }) => <><strong>{name}</strong><div className={css['quiet']}>{payer}</div></> },
  { key: 'members', title: t('groups.members'), wide: true, value: ({ members }) => members, cell: ({ members }) => count(members) },
  { key: 'mismatches', title: t('groups.mismatches'), value: ({ mismatches }) => mismatches, cell: ({ mismatches }) => count(mismatches) },
  { key: 'waiting', title: t('groups.waiting'), amount: true, wide: true, value: (group) => group.waiting_minor, cell: (group) => money(group.waiting_minor, group.currency) },
  { key: 'open', title: t('groups.owed'), amount: true, value: (group) => group.open_minor, cell: (group) => <strong>{money(group.open_minor, group.currency)}</strong> },
];

function NewGroup({ done }: { done: (id: number) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [payer, setPayer] = useState<string | number>('');
  const [currency, setCurrency] = useState('HKD');
  const [order, setOrder] = useState<(typeof PART_ORDERS)[number]>('oldest_first');
  const [rate, setRate] = useState<string | number>('');
  const known = /^[A-Z]{3}$/.test(currency);
  const adding = useMutation({
    mutationFn: () => addGroup({ name: name.trim(), holder_id: Number(payer), currency, part_order: order, rate_minor: rate === '' ? null : Math.round(Number(rate) * 10 ** decimalsOf(currency)) }),
    onSuccess: ({ group_id: id }) => done(id), onSettled: () => client.invalidateQueries({ queryKey: ['groups'] }),
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); adding.mutate(); }}>
      <TextInput label={t('groups.group')} required maxLength={NAME_LENGTH_MAX} value={name} onChange={(event) => setName(event.currentTarget.value)} mb="sm" data-autofocus />
      <NumberInput label={t('groups.payer')} description={t('groups.payer_hint')} required hideControls min={1} allowDecimal={false} value={payer} onChange={setPayer} mb="sm" />
      <TextInput label={t('groups.currency')} required maxLength={3} value={currency} onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())} mb="sm" />
      <Select label={t('groups.part_order')} data={PART_ORDERS.map((value) => ({ value, label: word('part_order', value) }))} value={order} onChange={(value) => setOrder(PART_ORDERS.find((one) => one === value) ?? 'oldest_first')} mb="sm" />
      <NumberInput label={t('groups.rate')} description={t('groups.rate_hint')} min={0} value={rate} onChange={setRate} mb="sm" />
      {adding.error === null ? null : <Failed error={adding.error} />}
      <Button type="submit" loading={adding.isPending} disabled={name.trim() === '' || Number(payer) < 1 || !known}>{t('groups.add')}</Button>
    </form>
  );
}
