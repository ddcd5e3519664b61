/** Holders: who they are, what they owe, how sure we are of their next payment. */

import { Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data, HolderQuery } from '../data/api.ts';
import { holdersQuery, sessionQuery } from '../data/queries.ts';
import { CHOICES as SEGMENT_CHOICES, segmentsQuery } from '../data/segments.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { day, money, percent } from '../parts/format.ts';
import { HandOverModal } from '../parts/hand-over.tsx';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { SavedViews } from '../parts/saved-views.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './holders.module.css';

type Holder = Data['holder_row'];
const route = getRouteApi('/inside/holders');
const CHOICES = {
  market: ['CN', 'HK', 'TW', 'PH', 'DE', 'US'],
  line: ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'],
  tier: ['low', 'medium_low', 'medium_high', 'high'],
  stage: ['not_due', 'due', 'grace', 'late', 'suspended', 'lapsed'],
  age: SEGMENT_CHOICES.ages,
  channel: SEGMENT_CHOICES.channels,
} as const satisfies Record<Exclude<keyof HolderQuery, 'segment'>, readonly string[]>;
const NAMES = ['market', 'line', 'tier', 'stage', 'age', 'channel'] as const;
const GROUPS = { market: 'market', line: 'line', tier: 'tier', stage: 'bill_stage', age: 'age_band', channel: 'channel' } as const;

export function HoldersPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(holdersQuery(filter));
  const holders = list.data?.pages.flatMap((page) => page.holders) ?? [];
  const filtered = filter.segment !== undefined || NAMES.some((name) => filter[name] !== undefined);
  const segments = useQuery(segmentsQuery).data?.segments ?? [];
  const role = useQuery(sessionQuery).data?.user.role;
  const [given, setGiven] = useState<{ rows: readonly Holder[]; clear: () => void } | null>(null);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.holders')}</Title>
      <div className={own['filters']}>
        {NAMES.map((name) => (
          <FilterSelect key={name} label={name === 'channel' ? t('segments.field.channels') : t(`column.${name}`)} value={filter[name]} data={CHOICES[name].map((value) => ({ value, label: word(GROUPS[name], value) }))} choose={(value) => void navigate({ to: '/holders', search: { ...filter, [name]: value } })} />
        ))}
        <FilterSelect
          label={t('column.segment')} value={filter.segment === undefined ? undefined : String(filter.segment)}
          data={segments.filter(({ segment_id: id, archived_at: archived }) => archived === null || id === filter.segment).map(({ segment_id: id, name }) => ({ value: String(id), label: name }))}
          choose={(value) => void navigate({ to: '/holders', search: { ...filter, segment: value === undefined ? undefined : Number(value) } })}
        />
        <SavedViews page="holders" search={filter} choose={(search) => void navigate({ to: '/holders', search })} />
      </div>
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && holders.length === 0 ? (
          <Empty
            title={t(list.hasNextPage ? 'holders.none_yet' : filtered ? 'holders.none_filtered' : 'holders.none')}
            hint={t(list.hasNextPage ? 'holders.none_yet_hint' : filtered ? 'holders.none_filtered_hint' : 'holders.none_hint')}
          />
        ) : null}
        {holders.length === 0 ? null : (
          <DataTable
            name="holders" columns={columnsOf(t)} rows={holders} rowKey={(row) => row.holder_id}
            open={(row) => void navigate({ to: '/holders/$holderId', params: { holderId: String(row.holder_id) } })}
            bulk={role === 'auditor' ? undefined : { label: t('hand_over.act'), act: (rows, clear) => setGiven({ rows, clear }) }}
          />
        )}
        <MoreRows list={list} />
      </Card>
      {given === null ? null : (
        <HandOverModal
          about={given.rows.map(({ holder_id }) => ({ holder_id, bill_id: null }))}
          close={(done) => {
            if (done) given.clear();
            setGiven(null);
          }}
        />
      )}
    </div>
  );
}

const columnsOf = (t: TFunction): readonly Column<Holder>[] => [
  {
    key: 'name', title: t('column.name'), value: (row) => row.name,
    cell: (row) => <Link className={own['name']} to="/holders/$holderId" params={{ holderId: String(row.holder_id) }}>{row.name}</Link>,
  },
  { key: 'reference', title: t('column.reference'), wide: true, value: (row) => row.external_ref, cell: (row) => <span className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{row.external_ref}</span> },
  { key: 'market', title: t('column.market'), wide: true, value: (row) => word('market', row.market), cell: (row) => <span className={css['code']}>{word('market', row.market)}</span> },
  { key: 'line', title: t('column.line'), wide: true, value: (row) => linesOf(row), cell: linesOf },
  { key: 'state', title: t('column.state'), wide: true, value: (row) => row.state, cell: (row) => (row.state === null ? '—' : <StateBadge group="policy_state" value={row.state} />) },
  {
    key: 'owes', title: t('column.owes'), amount: true, value: (row) => row.outstanding_minor,
    cell: (row) => (row.outstanding_minor === null || row.currency === null ? '—' : money(row.outstanding_minor, row.currency)),
  },
  { key: 'due', title: t('column.due'), wide: true, value: (row) => row.due_on, cell: (row) => <span className={css['code']}>{row.due_on === null ? '—' : day(row.due_on)}</span> },
  { key: 'stage', title: t('column.bill_stage'), value: (row) => row.stage, cell: (row) => (row.stage === null ? '—' : <StateBadge group="bill_stage" value={row.stage} />) },
  {
    key: 'risk', title: t('column.risk'), value: (row) => row.probability_late,
    cell: (row) => (row.tier === null ? '—' : <span className={css['code_wide']}><StateBadge group="tier" value={row.tier} /> {row.probability_late === null ? '' : percent(row.probability_late, 0)}</span>),
  },
];
const linesOf = (row: Holder): string => row.lines.map((line) => word('line', line)).join(', ');
