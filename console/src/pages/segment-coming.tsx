/** What is to be expected of a segment: of what falls due in thirty and ninety days, how much will be late by its scores. */

import { useTranslation } from 'react-i18next';
import { count, decimal, money, percent } from '../parts/format.ts';
import { shareOf, sumOf } from './dashboard-card.tsx';
import type { PartOf } from './segment.tsx';
import { Figure } from './segment-happened.tsx';
import figures from './today.module.css';

const WINDOWS = [30, 90] as const;

export function SegmentComing({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  const { view: { ahead }, currency } = part;
  const sums = (days: number, whole: boolean) => {
    const rows = ahead.filter((row) => row.days === days && row.whole === whole);
    const own = rows.filter((row) => row.currency === currency);
    return {
      bills: sumOf(rows, (row) => row.bills), expected: sumOf(rows, (row) => row.expected), unscored: sumOf(rows, (row) => row.unscored), amount: sumOf(own, (row) => row.amount_minor), late: sumOf(own, (row) => row.expected_minor),
    };
  };
  const share = (part_: number, whole: number): string => (whole === 0 ? '—' : percent(shareOf(part_, whole)));
  return (
    <div className={figures['figures']}>
      {WINDOWS.flatMap((days) => {
        const [mine, all] = [sums(days, false), sums(days, true)];
        const note = t('segments.expected_of', { late: decimal(mine.expected, mine.expected < 10 ? 1 : 0), bills: count(mine.bills) });
        return [
          <Figure key={`share ${days}`} part={part} block="ahead" name={t('segments.next_days', { days })} value={share(mine.expected, mine.bills)}
            note={mine.unscored === 0 ? note : `${note}${t('segments.and')}${t('segments.unscored', { count: mine.unscored })}`} all={all.bills === 0 ? null : share(all.expected, all.bills)} />,
          <Figure key={`amount ${days}`} part={part} block="ahead" name={t('segments.next_amount', { days })} value={money(mine.late, currency)} small
            note={t('segments.of_amount', { amount: money(mine.amount, currency) })} all={share(all.late, all.amount)} />,
        ];
      })}
    </div>
  );
}
