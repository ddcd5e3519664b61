/** Four figures against their targets, each with yesterday's beside it. */

import { IconArrowDownRight, IconArrowUpRight, IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count, decimal, money, percent } from '../parts/format.ts';
import { Sparkline } from '../parts/sparkline.tsx';
import parts from '../parts/parts.module.css';
import css from './today.module.css';

type Today = Data['today'];
type Ratio = Today['paid_on_time'];

export function Figures({ today, mainCurrency }: { today: Today; mainCurrency: string }) {
  const { t } = useTranslation();
  const { simulated } = today;
  const days = (value: number): string => `${decimal(value)} ${t('unit.days')}`;
  return (
    <div className={css['figures']}>
      <RatioFigure name={t('figure.paid_on_time')} ratio={today.paid_on_time} show={(value) => percent(value)} more simulated={simulated} />
      <RatioFigure name={t('figure.days_to_collect')} ratio={today.days_to_collect} show={days} more={false} simulated={simulated} />
      <Cash rows={today.cash} mainCurrency={mainCurrency} simulated={simulated} />
      <RatioFigure
        name={t('figure.uncollectible')}
        ratio={today.uncollectible}
        show={(value) => percent(value)}
        more={false}
        simulated={simulated}
      />
    </div>
  );
}

/** `more`: a higher value is better. */
function RatioFigure({
  name,
  ratio,
  show,
  more,
  simulated,
}: {
  name: string;
  ratio: Ratio;
  show: (value: number) => string;
  more: boolean;
  simulated: boolean;
}) {
  const { t } = useTranslation();
  const { value, target, yesterday } = ratio;
  const reached = value !== null && (more ? value >= target : value <= target);
  const Arrow = more ? IconArrowDownRight : IconArrowUpRight;
  return (
    <Card>
      <div className={css['figure']}>
        <div className={css['name']}>
          {name}
          <Simulated simulated={simulated} />
        </div>
        <div className={css['big']}>{value === null ? '—' : show(value)}</div>
        {value === null ? (
          <span className={parts['quiet']}>{t('figure.none_yet')}</span>
        ) : (
          <span className={`${css['against'] ?? ''} ${css[reached ? 'good' : 'bad'] ?? ''}`}>
            {reached ? <IconCheck size={15} /> : <Arrow size={15} />}
            {t(reached ? 'figure.reached' : 'figure.missed', { target: show(target) })}
          </span>
        )}
        <span className={parts['quiet']}>
          {yesterday === null ? t('figure.no_yesterday') : t('figure.yesterday', { value: show(yesterday) })}
        </span>
        <Sparkline values={ratio.history.map((point) => point.value)} target={target} label={t('figure.thirty_days', { name })} />
      </div>
    </Card>
  );
}

function Cash({ rows, mainCurrency, simulated }: { rows: Today['cash']; mainCurrency: string; simulated: boolean }) {
  const { t } = useTranslation();
  // A zero must not stand for a day on which money of another currency came in.
  const main = rows.find(({ currency, today_minor }) => currency === mainCurrency && today_minor > 0) ?? rows.find(({ today_minor }) => today_minor > 0) ??
    rows.find(({ currency }) => currency === mainCurrency) ?? { currency: mainCurrency, today_minor: 0, yesterday_minor: 0, payments: 0 };
  const others = rows.filter(({ currency }) => currency !== main.currency);
  const payments = rows.reduce((sum, row) => sum + row.payments, 0);
  return (
    <Card>
      <div className={css['figure']}>
        <div className={css['name']}>
          {t('figure.cash_today')}
          <Simulated simulated={simulated} />
        </div>
        <div className={css['big']}>{money(main.today_minor, main.currency)}</div>
        <span className={css['against']}>{t('figure.payments', { count: payments, number: count(payments) })}</span>
        <span className={parts['quiet']}>{t('figure.yesterday', { value: money(main.yesterday_minor, main.currency) })}</span>
        <div className={css['others']}>
          {others.map((row) => (
            <div key={row.currency}>
              <span className={parts['quiet']}>{row.currency}</span>
              <span>{money(row.today_minor, row.currency)}</span>
            </div>
          ))}
        </div>
      </div>
    </Card>
  );
}
