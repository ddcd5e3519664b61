/** What holders say after they have paid: how easy and how clear, from 1 to 5, and by market. */

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { feedbackQuery } from '../data/reach.ts';
import { word } from '../language.ts';
import { count, percent } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './delivery.module.css';

const share = (part: number, whole: number): string => (whole === 0 ? '—' : percent(part / whole, 0));

export function Feedback() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(feedbackQuery);
  if (error !== null) return <Failed error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  if (data.ease.answers === 0) return <Empty title={t('delivery.feedback_none')} hint={t('delivery.feedback_none_hint')} />;
  return (
    <div className={own['feedback']}>
      <Grades name="ease" side={data.ease} />
      <Grades name="clarity" side={data.clarity} />
      <div className={css['scroll']} tabIndex={0} role="region" aria-label={t('column.market')}>
        <table className={css['table']}>
          <thead>
            <tr>
              <th>{t('column.market')}</th>
              <th className={css['amount']}>{t('delivery.answers')}</th>
              <th className={css['amount']}>{t('delivery.ease')}</th>
              <th className={css['amount']}>{t('delivery.clarity')}</th>
            </tr>
          </thead>
          <tbody>
            {data.by_market.map((row) => (
              <tr key={row.market}>
                <td>{word('market', row.market)}</td>
                <td className={css['amount']}>{count(row.answers)}</td>
                <td className={css['amount']}>{share(row.ease_good, row.answers)}</td>
                <td className={css['amount']}>{share(row.clarity_good, row.clarity_answers)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Grades({ name, side }: { name: 'ease' | 'clarity'; side: Data['feedback']['ease'] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...side.grades);
  return (
    <div>
      <div className={css['quiet']}>{t(`delivery.${name}_question`)}</div>
      <div className={own['big']}>{share(side.good, side.answers)}</div>
      <div className={css['quiet']}>{t('delivery.good_of', { number: count(side.answers) })}</div>
      <ol className={own['grades']} reversed>
        {side.grades.map((answers, index) => ({ grade: index + 1, answers })).toReversed().map(({ grade, answers }) => (
          <li key={grade}>
            <span>{grade}</span>
            <span className={own['bar']} aria-hidden="true"><span style={{ width: `${Math.round((answers / most) * 100)}%` }} /></span>
            <span className={css['amount']}>{count(answers)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
