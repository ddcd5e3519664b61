/** What is stuck: disputes by the day on which they are to be answered, and their answer. */

import { Button, Radio, SegmentedControl, Textarea, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { closeDispute, disputeQuery, disputesQuery, RESOLUTIONS, type Dispute, type Resolution } from '../data/collect.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, moment, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './collect.module.css';
import { disputeReason } from './holder-time-line.tsx';

const route = getRouteApi('/inside/disputes');
/** What a closed dispute changes elsewhere. */
const STALE = ['disputes', 'today', 'holder', 'bills', 'calls'];
const addressOf = ({ holder_id, dispute_id }: Dispute): string => `${holder_id}-${dispute_id}`;

export function DisputesPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(disputesQuery(filter));
  const [line, setLine] = useState<string | null>(null);
  const first = list.data?.pages[0];
  const disputes = list.data?.pages.flatMap((page) => page.disputes) ?? [];
  const show = (open: string | undefined): void => void navigate({ to: '/disputes', search: { ...filter, open } });
  const [holderId, disputeId] = (filter.open ?? '').split('-').map(Number);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.disputes')}</Title>
      {first === undefined ? null : (
        <div className={own['figures']}>
          <div className={own['figure']}><span className={own['big']}>{count(first.open)}</span>{t('disputes.open_now')}</div>
          <div className={own['figure']}>
            <span className={`${own['small'] ?? ''} ${first.overdue === 0 ? '' : (own['bad'] ?? '')}`}>{count(first.overdue)}</span>{t('disputes.overdue')}
          </div>
          <div className={own['figure']}><span className={own['small']}>{count(first.answer_today)}</span>{t('disputes.answer_today')}</div>
        </div>
      )}
      <div>
        <SegmentedControl
          value={filter.state ?? 'open'}
          onChange={(value) => void navigate({ to: '/disputes', search: { state: value === 'closed' ? value : undefined } })}
          data={[{ value: 'open', label: t('disputes.open') }, { value: 'closed', label: t('disputes.closed') }]}
        />
      </div>
      {line === null ? null : <div role="status" className={own['said']}>{line}</div>}
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && disputes.length === 0 ? (
          <Empty title={t(filter.state === 'closed' ? 'disputes.none_closed' : 'disputes.none')} hint={t('disputes.none_hint')} />
        ) : null}
        {disputes.length === 0 ? null : (
          <DataTable
            name="disputes" columns={columnsOf(t, filter.state === 'closed')} rows={disputes} rowKey={addressOf} open={(row) => show(addressOf(row))}
            isOpen={(row) => addressOf(row) === filter.open}
          />
        )}
        <MoreRows list={list} />
      </Card>
      {holderId === undefined || disputeId === undefined ? null : (
        <Panel holderId={holderId} disputeId={disputeId} close={() => show(undefined)} closed={(text) => { setLine(text); show(undefined); }} />
      )}
    </div>
  );
}

function Deadline({ dispute }: { dispute: Dispute }) {
  const { t } = useTranslation();
  return (
    <>
      <span className={`${css['code'] ?? ''} ${dispute.days_overdue > 0 ? (own['bad'] ?? '') : ''}`}>{day(dispute.answer_by)}</span>
      {dispute.days_overdue > 0 ? <div className={own['bad']}>{t('disputes.days_overdue', { count: dispute.days_overdue })}</div> : null}
    </>
  );
}

const resolutionOf = (row: Dispute): string => (row.resolution === null ? '' : word('dispute_resolution', row.resolution));

const columnsOf = (t: TFunction, closed: boolean): readonly Column<Dispute>[] => [
  { key: 'answer_by', title: t('disputes.answer_by'), value: (row) => row.answer_by, cell: (row) => <Deadline dispute={row} /> },
  { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => <span className={own['person']}>{row.holder_name}</span> },
  { key: 'reason', title: t('disputes.reason'), value: (row) => disputeReason(row.reason), cell: (row) => disputeReason(row.reason) },
  { key: 'market', title: t('column.market'), wide: true, value: (row) => word('market', row.market), cell: (row) => word('market', row.market) },
  { key: 'policy', title: t('column.policy'), wide: true, value: (row) => row.policy_number, cell: (row) => <span className={css['code']}>{row.policy_number}</span> },
  { key: 'outstanding', title: t('disputes.outstanding'), amount: true, wide: true, value: (row) => row.outstanding_minor, cell: (row) => money(row.outstanding_minor, row.currency) },
  ...(closed ? [{ key: 'resolution', title: t('disputes.answer'), wide: true, value: resolutionOf, cell: resolutionOf }] : []),
];

function Panel({ holderId, disputeId, close, closed }: { holderId: number; disputeId: number; close: () => void; closed: (text: string) => void }) {
  const { t } = useTranslation();
  const dispute = useQuery(disputeQuery(holderId, disputeId));
  const session = useQuery(sessionQuery).data;
  const role = session?.user.role;
  const { data } = dispute;
  return (
    <SidePanel title={data?.holder_name ?? t('room.disputes')} close={close}>
      {dispute.isPending ? <Loading /> : null}
      {dispute.error === null ? null : <Failed error={dispute.error} retry={() => void dispute.refetch()} />}
      {data === undefined ? null : (
        <>
          <Facts dispute={data} timeZone={session?.insurer.time_zone} />
          {data.closed_at === null && (role === 'manager' || role === 'agent') ? <Answer dispute={data} closed={closed} /> : null}
        </>
      )}
    </SidePanel>
  );
}

function Facts({ dispute, timeZone }: { dispute: Dispute; timeZone: string | undefined }) {
  const { t } = useTranslation();
  return (
    <dl className={own['facts']}>
      <dt>{t('disputes.reason')}</dt>
      <dd>{disputeReason(dispute.reason)}</dd>
      <dt>{t('disputes.answer_by')}</dt>
      <dd><Deadline dispute={dispute} /></dd>
      <dt>{t('disputes.opened')}</dt>
      <dd>{moment(dispute.opened_at, timeZone)}</dd>
      <dt>{t('disputes.bill')}</dt>
      <dd>
        {dispute.policy_number} · {word('line', dispute.line)} · {day(dispute.due_on)} · {money(dispute.amount_minor, dispute.currency)}{' '}
        <StateBadge group={dispute.bill_state === 'open' ? 'bill_stage' : 'bill_state'} value={dispute.bill_state === 'open' ? dispute.bill_stage : dispute.bill_state} />
      </dd>
      <dt>{t('disputes.outstanding')}</dt>
      <dd>{money(dispute.outstanding_minor, dispute.currency)}</dd>
      {dispute.closed_at === null ? null : (
        <>
          <dt>{t('disputes.answer')}</dt>
          <dd>{dispute.resolution === null ? '—' : word('dispute_resolution', dispute.resolution)}{dispute.resolution_note === null ? '' : `\n${dispute.resolution_note}`}</dd>
          <dt>{t('disputes.closed_by')}</dt>
          <dd>{dispute.closed_by ?? '—'}, {moment(dispute.closed_at, timeZone)}</dd>
        </>
      )}
      <dt />
      <dd><Link className={css['link']} to="/bills" search={{ open: `${dispute.holder_id}-${dispute.bill_id}` }}>{t('disputes.open_bill')}</Link> · <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(dispute.holder_id) }}>{t('disputes.holder')}</Link></dd>
    </dl>
  );
}

function Answer({ dispute, closed }: { dispute: Dispute; closed: (text: string) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [resolution, setResolution] = useState<Resolution | null>(null);
  const [note, setNote] = useState('');
  const answer = useMutation({
    mutationFn: (chosen: Resolution) => closeDispute(dispute, chosen, note),
    onSuccess: (result) => closed(t(result.collection_goes_on ? 'disputes.closed_goes_on' : 'disputes.closed_rests', { name: dispute.holder_name })),
    // Also after a refusal: a colleague may have closed it.
    onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (resolution !== null) answer.mutate(resolution); }}>
      <Radio.Group label={t('disputes.answer')} required value={resolution} onChange={(value) => setResolution(RESOLUTIONS.find((one) => one === value) ?? null)} mb="sm">
        {RESOLUTIONS.map((value) => <Radio key={value} value={value} label={word('dispute_resolution', value)} description={t(`disputes.hint_${value}`)} mt="xs" />)}
      </Radio.Group>
      <Textarea label={t('disputes.note')} description={t('disputes.note_hint')} autosize minRows={3} maxLength={2_000} value={note} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
      <p className={css['quiet']}>{t('disputes.close_hint')}</p>
      {answer.error === null ? null : <Failed error={answer.error} />}
      <Button type="submit" disabled={resolution === null} loading={answer.isPending}>{t('disputes.close')}</Button>
    </form>
  );
}
