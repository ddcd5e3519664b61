/** What was chosen, why not something else, and what the law said. */

import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, moment, money } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './holder.module.css';

type View = Data['holder'];
const SHOWN_MAX = 3;
const ANSWERS_MAX = 12;

/** `bills`: the open ones, by which a person tells the decisions of one day apart. */
export function Decisions({ decisions, bills }: { decisions: View['decisions']; bills: View['open_bills'] }) {
  const { t } = useTranslation();
  return (
    <Card title={t('decision.title')}>
      {decisions.length === 0 ? <Empty title={t('decision.none')} hint={t('decision.none_hint')} /> : null}
      <div className={own['stack']}>
        {decisions.slice(0, SHOWN_MAX).map((made) => (
          <div key={`${made.bill_id} ${made.decided_on}`}>
            <div className={css['head']}>
              <Title order={3}>
                {word('action', made.action)} <span className={css['quiet']}>{word('reason', made.reason)}</span>
              </Title>
              <span className={css['quiet']}>
                {bills.filter((bill) => bill.bill_id === made.bill_id).map((bill) => t('decision.bill', { day: day(bill.due_on) }))}
                {day(made.decided_on)}
              </span>
            </div>
            <table className={`${css['table'] ?? ''} ${css['marked'] ?? ''} ${own['alternatives'] ?? ''}`}>
              <tbody>
                <tr>
                  <td>
                    <StateBadge group="decision" value="done" />
                  </td>
                  <td>
                    <strong>{word('action', made.action)}</strong>
                  </td>
                  <td className={css['quiet']}>{t('decision.cost', { amount: money(made.cost_minor, made.currency) })}</td>
                  <td className={css['amount']}>
                    <strong>{money(made.value_minor, made.currency)}</strong>
                  </td>
                </tr>
                {made.alternatives.filter(({ action }) => action !== made.action).map((other) => (
                  <tr key={other.action}>
                    <td />
                    <td>{word('action', other.action)}</td>
                    <td className={css['quiet']}>{word('why', other.why)}</td>
                    <td className={css['amount']}>{money(other.value_minor, made.currency)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </div>
    </Card>
  );
}

export function GateAnswers({ answers, timeZone }: { answers: View['gate']; timeZone: string }) {
  const { t } = useTranslation();
  return (
    <Card title={t('gate.title')}>
      {answers.length === 0 ? (
        <Empty title={t('gate.none')} />
      ) : (
        <div className={css['scroll']}>
          <table className={`${css['table'] ?? ''} ${css['marked'] ?? ''}`}>
            <tbody>
              {answers.slice(0, ANSWERS_MAX).map((answer) => (
                <tr key={answer.ask_key}>
                  <td>
                    <StateBadge group="gate" value={answer.answer} />
                  </td>
                  <td>
                    {answer.channel === null ? word('action', answer.action) : word('channel', answer.channel)}
                    <div className={css['quiet']}>{moment(answer.asked_for_at, timeZone)}</div>
                  </td>
                  <td>
                    {answer.rule === null ? t('gate.no_rule') : <RuleName rule={answer.rule} article={answer.article} />}
                    {answer.deferred_until === null ? null : (
                      <div className={css['quiet']}>{t('gate.until', { moment: moment(answer.deferred_until, timeZone) })}</div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
