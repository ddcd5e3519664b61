/** Who is not yet due and likely to be late, each with the three strongest reasons: to act before, not after. */

import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconTrendingDown, IconTrendingUp } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { highRiskQuery, type HighRisk } from '../data/results.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money, percent } from '../parts/format.ts';
import { HandOverModal } from '../parts/hand-over.tsx';
import { MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import type { PartView } from './dashboard-card.tsx';

const columnsOf = (t: TFunction): readonly Column<HighRisk>[] => [
  { key: 'due', title: t('column.due'), value: (row) => row.due_on, cell: (row) => <span className={css['code']}>{day(row.due_on)}</span> },
  { key: 'holder', title: t('money.holder'), value: (row) => row.holder_name, cell: (row) => <><strong>{row.holder_name}</strong><div className={`${css['quiet'] ?? ''} ${css['code'] ?? ''}`}>{row.policy_number}</div><div className={css['narrow']}><Reasons of={row} /></div></> },
  { key: 'class', title: t('dashboard.filter.line'), wide: true, value: (row) => `${row.market} ${row.line}`, cell: (row) => <>{word('line', row.line)}<div className={css['quiet']}>{word('market', row.market)}</div></> },
  { key: 'amount', title: t('money.amount'), wide: true, amount: true, value: (row) => row.amount_minor, cell: (row) => money(row.amount_minor, row.currency) },
  { key: 'probability', title: t('column.probability'), amount: true, value: (row) => row.probability_late, cell: (row) => percent(row.probability_late, 0) },
  {
    key: 'reasons', title: t('ahead.reasons'), wide: true, value: (row) => row.reasons.map(({ text }) => text).join('; '), cell: (row) => <Reasons of={row} />,
  },
];

function Reasons({ of: { reasons } }: { of: HighRisk }) {
  const { t } = useTranslation();
  return reasons.map((reason) => (
    <div key={reason.feature}>{reason.contribution > 0 ? <IconTrendingUp size={13} aria-label={t('risk.raises')} /> : <IconTrendingDown size={13} aria-label={t('risk.lowers')} />} {reason.text}</div>
  ));
}

export function AheadPart({ view }: { view: PartView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useInfiniteQuery(highRiskQuery(view.filter.market));
  const [given, setGiven] = useState<{ rows: readonly HighRisk[]; clear: () => void } | null>(null);
  const rows = list.data?.pages.flatMap((page) => page.policies) ?? [];
  const columns = columnsOf(t);
  return (
    <Card title={rows.length === 0 ? t('ahead.title') : t(list.hasNextPage ? 'ahead.finding_more' : 'ahead.finding', { number: count(rows.length) })}>
      <p className={css['quiet']}>{t('ahead.about')}</p>
      {list.isPending ? <Loading rows={8} /> : null}
      {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && !list.hasNextPage ? <Empty title={t('ahead.none')} hint={t('ahead.none_hint')} /> : null}
      {rows.length === 0 ? null : (
        <DataTable name="not-due-high-risk" columns={columns} rows={rows} rowKey={(row) => `${row.policy_id} ${row.due_on}`} open={(row) => void navigate({ to: '/holders/$holderId', params: { holderId: String(row.holder_id) } })}
          bulk={view.role === 'auditor' ? undefined : { label: t('hand_over.act'), act: (chosen, clear) => setGiven({ rows: chosen, clear }) }} />
      )}
      <MoreRows list={list} />
      {given === null ? null : (
        <HandOverModal about={given.rows.map(({ holder_id, bill_id }) => ({ holder_id, bill_id }))} close={(done) => { if (done) given.clear(); setGiven(null); }} />
      )}
    </Card>
  );
}
