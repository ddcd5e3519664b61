/** Which bills must not leave yet? Held by what was found; each is released, put right or withdrawn. The sample, the last nights, and how right bills are. */

import { Button, SegmentedControl, Textarea, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { billReviewQuery, billSampleQuery, heldBillsQuery, releaseAll, sampleSeen } from '../data/bill-review.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money } from '../parts/format.ts';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { rowOf } from './bill-address.ts';
import { BillPanel } from './bill-panel.tsx';
import { Nights, Quality } from './bill-review-figures.tsx';
import { HeldPanel, REVIEW_STALE, REVIEWERS } from './bill-review-panel.tsx';
import collect from './collect.module.css';
import filters from './holders.module.css';
import own from './money.module.css';

const route = getRouteApi('/inside/bill-review');
type Row = Data['held_bills']['bills'][number];
type SampleRow = Data['bill_sample']['bills'][number];
type Review = Data['bill_review'];
const PARTS = ['held', 'sample', 'figures'] as const;
const MARKETS = ['CN', 'HK', 'TW', 'PH', 'DE', 'US'];

export function BillReviewPage() {
  const { t } = useTranslation();
  const { part = 'held', open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const review = useQuery(billReviewQuery);
  const may = REVIEWERS.includes(session.user.role);
  const go = (next: { part?: string | undefined; check?: string | undefined; market?: string | undefined; open?: string | undefined }): void => void navigate({ to: '/bill-review', search: next });
  const { data } = review;
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.bill_review')}</Title>
      {review.error === null ? null : <Failed error={review.error} retry={() => void review.refetch()} />}
      {data === undefined ? null : <First review={data} simulated={session.insurer.simulated} />}
      <div>
        <SegmentedControl value={part} onChange={(value) => go({ part: value === 'held' ? undefined : value })}
          data={PARTS.map((value) => ({ value, label: value === 'sample' && data !== undefined && data.sample > 0 ? `${t('review.part_sample')} (${count(data.sample)})` : t(`review.part_${value}`) }))} />
      </div>
      {data === undefined ? <Loading rows={6} /> : part === 'figures' ? <><Quality review={data} /><Nights review={data} /></>
        : part === 'sample' ? <Sample open={open} may={may} show={(next) => go({ part, open: next })} />
          : <Held review={data} filter={filter} open={open} may={may} go={go} />}
    </div>
  );
}

/** The largest figure first: how many bills wait, and what they are worth. */
function First({ review, simulated }: { review: Review; simulated: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={collect['figures']}>
      <div className={collect['figure']}><span className={collect['big']}>{count(review.waiting)}</span>{t('review.waiting', { count: review.waiting })} <Simulated simulated={simulated} /></div>
      {review.amounts.map(({ currency, amount_minor: minor }) => <div key={currency} className={collect['figure']}><span className={collect['small']}>{money(minor, currency)}</span></div>)}
      {review.asked === 0 ? null : <div className={collect['figure']}><span className={collect['small']}>{count(review.asked)}</span>{t('review.asked', { count: review.asked })}</div>}
    </div>
  );
}

function Held({ review, filter, open, may, go }: {
  review: Review; filter: { check?: string | undefined; market?: string | undefined }; open: string | undefined; may: boolean;
  go: (next: { check?: string | undefined; market?: string | undefined; open?: string | undefined }) => void;
}) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(heldBillsQuery(filter));
  const [line, setLine] = useState<string | null>(null);
  const bills = list.data?.pages.flatMap((page) => page.bills) ?? [];
  const chosen = review.checks.find(({ check }) => check === filter.check);
  const shown = rowOf(open);
  const after = bills[bills.findIndex(({ reference }) => reference === open) + 1]?.reference;
  return (
    <>
      {review.checks.length === 0 ? null : (
        <section aria-label={t('review.by_reason')} className={own['sums']}>
          {review.checks.map(({ check, reason, bills: number, amounts }) => (
            <button key={check} type="button" className={own['sum']} aria-pressed={check === filter.check} onClick={() => go({ ...filter, check: check === filter.check ? undefined : check })}>
              <span className={css['quiet']}>{reason}</span>
              <b>{count(number)}</b>
              <span className={own['amounts']}>{amounts.map(({ currency, amount_minor: minor }) => <span key={currency}>{money(minor, currency)}</span>)}</span>
            </button>
          ))}
        </section>
      )}
      <div className={filters['filters']}>
        <FilterSelect label={t('review.reason')} value={filter.check} data={review.checks.map(({ check, reason }) => ({ value: check, label: reason }))} choose={(check) => go({ ...filter, check })} />
        <FilterSelect label={t('column.market')} value={filter.market} data={MARKETS.map((value) => ({ value, label: word('market', value) }))} choose={(market) => go({ ...filter, market })} />
      </div>
      {line === null ? null : <div role="status" className={collect['said']}>{line}</div>}
      {may && chosen !== undefined && chosen.alone > 0 ? <ReleaseAll key={chosen.check} chosen={chosen} said={setLine} /> : null}
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && bills.length === 0 && !list.hasNextPage ? <Empty title={t(filter.check === undefined && filter.market === undefined ? 'review.none' : 'review.none_filtered')} hint={t('review.none_hint')} /> : null}
        {bills.length === 0 ? null : (
          <DataTable name="held-bills" columns={columnsOf(t)} rows={bills} rowKey={({ reference }) => reference} open={(row) => go({ ...filter, open: row.reference })} isOpen={(row) => row.reference === open} />
        )}
        <MoreRows list={list} />
      </Card>
      {shown === null ? null : (
        <SidePanel title={t('money.bill', { reference: `${shown.holderId}-${shown.billId}` })} close={() => go(filter)}>
          <HeldPanel key={open} holderId={shown.holderId} billId={shown.billId} may={may} answered={(text) => { setLine(text); go({ ...filter, open: after }); }} />
        </SidePanel>
      )}
    </>
  );
}

/** All bills that wait for one finding alone: as many as are shown, or none. */
function ReleaseAll({ chosen, said }: { chosen: Review['checks'][number]; said: (text: string) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState('');
  const release = useMutation({
    mutationFn: () => releaseAll(chosen.check, chosen.alone, note.trim()),
    onSuccess: ({ released }) => { said(t('review.released_all', { count: released })); setAsking(false); },
    onSettled: () => Promise.all(REVIEW_STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  if (!asking) return <div><Button variant="default" onClick={() => setAsking(true)}>{t('review.release_all', { count: chosen.alone })}</Button></div>;
  return (
    <Card title={t('review.release_all', { count: chosen.alone })}>
      <form onSubmit={(event) => { event.preventDefault(); release.mutate(); }}>
        <p className={css['quiet']}>{t('review.release_all_hint', { reason: chosen.reason })}</p>
        <Textarea label={t('review.note')} required autosize minRows={2} maxLength={2_000} value={note} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
        {release.error === null ? null : <Failed error={release.error} />}
        <div className={own['buttons']}>
          <Button type="submit" loading={release.isPending} disabled={note.trim() === ''}>{t('review.release_all', { count: chosen.alone })}</Button>
          <Button variant="default" onClick={() => setAsking(false)}>{t('correction.leave')}</Button>
        </div>
      </form>
    </Card>
  );
}

const reasonsOf = ({ findings }: Row): string => findings.filter(({ severity }) => severity === 'hold').map(({ reason }) => reason).join(', ');
const columnsOf = (t: TFunction): readonly Column<Row>[] => [
  {
    key: 'holder', title: t('money.holder'), value: ({ holder_name: name }) => name,
    cell: ({ holder_name: name, policy_number: number }) => <><strong>{name}</strong><div className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{number}</div></>,
  },
  { key: 'reason', title: t('review.reason'), value: reasonsOf, cell: (row) => <>{reasonsOf(row)}{row.state === 'asked' ? <div><StateBadge group="hold_state" value="asked" /></div> : null}</> },
  { key: 'market', title: t('column.market'), wide: true, value: ({ market }) => market, cell: ({ market }) => word('market', market) },
  { key: 'held', title: t('review.held_on'), wide: true, value: ({ held_on: on }) => on, cell: ({ held_on: on }) => <span className={css['code']}>{day(on)}</span> },
  { key: 'due', title: t('column.due'), wide: true, value: ({ due_on: on }) => on, cell: ({ due_on: on }) => <span className={css['code']}>{day(on)}</span> },
  { key: 'amount', title: t('money.amount'), amount: true, value: ({ amount_minor: minor }) => minor, cell: ({ amount_minor: minor, currency }) => <strong>{money(minor, currency)}</strong> },
];

/** Bills that have left and that chance has drawn: looked at beside the last one, and ticked off. */
function Sample({ open, may, show }: { open: string | undefined; may: boolean; show: (open: string | undefined) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const list = useInfiniteQuery(billSampleQuery);
  const bills = list.data?.pages.flatMap((page) => page.bills) ?? [];
  const shown = rowOf(open);
  const seen = useMutation({
    mutationFn: (rows: readonly SampleRow[]) => Promise.all(rows.map((row) => sampleSeen(row.holder_id, row.bill_id))),
    onSettled: () => client.invalidateQueries({ queryKey: ['bill-review'] }),
  });
  return (
    <Card title={t('review.sample_title')}>
      {list.isPending ? <Loading rows={8} /> : null}
      {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
      {seen.error === null ? null : <Failed error={seen.error} />}
      {list.isSuccess && bills.length === 0 ? <Empty title={t('review.no_sample')} hint={t('review.sample_hint')} /> : null}
      {bills.length === 0 ? null : (
        <DataTable name="sampled-bills" columns={sampleColumns(t)} rows={bills} rowKey={({ reference }) => reference} open={(row) => show(row.reference)} isOpen={(row) => row.reference === open}
          bulk={may ? { label: t('review.seen'), act: (rows, clear) => { seen.mutate(rows); clear(); } } : undefined} />
      )}
      <MoreRows list={list} />
      {shown === null ? null : (
        <SidePanel title={t('money.bill', { reference: `${shown.holderId}-${shown.billId}` })} close={() => show(undefined)}><BillPanel holderId={shown.holderId} billId={shown.billId} /></SidePanel>
      )}
    </Card>
  );
}

const sampleColumns = (t: TFunction): readonly Column<SampleRow>[] => [
  {
    key: 'holder', title: t('money.holder'), value: ({ holder_name: name }) => name,
    cell: ({ holder_name: name, policy_number: number }) => <><strong>{name}</strong><div className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{number}</div></>,
  },
  { key: 'market', title: t('column.market'), wide: true, value: ({ market }) => market, cell: ({ market }) => word('market', market) },
  { key: 'drawn', title: t('review.drawn_on'), wide: true, value: ({ found_on: on }) => on, cell: ({ found_on: on }) => <span className={css['code']}>{day(on)}</span> },
  { key: 'due', title: t('column.due'), value: ({ due_on: on }) => on, cell: ({ due_on: on }) => <span className={css['code']}>{day(on)}</span> },
  { key: 'amount', title: t('money.amount'), amount: true, value: ({ amount_minor: minor }) => minor, cell: ({ amount_minor: minor, currency }) => money(minor, currency) },
];
