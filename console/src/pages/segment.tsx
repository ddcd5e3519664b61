/** One segment in three questions: what happened, what is to be expected, what is done about it. */

import { Button, SegmentedControl, Title } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconPencil } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../data/queries.ts';
import { archiveSegment, conditionsOf, mayChangeSegments, SEGMENT_BLOCKS, segmentQuery, segmentsQuery, type Segment, type SegmentBlock, type SegmentSearch, type SegmentView } from '../data/segments.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, moment } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast, toastFailed } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { SqlText } from './dashboard-sql.tsx';
import dashboard from './dashboard.module.css';
import { SegmentComing } from './segment-coming.tsx';
import { SegmentDone } from './segment-done.tsx';
import { SegmentForm } from './segment-form.tsx';
import { SegmentHappened } from './segment-happened.tsx';
import { sentenceOf } from './segment-words.ts';
import { currenciesOf } from './segments.tsx';
import own from './segments.module.css';

const route = getRouteApi('/inside/segments/$segmentId');

/** What each of the three parts is given. */
export type PartOf = {
  readonly view: SegmentView;
  /** Money of two currencies is never one figure. */
  readonly currency: string;
  readonly openSql: (block: SegmentBlock) => void;
};

export function SegmentPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { segmentId } = route.useParams();
  const { sql, edit, currency: asking } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(segmentQuery(Number(segmentId)));
  const list = useQuery(segmentsQuery);
  const view = asked.data;
  if (view === undefined) {
    return (
      <div className={css['page']}>
        <Title order={1}>{t('room.segments')}</Title>
        {asked.error === null ? <Card><Loading rows={8} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      </div>
    );
  }
  const go = (search: SegmentSearch): void => void navigate({ to: '/segments/$segmentId', params: { segmentId }, search: { currency: asking, ...search }, resetScroll: false });
  const { segment } = view;
  const may = mayChangeSegments(session);
  const mainCurrency = session.insurer.reporting_currency;
  const known = [...new Set(view.size.flatMap((row) => (row.whole || row.figure === 'holders' ? [] : [row.currency])))].toSorted();
  const currency = known.find((one) => one === asking) ?? known.find((one) => one === mainCurrency) ?? known[0] ?? mainCurrency;
  const part: PartOf = { view, currency, openSql: (block) => go({ sql: block }) };
  const block = SEGMENT_BLOCKS.find((one) => one === sql);
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{segment.name}</Title>
        <Simulated simulated={session.insurer.simulated} />
        {may ? <Acts segment={segment} edit={() => go({ edit: true })} /> : null}
      </div>
      <div>
        <p className={own['sentence']}>{sentenceOf(t, conditionsOf(segment))}</p>
        <span className={css['quiet']}>
          {t('segments.changed_by', { version: segment.version, by: segment.changed_by, at: moment(segment.changed_at, session.insurer.time_zone) })}
          {view.counted_on === null ? '' : ` · ${t('segments.counted', { day: day(view.counted_on) })}`}
          {' · '}<Link className={css['link']} to="/holders" search={{ segment: segment.segment_id }}>{t('segments.see_holders')}</Link>
        </span>
      </div>
      {segment.archived_at !== null ? <Card><Empty title={t('segments.is_archived')} /></Card>
        : view.counted_on === null ? <Card><Empty title={t('segments.waiting')} hint={t('segments.waiting_hint')} /></Card> : (
          <>
            {known.length < 2 ? null : (
              <div className={own['currency']}>
                <div className={dashboard['scroll']}><SegmentedControl size="xs" aria-label={t('segments.amounts_in')} value={currency} data={known} onChange={(chosen) => go({ currency: chosen })} /></div>
                <span className={css['quiet']}>{t('segments.amounts_hint')}</span>
              </div>
            )}
            <Part title={t('segments.happened')} hint={t('segments.happened_hint')}><SegmentHappened part={part} /></Part>
            <Part title={t('segments.coming')} hint={t('segments.coming_hint')}><SegmentComing part={part} /></Part>
            <Part title={t('segments.done')} hint={t('segments.done_hint')}><SegmentDone part={part} /></Part>
          </>
        )}
      {sql === undefined ? null : <SqlText name={block === undefined ? sql : t(`segments.block.${block}`)} sql={block === undefined ? null : view.sql[block] ?? null} close={() => go({})} />}
      {edit === true && may ? (
        <SidePanel title={segment.name} close={() => go({})}>
          <SegmentForm key={segment.version} segment={segment} currencies={currenciesOf(list.data?.book ?? null, mainCurrency)} saved={() => go({})} />
        </SidePanel>
      ) : null}
    </div>
  );
}

function Part({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <section className={own['part']} aria-label={title}>
      <header><Title order={2}>{title}</Title><span className={css['quiet']}>{hint}</span></header>
      {children}
    </section>
  );
}

function Acts({ segment, edit }: { segment: Segment; edit: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['segments'] });
  const archived = segment.archived_at !== null;
  const put = useMutation({
    mutationFn: () => archiveSegment(segment.segment_id, segment.version, !archived),
    onSuccess: ({ version }) => {
      toast(t(archived ? 'segments.restored' : 'segments.archived_now', { name: segment.name }), {
        label: t('toast.undo'), undone: t('segments.undone'), act: () => archiveSegment(segment.segment_id, version, archived).then(refresh),
      });
    },
    // Whoever was later sees what is there now.
    onError: toastFailed, onSettled: refresh,
  });
  return (
    <div className={own['acts']}>
      {archived ? null : <Button size="compact-md" variant="default" leftSection={<IconPencil size={15} />} onClick={edit}>{t('segments.edit')}</Button>}
      <Button size="compact-md" variant="default" loading={put.isPending} leftSection={archived ? <IconArchiveOff size={15} /> : <IconArchive size={15} />} onClick={() => put.mutate()}>{t(archived ? 'segments.restore' : 'segments.archive')}</Button>
    </div>
  );
}
