/** Where do we stand, where does it leak? Four figures against target, industry and leader; below them a plain list of cards, one file for each group of them. */

import { Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { dashboardQuery } from '../data/know.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day } from '../parts/format.ts';
import { FilterSelect } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { DashboardFigures } from './dashboard-figures.tsx';
import { AgeingCard, CohortCard, CurveCard, RollCard } from './dashboard-late.tsx';
import { monthName, type DashboardView } from './dashboard-card.tsx';
import { SqlPanel } from './dashboard-sql.tsx';
import { CostCard, FunnelCard, HeatCard, RecoveryCard, WaysCard } from './dashboard-where.tsx';
import own from './dashboard.module.css';
import filters from './holders.module.css';

const route = getRouteApi('/inside/dashboard');

export function DashboardPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { sql, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(dashboardQuery(filter));
  const go = (next: typeof filter & { sql?: string | undefined }): void => void navigate({ to: '/dashboard', search: next, resetScroll: false });
  const shown = asked.data;
  const months = (shown?.choices.month ?? []).map((month) => ({ value: month.slice(0, 7), label: monthName(month) }));
  const view: DashboardView | null = shown === undefined ? null : { shown, filter, mainCurrency: session.insurer.reporting_currency, openSql: (block) => go({ ...filter, sql: block }) };
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.dashboard')}</Title>
        <span className={css['quiet']}>{t('dashboard.question')}</span>
        <Simulated simulated={session.insurer.simulated} />
      </div>
      <div className={filters['filters']}>
        {(['market', 'line', 'currency', 'segment'] as const).map((name) => (
          <FilterSelect key={name} label={t(`dashboard.filter.${name}`)} value={filter[name]} choose={(value) => go({ ...filter, [name]: value })}
            data={(shown?.choices[name] ?? (filter[name] === undefined ? [] : [filter[name]])).map((value) => ({ value, label: name === 'currency' ? value : word(name, value) }))} />
        ))}
        <FilterSelect label={t('dashboard.filter.from')} value={filter.from} data={months} choose={(value) => go({ ...filter, from: value })} />
        <FilterSelect label={t('dashboard.filter.to')} value={filter.to} data={months} choose={(value) => go({ ...filter, to: value })} />
      </div>
      {asked.error === null || shown !== undefined ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.isPending ? <Card><Loading rows={8} /></Card> : null}
      {shown?.as_of === null ? <Card><Empty title={t('dashboard.none')} hint={t('dashboard.none_hint')} /></Card> : null}
      {view === null || view.shown.as_of === null || view.shown.from === null ? null : (
        <>
          <p className={css['quiet']}>{t('dashboard.as_of', { day: day(view.shown.as_of), from: monthName(view.shown.from) })}</p>
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
      )}
      {sql === undefined || view === null ? null : <SqlPanel shown={view.shown} block={sql} close={() => go(filter)} />}
    </div>
  );
}
