/** Where do we stand, where does it leak? Five parts, one at a time, each in a file of its own: the figures with their charts, targets, cash to come, what delay costs, and how far the data carries. */

import { Tabs, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { costQuery, dashboardQuery, PARTS, targetsQuery, type DashboardFilter, type DashboardSearch, type Part } from '../data/know.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day } from '../parts/format.ts';
import { FilterSelect } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { monthName, type DashboardView, type PartView } from './dashboard-card.tsx';
import { CostPart } from './dashboard-cost.tsx';
import { DashboardFigures } from './dashboard-figures.tsx';
import { ForecastPart } from './dashboard-forecast.tsx';
import { AgeingCard, CohortCard, CurveCard, RollCard } from './dashboard-late.tsx';
import { DataPart } from './dashboard-maturity.tsx';
import { SqlPanel, SqlText } from './dashboard-sql.tsx';
import { TargetsPart } from './dashboard-targets.tsx';
import { CostCard, FunnelCard, HeatCard, RecoveryCard, WaysCard } from './dashboard-where.tsx';
import own from './dashboard.module.css';
import filters from './holders.module.css';

const route = getRouteApi('/inside/dashboard');
/** Each part by what it can be narrowed by. */
const FILTERS: Readonly<Record<Part, readonly ('market' | 'line' | 'currency' | 'segment')[]>> = {
  figures: ['market', 'line', 'currency', 'segment'], targets: ['market', 'line'], forecast: ['market', 'line'], cost: ['market', 'line'], data: [],
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
      </div>
      <Tabs value={part} onChange={(value) => go({ ...filter, part: PARTS.find((one) => one === value && one !== 'figures') })}>
        <Tabs.List aria-label={t('dashboard.parts')}>{PARTS.map((name) => <Tabs.Tab key={name} value={name}>{t(`dashboard.part.${name}`)}</Tabs.Tab>)}</Tabs.List>
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
          {part === 'forecast' ? <ForecastPart view={partView} /> : null}
          {part === 'cost' ? <CostPart view={partView} /> : null}
          {part === 'data' ? <DataPart /> : null}
          {part === 'figures' && asked.error !== null && shown === undefined ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : null}
          {part === 'figures' && asked.isPending ? <Card><Loading rows={8} /></Card> : null}
          {part === 'figures' && view !== null ? <FiguresPart view={view} /> : null}
        </Tabs.Panel>
      </Tabs>
      {sql === undefined ? null : sql === 'satisfaction' || sql === 'effort' ? <PartSql block={sql} filter={filter} close={() => go(filter)} /> : null}
      {sql === undefined || sql === 'satisfaction' || sql === 'effort' || view === null ? null : <SqlPanel shown={view.shown} block={sql} close={() => go(filter)} />}
    </div>
  );
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

/** The statements of the other parts, which come with their own answers. */
function PartSql({ block, filter, close }: { block: 'satisfaction' | 'effort'; filter: DashboardFilter; close: () => void }) {
  const { t } = useTranslation();
  const targets = useQuery({ ...targetsQuery(filter.market), enabled: block === 'satisfaction' });
  const cost = useQuery({ ...costQuery(filter), enabled: block === 'effort' });
  return <SqlText name={t(`${block}.title`)} sql={(block === 'effort' ? cost.data?.effort.sql : targets.data?.satisfaction.sql) ?? null} close={close} />;
}
