/** Money without a home: whose it may be, who looks after it, and where it goes; and what is to go back to its payers. */

import { SegmentedControl, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { suspenseQuery } from '../data/money.ts';
import { refundsQuery, type Item, type Refund } from '../data/money-acts.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money } from '../parts/format.ts';
import { MoreRows } from '../parts/list.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './money.module.css';
import { RefundPanel, SuspensePanel } from './suspense-panel.tsx';

const route = getRouteApi('/inside/suspense');
const addressOf = ({ kind, holder_id: holderId, id }: Item): string => `${kind}-${holderId ?? 0}-${id}`;
const refundAddress = ({ holder_id: holderId, refund_id: id }: Refund): string => `${holderId}-${id}`;

export function SuspensePage() {
  const { t } = useTranslation();
  const { part } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.suspense')}</Title>
      <div>
        <SegmentedControl
          value={part ?? 'waiting'} onChange={(value) => void navigate({ to: '/suspense', search: { part: value === 'refunds' ? value : undefined } })}
          data={[{ value: 'waiting', label: t('suspense.waiting') }, { value: 'refunds', label: t('suspense.refunds') }]}
        />
      </div>
      {part === 'refunds' ? <Refunds /> : <Waiting />}
    </div>
  );
}

function Waiting() {
  const { t } = useTranslation();
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(suspenseQuery);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const sums = list.data?.pages[0]?.sums ?? [];
  const show = (next: string | undefined): void => void navigate({ to: '/suspense', search: { open: next } });
  const shown = items.find((item) => addressOf(item) === open);
  return (
    <>
      {sums.length === 0 ? null : (
        <div className={own['sums']}>
          {sums.map((sum) => (
            <div key={sum.currency} className={own['sum']}>
              <b>{money(sum.amount_minor, sum.currency)}</b>
              <span className={css['quiet']}>{t('suspense.sum', { count: sum.items, days: count(sum.oldest_days) })}</span>
            </div>
          ))}
        </div>
      )}
      <Card>
        {list.isPending ? <Loading rows={6} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && items.length === 0 ? <Empty title={t('money.no_homeless')} hint={t('money.no_homeless_hint')} /> : null}
        {items.length === 0 ? null : <DataTable name="suspense" columns={itemColumns(t)} rows={items} rowKey={addressOf} open={(item) => show(addressOf(item))} isOpen={(item) => addressOf(item) === open} />}
        <MoreRows list={list} />
      </Card>
      {shown === undefined ? null : (
        <SidePanel title={money(shown.amount_minor, shown.currency)} close={() => show(undefined)}>
          <SuspensePanel key={addressOf(shown)} item={shown} done={() => show(undefined)} />
        </SidePanel>
      )}
    </>
  );
}

type T = TFunction;
const itemColumns = (t: T): readonly Column<Item>[] => [
  { key: 'payer', title: t('money.payer'), value: ({ payer }) => payer, cell: ({ payer, reference }) => <><strong>{payer || '—'}</strong><div className={css['quiet']}>{reference}</div></> },
  { key: 'reason', title: t('money.reason'), wide: true, value: ({ reason }) => reason, cell: ({ reason }) => word('suspense_reason', reason) },
  { key: 'age', title: t('money.age'), value: (item) => item.age_days, cell: (item) => <>{t('money.days', { number: count(item.age_days) })}<div className={css['quiet']}>{day(item.received_on)}</div></> },
  { key: 'owner', title: t('suspense.owner'), wide: true, value: ({ owner }) => owner ?? '', cell: ({ owner }) => owner ?? '—' },
  { key: 'amount', title: t('money.amount'), amount: true, value: (item) => item.amount_minor, cell: (item) => <strong>{money(item.amount_minor, item.currency)}</strong> },
];

function Refunds() {
  const { t } = useTranslation();
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(refundsQuery);
  const refunds = list.data?.refunds ?? [];
  const show = (next: string | undefined): void => void navigate({ to: '/suspense', search: { part: 'refunds', open: next } });
  const shown = refunds.find((one) => refundAddress(one) === open);
  return (
    <Card>
      {list.isPending ? <Loading rows={6} /> : null}
      {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && refunds.length === 0 ? <Empty title={t('suspense.no_refunds')} hint={t('suspense.no_refunds_hint')} /> : null}
      {refunds.length === 0 ? null : <DataTable name="refunds" columns={refundColumns(t)} rows={refunds} rowKey={refundAddress} open={(one) => show(refundAddress(one))} isOpen={(one) => refundAddress(one) === open} />}
      {shown === undefined ? null : (
        <SidePanel title={money(shown.amount_minor, shown.currency)} close={() => show(undefined)}>
          <RefundPanel key={refundAddress(shown)} refund={shown} done={() => show(undefined)} />
        </SidePanel>
      )}
    </Card>
  );
}

const refundColumns = (t: T): readonly Column<Refund>[] => [
  { key: 'holder', title: t('money.holder'), value: (one) => one.holder_name, cell: (one) => <><strong>{one.holder_name}</strong><div className={css['quiet']}>{one.reason}</div></> },
  { key: 'due', title: t('suspense.due_since'), value: (one) => one.due_on, cell: (one) => day(one.due_on) },
  { key: 'by', title: t('suspense.asked_by'), wide: true, value: (one) => one.asked_by, cell: (one) => one.asked_by },
  { key: 'state', title: t('money.state'), value: ({ state }) => state, cell: ({ state, bank_reference: reference }) => <><StateBadge group="refund_state" value={state} />{reference === null ? null : <div className={css['quiet']}>{reference}</div>}</> },
  { key: 'amount', title: t('money.amount'), amount: true, value: (one) => one.amount_minor, cell: (one) => <strong>{money(one.amount_minor, one.currency)}</strong> },
];
