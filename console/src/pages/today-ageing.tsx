/** What is outstanding, by market, line and days past due; each row opens the holders behind it. */

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { word } from '../language.ts';
import { count, money } from '../parts/format.ts';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';

type Row = Data['today']['ageing'][number];
const BUCKETS = ['ageing_not_due_minor', 'ageing_1_30_minor', 'ageing_31_60_minor', 'ageing_61_90_minor', 'ageing_over_90_minor'] as const;

export function Ageing({ rows }: { rows: readonly Row[] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <Empty title={t('ageing.none')} hint={t('ageing.none_hint')} />;
  return (
    <div className={css['scroll']}>
      <table className={css['table']}>
        <thead>
          <tr>
            <th>{t('column.market')}</th>
            <th>{t('column.line')}</th>
            <th className={css['amount']}>{t('column.bills')}</th>
            {BUCKETS.map((bucket) => (
              <th key={bucket} className={css['amount']}>
                {t(`ageing.${bucket}`)}
              </th>
            ))}
            <th className={css['amount']}>{t('column.total')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={`${row.market} ${row.line} ${row.currency}`}>
              {row.market === rows[i - 1]?.market ? null : (
                <td rowSpan={rows.filter(({ market }) => market === row.market).length} className={css['code']}>
                  <Link to="/holders" search={{ market: row.market }}>
                    {word('market', row.market)}
                  </Link>
                </td>
              )}
              <td className={css['code']}>
                <Link to="/holders" search={{ market: row.market, line: row.line }}>
                  {word('line', row.line)}
                </Link>
              </td>
              <td className={css['amount']}>{count(row.bills)}</td>
              {BUCKETS.map((bucket) => (
                <td key={bucket} className={css['amount']}>
                  {row[bucket] === 0 ? '—' : money(row[bucket], row.currency)}
                </td>
              ))}
              <td className={css['amount']}>
                <strong>
                  {money(
                    BUCKETS.reduce((sum, bucket) => sum + row[bucket], 0),
                    row.currency,
                  )}
                </strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
