/** How likely the next premium is late, and the three reasons that weigh most. */

import { IconTrendingDown, IconTrendingUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { StateBadge } from '../parts/badges.tsx';
import { day, percent } from '../parts/format.ts';
import css from '../parts/parts.module.css';
import own from './holder.module.css';

export function RiskReasons({ risk }: { risk: Data['holder']['risk'][number] }) {
  const { t } = useTranslation();
  return (
    <>
      <div className={css['title']}>
        <span className={own['owes']}>{percent(risk.probability_late, 0)}</span>
        <StateBadge group="tier" value={risk.tier} />
      </div>
      <p className={css['quiet']}>{t('risk.explained', { day: day(risk.due_on), scored: day(risk.scored_on) })}</p>
      <ul className={own['reasons']}>
        {risk.reasons.map((reason) => (
          <li key={reason.feature}>
            {reason.contribution > 0 ? (
              <IconTrendingUp size={15} aria-label={t('risk.raises')} />
            ) : (
              <IconTrendingDown size={15} aria-label={t('risk.lowers')} />
            )}
            <span>{reason.text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
