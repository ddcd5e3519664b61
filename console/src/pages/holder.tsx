/** Everything about one person on one page. */

import { Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { holderQuery, sessionQuery } from '../data/queries.ts';
import { LANGUAGES, word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, money } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { HolderActs } from './holder-acts.tsx';
import { Bills, Policies } from './holder-bills.tsx';
import { HolderPoints } from './holder-points.tsx';
import { HolderConflicts } from './holder-conflicts.tsx';
import { Decisions, GateAnswers } from './holder-decisions.tsx';
import { TimeLine } from './holder-time-line.tsx';
import { RiskReasons } from './holder-risk.tsx';
import own from './holder.module.css';

const route = getRouteApi('/inside/holders/$holderId');
type View = Data['holder'];

export function HolderPage() {
  const { holderId } = route.useParams();
  const view = useQuery(holderQuery(Number(holderId)));
  if (view.error !== null) return <Failed error={view.error} retry={() => void view.refetch()} />;
  if (view.data === undefined)
    return (
      <Card>
        <Loading rows={8} />
      </Card>
    );
  return <Holder view={view.data} />;
}

function Holder({ view }: { view: View }) {
  const { t } = useTranslation();
  const { holder, consent } = view;
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{holder.name}</Title>
        <span className={css['quiet']}>{holder.external_ref}</span>
        {[...new Set(view.policies.map(({ state }) => state))].map((state) => (
          <StateBadge key={state} group="policy_state" value={state} />
        ))}
        {consent.flags.map((flag) => (
          <StateBadge key={flag} group="flag" value={flag} />
        ))}
      </div>
      <div className={own['top']}>
        <Owes view={view} />
        <Card title={t('holder.risk')}>
          {view.risk[0] === undefined ? (
            <Empty title={t('holder.no_risk')} hint={t('holder.no_risk_hint')} />
          ) : (
            <RiskReasons risk={view.risk[0]} />
          )}
        </Card>
        <Who view={view} />
      </div>
      <div className={own['two']}>
        <div className={own['stack']}>
          <HolderPoints view={view} />
          <HolderConflicts holderId={holder.holder_id} timeZone={holder.time_zone} />
          <Bills view={view} />
          <Policies holderId={holder.holder_id} policies={view.policies} />
          <Decisions decisions={view.decisions} bills={view.open_bills} />
          <GateAnswers answers={view.gate} timeZone={holder.time_zone} />
        </div>
        <TimeLine entries={view.time_line} timeZone={holder.time_zone} />
      </div>
    </div>
  );
}

function Owes({ view }: { view: View }) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { owes, next_due: next } = view;
  return (
    <Card title={t('holder.owes')}>
      {owes.length === 0 ? (
        <div className={own['owes']}>{t('holder.owes_nothing')}</div>
      ) : (
        owes.map((sum) => (
          <div key={sum.currency}>
            <div className={own['owes']}>{money(sum.outstanding_minor, sum.currency)}</div>
            {sum.overdue_minor === 0 ? null : (
              <div className={own['overdue']}>{t('holder.overdue', { amount: money(sum.overdue_minor, sum.currency) })}</div>
            )}
          </div>
        ))
      )}
      {next === null ? null : (
        <p className={css['quiet']}>
          {t(next.due_on < session.business_date ? 'holder.was_due' : 'holder.next_due', {
            amount: money(next.outstanding_minor, next.currency),
            day: day(next.due_on),
          })}
        </p>
      )}
      <HolderActs view={view} />
    </Card>
  );
}

function Who({ view }: { view: View }) {
  const { t } = useTranslation();
  const { holder, consent } = view;
  const facts: readonly (readonly [string, string | null])[] = [
    [t('column.market'), [word('market', holder.market), holder.subdivision, holder.city].filter((part) => part !== null).join(' · ')],
    [t('who.language'), LANGUAGES.find(({ tag }) => tag === holder.language)?.name ?? holder.language],
    [t('who.time_zone'), holder.time_zone],
    [t('who.phone'), holder.phone_masked],
    [t('who.email'), holder.email_masked],
    [t('who.preferred'), holder.preferred_channel === null ? null : word('channel', holder.preferred_channel)],
    [t('who.since'), holder.since === null ? null : day(holder.since)],
    [
      t('who.consents'),
      consent.consents.length === 0 ? t('who.no_consent') : consent.consents.map((one) => word('channel', one)).join(', '),
    ],
    [t('who.opted_out'), consent.opted_out.length === 0 ? null : consent.opted_out.map((one) => word('channel', one)).join(', ')],
  ];
  return (
    <Card title={t('who.title')}>
      <dl className={own['facts']}>
        {facts.map(([name, value]) => (value === null ? null : [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>]))}
      </dl>
    </Card>
  );
}
