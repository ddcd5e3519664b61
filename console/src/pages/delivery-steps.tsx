/** One line for each channel: sent, delivered, opened, clicked, paid, each with its share of what was sent. */

import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { word } from '../language.ts';
import { count, percent } from '../parts/format.ts';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './delivery.module.css';

const STEPS = ['sent', 'delivered', 'opened', 'clicked', 'paid'] as const;
type Channel = Data['delivery']['channels'][number];
const total = (channels: readonly Channel[], name: (typeof STEPS)[number] | 'not_arrived'): number => channels.reduce((sum, row) => sum + row[name], 0);

export function DeliverySteps({ sums: { channels } }: { sums: Data['delivery'] }) {
  const { t } = useTranslation();
  if (channels.length === 0) return <Empty title={t('delivery.nothing_sent')} hint={t('delivery.nothing_sent_hint')} />;
  const sent = total(channels, 'sent');
  return (
    <>
      <dl className={own['sums']}>
        {STEPS.map((name) => (
          <div key={name}>
            <dt>{t(`delivery.${name}`)}</dt>
            <dd className={own['big']}>{count(total(channels, name))}</dd>
            <dd className={css['quiet']}>{name === 'sent' || sent === 0 ? ' ' : percent(total(channels, name) / sent)}</dd>
          </div>
        ))}
      </dl>
      <div className={css['scroll']} tabIndex={0} role="region" aria-label={t('delivery.by_channel')}>
        <table className={css['table']}>
          <thead>
            <tr>
              <th>{t('column.channel')}</th>
              {STEPS.map((name) => <th key={name} className={css['amount']}>{t(`delivery.${name}`)}</th>)}
              <th className={css['amount']}>{t('delivery.not_arrived')}</th>
            </tr>
          </thead>
          <tbody>
            {channels.map((row) => (
              <tr key={row.channel}>
                <td>{word('channel', row.channel)}</td>
                {STEPS.map((name) => <td key={name} className={css['amount']}><Step value={row[name]} of={row.sent} whole={name === 'sent'} /></td>)}
                <td className={css['amount']}><span className={row.not_arrived === 0 ? css['quiet'] : own['bad']}>{count(row.not_arrived)}</span></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Step({ value, of, whole }: { value: number; of: number; whole: boolean }) {
  if (whole || of === 0) return count(value);
  return (
    <div className={own['step']}>
      <span>{count(value)}</span>
      <span className={css['quiet']}>{percent(value / of)}</span>
      <span className={own['bar']} aria-hidden="true"><span style={{ width: `${Math.round((value / of) * 100)}%` }} /></span>
    </div>
  );
}
