/** What was promised: due today, overdue, kept, broken. */

import { SegmentedControl, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { promisesQuery, type PromiseQuery, type PromiseRow } from '../data/collect.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money } from '../parts/format.ts';
import { MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './collect.module.css';

const route = getRouteApi('/inside/promises');
type View = Data['promises'];

export function PromisesPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(promisesQuery(filter));
  const first = list.data?.pages[0];
  const promises = list.data?.pages.flatMap((page) => page.promises) ?? [];
  const stateOf = (value: string): PromiseQuery['state'] => (value === 'kept' || value === 'broken' ? value : undefined);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.promises')}</Title>
      {first === undefined ? null : <Figures view={first} />}
      <div>
        <SegmentedControl
          value={filter.state ?? 'open'}
          onChange={(value) => void navigate({ to: '/promises', search: { state: stateOf(value) } })}
          data={[{ value: 'open', label: t('promises.open') }, { value: 'kept', label: t('promises.kept') }, { value: 'broken', label: t('promises.broken') }]}
        />
      </div>
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && promises.length === 0 ? <Empty title={t('promises.none')} hint={t('promises.none_hint')} /> : null}
        {promises.length === 0 ? null : (
          <DataTable
            name="promises" columns={columnsOf(t, first?.business_date ?? '')} rows={promises} rowKey={(row) => row.promise_id}
            open={(row) => void navigate({ to: '/holders/$holderId', params: { holderId: String(row.holder_id) } })}
          />
        )}
        <MoreRows list={list} />
      </Card>
    </div>
  );
}

const promisesIn = (sums: View['overdue']): number => sums.reduce((total, { promises }) => total + promises, 0);
const amountsIn = (sums: View['overdue']): string => sums.map(({ amount_minor, currency }) => money(amount_minor, currency)).join(' · ');

function Figures({ view }: { view: View }) {
  const { t } = useTranslation();
  const [due, overdue] = [promisesIn(view.due_today), promisesIn(view.overdue)];
  return (
    <div className={own['figures']}>
      <div className={own['figure']}>
        <span className={own['big']}>{count(due)}</span>{t('promises.due_today')}
        <span className={css['quiet']}>{due === 0 ? t('promises.nothing_due') : amountsIn(view.due_today)}</span>
      </div>
      <div className={own['figure']}>
        <span className={`${own['small'] ?? ''} ${overdue === 0 ? '' : (own['bad'] ?? '')}`}>{count(overdue)}</span>{t('promises.overdue')}
        <span className={css['quiet']}>{amountsIn(view.overdue)}</span>
      </div>
      <div className={own['figure']}><span className={own['small']}>{count(view.kept_30_days)}</span>{t('promises.kept_30')}</div>
      <div className={own['figure']}><span className={own['small']}>{count(view.broken_30_days)}</span>{t('promises.broken_30')}</div>
    </div>
  );
}

const columnsOf = (t: TFunction, today: string): readonly Column<PromiseRow>[] => [
  {
    key: 'pay_by', title: t('promises.pay_by'), value: (row) => row.pay_by,
    cell: (row) => (
      <>
        <span className={css['code']}>{day(row.pay_by)}</span>
        {row.days_overdue > 0 ? <div className={own['bad']}>{t('promises.days_overdue', { count: row.days_overdue })}</div> : null}
        {row.state === 'open' && row.pay_by === today ? <div>{t('promises.today')}</div> : null}
      </>
    ),
  },
  { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => <span className={own['person']}>{row.holder_name}</span> },
  { key: 'market', title: t('column.market'), wide: true, value: (row) => word('market', row.market), cell: (row) => word('market', row.market) },
  { key: 'policy', title: t('column.policy'), wide: true, value: (row) => row.policy_number, cell: (row) => <span className={css['code']}>{row.policy_number}</span> },
  { key: 'amount', title: t('promises.amount'), amount: true, value: (row) => row.amount_minor, cell: (row) => money(row.amount_minor, row.currency) },
  { key: 'outstanding', title: t('column.owes'), amount: true, wide: true, value: (row) => row.outstanding_minor, cell: (row) => money(row.outstanding_minor, row.currency) },
  { key: 'promised_on', title: t('promises.promised_on'), wide: true, value: (row) => row.promised_on, cell: (row) => <span className={css['code']}>{day(row.promised_on)}</span> },
  { key: 'made_by', title: t('promises.made_by'), wide: true, value: (row) => row.made_by, cell: (row) => row.made_by },
  { key: 'state', title: t('column.bill_stage'), value: (row) => word('bill_state', row.bill_state), cell: (row) => <StateBadge group="bill_state" value={row.bill_state} /> },
];
