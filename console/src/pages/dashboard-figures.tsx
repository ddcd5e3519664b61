/** Where we stand: each figure with its target, the industry's average and the leader, and how far away each is. */

import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../parts/card.tsx';
import { count, decimal, percent } from '../parts/format.ts';
import parts from '../parts/parts.module.css';
import { SqlButton, type DashboardView, type Shown } from './dashboard-card.tsx';
import { valueBeside } from './dashboard-words.ts';
import own from './dashboard.module.css';
import css from './today.module.css';

type Figure = Shown['figures'][number];
const LARGE: readonly Figure['figure'][] = ['paid_on_time', 'days_to_collect', 'uncollectible', 'mean_days_late'];
const LINES = ['target', 'industry', 'leader'] as const;

export function DashboardFigures({ view }: { view: DashboardView }) {
  const { t } = useTranslation();
  const large = view.shown.figures.filter(({ figure }) => LARGE.includes(figure));
  const more = view.shown.figures.filter(({ figure }) => !LARGE.includes(figure));
  return (
    <section aria-label={t('dashboard.figures')}>
      <div className={css['figures']}>{large.map((figure) => <FigureCard key={figure.figure} figure={figure} view={view} />)}</div>
      <div className={own['more']}>{more.map((figure) => <FigureCard key={figure.figure} figure={figure} view={view} />)}</div>
    </section>
  );
}

function FigureCard({ figure, view }: { figure: Figure; view: DashboardView }) {
  const { t } = useTranslation();
  const { value, unit, target, source } = figure;
  const show = (one: number): string => (unit === 'share' ? percent(one) : t('dashboard.days', { days: decimal(one) }));
  const reached = value === null || target === null ? null : figure.better === 'more' ? value >= target : value <= target;
  const lines = LINES.flatMap((name) => (figure[name] === null ? [] : [[name, figure[name]] as const]));
  return (
    <Card>
      <div className={css['figure']}>
        <div className={css['name']}>{t(`dashboard.figure.${figure.figure}`)}</div>
        <div className={css['big']}>{valueBeside(t, unit, value, target)}</div>
        {reached === null ? null : (
          <span className={`${css['against'] ?? ''} ${css[reached ? 'good' : 'bad'] ?? ''}`}>
            {reached ? <IconCheck size={15} /> : <IconAlertTriangle size={15} />}
            {t(reached ? 'dashboard.reached' : 'dashboard.missed')}
          </span>
        )}
        <span className={parts['quiet']}>{value === null ? t('dashboard.no_value') : t(`dashboard.of.${figure.figure}`, { part: count(Math.round(figure.numerator)), whole: count(figure.denominator) })}</span>
        {lines.length === 0 ? null : (
          <div className={own['against']} title={source}>
            {lines.map(([name, line]) => (
              <Fragment key={name}>
                <span>{t(`dashboard.against.${name}`)}</span>
                <span>{show(line)}</span>
                <span>{value === null ? '—' : <Gap gap={value - line} unit={unit} />}</span>
              </Fragment>
            ))}
          </div>
        )}
        <div className={own['foot']}>
          <SqlButton open={() => view.openSql(figure.figure)} />
          {lines.length === 0 || figure.verified ? null : <span className={parts['quiet']} title={source}>{t('dashboard.unverified')}</span>}
        </div>
      </div>
    </Card>
  );
}

/** `+3.2 points`, `−1.5 days`: ours less theirs. */
function Gap({ gap, unit }: { gap: number; unit: Figure['unit'] }) {
  const { t } = useTranslation();
  const scaled = unit === 'share' ? gap * 100 : gap;
  const text = `${scaled > 0 ? '+' : scaled < 0 ? '−' : ''}${decimal(Math.abs(scaled))}`;
  return <>{unit === 'share' ? t('dashboard.points', { points: text }) : t('dashboard.days', { days: text })}</>;
}
