/** A day before it is closed: what bank and providers say beside the books, and what is on one side alone. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { dayQuery } from '../data/finance.ts';
import { word } from '../language.ts';
import { count, money } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './money.module.css';

export function LedgerDay({ on }: { on: string }) {
  const { t } = useTranslation();
  const view = useQuery(dayQuery(on));
  if (view.error !== null) return <Failed error={view.error} retry={() => void view.refetch()} />;
  if (view.data === undefined) return <Loading rows={3} />;
  const { sides, left, left_count: all } = view.data;
  if (sides.length === 0) return <p className={css['quiet']}>{t('finance.day_empty')}</p>;
  return (
    <>
      <div className={css['scroll']}>
        <table className={css['table']}>
          <thead><tr><th>{t('finance.side')}</th><th className={css['amount']}>{t('finance.they_say')}</th><th className={css['amount']}>{t('finance.books_say')}</th></tr></thead>
          <tbody>
            {sides.map((side) => (
              <tr key={`${side.side} ${side.currency}`}>
                <td>{word('day_side', side.side)} · {side.currency}</td>
                <td className={css['amount']}>{money(side.reported_minor, side.currency)}<div className={css['quiet']}>{count(side.reported)}</div></td>
                <td className={css['amount']}><span className={side.reported_minor === side.booked_minor ? own['good'] : own['bad']}>{money(side.booked_minor, side.currency)}</span><div className={css['quiet']}>{count(side.booked)}</div></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={all === 0 ? own['good'] : own['bad']}>{all === 0 ? t('finance.day_agrees') : t('finance.day_left', { count: all, number: count(all) })}</p>
      {left.length === 0 ? null : (
        <ol className={own['corrections']}>
          {left.map((one) => (
            <li key={`${one.kind} ${String(one.id)} ${one.side}`}>
              {word('day_side', one.side)} · {word('day_left', one.reason)} · {money(one.reported_minor, one.currency)} / {money(one.booked_minor, one.currency)}{' '}
              {one.holder_id === null ? null : <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(one.holder_id) }}>{t('suspense.open_holder')}</Link>}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
