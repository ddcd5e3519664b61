/** Payments: what came in today, each payment with its bill, and money that has no home. */

import { Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { cashQuery, paymentsQuery, suspenseQuery } from '../data/money.ts';
import { sessionQuery } from '../data/queries.ts';
import { word, type TextKey } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, moment, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { rowOf } from './bill-address.ts';
import { BillPanel } from './bill-panel.tsx';
import filters from './holders.module.css';
import own from './money.module.css';

const route = getRouteApi('/inside/payments');
type Row = Data['payments']['payments'][number];
type Item = Data['suspense']['items'][number];
const STATES = ['created', 'pending', 'succeeded', 'failed', 'refunded'];
const DEVICES = ['phone', 'tablet', 'desktop', 'unknown'];
const PROVIDERS = ['sandbox', 'bank'];

export function PaymentsPage() {
  const { t } = useTranslation();
  const { open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(paymentsQuery(filter));
  const payments = list.data?.pages.flatMap((page) => page.payments) ?? [];
  const go = (next: typeof filter & { open?: string | undefined }): void => void navigate({ to: '/payments', search: next });
  const shown = rowOf(open);
  const filtered = filter.state !== undefined || filter.provider !== undefined || filter.device !== undefined;
  const addressOf = (row: Row): string => `${row.reference}-${row.payment_id}`;
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.payments')}</Title>
      <Cash />
      <Homeless open={(item) => go({ ...filter, open: `${item.holder_id}-${item.bill_id}-${item.payment_id}` })} />
      <div className={filters['filters']}>
        <FilterSelect label={t('money.state')} value={filter.state} data={STATES.map((value) => ({ value, label: word('payment_state', value) }))} choose={(value) => go({ ...filter, state: value })} />
        <FilterSelect label={t('money.provider')} value={filter.provider} data={PROVIDERS.map((value) => ({ value, label: word('provider', value) }))} choose={(value) => go({ ...filter, provider: value })} />
        <FilterSelect label={t('paying.device')} value={filter.device} data={DEVICES.map((value) => ({ value, label: word('device', value) }))} choose={(value) => go({ ...filter, device: value })} />
      </div>
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && payments.length === 0 && !list.hasNextPage ? <Empty title={t(filtered ? 'money.no_payments_filtered' : 'money.no_payments_yet')} hint={t(filtered ? 'holders.none_filtered_hint' : 'money.no_payments_hint')} /> : null}
        {payments.length === 0 ? null : (
          <DataTable name="payments" columns={columnsOf(t)} rows={payments} rowKey={addressOf} open={(row) => go({ ...filter, open: addressOf(row) })} isOpen={(row) => addressOf(row) === open} />
        )}
        <MoreRows list={list} />
      </Card>
      {shown === null ? null : (
        <SidePanel title={t('money.payment')} close={() => go(filter)}>
          <BillPanel holderId={shown.holderId} billId={shown.billId} paymentId={shown.paymentId} />
        </SidePanel>
      )}
    </div>
  );
}

const columnsOf = (t: (key: TextKey) => string): readonly Column<Row>[] => [
  { key: 'at', title: t('money.when'), wide: true, value: (row) => row.settled_at ?? row.created_at, cell: (row) => <span className={css['code']}>{moment(row.settled_at ?? row.created_at)}</span> },
  {
    key: 'holder', title: t('money.holder'), value: ({ holder_name: name }) => name,
    cell: ({ holder_name: name, reference }) => <><strong>{name}</strong><div className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{reference}</div></>,
  },
  { key: 'method', title: t('money.method'), wide: true, value: ({ method }) => method, cell: ({ method, device }) => <>{word('method', method)}{device === null ? null : <div className={css['quiet']}>{word('device', device)}</div>}</> },
  {
    key: 'provider', title: t('money.provider'), wide: true, value: ({ provider, provider_reference: reference }) => [provider, reference].filter((part) => part !== null).join(' '),
    cell: ({ provider, provider_reference: reference }) => <>{word('provider', provider)}<div className={css['quiet']}>{reference}</div></>,
  },
  {
    key: 'state', title: t('money.state'), value: ({ state }) => state,
    cell: ({ state, failure }) => <><StateBadge group="payment_state" value={state} />{failure === null ? null : <div className={css['quiet']}>{word('failure', failure)}</div>}</>,
  },
  { key: 'amount', title: t('money.amount'), amount: true, value: ({ amount_minor: minor }) => minor, cell: ({ amount_minor: minor, currency }) => <strong>{money(minor, currency)}</strong> },
];

function Cash() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const cash = useQuery(cashQuery);
  if (cash.error !== null) return <Failed error={cash.error} retry={() => void cash.refetch()} />;
  if (cash.data === undefined) return <Loading rows={2} />;
  const rows = cash.data.cash;
  return (
    <section aria-label={t('figure.cash_today')}>
      <p className={css['quiet']}>
        {t('figure.cash_today')} <Simulated simulated={session.insurer.simulated} />
      </p>
      {rows.length === 0 ? <p>{t('money.no_cash')}</p> : (
        <div className={own['sums']}>
          {rows.map((row) => (
            <div key={row.currency} className={own['sum']}>
              <b>{money(row.today_minor, row.currency)}</b>
              <span className={css['quiet']}>{t('figure.payments', { count: row.payments, number: count(row.payments) })}</span>
              <span className={css['quiet']}>{t('figure.yesterday', { value: money(row.yesterday_minor, row.currency) })}</span>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

/** Money that found no bill: of a known payer, or of nobody we know. */
function Homeless({ open }: { open: (item: Item) => void }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(suspenseQuery);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const sums = list.data?.pages[0]?.sums ?? [];
  return (
    <Card title={t('money.homeless')} aside={<span className={css['quiet']}>{sums.map((sum) => t('money.homeless_sum', { amount: money(sum.amount_minor, sum.currency), days: count(sum.oldest_days) })).join(' · ')} <Link className={css['link']} to="/suspense">{t('money.work_on_homeless')}</Link></span>}>
      {list.isPending ? <Loading rows={2} /> : null}
      {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && items.length === 0 ? <Empty title={t('money.no_homeless')} hint={t('money.no_homeless_hint')} /> : null}
      {items.length === 0 ? null : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <thead>
              <tr>
                <th>{t('money.payer')}</th>
                <th className={css['wide']}>{t('money.reference')}</th>
                <th>{t('money.reason')}</th>
                <th>{t('money.age')}</th>
                <th className={css['amount']}>{t('money.amount')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={`${item.kind} ${item.id}`}>
                  <td>{item.bill_id === null ? item.payer || '—' : <button type="button" className={own['figure']} onClick={() => open(item)}><strong>{item.payer}</strong></button>}</td>
                  <td className={css['wide']}>{item.reference ?? '—'}</td>
                  <td>{word('suspense_reason', item.reason)}</td>
                  <td className={css['code']}>
                    {t('money.days', { number: count(item.age_days) })}
                    <div className={css['quiet']}>{day(item.received_on)}</div>
                  </td>
                  <td className={css['amount']}><strong>{money(item.amount_minor, item.currency)}</strong></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <MoreRows list={list} />
    </Card>
  );
}
