/** Is money coming in as it should, and what needs me? */

import { Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery, todayQuery } from '../data/queries.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { longDay } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { Ageing } from './today-ageing.tsx';
import { Cycle } from './today-cycle.tsx';
import { Figures } from './today-figures.tsx';
import { Needs } from './today-needs.tsx';
import own from './today.module.css';

export function TodayPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const today = useQuery(todayQuery);
  if (today.error !== null && today.data === undefined) return <Failed error={today.error} retry={() => void today.refetch()} />;
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.today')}</Title>
        <span className={css['quiet']}>{longDay(today.data?.business_date ?? session.business_date)}</span>
      </div>
      {today.data === undefined ? (
        <Card>
          <Loading />
        </Card>
      ) : (
        <Figures today={today.data} mainCurrency={session.insurer.reporting_currency} />
      )}
      <div className={own['two']}>
        <Cycle />
        <Card title={t('needs.title')}>
          {today.data === undefined ? <Loading /> : <Needs needs={today.data.needs} timeZone={session.insurer.time_zone} />}
        </Card>
      </div>
      <Card title={t('ageing.title')} aside={<Simulated simulated={session.insurer.simulated} />}>
        {today.data === undefined ? <Loading /> : <Ageing rows={today.data.ageing} />}
      </Card>
    </div>
  );
}
