/** One bill beside a list: what it is made of and why, what was paid, how it is booked, what was decided about it. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import i18next from 'i18next';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { billQuery } from '../data/money.ts';
import { postingRule, word, type TextKey } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, moment, money, percent } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { BillCorrection } from './bill-correction.tsx';
import { BillWriteOff } from './bill-write-off.tsx';
import { BillFees } from './bill-fees.tsx';
import { BillPlans } from './bill-plans.tsx';
import { BillPaper } from './bill-paper.tsx';
import { billLines, type BillLine } from './bill-lines.ts';
import { Decisions, GateAnswers } from './holder-decisions.tsx';
import facts from './holder.module.css';
import { signed } from './bill-address.ts';
import own from './money.module.css';

type View = Data['bill'];

/** `paymentId`: shows that payment before everything else. */
export function BillPanel({ holderId, billId, paymentId = null }: { holderId: number; billId: number; paymentId?: number | null }) {
  const view = useQuery(billQuery(holderId, billId));
  if (view.error !== null) return <Failed error={view.error} retry={() => void view.refetch()} />;
  if (view.data === undefined) return <Loading rows={8} />;
  const payment = view.data.payments.find(({ payment_id }) => payment_id === paymentId);
  return (
    <div className={own['stack']}>
      {payment === undefined ? null : <OnePayment payment={payment} timeZone={view.data.holder.time_zone} />}
      <Facts view={view.data} />
      <Keeps view={view.data} />
      <Lines view={view.data} />
      <BillPaper holderId={holderId} billId={billId} />
      <BillFees view={view.data} />
      {view.data.bill.state === 'open' && view.data.bill.outstanding_minor > 0 ? <BillPlans holderId={holderId} billId={billId} /> : null}
      <BillCorrection view={view.data} />
      <BillWriteOff view={view.data} />
      <Payments view={view.data} />
      <Postings postings={view.data.postings} />
      <Decisions decisions={view.data.decisions} bills={[]} />
      <GateAnswers answers={view.data.gate} timeZone={view.data.holder.time_zone} />
    </div>
  );
}

function FactList({ rows }: { rows: readonly (readonly [string, React.ReactNode])[] }) {
  return (
    <dl className={facts['facts']}>
      {rows.map(([name, value]) => (value === null ? null : <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>))}
    </dl>
  );
}

function Facts({ view: { bill, holder } }: { view: View }) {
  const { t } = useTranslation();
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [t('money.holder'), <Link key="holder" className={css['link']} to="/holders/$holderId" params={{ holderId: String(holder.holder_id) }}>{holder.name}</Link>],
    [t('column.policy'), bill.policy_number],
    [t('money.period'), `${day(bill.period_from)} – ${day(bill.period_to)}`],
    [t('money.issued'), <span key="issued">{day(bill.issued_on)} <span className={css['quiet']}>{leavingWords(bill.left_because)}</span></span>],
    [t('column.due'), day(bill.due_on)],
    [t('bills.cover_until'), bill.grace_ends_on === null ? null : day(bill.grace_ends_on)],
    [t('money.paid_on'), bill.paid_on === null ? null : day(bill.paid_on)],
  ];
  return (
    <Card title={t('money.bill', { reference: bill.reference })} aside={<StateBadge group={bill.state === 'open' ? 'bill_stage' : 'bill_state'} value={bill.state === 'open' ? bill.stage : bill.state} />}>
      <div className={facts['owes']}>{money(bill.outstanding_minor, bill.currency)}</div>
      <p className={css['quiet']}>{t('money.outstanding_of', { amount: money(bill.amount_minor, bill.currency) })}</p>
      <FactList rows={rows} />
      {bill.stage_rule === null || bill.state !== 'open' ? null : <RuleName rule={bill.stage_rule} article={null} />}
    </Card>
  );
}

/** Why a bill left on its day; nothing of one that was made before bills had days of their own. */
function leavingWords(because: string | null): string {
  const [reason, day = ''] = (because ?? '').split(':');
  if (reason === undefined || reason === '' || !i18next.exists(`leaving.${reason}`)) return '';
  return i18next.t(`leaving.${reason}` as TextKey, { day });
}

/** The cover that the premium keeps, how sure its payment is, and what the holder is worth. */
function Keeps({ view: { policy, bill, holder, late_reason: reason } }: { view: View }) {
  const { t } = useTranslation();
  const { risk } = policy;
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [t('keeps.cover'), policy.cover_to === null ? t('keeps.since', { day: day(policy.cover_from) }) : `${day(policy.cover_from)} – ${day(policy.cover_to)}`],
    [t('keeps.paid_to'), policy.paid_to_on === null ? null : day(policy.paid_to_on)],
    [t('keeps.annual'), money(policy.annual_premium_minor, policy.currency)],
    [t('keeps.worth'), <span key="worth">{money(policy.worth_minor, policy.currency)} <span className={css['quiet']}>{t('keeps.worth_note', { years: policy.worth_years })}</span></span>],
    [t('keeps.policies'), String(policy.holder_policies)],
    [t('act.late_reason'), reason === null ? null : <span key="reason">{word('late_reason', reason.reason)} <span className={css['quiet']}>{reason.coded_by}, {moment(reason.coded_at, holder.time_zone)}</span></span>],
    [t('holder.risk'), risk === null ? t('holder.no_risk') : <span key="risk"><StateBadge group="tier" value={risk.tier} /> {percent(risk.probability_late, 0)}<span className={css['quiet']}>{risk.reasons.map(({ text }) => ` · ${text}`)}</span></span>],
  ];
  return (
    <Card title={t('keeps.title', { product: policy.product === '' ? word('line', policy.line) : policy.product })} aside={<StateBadge group="policy_state" value={policy.state} />}>
      <p className={css['quiet']}><span className={css['code']}>{bill.policy_number}</span> · {word('line', policy.line)} · {word('market', policy.market)}</p>
      <FactList rows={rows} />
    </Card>
  );
}

export const lineName = (kind: string, rule: string | null): string => (rule === null ? word('charge', kind) : word('charge_rule', rule));

/** In words: `Premium +HK$12.00, IA levy +HK$0.01`. */
const changeInWords = (lines: readonly BillLine[], currency: string): string =>
  lines.flatMap(({ kind, rule, differenceMinor }) => (differenceMinor === null || differenceMinor === 0 ? [] : [`${lineName(kind, rule)} ${signed(differenceMinor, currency)}`])).join(', ');

export function Lines({ view }: { view: View }) {
  const { t } = useTranslation();
  const { bill, previous } = view;
  const lines = billLines(view);
  const before = previous?.currency === bill.currency ? previous : null;
  const words = changeInWords(lines, bill.currency);
  const amount = (minor: number | null): string => (minor === null ? '—' : money(minor, bill.currency));
  // On a phone the words below say it.
  const apart = `${css['amount'] ?? ''} ${css['wide'] ?? ''}`;
  const change = (minor: number | null) => <span className={minor === null || minor === 0 ? css['quiet'] : own[minor > 0 ? 'up' : 'down']}>{minor === null ? '—' : signed(minor, bill.currency)}</span>;
  return (
    <Card title={t('money.made_of')}>
      <div className={css['scroll']}>
        <table className={css['table']}>
          <thead>
            <tr>
              <th />
              {before === null ? null : <th className={css['amount']}>{t('money.before', { day: day(before.due_on) })}</th>}
              <th className={css['amount']}>{t('money.now')}</th>
              {before === null ? null : <th className={apart}>{t('money.difference')}</th>}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={`${line.kind} ${line.rule ?? ''}`}>
                <td>
                  {lineName(line.kind, line.rule)}
                  {line.rule === null ? null : <div className={css['quiet']}>{word('charge', line.kind)}</div>}
                </td>
                {before === null ? null : <td className={css['amount']}>{amount(line.beforeMinor)}</td>}
                <td className={css['amount']}>{amount(line.nowMinor)}</td>
                {before === null ? null : <td className={apart}>{change(line.differenceMinor)}</td>}
              </tr>
            ))}
            <tr className={own['total']}>
              <td>{t('column.total')}</td>
              {before === null ? null : <td className={css['amount']}>{amount(before.amount_minor)}</td>}
              <td className={css['amount']}>{amount(bill.amount_minor)}</td>
              {before === null ? null : <td className={apart}>{change(bill.amount_minor - before.amount_minor)}</td>}
            </tr>
          </tbody>
        </table>
      </div>
      <p className={`${css['quiet'] ?? ''} ${own['words'] ?? ''}`}>
        {before === null ? t(previous === null ? 'money.no_previous' : 'money.other_currency') : words === '' ? t('money.same_as_before') : t('money.changed', { words })}
      </p>
    </Card>
  );
}

function OnePayment({ payment, timeZone }: { payment: View['payments'][number]; timeZone: string }) {
  const { t } = useTranslation();
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [t('money.method'), word('method', payment.method)],
    [t('money.provider'), word('provider', payment.provider)],
    [t('money.reference'), payment.provider_reference],
    [t('money.started'), moment(payment.created_at, timeZone)],
    [t('money.received'), payment.settled_at === null ? null : moment(payment.settled_at, timeZone)],
    [t('money.failure'), payment.failure === null ? null : word('failure', payment.failure)],
  ];
  return (
    <Card title={t('money.payment')} aside={<StateBadge group="payment_state" value={payment.state} />}>
      <div className={facts['owes']}>{money(payment.amount_minor, payment.currency)}</div>
      <FactList rows={rows} />
    </Card>
  );
}

function Payments({ view: { payments, holder } }: { view: View }) {
  const { t } = useTranslation();
  return (
    <Card title={t('money.payments')}>
      {payments.length === 0 ? <Empty title={t('money.no_payments')} /> : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <tbody>
              {payments.map((payment) => (
                <tr key={payment.payment_id}>
                  <td>
                    {word('method', payment.method)}
                    <div className={css['quiet']}>{moment(payment.settled_at ?? payment.created_at, holder.time_zone)}</div>
                  </td>
                  <td>
                    <StateBadge group="payment_state" value={payment.state} />
                    {payment.failure === null ? null : <div className={css['quiet']}>{word('failure', payment.failure)}</div>}
                  </td>
                  <td className={css['amount']}>{money(payment.amount_minor, payment.currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Postings({ postings }: { postings: View['postings'] }) {
  const { t } = useTranslation();
  return (
    <Card title={t('money.postings')}>
      {postings.length === 0 ? <Empty title={t('money.no_postings')} hint={t('money.no_postings_hint')} /> : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <tbody>
              {postings.map((posting) => (
                <tr key={posting.posting_id}>
                  <td>
                    {postingRule(posting.rule)}
                    <div className={css['quiet']}>{day(posting.booked_on)}</div>
                  </td>
                  <td className={css['quiet']}>
                    {t('money.debit')} {word('account', posting.debit_account)}
                    <br />
                    {t('money.credit')} {word('account', posting.credit_account)}
                  </td>
                  <td className={css['amount']}>{money(posting.amount_minor, posting.currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
