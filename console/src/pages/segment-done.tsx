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
import { SqlButton, sumOf } from './dashboard-card.tsx';
import own from './dashboard.module.css';
import type { PartOf } from './segment.tsx';
import { SegmentHolders } from './segment-happened.tsx';
import look from './segments.module.css';

/** Of all currencies the number, of the one that is shown the money. */
type Sum = { readonly name: string; readonly number: number; readonly value: number; readonly cost: number };
type Answer = SegmentView['law'][number];

export function SegmentDone({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  const { view: { acts, waits, law }, currency } = part;
  const done = sumsOf(acts.filter(({ whole }) => !whole).map((row) => ({ name: row.action, currency: row.currency, number: row.decisions, value: row.value_minor, cost: row.cost_minor })), currency);
  const waiting = sumsOf(waits.filter(({ whole }) => !whole).map((row) => ({ name: row.reason, currency: row.currency, number: row.bills, value: row.value_minor, cost: 0 })), currency);
  return (
    <div className={own['cards']}>
      <Rows part={part} block="acts" title={t('segments.actions')} none={t('segments.no_actions')} columns={actColumns(t, currency)} rows={done} rowKey={({ name }) => name} />
      <div className={look['stack']}>
        <Rows part={part} block="waits" title={t('segments.limits')} none={t('segments.no_limits')} columns={waitColumns(t, currency)} rows={waiting} rowKey={({ name }) => name} />
        <Rows part={part} block="law" title={t('segments.law')} none={t('segments.no_law')} columns={lawColumns(t)} rows={law.filter(({ whole }) => !whole)} rowKey={(row) => `${row.answer} ${row.rule}`} />
      </div>
    </div>
  );
}

function sumsOf(rows: readonly (Sum & { readonly currency: string })[], currency: string): readonly Sum[] {
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, some]) => {
    const shown = some.filter((row) => row.currency === currency);
    return { name, number: sumOf(some, ({ number }) => number), value: sumOf(shown, ({ value }) => value), cost: sumOf(shown, ({ cost }) => cost) };
  }).toSorted((a, b) => b.number - a.number);
}

const actColumns = (t: TFunction, currency: string): readonly Column<Sum>[] => [
  { key: 'action', title: t('segments.action'), value: ({ name }) => word('action', name), cell: ({ name }) => word('action', name) },
  { key: 'decisions', title: t('segments.decisions'), amount: true, value: ({ number }) => number, cell: ({ number }) => count(number) },
  { key: 'value', title: t('segments.worth', { currency }), amount: true, value: ({ value }) => value, cell: ({ value }) => money(value, currency) },
  { key: 'cost', title: t('segments.cost', { currency }), amount: true, value: ({ cost }) => cost, cell: ({ cost }) => money(cost, currency) },
];
const waitColumns = (t: TFunction, currency: string): readonly Column<Sum>[] => [
  { key: 'limit', title: t('segments.limit'), value: ({ name }) => word('reason', name), cell: ({ name }) => word('reason', name) },
  { key: 'bills', title: t('segments.bills'), amount: true, value: ({ number }) => number, cell: ({ number }) => count(number) },
  { key: 'value', title: t('segments.forgone', { currency }), amount: true, value: ({ value }) => value, cell: ({ value }) => money(value, currency) },
];
const lawColumns = (t: TFunction): readonly Column<Answer>[] => [
  { key: 'answer', title: t('segments.answer'), value: (row) => word('gate', row.answer), cell: (row) => <StateBadge group="gate" value={row.answer} /> },
  { key: 'rule', title: t('segments.rule'), value: (row) => row.rule, cell: (row) => <RuleName rule={row.rule} article={null} where /> },
  { key: 'answers', title: t('segments.answers'), amount: true, value: (row) => row.answers, cell: (row) => count(row.answers) },
];

function Rows<Row>({ part, block, title, none, columns, rows, rowKey }: {
  part: PartOf; block: SegmentBlock; title: string; none: string; columns: readonly Column<Row>[]; rows: readonly Row[]; rowKey: (row: Row) => string;
}) {
  return (
    <Card title={title}>
      {rows.length === 0 ? <Empty title={none} /> : <DataTable name={`segment-${block}`} columns={columns} rows={rows} rowKey={rowKey} />}
      <div className={own['foot']}><SqlButton open={() => part.openSql(block)} />{rows.length === 0 ? null : <SegmentHolders part={part} />}</div>
    </Card>
  );
}
