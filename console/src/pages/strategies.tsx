/** What do we do, for whom, towards which goal and within which limit, and what comes of it? */

import { Button, SegmentedControl, Title } from '@mantine/core';
import { IconCode, IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { HOUSE, strategiesQuery, type Strategies, type Strategy } from '../data/foresee.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, percent } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { shareOf, SqlButton } from './dashboard-card.tsx';
import { SqlText } from './dashboard-sql.tsx';
import { Against } from './strategy-against.tsx';
import { StrategyForm } from './strategy-form.tsx';
import { StrategyPanel } from './strategy-panel.tsx';
import { scopeText, strategyName, timesText } from './strategy-words.ts';
import board from './dashboard.module.css';
import setUp from './set-up.module.css';

const route = getRouteApi('/inside/strategies');
type Line = Strategies['lines'][number];

export function StrategiesPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { days, open, edit, sql } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(strategiesQuery(days));
  const go = (search: Partial<ReturnType<typeof route.useSearch>>): void => void navigate({ to: '/strategies', search: { days, ...search } });
  const mayChange = (session.user.role === 'manager' || session.user.role === 'finance') && session.user.markets === null;
  const { data } = asked;
  const opened = data?.strategies.find(({ strategy_id: id }) => id === open);
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.strategies')}</Title>
        <SegmentedControl
          size="xs" aria-label={t('delivery.period')} value={days ?? '30'} onChange={(value) => go({ days: value === '90' ? '90' : undefined, open })}
          data={[{ value: '30', label: t('delivery.days', { days: 30 }) }, { value: '90', label: t('delivery.days', { days: 90 }) }]}
        />
        {mayChange ? <div className={setUp['right']}><Button size="compact-md" leftSection={<IconPlus size={15} />} onClick={() => go({ open: 'new' })}>{t('strategy.add')}</Button></div> : null}
      </div>
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {data === undefined ? asked.isPending ? <Card><Loading rows={8} /></Card> : null : (
        <>
          <Card title={t('strategy.question')} aside={<Simulated simulated={session.insurer.simulated} />}>
            <Sums strategies={data.strategies} />
            <p className={css['quiet']}>{t('strategy.about')}</p>
            <DataTable
              name="strategies" columns={columnsOf(t, session.insurer.reporting_currency)} rows={data.strategies} rowKey={(row) => row.strategy_id} isOpen={(row) => row.strategy_id === open}
              open={(row) => go({ open: row.strategy_id })}
            />
            <p className={css['quiet']}>
              {t('strategy.effect', { from: day(data.from), to: day(data.to) })}{' '}
              {data.strategies.some((one) => one.strategy_id === HOUSE && one.version === 1) ? t('strategy.unverified') : ''}
            </p>
            <div className={board['foot']}>
              <SqlButton open={() => go({ sql: 'figures' })} />
              <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconCode size={13} />} onClick={() => go({ sql: 'floor' })}>{t('strategy.sql_floor')}</Button>
            </div>
          </Card>
          <Card title={t('strategy.lines')} aside={<Simulated simulated={session.insurer.simulated} />}>
            <p className={css['quiet']}>{t('strategy.lines_about')}</p>
            <DataTable
              name="recovery-by-line" columns={lineColumns(t, data.strategies)} rows={data.lines} rowKey={(row) => row.line}
              open={(row) => { if (row.strategy_id !== null) go({ open: row.strategy_id }); }}
            />
            <div className={board['foot']}><SqlButton open={() => go({ sql: 'lines' })} /></div>
          </Card>
          {sql === undefined ? null : <SqlText name={t(`strategy.sql_${sql}`)} sql={data.sql[sql]} close={() => go({ open })} />}
          {sql !== undefined || (open !== 'new' && opened === undefined) ? null : open === 'new' ? !mayChange ? null : (
            <SidePanel title={t('strategy.add')} close={() => go({})}>
              <StrategyForm strategy={null} segments={data.segments} done={(id) => go({ open: id })} />
            </SidePanel>
          ) : opened === undefined ? null : (
            <SidePanel title={strategyName(t, opened)} close={() => go({})}>
              {edit === true && mayChange ? (
                <StrategyForm key={opened.version} strategy={opened} segments={data.segments} done={() => go({ open: opened.strategy_id })} />
              ) : <StrategyPanel strategy={opened} days={days} timeZone={session.insurer.time_zone} mayChange={mayChange} edit={() => go({ open: opened.strategy_id, edit: true })} />}
            </SidePanel>
          )}
        </>
      )}
    </div>
  );
}

/** Of the active ones: how many do what they are there for. */
function Sums({ strategies }: { strategies: Strategies['strategies'] }) {
  const { t } = useTranslation();
  const active = strategies.filter(({ state }) => state === 'active');
  const part = (name: 'goal_reached' | 'guard_kept') => ({ part: active.filter((one) => one[name] === true).length, whole: active.filter((one) => one[name] !== null).length });
  const [goals, guards] = [part('goal_reached'), part('guard_kept')];
  const silent = active.reduce((sum, one) => sum + one.under_floor, 0);
  return (
    <div className={setUp['counts']}>
      <span className={setUp['small']}>{goals.whole === 0 ? t('strategy.goals_unknown') : t('strategy.goals', goals)}</span>
      {guards.whole === 0 ? null : <span className={setUp['small']}>{t('strategy.guards', guards)}</span>}
      {silent === 0 ? null : <span className={`${setUp['small'] ?? ''} ${setUp['bad'] ?? ''}`}>{t('strategy.silent', { number: count(silent) })}</span>}
    </div>
  );
}

/** The insurer's own currency, else the one in which most was spent first. */
const mainMoney = ({ money }: Strategy, currency: string) => money.find((one) => one.currency === currency) ?? money[0];

const columnsOf = (t: TFunction, currency: string): readonly Column<Strategy>[] => [
  {
    key: 'name', title: t('strategy.name'), value: (row) => row.strategy_id,
    cell: (row) => <><strong>{strategyName(t, row)}</strong><div className={css['quiet']}>{t('strategy.number', { id: row.strategy_id, version: row.version })}</div></>,
  },
  { key: 'state', title: t('strategy.state'), wide: true, value: (row) => row.state, cell: (row) => <StateBadge group="strategy_state" value={row.state} /> },
  { key: 'scope', title: t('strategy.scope'), wide: true, value: (row) => scopeText(t, row), cell: (row) => scopeText(t, row) },
  { key: 'goal', title: t('strategy.goal'), value: (row) => row.goal_now, cell: (row) => <Against metric={row.goal_metric} aim={row.goal_value} now={row.goal_now} well={row.goal_reached} /> },
  { key: 'guard', title: t('strategy.guard'), value: (row) => row.guard_now, cell: (row) => <Against metric={row.guard_metric} aim={row.guard_limit} now={row.guard_now} well={row.guard_kept} /> },
  {
    key: 'return', title: t('strategy.return'), amount: true, wide: true, value: (row) => mainMoney(row, currency)?.return_on_cost ?? null,
    cell: (row) => <>{timesText(t, mainMoney(row, currency)?.return_on_cost ?? null)}<div className={css['quiet']}>{mainMoney(row, currency)?.currency ?? ''}</div></>,
  },
  { key: 'contacts', title: t('strategy.contacts'), amount: true, wide: true, value: (row) => row.counts.contacts, cell: (row) => count(row.counts.contacts) },
  { key: 'floor', title: t('strategy.floor'), amount: true, wide: true, value: (row) => row.under_floor, cell: (row) => (row.contacts_7_days_min === 0 ? '—' : count(row.under_floor)) },
];

function lineColumns(t: TFunction, strategies: Strategies['strategies']): readonly Column<Line>[] {
  const nameOf = (id: number): string => {
    const found = strategies.find((one) => one.strategy_id === id);
    return found === undefined ? String(id) : strategyName(t, found);
  };
  return [
    { key: 'line', title: t('dashboard.filter.line'), value: (row) => word('line', row.line), cell: (row) => <strong>{word('line', row.line)}</strong> },
    { key: 'rate', title: t('strategy.recovery'), amount: true, value: (row) => (row.late === 0 ? null : shareOf(row.recovered, row.late)), cell: (row) => (row.late === 0 ? '—' : percent(shareOf(row.recovered, row.late))) },
    { key: 'late', title: t('strategy.late'), amount: true, wide: true, value: (row) => row.late, cell: (row) => count(row.late) },
    { key: 'id', title: t('strategy.id'), amount: true, value: (row) => row.strategy_id, cell: (row) => row.strategy_id ?? '—' },
    { key: 'strategy', title: t('strategy.own'), value: (row) => (row.strategy_id === null ? null : nameOf(row.strategy_id)), cell: (row) => (row.strategy_id === null ? '—' : nameOf(row.strategy_id)) },
    { key: 'narrower', title: t('strategy.narrower'), wide: true, value: (row) => row.narrower.join(' '), cell: (row) => (row.narrower.length === 0 ? '—' : row.narrower.map(nameOf).join(t('dashboard.comma'))) },
  ];
}
