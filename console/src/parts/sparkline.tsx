/** The way of a figure over thirty days, with its target as a dashed line. */

import css from './parts.module.css';

const WIDTH = 120;
const HEIGHT = 34;
/** Room above and below the line, as a share of its span. */
const MARGIN = 0.15;

export function Sparkline({ values, target, label }: { values: readonly number[]; target?: number; label: string }) {
  if (values.length < 2) return null;
  const all = target === undefined ? values : [...values, target];
  const low = Math.min(...all);
  const span = (Math.max(...all) - low || 1) * (1 + 2 * MARGIN);
  const y = (value: number): number => HEIGHT - ((value - low) / span + MARGIN / (1 + 2 * MARGIN)) * HEIGHT;
  const path = values
    .map((value, i) => `${i === 0 ? 'M' : 'L'}${((i / (values.length - 1)) * WIDTH).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
  return (
    <svg className={css['spark']} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {target === undefined ? null : <line x1={0} x2={WIDTH} y1={y(target)} y2={y(target)} />}
      <path d={path} />
    </svg>
  );
}
