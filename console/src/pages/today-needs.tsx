/** What waits for a person: calls, promises, money without a home, and what the law stopped today. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { handOverCountQuery } from '../data/desks.ts';
import { alertsQuery } from '../data/know.ts';
import { word, type TextKey } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { count, day, moment, money } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Empty } from '../parts/states.tsx';
import parts from '../parts/parts.module.css';
import css from './today.module.css';

type NeedsNow = Data['today']['needs'];
const COUNTS = [
  'calls_waiting',
  'calls_later',
  'promises_due',
  'disputes_open',
  'deliveries_failed',
  'suspense_open',
] as const satisfies readonly (keyof NeedsNow)[];

/** Where each is worked on. */
const PLACES = {
  calls_waiting: '/calls', calls_later: '/calls', promises_due: '/promises', disputes_open: '/disputes', deliveries_failed: '/delivery', suspense_open: '/suspense',
} as const satisfies Record<(typeof COUNTS)[number], string>;

export function Needs({ needs, timeZone }: { needs: NeedsNow; timeZone: string }) {
  const { t } = useTranslation();
  const given = useQuery(handOverCountQuery).data;
  const alerts = (useQuery(alertsQuery).data?.alerts ?? []).filter(({ mine }) => mine);
  const nothing = COUNTS.every((name) => needs[name] === 0) && needs.gate.length === 0 && (given?.mine ?? 0) === 0 && alerts.length === 0;
  if (nothing) return <Empty title={t('needs.nothing')} hint={t('needs.nothing_hint')} />;
  return (
    <>
      <div className={css['counts']}>
        {COUNTS.map((name) => (
          <Link key={name} to={PLACES[name]} className={css['count']}>
            <b>{count(needs[name])}</b>
            <span>{t(`needs.${name}` satisfies TextKey)}</span>
          </Link>
        ))}
        <Link to="/hand-overs" className={css['count']}>
          <b className={given !== undefined && given.mine_overdue > 0 ? css['overdue'] : undefined}>{count(given?.mine ?? 0)}</b>
          <span>{t('needs.hand_overs')}</span>
        </Link>
        {alerts.length === 0 ? null : (
          <Link to="/dashboard" search={{ part: 'targets' }} className={css['count']}>
            <b className={css['overdue']}>{count(alerts.length)}</b>
            <span>{t('needs.alerts')}</span>
          </Link>
        )}
        {given === undefined || given.overdue === 0 ? null : (
          <Link to="/hand-overs" search={{ whose: 'all' }} className={css['count']}>
            <b className={css['overdue']}>{count(given.overdue)}</b>
            <span>{t('needs.hand_overs_overdue')}</span>
          </Link>
        )}
      </div>
      {needs.calls.length === 0 ? null : <div className={css['group']}>{t('needs.calls')}</div>}
      {needs.calls.map((call) => (
        <Link key={call.contact_id} to="/holders/$holderId" params={{ holderId: String(call.holder_id) }} className={css['line']}>
          <strong>{call.holder_name}</strong>
          <span>
            {word('market', call.market)} · {moment(call.not_before, timeZone)}
          </span>
        </Link>
      ))}
      {needs.promises.length === 0 ? null : <div className={css['group']}>{t('needs.promises')}</div>}
      {needs.promises.map((promise) => (
        <Link
          key={`${promise.holder_id} ${promise.bill_id}`}
          to="/holders/$holderId"
          params={{ holderId: String(promise.holder_id) }}
          className={css['line']}
        >
          <strong>{promise.holder_name}</strong>
          <span>
            {money(promise.amount_minor, promise.currency)} · {day(promise.pay_by)}
          </span>
        </Link>
      ))}
      {needs.gate.length === 0 ? null : (
        <>
          <div className={css['group']}>{t('needs.gate')}</div>
          <table className={`${parts['table'] ?? ''} ${parts['marked'] ?? ''}`}>
            <tbody>
              {needs.gate.map((row) => (
                <tr key={`${row.rule} ${row.answer}`}>
                  <td>
                    <StateBadge group="gate" value={row.answer} />
                  </td>
                  <td>
                    <RuleName rule={row.rule} article={row.article} where />
                  </td>
                  <td className={parts['amount']}>{count(row.answers)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}
