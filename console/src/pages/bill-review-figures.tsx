/** How right bills are, made by the cycle and by hand, month by month; and each night's bills against what was due to leave. */

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { count, day, decimal, percent } from '../parts/format.ts';
import { Sparkline } from '../parts/sparkline.tsx';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import collect from './collect.module.css';

type Review = Data['bill_review'];
const EXCEPTIONS_SHOWN = 20;

const share = (value: number | null): string => (value === null ? '—' : percent(value, 2));
/** A night's bill takes the machine less than a thousandth. */
const minutes = (value: number | null): string => (value === null ? '—' : value > 0 && value < 0.001 ? `< ${decimal(0.001, 3)}` : decimal(value, value < 1 ? 3 : 1));
const days = (value: number | null): string => (value === null ? '—' : decimal(value, 1));

export function Quality({ review: { months, total } }: { review: Review }) {
  const { t } = useTranslation();
  const cycle = total.find(({ made }) => made === 'cycle');
  if (cycle === undefined) return <Card title={t('review.quality')}><Empty title={t('review.no_figures')} hint={t('review.no_figures_hint')} /></Card>;
  const rates = months.filter(({ made }) => made === 'cycle').map(({ error_rate: rate }) => rate ?? 0);
  return (
    <Card title={cycle.mend_days === null ? t('review.quality_none', { rate: share(cycle.error_rate), bills: count(cycle.bills) }) : t('review.quality_found', { rate: share(cycle.error_rate), days: days(cycle.mend_days) })}>
      <div className={collect['figures']}>
        <div className={collect['figure']}><span className={collect['big']}>{share(cycle.error_rate)}</span>{t('review.error_rate')}</div>
        <div className={collect['figure']}><span className={collect['small']}>{days(cycle.detect_days)}</span>{t('review.detect_days')}</div>
        <div className={collect['figure']}><span className={collect['small']}>{days(cycle.mend_days)}</span>{t('review.mend_days')}</div>
        <div className={collect['figure']}><span className={collect['small']}>{cycle.overdue === 0 ? '—' : share(cycle.overdue_wrong / cycle.overdue)}</span>{t('review.overdue_wrong')}</div>
        <Sparkline values={rates} label={t('review.error_rate')} />
      </div>
      <div className={css['scroll']} tabIndex={0} role="region" aria-label={t('review.quality')}>
        <table className={css['table']}>
          <thead><tr>
            <th>{t('review.month')}</th><th>{t('review.made')}</th><th className={css['amount']}>{t('review.bills')}</th><th className={css['amount']}>{t('review.wrong')}</th><th className={css['amount']}>{t('review.column_rate')}</th>
            <th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('review.column_days')}</th><th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('review.minutes')}</th>
          </tr></thead>
          <tbody>
            {months.toReversed().map((one) => (
              <tr key={`${one.month} ${one.made}`}>
                <td className={css['code']}>{one.month.slice(0, 7)}</td><td>{word('bill_made', one.made)}</td><td className={css['amount']}>{count(one.bills)}</td><td className={css['amount']}>{count(one.wrong)}</td>
                <td className={css['amount']}>{share(one.error_rate)}</td><td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{days(one.mend_days)}</td>
                <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{minutes(one.minutes_per_bill)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={css['quiet']}>{t('review.quality_note')}</p>
    </Card>
  );
}

export function Nights({ review: { runs } }: { review: Review }) {
  const { t } = useTranslation();
  const [last] = runs;
  if (last === undefined) return <Card title={t('review.nights')}><Empty title={t('review.no_nights')} hint={t('review.no_figures_hint')} /></Card>;
  return (
    <Card title={last.exception_count === 0 ? t('review.night_whole', { day: day(last.on_date), due: count(last.due) }) : t('review.night_left', { day: day(last.on_date), count: last.exception_count })}>
      <div className={css['scroll']} tabIndex={0} role="region" aria-label={t('review.nights')}>
        <table className={css['table']}>
          <thead><tr>
            <th>{t('review.night')}</th><th className={css['amount']}>{t('review.due')}</th><th className={css['amount']}>{t('review.issued')}</th><th className={css['amount']}>{t('review.held')}</th>
            <th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('review.mended')}</th><th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('review.short_notice')}</th><th className={css['amount']}>{t('review.left_over')}</th>
          </tr></thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.on_date}>
                <td className={css['code']}>{day(run.on_date)}</td><td className={css['amount']}>{count(run.due)}</td><td className={css['amount']}>{count(run.issued)}</td><td className={css['amount']}>{count(run.held)}</td>
                <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{count(run.released)}</td><td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{count(run.short_notice)}</td><td className={css['amount']}>{count(run.exception_count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {last.exceptions.length === 0 ? null : (
        <ul>
          {last.exceptions.slice(0, EXCEPTIONS_SHOWN).map((one) => (
            <li key={one.policy_id}><Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(one.holder_id) }}>{one.policy_number}</Link> · {day(one.due_on)} · {word('bill_exception', one.reason)}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}
