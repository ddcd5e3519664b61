/** Did it arrive? How far messages came by channel, what did not arrive, who heard nothing, and what holders say. */

import { Button, SegmentedControl, TextInput, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { MARKETS } from '../data/law.ts';
import { sessionQuery } from '../data/queries.ts';
import { CHANNELS, deliveryQuery, NOT_ARRIVED_STATES, notArrivedFileAddress, notArrivedQuery, untouchedQuery } from '../data/reach.ts';
import { word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, moment, money } from '../parts/format.ts';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { SavedViews } from '../parts/saved-views.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { DeliverySteps } from './delivery-steps.tsx';
import { Feedback } from './delivery-feedback.tsx';
import { MessagePanel } from './delivery-panel.tsx';
import { failureWords } from './delivery-words.ts';
import filters from './holders.module.css';
import law from './law.module.css';

const route = getRouteApi('/inside/delivery');
const FILTERS = ['channel', 'state', 'market'] as const;
type Row = Data['not_arrived']['contacts'][number];
type Silent = Data['untouched']['bills'][number];

export function DeliveryPage() {
  const { t } = useTranslation();
  const { days, list, strategy, open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const sums = useQuery(deliveryQuery(days ?? '7'));
  const silent = useInfiniteQuery(untouchedQuery()).data?.pages[0];
  const go = (search: Partial<ReturnType<typeof route.useSearch>>): void => void navigate({ to: '/delivery', search: { days, list, strategy, ...filter, ...search } });
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.delivery')}</Title>
        <SegmentedControl
          size="xs" aria-label={t('delivery.period')} value={days ?? '7'} onChange={(value) => go({ days: value === '30' ? '30' : undefined })}
          data={[{ value: '7', label: t('delivery.days', { days: 7 }) }, { value: '30', label: t('delivery.days', { days: 30 }) }]}
        />
        {silent?.count == null || silent.count === 0 ? null : (
          <Link className={css['link']} to="/delivery" search={{ days, list: 'untouched' }}>
            {t('delivery.untouched_link', { number: `${count(silent.count)}${silent.counted_all ? '' : '+'}`, overdue: silent.overdue_days, silent: silent.silent_days })}
          </Link>
        )}
      </div>
      <Card title={t('delivery.question')} aside={<Simulated simulated={session.insurer.simulated} />}>
        {sums.error === null ? null : <Failed error={sums.error} retry={() => void sums.refetch()} />}
        {sums.isPending ? <Loading /> : null}
        {sums.data === undefined ? null : <DeliverySteps sums={sums.data} />}
      </Card>
      <Card
        title={t(list === 'untouched' ? 'delivery.untouched' : 'delivery.not_arrived')}
        aside={
          <SegmentedControl
            size="xs" aria-label={t('delivery.list')} value={list ?? 'not_arrived'} onChange={(value) => go({ list: value === 'untouched' ? 'untouched' : undefined, strategy: undefined })}
            data={[{ value: 'not_arrived', label: t('delivery.not_arrived') }, { value: 'untouched', label: t('delivery.untouched') }]}
          />
        }
      >
        {list === 'untouched' ? <Untouched /> : <NotArrived />}
      </Card>
      <Card title={t('delivery.feedback')} aside={<Simulated simulated={session.insurer.simulated} />}>
        <Feedback />
      </Card>
      {open === undefined ? null : <MessagePanel key={open} open={open} close={() => go({ open: undefined })} show={(next) => go({ open: next })} />}
    </div>
  );
}

const keyOf = (row: Row): string => `${row.holder_id}-${row.contact_id}`;

function NotArrived() {
  const { t } = useTranslation();
  const { days, list: _list, strategy: _strategy, open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(notArrivedQuery(filter));
  const rows = list.data?.pages.flatMap((page) => page.contacts) ?? [];
  const filtered = Object.values(filter).some((value) => value !== undefined);
  const choices = {
    channel: CHANNELS.map((value) => ({ value, label: word('channel', value) })),
    state: NOT_ARRIVED_STATES.map((value) => ({ value, label: word('contact_state', value) })),
    market: MARKETS.map((value) => ({ value, label: word('market', value) })),
  };
  const choose = (search: typeof filter): void => void navigate({ to: '/delivery', search: { days, ...search } });
  return (
    <>
      <div className={`${filters['filters'] ?? ''} ${law['filters'] ?? ''}`}>
        {FILTERS.map((name) => (
          <FilterSelect key={name} label={t(name === 'state' ? 'delivery.state' : `column.${name}`)} value={filter[name]} data={choices[name]} choose={(value) => choose({ ...filter, [name]: value })} />
        ))}
        <TextInput type="date" size="sm" aria-label={t('delivery.on')} value={filter.on ?? ''} onChange={(event) => choose({ ...filter, on: event.currentTarget.value || undefined })} />
        <SavedViews page="delivery" search={filter} choose={(search) => void navigate({ to: '/delivery', search })} />
        <Button component="a" href={notArrivedFileAddress(filter)} download size="sm" variant="default" leftSection={<IconDownload size={14} />}>{t('delivery.file')}</Button>
      </div>
      {list.isPending ? <Loading rows={8} /> : null}
      {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 ? (
        <Empty title={t(filtered ? 'delivery.none_filtered' : 'delivery.none')} hint={t(filtered ? 'actions.none_filtered_hint' : 'delivery.none_hint')} />
      ) : null}
      {rows.length === 0 ? null : (
        <DataTable
          name="not-arrived" columns={columnsOf(t)} rows={rows} rowKey={keyOf} isOpen={(row) => keyOf(row) === open}
          open={(row) => void navigate({ to: '/delivery', search: { days, ...filter, open: keyOf(row) } })}
        />
      )}
      <MoreRows list={list} />
    </>
  );
}

const columnsOf = (t: TFunction): readonly Column<Row>[] => [
  { key: 'state', title: t('delivery.state'), value: (row) => row.state, cell: (row) => <StateBadge group="contact_state" value={row.state} /> },
  { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => <strong>{row.holder_name}</strong> },
  { key: 'market', title: t('column.market'), wide: true, value: (row) => row.market, cell: (row) => word('market', row.market) },
  { key: 'channel', title: t('column.channel'), value: (row) => row.channel, cell: (row) => word('channel', row.channel) },
  { key: 'purpose', title: t('column.purpose'), wide: true, value: (row) => row.purpose, cell: (row) => word('purpose', row.purpose) },
  { key: 'failure', title: t('delivery.why'), wide: true, value: (row) => row.failure, cell: (row) => failureWords(row.failure) },
  {
    key: 'went_on', title: t('delivery.went_on'), wide: true, value: (row) => row.went_on_by.join(' '),
    cell: (row) => (row.went_on_by.length === 0 ? '—' : row.went_on_by.map((channel) => word('channel', channel)).join(t('dashboard.comma'))),
  },
  { key: 'at', title: t('delivery.known'), wide: true, value: (row) => row.at, cell: (row) => <span className={css['code']}>{moment(row.at, row.time_zone)}</span> },
];

function Untouched() {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { days, strategy } = route.useSearch();
  const list = useInfiniteQuery(untouchedQuery(strategy));
  const rows = list.data?.pages.flatMap((page) => page.bills) ?? [];
  return (
    <>
      {strategy === undefined ? null : (
        <p className={css['quiet']}>
          {t('delivery.floor', { id: strategy })}{' '}
          <Link className={css['link']} to="/delivery" search={{ days, list: 'untouched' }}>{t('delivery.floor_all')}</Link>
        </p>
      )}
      {list.isPending ? <Loading rows={8} /> : null}
      {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 ? <Empty title={t('delivery.untouched_none')} hint={t('delivery.untouched_none_hint')} /> : null}
      {rows.length === 0 ? null : (
        <>
          <p className={css['quiet']}>{t('delivery.untouched_hint')}</p>
          <DataTable
            name="no-contact" columns={silentColumns(t)} rows={rows} rowKey={(row) => row.reference}
            open={(row) => void navigate({ to: '/holders/$holderId', params: { holderId: String(row.holder_id) } })}
          />
        </>
      )}
      <MoreRows list={list} />
    </>
  );
}

const silentColumns = (t: TFunction): readonly Column<Silent>[] => [
  { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => <strong>{row.holder_name}</strong> },
  { key: 'market', title: t('column.market'), wide: true, value: (row) => row.market, cell: (row) => word('market', row.market) },
  { key: 'bill', title: t('column.bill'), wide: true, value: (row) => row.reference, cell: (row) => <span className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{row.reference}</span> },
  { key: 'owes', title: t('column.owes'), amount: true, value: (row) => row.outstanding_minor, cell: (row) => money(row.outstanding_minor, row.currency) },
  { key: 'overdue', title: t('delivery.overdue'), amount: true, value: (row) => row.days_overdue, cell: (row) => count(row.days_overdue) },
  { key: 'stage', title: t('column.bill_stage'), wide: true, value: (row) => row.stage, cell: (row) => <StateBadge group="bill_stage" value={row.stage} /> },
  { key: 'last', title: t('delivery.last_contact'), wide: true, value: (row) => row.last_contact_on, cell: (row) => (row.last_contact_on === null ? t('delivery.never') : day(row.last_contact_on)) },
];
