/** Segments: who is alike, and how each group pays. */

import { Button, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { sessionQuery } from '../data/queries.ts';
import { addFirstSegments, conditionsOf, mayChangeSegments, segmentsQuery, type SegmentRow } from '../data/segments.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, decimal, money, percent } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import holders from './holders.module.css';
import { SegmentForm } from './segment-form.tsx';
import { sentenceOf } from './segment-words.ts';
import own from './segments.module.css';

const route = getRouteApi('/inside/segments');
type Book = Data['segments']['book'];

export function SegmentsPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const asked = useQuery(segmentsQuery);
  const segments = asked.data?.segments ?? [];
  const [live, archived] = [segments.filter(({ archived_at: at }) => at === null), segments.filter(({ archived_at: at }) => at !== null)];
  const may = mayChangeSegments(session);
  const mainCurrency = session.insurer.reporting_currency;
  const first = useMutation({
    mutationFn: addFirstSegments,
    onSuccess: ({ added }) => {
      toast(t('segments.first_made', { count: added }));
      return client.invalidateQueries({ queryKey: ['segments'] });
    },
  });
  const see = (segmentId: number): void => void navigate({ to: '/segments/$segmentId', params: { segmentId: String(segmentId) } });
  const book = asked.data?.book ?? null;
  const currencies = currenciesOf(book, mainCurrency);
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.segments')}</Title>
        <span className={css['quiet']}>{t('segments.question')}</span>
        <Simulated simulated={session.insurer.simulated} />
        {may ? <div className={own['acts']}><Button size="compact-md" leftSection={<IconPlus size={15} />} onClick={() => void navigate({ to: '/segments', search: { open: 'new' } })}>{t('segments.new')}</Button></div> : null}
      </div>
      <Card>
        {asked.isPending ? <Loading rows={6} /> : null}
        {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
        {first.error === null ? null : <Failed error={first.error} />}
        {asked.isSuccess && live.length === 0 ? (
          <Empty title={t('segments.none')} hint={t('segments.none_hint')}>
            {may ? <Button variant="default" loading={first.isPending} onClick={() => first.mutate()}>{t('segments.first')}</Button> : null}
          </Empty>
        ) : null}
        {book === null || live.length === 0 ? null : (
          <p className={`${css['quiet'] ?? ''} ${own['before'] ?? ''}`}>{t('segments.book_line', { holders: count(book.holders), on_time: shareText(book.on_time, book.due), late: shareText(book.expected, book.ahead) })}</p>
        )}
        {live.length === 0 ? null : <DataTable name="segments" columns={columnsOf(t, book, mainCurrency)} rows={live} rowKey={(row) => row.segment_id} open={(row) => see(row.segment_id)} />}
      </Card>
      {archived.length === 0 ? null : (
        <Card title={t('segments.archived')}>
          <DataTable name="segments-archived" columns={[nameColumn(t, mainCurrency)]} rows={archived} rowKey={(row) => row.segment_id} open={(row) => see(row.segment_id)} />
        </Card>
      )}
      {open === 'new' && may ? (
        <SidePanel title={t('segments.new')} close={() => void navigate({ to: '/segments', search: {} })}><SegmentForm segment={null} currencies={currencies} saved={see} /></SidePanel>
      ) : null}
    </div>
  );
}

/** Those of the book, the insurer's own first. */
export const currenciesOf = (book: Book, mainCurrency: string): readonly string[] => [...new Set([mainCurrency, ...(book?.premium ?? []).map(({ currency }) => currency)])];

const shareText = (part: number, whole: number): string => (whole === 0 ? '—' : percent(part / whole));

const nameColumn = (t: TFunction, mainCurrency: string): Column<SegmentRow> => ({
  key: 'name', title: t('segments.name'), value: (row) => row.name,
  cell: (row) => (
    <div className={own['named']}>
      <Link className={holders['name']} to="/segments/$segmentId" params={{ segmentId: String(row.segment_id) }}>{row.name}</Link>
      <span className={css['quiet']}>{sentenceOf(t, conditionsOf(row), mainCurrency)}</span>
    </div>
  ),
});

function columnsOf(t: TFunction, book: Book, mainCurrency: string): readonly Column<SegmentRow>[] {
  const known = (row: SegmentRow, text: string): string => (row.counted_on === null ? '—' : text);
  const onTime = ({ sums }: SegmentRow): number | null => (sums.due === 0 ? null : sums.on_time / sums.due);
  const main = ({ sums }: SegmentRow): { currency: string; amount_minor: number } | undefined => sums.premium.find(({ currency }) => currency === mainCurrency) ?? sums.premium[0];
  return [
    nameColumn(t, mainCurrency),
    {
      key: 'holders', title: t('segments.holders'), amount: true, value: (row) => (row.counted_on === null ? null : row.sums.holders),
      cell: (row) => (row.counted_on === null ? <span className={css['quiet']}>{t('segments.waiting')}</span> : (
        <>{count(row.sums.holders)}{book === null || book.holders === 0 ? null : <div className={css['quiet']}>{t('segments.share', { share: percent(row.sums.holders / book.holders, 0) })}</div>}</>
      )),
    },
    { key: 'on_time', title: t('segments.on_time'), amount: true, value: onTime, cell: (row) => { const share = onTime(row); return share === null ? '—' : percent(share); } },
    {
      key: 'expected', title: t('segments.expected'), amount: true, wide: true, value: (row) => (row.sums.ahead === 0 ? null : row.sums.expected / row.sums.ahead),
      cell: (row) => (row.sums.ahead === 0 ? '—' : (
        <>{percent(row.sums.expected / row.sums.ahead)}<div className={css['quiet']}>{t('segments.expected_of', { late: decimal(row.sums.expected, 0), bills: count(row.sums.ahead) })}</div></>
      )),
    },
    {
      key: 'premium', title: t('segments.premium'), amount: true, wide: true, value: (row) => main(row)?.amount_minor ?? null,
      cell: (row) => {
        const shown = main(row);
        const others = row.sums.premium.length - 1;
        return shown === undefined ? known(row, '0') : <>{money(shown.amount_minor, shown.currency)}{others < 1 ? null : <div className={css['quiet']}>{t('segments.more_currencies', { count: others })}</div>}</>;
      },
    },
  ];
}
