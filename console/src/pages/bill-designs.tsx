/** Which bill is understood and paid best? Designs side by side as holders see them, how plain their words are, who gets which, and what came of each. */

import { Anchor, Badge, Button, SegmentedControl, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { billDesignsQuery, FUNNEL_DAYS, type BillDesign, type DesignFunnel, sampleAddress, SAMPLES } from '../data/bill-designs.ts';
import { sessionQuery } from '../data/queries.ts';
import { currentLanguage, LANGUAGES, word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, decimal, percent } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { DesignFindings, DesignForm } from './bill-design-form.tsx';
import board from './dashboard.module.css';
import own from './bill-designs.module.css';
import setUp from './set-up.module.css';

const route = getRouteApi('/inside/bill-designs');

export function BillDesignsPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const language = search.language ?? currentLanguage();
  const sample = search.sample ?? 'usual';
  const asked = useQuery(billDesignsQuery(search.days ?? '90'));
  const go = (change: Partial<typeof search>): void => void navigate({ to: '/bill-designs', search: { ...search, ...change } });
  const mayChange = session.user.role === 'manager' && session.user.markets === null;
  const { data } = asked;
  const shown = data?.designs.filter(({ latest }) => latest) ?? [];
  const edited = data?.designs.find(({ design_id: id, newest }) => id === search.edit && newest);
  const worded = data?.designs.find(({ design_id: id, latest }) => id === search.words && latest);
  const whole = shown.reduce((sum, { share }) => sum + share, 0);
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.bill_designs')}</Title>
        <SegmentedControl size="xs" aria-label={t('bill_design.language')} value={language} data={LANGUAGES.map(({ tag, name }) => ({ value: tag, label: name }))} onChange={(value) => go({ language: LANGUAGES.find(({ tag }) => tag === value)?.tag })} />
        <SegmentedControl
          size="xs" aria-label={t('bill_design.sample')} value={sample} data={SAMPLES.map((value) => ({ value, label: word('bill_sample', value) }))}
          onChange={(value) => go({ sample: SAMPLES.find((one) => one === value && one !== 'usual') })}
        />
      </div>
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {data === undefined ? asked.isPending ? <Card><Loading rows={8} /></Card> : null : (
        <>
          <div className={own['designs']}>
            {shown.map((design) => (
              <Card key={design.design_id} title={t('bill_design.heading', { name: design.names[currentLanguage()], version: design.version })} aside={<StateBadge group="design_state" value={design.share === 0 ? 'resting' : 'published'} />}>
                <p className={css['quiet']}>{t('bill_design.share_of', { share: percent(whole === 0 ? 0 : design.share / whole, 0) })} · {t(`bill_design.about_${design.terms.layout}`)}</p>
                <div className={board['row']}>
                  <Button size="compact-sm" variant="light" onClick={() => go({ words: design.design_id, edit: undefined })}>{t('bill_design.score', { score: design.check.score })}</Button>
                  <Anchor size="sm" href={sampleAddress('pdf', design.design_id, design.version, language, sample)} target="_blank" rel="noreferrer">{t('bill_design.as_pdf')}</Anchor>
                  {mayChange ? <Button size="compact-sm" variant="default" onClick={() => go({ edit: design.design_id, words: undefined })}>{t('bill_design.change')}</Button> : null}
                  {data.designs.some((one) => one.design_id === design.design_id && one.newest && one.state === 'draft') ? <Badge variant="light" color="amber" radius="sm" tt="none">{t('bill_design.draft_waits')}</Badge> : null}
                </div>
                <iframe sandbox="" className={own['frame']} title={t('bill_design.preview_of', { name: design.names[currentLanguage()] })} src={sampleAddress('html', design.design_id, design.version, language, sample)} />
              </Card>
            ))}
          </div>
          <Card title={finding(t, data.funnels, shown)} aside={<Simulated simulated={session.insurer.simulated} />}>
            <div className={setUp['counts']}>
              <SegmentedControl
                size="xs" aria-label={t('delivery.period')} value={search.days ?? '90'} data={FUNNEL_DAYS.map((days) => ({ value: days, label: t('delivery.days', { days: Number(days) }) }))}
                onChange={(value) => go({ days: value === '30' || value === '365' ? value : undefined })}
              />
            </div>
            <p className={css['quiet']}>{t('bill_design.funnel_about')}</p>
            {data.funnels.length === 0 ? <Empty title={t('bill_design.no_funnel')} hint={t('bill_design.no_funnel_hint')} /> : (
              <DataTable name="bill-designs" columns={columnsOf(t, data.designs)} rows={data.funnels} rowKey={({ design_id, version }) => `${design_id} ${version}`} />
            )}
          </Card>
          {edited === undefined || !mayChange ? null : (
            <SidePanel title={edited.names[currentLanguage()]} close={() => go({ edit: undefined })}>
              <DesignForm key={`${edited.design_id} ${edited.version}`} design={edited} versions={data.designs.filter(({ design_id: id }) => id === edited.design_id)} ownWords={data.own_words} least={data.score_min} timeZone={session.insurer.time_zone} done={() => go({ edit: undefined })} />
            </SidePanel>
          )}
          {worded === undefined ? null : (
            <SidePanel title={worded.names[currentLanguage()]} close={() => go({ words: undefined })}>
              <DesignFindings check={worded.check} least={data.score_min} />
            </SidePanel>
          )}
        </>
      )}
    </div>
  );
}

type Share = DesignFunnel['on_time'];
const STEPS = ['delivered', 'opened', 'clicked', 'paid_24h', 'paid_7d', 'on_time', 'questions'] as const;

/** Not on a phone. */
const WIDE: ReadonlySet<string> = new Set(['delivered', 'clicked', 'paid_24h', 'questions']);

/** Who is ahead by seven days, and whether that can be luck. */
function finding(t: TFunction, funnels: readonly DesignFunnel[], designs: readonly BillDesign[]): string {
  const judged = funnels.filter((one) => one.paid_7d !== null && designs.some(({ design_id: id, version }) => id === one.design_id && version === one.version)).toSorted((a, b) => (b.paid_7d?.share ?? 0) - (a.paid_7d?.share ?? 0));
  const [first, second] = judged;
  if (first?.paid_7d == null || second?.paid_7d == null) return t('bill_design.funnel');
  const name = designs.find(({ design_id: id }) => id === first.design_id)?.names[currentLanguage()] ?? first.design_id;
  const sure = first.paid_7d.low > second.paid_7d.high;
  return t(sure ? 'bill_design.ahead' : 'bill_design.undecided', { name, share: percent(first.paid_7d.share, 0), other: percent(second.paid_7d.share, 0) });
}

function ShareCell({ share }: { share: Share }) {
  if (share === null) return <span className={css['quiet']}>—</span>;
  return <>{percent(share.share, 0)}<div className={css['quiet']}>{percent(share.low, 0)} – {percent(share.high, 0)}</div></>;
}

const columnsOf = (t: TFunction, designs: readonly BillDesign[]): readonly Column<DesignFunnel>[] => [
  {
    key: 'design', title: t('bill_design.design'), value: (row) => `${row.design_id} ${row.version}`,
    cell: (row) => <><strong>{designs.find(({ design_id: id }) => id === row.design_id)?.names[currentLanguage()] ?? row.design_id}</strong><div className={css['quiet']}>{t('bill_design.version', { version: row.version })}</div></>,
  },
  { key: 'made', title: t('bill_design.made'), amount: true, value: (row) => row.made, cell: (row) => count(row.made) },
  ...STEPS.map((step): Column<DesignFunnel> => ({
    key: step, title: word('design_step', step), amount: true, wide: WIDE.has(step), value: (row) => row[step]?.share ?? null, cell: (row) => <ShareCell share={row[step]} />,
  })),
  { key: 'median', title: t('bill_design.median'), amount: true, wide: true, value: (row) => row.median_minutes_to_click, cell: (row) => waited(t, row.median_minutes_to_click) },
];

function waited(t: TFunction, minutes: number | null): string {
  if (minutes === null) return '—';
  return minutes < 90 ? t('bill_design.minutes', { number: decimal(minutes, 0) }) : t('bill_design.hours', { number: decimal(minutes / 60, 1) });
}
