/** A day's actions in figures: what they should bring, what they use of the budgets, and what the law stopped. */

import { Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count, money } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import law from './law.module.css';
import own from './today.module.css';

type Day = Data['action_day'];

export function ActionSums({ day, mainCurrency, simulated }: { day: Day; mainCurrency: string; simulated: boolean }) {
  const { t } = useTranslation();
  const leftAlone = day.by_action.find(({ action }) => action === 'nothing')?.decisions ?? 0;
  const stops = (answer: 'defer' | 'refuse'): number => day.stopped.reduce((sum, row) => sum + (row.answer === answer ? row.answers : 0), 0);
  const stopped = stops('refuse') + stops('defer');
  return (
    <>
      <div className={own['figures']}>
        <Card>
          <div className={own['figure']}>
            <div className={own['name']}>{t('room.actions')}<Simulated simulated={simulated} /></div>
            <div className={own['big']}>{count(day.decisions - leftAlone)}</div>
            <span className={css['quiet']}>{t('actions.left_alone', { number: count(leftAlone) })}</span>
          </div>
        </Card>
        <Card><Gain worth={day.worth} mainCurrency={mainCurrency} simulated={simulated} /></Card>
        <Card>
          <div className={own['figure']}>
            <Budget name={t('actions.call_minutes')} {...day.call_minutes} />
            <Budget name={t('actions.messages')} {...day.messages} />
          </div>
        </Card>
        <Card>
          <div className={own['figure']}>
            <div className={own['name']}>{t('actions.stopped')}<Simulated simulated={simulated} /></div>
            <div className={own['big']}>{count(stopped)}</div>
            <span className={css['quiet']}>{t('actions.stopped_hint', { refused: count(stops('refuse')), deferred: count(stops('defer')) })}</span>
          </div>
        </Card>
      </div>
      {day.decisions === 0 && stopped === 0 ? null : (
        <div className={own['two']}>
          <Card title={t('actions.by_action')}><ByAction day={day} /></Card>
          <Card title={t('actions.by_rule')}><StoppedByRule on={day.on} rows={day.stopped} /></Card>
        </div>
      )}
    </>
  );
}

function Gain({ worth, mainCurrency, simulated }: { worth: Day['worth']; mainCurrency: string; simulated: boolean }) {
  const { t } = useTranslation();
  const main = worth.find(({ currency }) => currency === mainCurrency) ?? worth[0] ?? { currency: mainCurrency, value_minor: 0, cost_minor: 0 };
  return (
    <div className={own['figure']}>
      <div className={own['name']}>{t('actions.expected')}<Simulated simulated={simulated} /></div>
      <div className={`${own['big'] ?? ''} ${law['sum'] ?? ''}`}>{money(main.value_minor, main.currency)}</div>
      <span className={css['quiet']}>{t('actions.expected_hint', { cost: money(main.cost_minor, main.currency) })}</span>
      <div className={own['others']}>
        {worth.filter(({ currency }) => currency !== main.currency).map((row) => (
          <div key={row.currency}>
            <span className={css['quiet']}>{row.currency}</span>
            <span>{money(row.value_minor, row.currency)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function Budget({ name, used, budget }: { name: string; used: number; budget: number | null }) {
  const { t } = useTranslation();
  const share = budget === null || budget === 0 ? null : (used / budget) * 100;
  return (
    <div>
      <div className={own['name']}>{name}</div>
      <div className={own['against']}>
        {count(Math.round(used))} <span className={css['quiet']}>{budget === null ? t('actions.no_budget') : t('actions.of_budget', { budget: count(budget) })}</span>
      </div>
      {share === null ? null : <Progress mt={6} size="sm" value={share} color={share > 100 ? 'danger' : 'harbour'} aria-label={name} />}
    </div>
  );
}

function ByAction({ day }: { day: Day }) {
  const { t } = useTranslation();
  return (
    <div className={css['scroll']}>
      <table className={css['table']}>
        <thead>
          <tr>
            <th>{t('column.action')}</th>
            <th className={css['amount']}>{t('column.number')}</th>
            <th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('column.minutes')}</th>
            <th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('column.cost')}</th>
            <th className={css['amount']}>{t('column.value')}</th>
          </tr>
        </thead>
        <tbody>
          {day.by_action.map((row) => (
            <tr key={row.action}>
              <td>
                <Link to="/actions" search={{ on: day.on ?? undefined, action: row.action }}>{word('action', row.action)}</Link>
              </td>
              <td className={css['amount']}>{count(row.decisions)}</td>
              <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{row.minutes === 0 ? '—' : count(Math.round(row.minutes))}</td>
              <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>
                {row.worth.map(({ currency, cost_minor }) => <div key={currency}>{cost_minor === 0 ? '—' : money(cost_minor, currency)}</div>)}
              </td>
              <td className={css['amount']}>
                {row.worth.map(({ currency, value_minor }) => <div key={currency}>{value_minor === 0 ? '—' : money(value_minor, currency)}</div>)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the law stopped on a day, by rule; each number leads to its answers in the gate log. */
export function StoppedByRule({ on, rows }: { on: string | null; rows: Day['stopped'] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <Empty title={t('actions.none_stopped')} />;
  return (
    <table className={`${css['table'] ?? ''} ${css['marked'] ?? ''}`}>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.rule} ${row.answer}`}>
            <td><StateBadge group="gate" value={row.answer} /></td>
            <td><RuleName rule={row.rule} article={null} where /></td>
            <td className={css['amount']}>
              <Link to="/gate" search={{ on: on ?? undefined, answer: row.answer, rule: row.rule }}>{count(row.answers)}</Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
