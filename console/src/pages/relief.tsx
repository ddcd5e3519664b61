/** Which plans need somebody? Those in review first, the broken, what runs and what was kept; taken back from here while no part is paid. */

import { Button, SegmentedControl, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { type Plan, PLAN_STATES, plansQuery, undoPlan } from '../data/plans.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money } from '../parts/format.ts';
import { MoreRows } from '../parts/list.tsx';
import css from '../parts/parts.module.css';
import { Empty, Failed, Loading } from '../parts/states.tsx';

const route = getRouteApi('/inside/relief');
const UNDOERS: readonly string[] = ['manager', 'finance', 'agent'];

export function ReliefPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const client = useQueryClient();
  const list = useInfiniteQuery(plansQuery(filter));
  const undo = useMutation({ mutationFn: undoPlan, onSettled: () => client.invalidateQueries({ queryKey: ['bills'] }) });
  const plans = list.data?.pages.flatMap((page) => page.plans) ?? [];
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.relief')}</Title>
      <div className={css['strip']}>
        <SegmentedControl value={filter.state ?? 'review'} data={PLAN_STATES.map((value) => ({ value, label: word('plan_state', value) }))}
          onChange={(value) => void navigate({ to: '/relief', search: { state: PLAN_STATES.find((one) => one === value) } })} />
      </div>
      <Card>
        {undo.error === null ? null : <Failed error={undo.error} />}
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && plans.length === 0 ? <Empty title={t('relief.none')} hint={t('relief.none_hint')} /> : null}
        {plans.length === 0 ? null : (
          <DataTable name="plans" columns={columnsOf(t, UNDOERS.includes(session.user.role) ? (plan) => undo.mutate(plan) : null)} rows={plans} rowKey={(row) => row.plan_id}
            open={(row) => void navigate({ to: '/holders/$holderId', params: { holderId: String(row.holder_id) } })} />
        )}
        <MoreRows list={list} />
      </Card>
    </div>
  );
}

const sizeOf = ({ kind, parts }: Plan): number => (kind === 'deferral' ? 1 : parts.length);

const columnsOf = (t: TFunction, undo: ((plan: Plan) => void) | null): readonly Column<Plan>[] => [
  { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => row.holder_name },
  { key: 'policy', title: t('column.policy'), wide: true, value: (row) => row.policy_number, cell: (row) => <span className={css['code']}>{row.policy_number}</span> },
  { key: 'parts', title: t('relief.parts'), amount: true, value: (row) => sizeOf(row), cell: (row) => t('relief.broken_of', { broken: count(row.broken_parts), count: sizeOf(row) }) },
  { key: 'total', title: t('relief.total'), amount: true, value: (row) => row.total_minor, cell: (row) => money(row.total_minor, row.currency) },
  { key: 'since', title: t('relief.since'), wide: true, value: (row) => row.state_since, cell: (row) => <span className={css['code']}>{day(row.state_since)}</span> },
  { key: 'version', title: t('relief.version'), wide: true, amount: true, value: (row) => row.version, cell: (row) => count(row.version) },
  { key: 'by', title: t('relief.by'), wide: true, value: (row) => row.agreed_by, cell: (row) => (row.by_holder ? t('relief.by_holder') : row.agreed_by) },
  {
    key: 'undo', title: '', value: () => '',
    cell: (row) => (undo === null || row.state !== 'agreed' || row.version > 1 || row.parts.some((part) => part.paid_minor > 0) ? null
      : <Button size="compact-xs" variant="default" onClick={(event) => { event.stopPropagation(); undo(row); }}>{t('relief.undo')}</Button>),
  },
];
