/** Where do we stand, where does it leak? Eight parts, one at a time, each in a file of its own. */

import { Tabs, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { costQuery, dashboardQuery, PARTS, targetsQuery, type DashboardFilter, type DashboardSearch, type Part } from '../data/know.ts';
import { sessionQuery } from '../data/queries.ts';
import { howPaidQuery, resultsQuery } from '../data/results.ts';
import { word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day } from '../parts/format.ts';
import { FilterSelect } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { monthName, type DashboardView, type PartView } from './dashboard-card.tsx';
import { AheadPart } from './dashboard-ahead.tsx';
import { CostPart } from './dashboard-cost.tsx';
import { DashboardFigures } from './dashboard-figures.tsx';
import { ForecastPart } from './dashboard-forecast.tsx';
import { AgeingCard, CohortCard, CurveCard, RollCard } from './dashboard-late.tsx';
import { DataPart } from './dashboard-maturity.tsx';
import { PayingPart } from './dashboard-paying.tsx';
import { ResultsPart } from './dashboard-results.tsx';
import { SqlPanel, SqlText } from './dashboard-sql.tsx';
import { TargetsPart } from './dashboard-targets.tsx';
import { CostCard, FunnelCard, HeatCard, RecoveryCard, WaysCard } from './dashboard-where.tsx';
import own from './dashboard.module.css';
import filters from './holders.module.css';

const route = getRouteApi('/inside/dashboard');
/** Each part by what it can be narrowed by. */
const FILTERS: Readonly<Record<Part, readonly ('market' | 'line' | 'currency' | 'segment')[]>> = {
  figures: ['market', 'line', 'currency', 'segment'], targets: ['market', 'line'], forecast: ['market', 'line'], cost: ['market', 'line'], data: [],
  paying: ['market', 'line', 'currency'], results: ['market', 'line'], ahead: ['market'],
};

export function DashboardPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { sql, part = 'figures', open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(dashboardQuery(filter));
  const go = (next: DashboardSearch): void => void navigate({ to: '/dashboard', search: { ...(part === 'figures' ? {} : { part }), ...next }, resetScroll: false });
  const shown = asked.data;
  const months = (shown?.choices.month ?? []).map((month) => ({ value: month.slice(0, 7), label: monthName(month) }));
  const openSql = (block: string): void => go({ ...filter, sql: block });
  const { reporting_currency: mainCurrency, time_zone: timeZone } = session.insurer;
  const view: DashboardView | null = shown === undefined ? null : { shown, filter, mainCurrency, openSql };
  const partView: PartView = {
    filter, mainCurrency, markets: shown?.choices.market ?? [], role: session.user.role, userId: session.user.id, timeZone, today: session.business_date, open, openSql,
    show: (next) => go({ ...filter, open: next }), chooseCurrency: (currency) => go({ ...filter, currency }),
  };
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.dashboard')}</Title>
        <span className={css['quiet']}>{t('dashboard.question')}</span>
        <Simulated simulated={session.insurer.simulated} />
        {session.user.markets === null ? <Link className={css['link']} to="/meeting">{t('meeting.make')}</Link> : null}
      </div>
      <Tabs value={part} onChange={(value) => go({ ...filter, part: PARTS.find((one) => one === value && one !== 'figures') })}>
        <Tabs.List ref={showChosen} className={own['tabs'] ?? ''} aria-label={t('dashboard.parts')}>{PARTS.map((name) => <Tabs.Tab key={name} value={name}>{t(`dashboard.part.${name}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value={part} className={own['part'] ?? ''}>
          {FILTERS[part].length === 0 ? null : (
            <div className={filters['filters']}>
              {FILTERS[part].map((name) => (
                <FilterSelect key={name} label={t(`dashboard.filter.${name}`)} value={filter[name]} choose={(value) => go({ ...filter, [name]: value })}
                  data={(shown?.choices[name] ?? (filter[name] === undefined ? [] : [filter[name]])).map((value) => ({ value, label: name === 'currency' ? value : word(name, value) }))} />
              ))}
              {part !== 'figures' ? null : (
                <>
                  <FilterSelect label={t('dashboard.filter.from')} value={filter.from} data={months} choose={(value) => go({ ...filter, from: value })} />
                  <FilterSelect label={t('dashboard.filter.to')} value={filter.to} data={months} choose={(value) => go({ ...filter, to: value })} />
                </>
              )}
            </div>
          )}
          {part === 'targets' ? <TargetsPart view={partView} /> : null}
          {part === 'paying' ? <PayingPart view={partView} /> : null}
          {part === 'results' ? <ResultsPart view={partView} /> : null}
          {part === 'ahead' ? <AheadPart view={partView} /> : null}
          {part === 'forecast' ? <ForecastPart view={partView} /> : null}
          {part === 'cost' ? <CostPart view={partView} /> : null}
          {part === 'data' ? <DataPart /> : null}
          {part === 'figures' && asked.error !== null && shown === undefined ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : null}
          {part === 'figures' && asked.isPending ? <Card><Loading rows={8} /></Card> : null}
          {part === 'figures' && view !== null ? <FiguresPart view={view} /> : null}
        </Tabs.Panel>
      </Tabs>
      {sql === undefined ? null : isPartBlock(sql) ? <PartSql block={sql} filter={filter} close={() => go(filter)} /> : null}
      {sql === undefined || isPartBlock(sql) || view === null ? null : <SqlPanel shown={view.shown} block={sql} close={() => go(filter)} />}
    </div>
  );
}

/** On a phone the parts stand in one line that is scrolled: the chosen one is brought into sight. */
function showChosen(list: HTMLDivElement | null): void {
  const chosen = list?.querySelector<HTMLElement>('[aria-selected="true"]');
  if (list !== null && chosen != null) list.scrollLeft = chosen.offsetLeft - (list.clientWidth - chosen.clientWidth) / 2;
}

function FiguresPart({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const { as_of: asOf, from } = view.shown;
  if (asOf === null || from === null) return <Card><Empty title={t('dashboard.none')} hint={t('dashboard.none_hint')} /></Card>;
  return (
    <>
      <p className={css['quiet']}>{t('dashboard.as_of', { day: day(asOf), from: monthName(from) })}</p>
      <DashboardFigures view={view} />
      <div className={own['cards']}>
        <RollCard view={view} />
        <AgeingCard view={view} />
        <HeatCard view={view} />
        <CohortCard view={view} />
        <RecoveryCard view={view} by="market" />
        <RecoveryCard view={view} by="line" />
        <CurveCard view={view} />
        <FunnelCard view={view} />
        <WaysCard view={view} />
        <CostCard view={view} />
      </div>
    </>
  );
}

const PART_BLOCKS = {
  satisfaction: 'satisfaction.title', effort: 'effort.title', on_time: 'paying.otif', devices: 'paying.devices', ways_to_cash: 'paying.days_to_cash', reasons: 'paying.reasons', pressure: 'paying.pressure',
  kpi_management_cost: 'results.kpi.management_cost', kpi_minutes_per_account: 'results.kpi.minutes_per_account', kpi_reminder_response: 'results.kpi.reminder_response', turnover: 'results.turnover', extra: 'results.extra',
} as const;
type PartBlock = keyof typeof PART_BLOCKS;
const isPartBlock = (block: string): block is PartBlock => block in PART_BLOCKS;

/** The statements of the other parts, which come with their own answers. */
function PartSql({ block, filter, close }: { block: PartBlock; filter: DashboardFilter; close: () => void }) {
  const { t } = useTranslation();
  const targets = useQuery({ ...targetsQuery(filter.market), enabled: block === 'satisfaction' });
  const cost = useQuery({ ...costQuery(filter), enabled: block === 'effort' });
  const isPaying = ['on_time', 'devices', 'ways_to_cash', 'reasons', 'pressure'].includes(block);
  const paid = useQuery({ ...howPaidQuery(filter), enabled: isPaying }).data;
  const results = useQuery({ ...resultsQuery(filter), enabled: !isPaying && block !== 'satisfaction' && block !== 'effort' }).data;
  return <SqlText name={t(PART_BLOCKS[block])} sql={sqlOf() ?? null} close={close} />;

  function sqlOf(): string | undefined {
    switch (block) {
      case 'satisfaction': return targets.data?.satisfaction.sql;
      case 'effort': return cost.data?.effort.sql;
      case 'ways_to_cash': return paid?.ways.sql;
      case 'on_time': case 'devices': case 'reasons': case 'pressure': return paid?.[block].sql;
      case 'turnover': case 'extra': return results?.[block].sql;
      default: return results?.kpis.find((kpi) => `kpi_${kpi.figure}` === block)?.sql;
    }
  }
}
