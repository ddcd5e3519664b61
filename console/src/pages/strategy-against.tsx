/** A figure of a strategy beside what it is held against. */

import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Strategy } from '../data/foresee.ts';
import { word } from '../language.ts';
import css from '../parts/parts.module.css';
import { aimText, metricText } from './strategy-words.ts';
import board from './dashboard.module.css';

export function Against({ metric, aim, now, well }: { metric: Strategy['goal_metric'] | Strategy['guard_metric']; aim: number; now: number | null; well: boolean | null }) {
  const { t } = useTranslation();
  return (
    <>
      {now === null ? <span className={css['quiet']}>{t('strategy.unknown')}</span> : (
        <span className={well === true ? board['green'] : board['red']}>{well === true ? <IconCheck size={14} /> : <IconAlertTriangle size={14} />} {metricText(metric, now)}</span>
      )}
      <div className={css['quiet']}>{t('strategy.against', { metric: word('metric', metric), aim: aimText(t, metric, aim) })}</div>
    </>
  );
}
