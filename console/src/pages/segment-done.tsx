/** What is done about a segment today: the actions chosen, what waits because of a limit, and what the law stopped. */

import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { SegmentBlock, SegmentView } from '../data/segments.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, money } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Empty } from '../parts/states.tsx';
import { SqlButton } from './dashboard-card.tsx';
import own from './dashboard.module.css';
import type { PartOf } from './segment.tsx';
import { SegmentHolders } from './segment-happened.tsx';

type Act = SegmentView['acts'][number];
type Wait = SegmentView['waits'][number];
type Answer = SegmentView['law'][number];

export function SegmentDone({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  const { acts, waits, law } = part.view;
  return (
    <div className={own['cards']}>
      <Rows part={part} block="acts" title={t('segments.actions')} none={t('segments.no_actions')} columns={actColumns(t)} rows={acts} rowKey={(row) => `${row.action} ${row.currency}`} />
      <div className={own['stack']}>
        <Rows part={part} block="waits" title={t('segments.limits')} none={t('segments.no_limits')} columns={waitColumns(t)} rows={waits} rowKey={(row) => `${row.reason} ${row.currency}`} />
        <Rows part={part} block="law" title={t('segments.law')} none={t('segments.no_law')} columns={lawColumns(t)} rows={law} rowKey={(row) => `${row.answer} ${row.rule}`} />
      </div>
    </div>
  );
}

const actColumns = (t: TFunction): readonly Column<Act>[] => [
  { key: 'action', title: t('segments.action'), value: (row) => word('action', row.action), cell: (row) => word('action', row.action) },
  { key: 'decisions', title: t('segments.decisions'), amount: true, value: (row) => row.decisions, cell: (row) => count(row.decisions) },
  { key: 'currency', title: t('segments.currency'), wide: true, value: (row) => row.currency, cell: (row) => row.currency },
  { key: 'value', title: t('segments.worth'), amount: true, value: (row) => row.value_minor, cell: (row) => money(row.value_minor, row.currency) },
  { key: 'cost', title: t('segments.cost'), amount: true, value: (row) => row.cost_minor, cell: (row) => money(row.cost_minor, row.currency) },
];
const waitColumns = (t: TFunction): readonly Column<Wait>[] => [
  { key: 'limit', title: t('segments.limit'), value: (row) => word('reason', row.reason), cell: (row) => word('reason', row.reason) },
  { key: 'bills', title: t('segments.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
  { key: 'value', title: t('segments.forgone'), amount: true, value: (row) => row.value_minor, cell: (row) => money(row.value_minor, row.currency) },
];
const lawColumns = (t: TFunction): readonly Column<Answer>[] => [
  { key: 'answer', title: t('segments.answer'), value: (row) => word('gate', row.answer), cell: (row) => <StateBadge group="gate" value={row.answer} /> },
  { key: 'rule', title: t('segments.rule'), value: (row) => row.rule, cell: (row) => <RuleName rule={row.rule} article={null} where /> },
  { key: 'answers', title: t('segments.answers'), amount: true, value: (row) => row.answers, cell: (row) => count(row.answers) },
];

function Rows<Row extends { readonly whole: boolean }>({ part, block, title, none, columns, rows, rowKey }: {
  part: PartOf; block: SegmentBlock; title: string; none: string; columns: readonly Column<Row>[]; rows: readonly Row[]; rowKey: (row: Row) => string;
}) {
  const mine = rows.filter((row) => !row.whole);
  return (
    <Card title={title}>
      {mine.length === 0 ? <Empty title={none} /> : <DataTable name={`segment-${block}`} columns={columns} rows={mine} rowKey={rowKey} />}
      <div className={own['foot']}><SqlButton open={() => part.openSql(block)} />{mine.length === 0 ? null : <SegmentHolders part={part} />}</div>
    </Card>
  );
}
