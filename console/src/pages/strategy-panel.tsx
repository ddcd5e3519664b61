/** One strategy: as sentences, with what came of it, and version by version with who made each. */

import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { changeStrategy, HOUSE, strategyQuery, type Strategy, type StrategyVersion } from '../data/foresee.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, moment, money } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { Against } from './strategy-against.tsx';
import { bodyOf } from './strategy-form.tsx';
import { metricText, strategySentences, timesText } from './strategy-words.ts';
import board from './dashboard.module.css';
import law from './law.module.css';

export function StrategyPanel({ strategy, days, timeZone, mayChange, edit }: { strategy: Strategy; days: string | undefined; timeZone: string; mayChange: boolean; edit: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const versions = useQuery(strategyQuery(strategy.strategy_id, days));
  const refresh = () => client.invalidateQueries({ queryKey: ['strategies'] });
  const change = useMutation({
    mutationFn: (state: Strategy['state']) => changeStrategy(strategy.strategy_id, strategy.version, { ...bodyOf(strategy), state }),
    onSuccess: ({ version }) => {
      toast(t('strategy.saved'), { label: t('toast.undo'), undone: t('strategy.undone'), act: () => changeStrategy(strategy.strategy_id, version, bodyOf(strategy)).then(refresh) });
      return refresh();
    },
    onError: () => void refresh(),
  });
  const { counts } = strategy;
  return (
    <div className={law['stack']}>
      <div>
        <StateBadge group="strategy_state" value={strategy.state} />{' '}
        <span className={css['quiet']}>{t('strategy.number', { id: strategy.strategy_id, version: strategy.version })}</span>
        {strategy.segment_id === null ? null : <>{' '}<Link className={css['link']} to="/segments/$segmentId" params={{ segmentId: String(strategy.segment_id) }}>{strategy.segment}</Link></>}
      </div>
      <Card title={t('strategy.sentences')}>
        {strategySentences(t, strategy).map((sentence) => <p key={sentence} className={law['text']}>{sentence}</p>)}
        {strategy.strategy_id === HOUSE ? <p className={css['quiet']}>{t('strategy.house_hint')}</p> : null}
        {mayChange ? (
          <div className={board['row']}>
            <Button size="xs" onClick={edit}>{t('strategy.edit')}</Button>
            {strategy.strategy_id === HOUSE ? null : strategy.state === 'active' ? (
              <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate('retired')}>{t('strategy.retire')}</Button>
            ) : <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate('active')}>{t('strategy.activate')}</Button>}
          </div>
        ) : null}
        {change.error === null ? null : <Failed error={change.error} />}
      </Card>
      <Card title={t('strategy.figures')}>
        <dl className={law['facts']}>
          <dt>{t('strategy.goal')}</dt>
          <dd><Against metric={strategy.goal_metric} aim={strategy.goal_value} now={strategy.goal_now} well={strategy.goal_reached} /><span className={css['quiet']}>{t(`metric_hint.${strategy.goal_metric}`)}</span></dd>
          <dt>{t('strategy.guard')}</dt>
          <dd><Against metric={strategy.guard_metric} aim={strategy.guard_limit} now={strategy.guard_now} well={strategy.guard_kept} /><span className={css['quiet']}>{t(`metric_hint.${strategy.guard_metric}`)}</span></dd>
        </dl>
        <p className={css['quiet']}>
          {t('strategy.counts', { decided: count(counts.decided), acts: count(counts.acts), contacts: count(counts.contacts), minutes: count(Math.round(counts.minutes)) })}
        </p>
        {strategy.money.length === 0 ? <Empty title={t('strategy.no_money')} /> : (
          <DataTable name="strategy-money" columns={moneyColumns(t)} rows={strategy.money} rowKey={(row) => row.currency} />
        )}
        <div className={board['foot']}>
          <Link className={css['link']} to="/actions" search={{ on: strategy.last_decided_on ?? undefined, strategy: strategy.strategy_id }}>{t('strategy.actions')}</Link>
          {counts.capped === 0 ? null : (
            <Link className={css['link']} to="/actions" search={{ on: strategy.last_capped_on ?? undefined, strategy: strategy.strategy_id, reason: 'contact_cap_reached' }}>
              {t('strategy.capped', { number: count(counts.capped) })}
            </Link>
          )}
          {strategy.under_floor === 0 ? null : (
            <Link className={css['link']} to="/delivery" search={{ list: 'untouched', strategy: strategy.strategy_id }}>{t('strategy.silent_rows')}: {count(strategy.under_floor)}</Link>
          )}
        </div>
      </Card>
      <Card title={t('strategy.history')}>
        {versions.isPending ? <Loading /> : null}
        {versions.error === null ? null : <Failed error={versions.error} retry={() => void versions.refetch()} />}
        {versions.data === undefined ? null : <DataTable name="strategy-versions" columns={versionColumns(t, timeZone)} rows={versions.data.versions} rowKey={(row) => row.version} />}
      </Card>
    </div>
  );
}

type Money = Strategy['money'][number];
const moneyColumns = (t: TFunction): readonly Column<Money>[] => [
  { key: 'currency', title: t('column.currency'), wide: true, value: (row) => row.currency, cell: (row) => row.currency },
  { key: 'recovered', title: t('strategy.recovered'), amount: true, value: (row) => row.recovered_minor, cell: (row) => money(row.recovered_minor, row.currency) },
  { key: 'cost', title: t('column.cost'), amount: true, value: (row) => row.cost_minor, cell: (row) => money(row.cost_minor, row.currency) },
  { key: 'net', title: t('strategy.net'), amount: true, wide: true, value: (row) => row.recovered_minor - row.cost_minor, cell: (row) => money(row.recovered_minor - row.cost_minor, row.currency) },
  { key: 'return', title: t('strategy.return'), amount: true, value: (row) => row.return_on_cost, cell: (row) => timesText(t, row.return_on_cost) },
];

const versionColumns = (t: TFunction, timeZone: string): readonly Column<StrategyVersion>[] => [
  { key: 'version', title: t('strategy.version'), amount: true, value: (row) => row.version, cell: (row) => row.version },
  {
    key: 'changed', title: t('strategy.changed'), value: (row) => row.changed_at,
    cell: (row) => <>{row.changed_by} <StateBadge group="strategy_state" value={row.state} /><div className={css['quiet']}>{moment(row.changed_at, timeZone)}</div></>,
  },
  { key: 'goal', title: t('strategy.goal'), amount: true, value: (row) => row.goal_now, cell: (row) => <Pair metric={row.goal_metric} now={row.goal_now} aim={row.goal_value} /> },
  { key: 'guard', title: t('strategy.guard'), amount: true, value: (row) => row.guard_now, cell: (row) => <Pair metric={row.guard_metric} now={row.guard_now} aim={row.guard_limit} /> },
  { key: 'contacts', title: t('strategy.contacts'), amount: true, wide: true, value: (row) => row.counts.contacts, cell: (row) => count(row.counts.contacts) },
];

function Pair({ metric, now, aim }: { metric: Strategy['goal_metric'] | Strategy['guard_metric']; now: number | null; aim: number }) {
  return <>{now === null ? '—' : metricText(metric, now)}<div className={css['quiet']}>{metricText(metric, aim)}</div></>;
}
