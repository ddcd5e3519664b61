/** What is open, and the policies behind it. */

import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, money } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';

type View = Data['holder'];

export function Bills({ view }: { view: View }) {
  const { t } = useTranslation();
  return (
    <Card title={t('bills.open')}>
      {view.open_bills.length === 0 ? (
        <Empty title={t('bills.none')} hint={t('bills.none_hint')} />
      ) : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <thead>
              <tr>
                <th>{t('column.policy')}</th>
                <th>{t('column.due')}</th>
                <th className={css['wide']}>{t('bills.cover_until')}</th>
                <th className={css['amount']}>{t('column.owes')}</th>
              </tr>
            </thead>
            <tbody>
              {view.open_bills.map((bill) => (
                <tr key={bill.bill_id}>
                  <td className={css['code']}>
                    {bill.policy_number}
                    <div className={css['quiet']}>{bill.reference}</div>
                  </td>
                  <td>
                    <div className={css['code']}>{day(bill.due_on)}</div>
                    <StateBadge group="bill_stage" value={bill.stage} />
                    {bill.disputed ? (
                      <>
                        {' '}
                        <StateBadge group="bill_mark" value="disputed" />
                      </>
                    ) : null}
                    {bill.in_flight ? (
                      <>
                        {' '}
                        <StateBadge group="bill_mark" value="in_flight" />
                      </>
                    ) : null}
                    {bill.stage_rule === null ? null : <RuleName rule={bill.stage_rule} article={null} />}
                  </td>
                  <td className={css['wide']} style={{ whiteSpace: 'nowrap' }}>
                    {bill.grace_ends_on === null ? '—' : day(bill.grace_ends_on)}
                  </td>
                  <td className={css['amount']}>
                    <strong>{money(bill.outstanding_minor, bill.currency)}</strong>
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

export function Policies({ policies }: { policies: View['policies'] }) {
  const { t } = useTranslation();
  return (
    <Card title={t('policies.title')}>
      {policies.length === 0 ? (
        <Empty title={t('policies.none')} />
      ) : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <thead>
              <tr>
                <th>{t('column.policy')}</th>
                <th>{t('column.state')}</th>
                <th className={css['wide']}>{t('policies.mode')}</th>
                <th className={css['wide']}>{t('policies.next_due')}</th>
                <th className={css['amount']}>{t('column.premium')}</th>
              </tr>
            </thead>
            <tbody>
              {policies.map((policy) => (
                <tr key={policy.policy_id}>
                  <td>
                    <span className={css['code']}>{policy.policy_number}</span>
                    <div className={css['quiet']}>
                      {[policy.product, word('line', policy.line), word('market', policy.market)].filter((part) => part !== '').join(' · ')}
                    </div>
                  </td>
                  <td>
                    <StateBadge group="policy_state" value={policy.state} />
                  </td>
                  <td className={css['wide']}>
                    {word('mode', policy.mode)}
                    {policy.autopay ? <div className={css['quiet']}>{t('policies.autopay')}</div> : null}
                  </td>
                  <td className={css['wide']} style={{ whiteSpace: 'nowrap' }}>
                    {policy.next_due_on === null ? '—' : day(policy.next_due_on)}
                    {policy.next_bill_on === null ? null : <div className={css['quiet']}>{t('leaving.next', { day: day(policy.next_bill_on) })}</div>}
                  </td>
                  <td className={css['amount']}>{money(policy.premium_minor, policy.currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
