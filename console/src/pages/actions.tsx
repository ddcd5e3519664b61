/** What did we choose for whom today, and why not something else? */

import { Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { strategiesQuery } from '../data/foresee.ts';
import { actionDayQuery, actionsQuery, MARKETS } from '../data/law.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { day, money, percent } from '../parts/format.ts';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { DayChoice } from './action-day.tsx';
import { ActionPanel } from './action-panel.tsx';
import { ActionSums } from './action-sums.tsx';
import { strategyName } from './strategy-words.ts';
import filters from './holders.module.css';
import own from './law.module.css';

const route = getRouteApi('/inside/actions');
const ACTIONS = ['nothing', 'email', 'sms', 'push', 'wechat', 'call', 'letter', 'offer_plan', 'escalate'];
const TIERS = ['low', 'medium_low', 'medium_high', 'high'];
/** Of decisions that are kept: those for which a touch was due. */
const REASONS = ['best_value', 'hardship_support', 'contact_cap_reached', 'negative_expected_value', 'budget_used_up', 'no_channel', 'not_in_strategy'];
type Row = Data['actions']['actions'][number];

export function ActionsPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const columns = useColumns();
  const summary = useQuery(actionDayQuery(filter.on));
  const list = useInfiniteQuery(actionsQuery(filter));
  const strategies = useQuery(strategiesQuery(undefined)).data?.strategies ?? [];
  const rows = list.data?.pages.flatMap((page) => page.actions) ?? [];
  const filtered = [filter.action, filter.tier, filter.market, filter.currency, filter.strategy, filter.reason].some((value) => value !== undefined);
  const choices = {
    action: ACTIONS.map((value) => ({ value, label: word('action', value) })),
    tier: TIERS.map((value) => ({ value, label: word('tier', value) })),
    reason: REASONS.map((value) => ({ value, label: word('reason', value) })),
    market: MARKETS.map((value) => ({ value, label: word('market', value) })),
    currency: [...new Set([...(summary.data?.worth.map(({ currency }) => currency) ?? []), ...(filter.currency === undefined ? [] : [filter.currency])])],
  };
  const show = (reference: string | undefined): void => void navigate({ to: '/actions', search: { ...filter, open: reference } });
  const failed = summary.error ?? list.error;
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.actions')}</Title>
        <DayChoice day={summary.data} choose={(on) => void navigate({ to: '/actions', search: { ...filter, on } })} />
      </div>
      {failed === null ? null : <Failed error={failed} retry={() => void Promise.all([summary.refetch(), list.refetch()])} />}
      {summary.data === undefined ? summary.isPending ? <Card><Loading /></Card> : null : (
        <ActionSums day={summary.data} mainCurrency={session.insurer.reporting_currency} simulated={session.insurer.simulated} />
      )}
      <Card title={t('actions.list')}>
        <div className={`${filters['filters'] ?? ''} ${own['filters'] ?? ''}`}>
          {(['action', 'reason', 'tier', 'market', 'currency'] as const).map((name) => (
            <FilterSelect key={name} label={t(`column.${name}`)} value={filter[name]} data={choices[name]} choose={(value) => void navigate({ to: '/actions', search: { ...filter, [name]: value } })} />
          ))}
          <FilterSelect
            label={t('actions.strategy')} value={filter.strategy === undefined ? undefined : String(filter.strategy)}
            data={strategies.map((one) => ({ value: String(one.strategy_id), label: strategyName(t, one) }))}
            choose={(value) => void navigate({ to: '/actions', search: { ...filter, strategy: value === undefined ? undefined : Number(value) } })}
          />
        </div>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.isSuccess && rows.length === 0 ? <Empty title={t('actions.none')} hint={t(filtered ? 'actions.none_filtered_hint' : 'actions.none_hint')} /> : null}
        {rows.length === 0 ? null : (
          <DataTable
            name={`actions-${summary.data?.on ?? ''}`}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.reference}
            open={(row) => show(row.reference)}
            isOpen={(row) => row.reference === open}
          />
        )}
        <MoreRows list={list} />
      </Card>
      {open === undefined ? null : <ActionPanel reference={open} on={filter.on ?? summary.data?.on ?? undefined} close={() => show(undefined)} />}
    </div>
  );
}

function useColumns(): readonly Column<Row>[] {
  const { t } = useTranslation();
  return [
    { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => <strong>{row.holder_name}</strong> },
    { key: 'bill', title: t('column.bill'), wide: true, value: (row) => row.reference, cell: (row) => <span className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{row.reference}</span> },
    { key: 'market', title: t('column.market'), wide: true, value: (row) => row.market, cell: (row) => word('market', row.market) },
    { key: 'due', title: t('column.due'), wide: true, value: (row) => row.due_on, cell: (row) => <span className={css['code']}>{day(row.due_on)}</span> },
    {
      key: 'outstanding', title: t('column.outstanding'), wide: true, amount: true, value: (row) => row.outstanding_minor,
      cell: (row) => money(row.outstanding_minor, row.currency),
    },
    {
      key: 'action', title: t('column.action'), value: (row) => row.action,
      cell: (row) => <div className={own['chosen']}>{word('action', row.action)}<div className={css['quiet']}>{word('reason', row.reason)}</div></div>,
    },
    {
      key: 'risk', title: t('column.probability'), wide: true, value: (row) => row.probability_late,
      cell: (row) => <span className={css['code']}><StateBadge group="tier" value={row.tier} /> {percent(row.probability_late, 0)}</span>,
    },
    { key: 'cost', title: t('column.cost'), wide: true, amount: true, value: (row) => row.cost_minor, cell: (row) => <span className={css['quiet']}>{money(row.cost_minor, row.currency)}</span> },
    { key: 'value', title: t('column.value'), amount: true, value: (row) => row.value_minor, cell: (row) => <strong>{money(row.value_minor, row.currency)}</strong> },
  ];
}
