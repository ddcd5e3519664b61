/** Bills: what is open and at which stage, and each bill explained line by line. */

import { Select, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { billReviewQuery } from '../data/bill-review.ts';
import { billsQuery, billSumsQuery } from '../data/money.ts';
import { sessionQuery } from '../data/queries.ts';
import { word, type TextKey } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { rowOf } from './bill-address.ts';
import { BillPanel } from './bill-panel.tsx';
import filters from './holders.module.css';
import own from './money.module.css';

const route = getRouteApi('/inside/bills');
type Row = Data['bills']['bills'][number];
const REVIEW_READERS: readonly string[] = ['manager', 'finance', 'auditor'];
const STATES = ['open', 'paid', 'written_off'];
const STAGES = ['not_due', 'due', 'grace', 'late', 'suspended', 'lapsed'];
const MARKETS = ['CN', 'HK', 'TW', 'PH', 'DE', 'US'];

export function BillsPage() {
  const { t } = useTranslation();
  const { open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(billsQuery(filter));
  const bills = list.data?.pages.flatMap((page) => page.bills) ?? [];
  const go = (next: typeof filter & { open?: string | undefined }): void => void navigate({ to: '/bills', search: next });
  const shown = rowOf(open);
  const filtered = filter.state !== undefined || filter.stage !== undefined || filter.market !== undefined;
  const state = filter.state ?? 'open';
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.bills')}</Title>
      <HeldLine />
      <Sums stage={filter.stage} choose={(stage) => go({ market: filter.market, stage })} />
      <div className={filters['filters']}>
        <Select size="sm" aria-label={t('money.state')} value={state} allowDeselect={false} data={STATES.map((value) => ({ value, label: word('bill_state', value) }))}
          onChange={(value) => go({ market: filter.market, state: value === 'open' || value === null ? undefined : value })} />
        <FilterSelect label={t('column.stage')} value={filter.stage} disabled={state !== 'open'} data={STAGES.map((value) => ({ value, label: word('bill_stage', value) }))} choose={(value) => go({ ...filter, stage: value })} />
        <FilterSelect label={t('column.market')} value={filter.market} data={MARKETS.map((value) => ({ value, label: word('market', value) }))} choose={(value) => go({ ...filter, market: value })} />
      </div>
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && bills.length === 0 && !list.hasNextPage ? <Empty title={t(filtered ? 'money.no_bills_filtered' : 'money.no_bills')} hint={t(filtered ? 'holders.none_filtered_hint' : 'bills.none_hint')} /> : null}
        {bills.length === 0 ? null : (
          <DataTable name="bills" columns={columnsOf(t)} rows={bills} rowKey={({ reference }) => reference} open={(row) => go({ ...filter, open: row.reference })} isOpen={(row) => row.reference === open} />
        )}
        <MoreRows list={list} />
      </Card>
      {shown === null ? null : (
        <SidePanel title={t('money.bill', { reference: `${shown.holderId}-${shown.billId}` })} close={() => go(filter)}>
          <BillPanel holderId={shown.holderId} billId={shown.billId} />
        </SidePanel>
      )}
    </div>
  );
}

/** What must not leave yet, for those who answer it. */
function HeldLine() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const review = useQuery({ ...billReviewQuery, enabled: REVIEW_READERS.includes(session.user.role) });
  if (review.data === undefined || review.data.waiting === 0) return null;
  return <p><Link className={css['link']} to="/bill-review">{t('review.on_bills', { count: review.data.waiting })}</Link></p>;
}

const columnsOf = (t: (key: TextKey) => string): readonly Column<Row>[] => [
  { key: 'reference', title: t('column.bill'), wide: true, value: ({ reference }) => reference, cell: ({ reference }) => <span className={css['code']}>{reference}</span> },
  {
    key: 'holder', title: t('money.holder'), value: ({ holder_name: name }) => name,
    cell: ({ holder_name: name, policy_number: number }) => <><strong>{name}</strong><div className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{number}</div></>,
  },
  { key: 'market', title: t('column.market'), wide: true, value: ({ market }) => market, cell: ({ market }) => word('market', market) },
  {
    key: 'due', title: t('column.due'), value: ({ due_on: on }) => on,
    cell: (row) => (
      <>
        <div className={css['code']}>{day(row.due_on)}</div>
        <StateBadge group={row.state === 'open' ? 'bill_stage' : 'bill_state'} value={row.state === 'open' ? row.stage : row.state} />
        {row.disputed ? <> <StateBadge group="bill_mark" value="disputed" /></> : null}
        {row.in_flight ? <> <StateBadge group="bill_mark" value="in_flight" /></> : null}
      </>
    ),
  },
  { key: 'stage', title: t('column.stage'), wide: true, value: ({ state, stage }) => (state === 'open' ? stage : state), cell: ({ grace_ends_on: on, paid_on: paid }) => <Until graceEndsOn={on} paidOn={paid} /> },
  { key: 'amount', title: t('money.amount'), wide: true, amount: true, value: ({ amount_minor: minor }) => minor, cell: ({ amount_minor: minor, currency }) => money(minor, currency) },
  {
    key: 'outstanding', title: t('money.outstanding'), amount: true, value: ({ outstanding_minor: minor }) => minor,
    cell: ({ outstanding_minor: minor, currency }) => <strong>{money(minor, currency)}</strong>,
  },
];

function Until({ graceEndsOn, paidOn }: { graceEndsOn: string | null; paidOn: string | null }) {
  const { t } = useTranslation();
  if (paidOn !== null) return <span className={css['code']}>{t('money.paid_at', { day: day(paidOn) })}</span>;
  return graceEndsOn === null ? <>—</> : <span className={css['code']}>{t('money.grace_until', { day: day(graceEndsOn) })}</span>;
}

/** Open bills by stage, each a filter; of a very large book by age, of the last report's day. */
function Sums({ stage, choose }: { stage: string | undefined; choose: (stage: string | undefined) => void }) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const sums = useQuery(billSumsQuery);
  if (sums.error !== null) return <Failed error={sums.error} retry={() => void sums.refetch()} />;
  if (sums.data === undefined) return <Loading rows={2} />;
  const { by, on_date: on, groups } = sums.data;
  const total = groups.reduce((sum, group) => sum + group.bills, 0);
  const name = (group: string): string => (by === 'stage' ? word('bill_stage', group) : t(`ageing.${group}_minor` as TextKey));
  return (
    <section aria-label={t('bills.open')}>
      <p className={css['quiet']}>
        {on === null ? t('money.open_now', { number: count(total) }) : t('money.open_on', { number: count(total), day: day(on) })} <Simulated simulated={session.insurer.simulated} />
      </p>
      <div className={own['sums']}>
        {[...new Set(groups.map(({ group }) => group))].map((group) => {
          const rows = groups.filter((row) => row.group === group);
          const body = (
            <>
              <span className={css['quiet']}>{name(group)}</span>
              <b>{count(rows.reduce((sum, row) => sum + row.bills, 0))}</b>
              <span className={own['amounts']}>{rows.map((row) => <span key={row.currency}>{money(row.outstanding_minor, row.currency)}</span>)}</span>
            </>
          );
          return by === 'stage'
            ? <button key={group} type="button" className={own['sum']} aria-pressed={group === stage} onClick={() => choose(group === stage ? undefined : group)}>{body}</button>
            : <div key={group} className={own['sum']}>{body}</div>;
        })}
      </div>
    </section>
  );
}
