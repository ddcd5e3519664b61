/** The day's collection cycle by stage, live, and the button that starts it. */

import { Button, Progress } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled, IconPlayerPlay, IconProgress } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, type Data } from '../data/api.ts';
import { cycleQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count, day, decimal } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import parts from '../parts/parts.module.css';
import css from './today.module.css';

type CycleNow = NonNullable<Data['cycle']['cycle']>;
/** The stages in the order of the business; one that has not begun has no row yet. */
const STAGES = ['bill', 'age', 'score', 'decide', 'gate', 'dispatch', 'segment', 'report'] as const;

export function Cycle() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const cycle = useQuery(cycleQuery);
  const run = useMutation({ mutationFn: api.runCycle, onSettled: () => client.invalidateQueries({ queryKey: cycleQuery.queryKey }) });
  const now = cycle.data?.cycle ?? null;
  const button = (
    <Button
      size="compact-md"
      leftSection={<IconPlayerPlay size={15} />}
      loading={run.isPending}
      disabled={now?.state === 'running'}
      onClick={() => run.mutate()}
    >
      {t(now?.state === 'running' ? 'cycle.running' : 'cycle.run')}
    </Button>
  );
  return (
    <Card title={t('cycle.title')} aside={button}>
      {cycle.isPending ? <Loading /> : null}
      {cycle.error === null ? null : <Failed error={cycle.error} retry={() => void cycle.refetch()} />}
      {run.error === null ? null : <Failed error={run.error} />}
      {run.data?.already_done === true ? <p className={parts['quiet']}>{t('cycle.already_done')}</p> : null}
      {cycle.isSuccess && now === null ? <Empty title={t('cycle.none')} hint={t('cycle.none_hint')} /> : null}
      {now === null ? null : <Stages cycle={now} />}
    </Card>
  );
}

function Stages({ cycle }: { cycle: CycleNow }) {
  const { t } = useTranslation();
  const extra = cycle.stages.map(({ stage }) => stage).filter((stage) => !STAGES.some((known) => known === stage));
  return (
    <div className={css['stages']}>
      <div className={parts['title']}>
        <StateBadge group="cycle_state" value={cycle.state} />
        <span className={parts['quiet']}>{t('cycle.for', { day: day(cycle.business_date) })}</span>
      </div>
      {[...extra, ...STAGES].map((name) => {
        const stage = cycle.stages.find((one) => one.stage === name);
        const share = stage === undefined || stage.partitions === 0 ? 0 : stage.partitions_done / stage.partitions;
        const Icon = share === 1 ? IconCircleCheckFilled : share > 0 || cycle.stage === name ? IconProgress : IconCircle;
        return (
          <div key={name} className={css['stage']}>
            <Icon size={17} className={share === 1 ? css['good'] : undefined} />
            <span>{word('stage', name)}</span>
            <Progress value={share * 100} size="sm" aria-label={word('stage', name)} animated={share > 0 && share < 1} />
            <span>{stage === undefined ? '' : t('cycle.rows', { rows: count(stage.rows_written), seconds: decimal(stage.seconds) })}</span>
          </div>
        );
      })}
    </div>
  );
}
