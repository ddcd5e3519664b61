/** What is to be expected of a segment: of what falls due in thirty and ninety days, how much will be late by its scores. */

import { useTranslation } from 'react-i18next';
import type { SegmentView } from '../data/segments.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, decimal, money, percent } from '../parts/format.ts';
import { Empty } from '../parts/states.tsx';
import { shareOf, SqlButton, sumOf } from './dashboard-card.tsx';
import own from './dashboard.module.css';
import type { PartOf } from './segment.tsx';
import { Figure, SegmentHolders } from './segment-happened.tsx';

const WINDOWS = [30, 90] as const;

export function SegmentComing({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  const { ahead } = part.view;
  const sums = (days: number, whole: boolean) => {
    const rows = ahead.filter((row) => row.days === days && row.whole === whole);
    return { bills: sumOf(rows, (row) => row.bills), expected: sumOf(rows, (row) => row.expected), unscored: sumOf(rows, (row) => row.unscored) };
  };
  return (
    <div className={own['cards']}>
      <div className={own['stack']}>
        {WINDOWS.map((days) => {
          const [mine, all] = [sums(days, false), sums(days, true)];
          const note = t('segments.expected_of', { late: decimal(mine.expected, mine.expected < 10 ? 1 : 0), bills: count(mine.bills) });
          return (
            <Figure key={days} part={part} block="ahead" name={t('segments.next_days', { days })} value={mine.bills === 0 ? '—' : percent(shareOf(mine.expected, mine.bills))}
              note={mine.unscored === 0 ? note : `${note}${t('segments.and')}${t('segments.unscored', { count: mine.unscored })}`} all={all.bills === 0 ? null : percent(shareOf(all.expected, all.bills))} />
          );
        })}
      </div>
      <Card title={t('segments.by_currency')}><Amounts part={part} /></Card>
    </div>
  );
}

function Amounts({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  type Row = SegmentView['ahead'][number];
  const rows = part.view.ahead.filter((row) => !row.whole && row.bills > 0);
  const columns: readonly Column<Row>[] = [
    { key: 'days', title: t('segments.window'), value: (row) => row.days, cell: (row) => t('segments.days', { days: count(row.days) }) },
    { key: 'currency', title: t('segments.currency'), wide: true, value: (row) => row.currency, cell: (row) => row.currency },
    { key: 'bills', title: t('segments.bills'), amount: true, wide: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'expected', title: t('segments.expected_late'), amount: true, value: (row) => row.expected, cell: (row) => decimal(row.expected) },
    { key: 'amount', title: t('segments.amount'), amount: true, wide: true, value: (row) => row.amount_minor, cell: (row) => money(row.amount_minor, row.currency) },
    { key: 'late', title: t('segments.expected_amount'), amount: true, value: (row) => row.expected_minor, cell: (row) => money(row.expected_minor, row.currency) },
  ];
  if (rows.length === 0) return <Empty title={t('segments.nothing')} />;
  return (
    <>
      <DataTable name="segment-ahead" columns={columns} rows={rows} rowKey={(row) => `${row.days} ${row.currency}`} />
      <div className={own['foot']}><SqlButton open={() => part.openSql('ahead')} /><SegmentHolders part={part} /></div>
    </>
  );
}
