/** What was stopped, by which rule, and until when? Every answer of the law, day by day. */

import { Button, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { gateDayQuery, gateFileAddress, gateQuery, MARKETS } from '../data/law.ts';
import { rulesQuery, sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, moment } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { DayChoice } from './action-day.tsx';
import { StoppedByRule } from './action-sums.tsx';
import { GatePanel } from './gate-panel.tsx';
import filters from './holders.module.css';
import own from './law.module.css';
import today from './today.module.css';

const route = getRouteApi('/inside/gate');
const ANSWERS = ['refuse', 'defer', 'allow'] as const;
type Row = Data['gate_answer'];

export function GatePage() {
  const { t } = useTranslation();
  const { open, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const columns = useColumns();
  const summary = useQuery(gateDayQuery(filter.on));
  const rules = useQuery(rulesQuery).data;
  const list = useInfiniteQuery(gateQuery(filter));
  const rows = list.data?.pages.flatMap((page) => page.answers) ?? [];
  const filtered = [filter.answer, filter.rule, filter.market].some((value) => value !== undefined);
  const ruleName = (id: string): string => {
    const rule = rules?.get(id);
    return rule === undefined ? word('rule', id) : `${word('governs', rule.governs)} · ${word('market', rule.market)} · ${rule.article}`;
  };
  const met = new Set([...(summary.data?.by_rule.map(({ rule }) => rule) ?? []), ...(filter.rule === undefined ? [] : [filter.rule])]);
  const choices = {
    answer: ANSWERS.map((value) => ({ value, label: word('gate', value) })),
    rule: [...met].map((value) => ({ value, label: ruleName(value) })),
    market: MARKETS.map((value) => ({ value, label: word('market', value) })),
  };
  const show = (key: string | undefined): void => void navigate({ to: '/gate', search: { ...filter, open: key } });
  const failed = summary.error ?? list.error;
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.gate')}</Title>
        <DayChoice day={summary.data} choose={(on) => void navigate({ to: '/gate', search: { ...filter, on } })} />
      </div>
      {failed === null ? null : <Failed error={failed} retry={() => void Promise.all([summary.refetch(), list.refetch()])} />}
      {summary.data === undefined ? summary.isPending ? <Card><Loading /></Card> : null : <GateSums day={summary.data} />}
      <Card
        title={t('room.gate')}
        aside={
          <Button component="a" href={gateFileAddress(filter)} download size="compact-sm" variant="default" leftSection={<IconDownload size={14} />}>
            {t('gate_log.file')}
          </Button>
        }
      >
        <div className={`${filters['filters'] ?? ''} ${own['filters'] ?? ''}`}>
          {(['answer', 'rule', 'market'] as const).map((name) => (
            <FilterSelect key={name} label={t(`column.${name}`)} value={filter[name]} data={choices[name]} choose={(value) => void navigate({ to: '/gate', search: { ...filter, [name]: value } })} />
          ))}
        </div>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.isSuccess && rows.length === 0 ? (
          <Empty title={t(filtered ? 'gate_log.none_filtered' : 'gate_log.none')} hint={t(filtered ? 'actions.none_filtered_hint' : 'gate_log.none_hint')} />
        ) : null}
        {rows.length === 0 ? null : (
          <DataTable
            name={`gate-${summary.data?.on ?? ''}`}
            columns={columns}
            rows={rows}
            rowKey={keyOf}
            open={(row) => show(keyOf(row))}
            isOpen={(row) => keyOf(row) === open}
          />
        )}
        <MoreRows list={list} />
      </Card>
      {open === undefined ? null : <GatePanel open={open} close={() => show(undefined)} />}
    </div>
  );
}

const keyOf = (row: Row): string => `${row.holder_id}:${row.ask_key}`;

function useColumns(): readonly Column<Row>[] {
  const { t } = useTranslation();
  return [
    { key: 'answer', title: t('column.answer'), value: (row) => row.answer, cell: (row) => <StateBadge group="gate" value={row.answer} /> },
    { key: 'name', title: t('column.name'), value: (row) => row.holder_name, cell: (row) => <strong>{row.holder_name}</strong> },
    { key: 'bill', title: t('column.bill'), wide: true, value: (row) => row.reference, cell: (row) => <span className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{row.reference ?? '—'}</span> },
    { key: 'market', title: t('column.market'), wide: true, value: (row) => row.market, cell: (row) => word('market', row.market) },
    { key: 'purpose', title: t('column.purpose'), wide: true, value: (row) => row.purpose, cell: (row) => (row.purpose === null ? word('action', row.action) : word('purpose', row.purpose)) },
    { key: 'channel', title: t('column.channel'), wide: true, value: (row) => row.channel, cell: (row) => (row.channel === null ? '—' : word('channel', row.channel)) },
    {
      key: 'asked_for', title: t('column.asked_for'), wide: true, value: (row) => row.asked_for_at,
      cell: (row) => <span className={css['code']}>{moment(row.asked_for_at, row.time_zone)}</span>,
    },
    {
      key: 'rule', title: t('column.rule'), value: (row) => row.rule,
      cell: (row) => (row.rule === null ? <span className={css['quiet']}>{t('gate.no_rule')}</span> : <RuleName rule={row.rule} article={row.article} />),
    },
    {
      key: 'until', title: t('column.until'), wide: true, value: (row) => row.deferred_until,
      cell: (row) => <span className={css['code']}>{row.deferred_until === null ? '—' : moment(row.deferred_until, row.time_zone)}</span>,
    },
  ];
}

function GateSums({ day }: { day: Data['gate_day'] }) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <div className={today['two']}>
      <Card title={t('gate_log.asked')} aside={<Simulated simulated={session.insurer.simulated} />}>
        <div className={today['figures']} style={{ gridTemplateColumns: 'repeat(3, minmax(0, 1fr))' }}>
          {ANSWERS.map((answer) => (
            <Link key={answer} to="/gate" search={{ on: day.on ?? undefined, answer }} style={{ color: 'inherit', textDecoration: 'none' }}>
              <div className={today['big']}>{count(day[answer])}</div>
              <StateBadge group="gate" value={answer} />
            </Link>
          ))}
        </div>
      </Card>
      <Card title={t('gate_log.by_rule')}>
        <StoppedByRule on={day.on} rows={day.by_rule} />
      </Card>
    </div>
  );
}
