/** One call: whom, about what, what to say, why, and what may be offered. */

import { Badge, Button, CopyButton } from '@mantine/core';
import { IconArrowsExchange, IconCheck, IconCopy, IconLink, IconPhone, IconTrendingDown, IconTrendingUp } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays, type PlainDate } from '../../../src/kernel/index.ts';
import { api } from '../data/api.ts';
import type { CallCard } from '../data/collect.ts';
import { LANGUAGES, word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, moment, money, percent } from '../parts/format.ts';
import { HandOverModal } from '../parts/hand-over.tsx';
import { Failed } from '../parts/states.tsx';
import { SCRIPT_PARTS, scriptOf, spokenDay } from '../texts/collect-scripts.ts';
import css from '../parts/parts.module.css';
import own from './collect.module.css';
import { CallOutcomes } from './call-outcomes.tsx';

type Props = { call: CallCard; at: string; today: string; caller: string; timeZone: string | undefined; next: (text: string, refused: boolean) => void };

export function CallCardView({ call, at, today, caller, timeZone, next }: Props) {
  const { t } = useTranslation();
  const late = call.days_past_due;
  const [giving, setGiving] = useState(false);
  return (
    <>
      <Card>
        <div className={own['head']}>
          <div>
            <Link className={own['name']} to="/holders/$holderId" params={{ holderId: String(call.holder_id) }}>{call.holder_name}</Link>
            <div className={css['quiet']}>{word('market', call.market)} · {t('calls.local_time', { time: moment(at, call.time_zone) })}</div>
            <div className={css['quiet']}><span className={css['code']}>{call.policy_number}</span> · {word('line', call.line)} · {call.product}</div>
            <div>{call.flags.map((flag) => <Badge key={flag} mr={4} color="amber" variant="light" tt="none" radius="sm">{word('flag', flag)}</Badge>)}</div>
          </div>
          <div className={own['right']}>
            {call.phone === null ? <span className={css['quiet']}>{t('calls.no_phone')}</span> : (
              <a className={own['phone']} href={`tel:${call.phone}`}><IconPhone size={20} stroke={1.8} /> {call.phone}</a>
            )}
            <div className={own['owes']}>{money(call.outstanding_minor, call.currency)}</div>
            <div className={late > 0 ? own['bad'] : css['quiet']}>
              {day(call.due_on)} · {late > 0 ? t('calls.days_late', { count: late }) : late === 0 ? t('calls.due_today') : t('calls.days_to_due', { count: -late })}
            </div>
            <StateBadge group="bill_stage" value={call.stage} />
            <div><Button mt={6} size="compact-sm" variant="default" leftSection={<IconArrowsExchange size={14} />} onClick={() => setGiving(true)}>{t('hand_over.act')}</Button></div>
            {giving ? <HandOverModal about={[{ holder_id: call.holder_id, bill_id: call.bill_id }]} close={() => setGiving(false)} /> : null}
          </div>
        </div>
      </Card>
      <CallOutcomes call={call} today={today} next={next} />
      <ScriptCard call={call} caller={caller} />
      <Card><Reasons call={call} today={today} timeZone={timeZone} /></Card>
    </>
  );
}

function ScriptCard({ call, caller }: { call: CallCard; caller: string }) {
  const { t } = useTranslation();
  const when = call.stage === 'suspended' || call.stage === 'lapsed' ? 'interrupted' : call.days_past_due > 0 ? 'after' : 'before';
  const script = scriptOf(call.language, {
    holder: call.holder_name, caller, insurer: call.insurer_name, policy: call.policy_number, line: call.line,
    amount: money(call.outstanding_minor, call.currency), date: spokenDay(call.due_on, call.language),
  }, { when, gentle: call.gentle, plan: call.offers.plan });
  const spoken = LANGUAGES.find(({ tag }) => tag === call.language)?.name ?? call.language;
  return (
    <Card
      title={t('calls.script')}
      aside={<span className={css['quiet']}>{t('calls.script_in', { language: spoken })}{call.gentle ? ` · ${t('calls.gentle')}` : ''}</span>}
    >
      <ul className={own['script']} lang={call.language}>
        {SCRIPT_PARTS.map((part, index) => (
          <li key={part}>
            {script[part]}
            {index === 0 ? <div className={own['pause']} lang={document.documentElement.lang}>{t('calls.confirm_first')}</div> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Reasons({ call, today, timeZone }: { call: CallCard; today: string; timeZone: string | undefined }) {
  const { t } = useTranslation();
  const { decision, offers } = call;
  return (
    <div className={own['columns']}>
      <div>
        <h3>{t('calls.why')}</h3>
        {decision === null ? t('calls.why_not_known') : (
          <>
            <div>{word('template', call.step)}</div>
            <div>{word('reason', decision.reason)}</div>
            <div className={css['quiet']}>
              {t('calls.worth', { value: money(decision.value_minor, decision.currency), cost: money(decision.cost_minor, decision.currency) })} · {day(decision.decided_on)}
            </div>
          </>
        )}
        {call.last_call === null ? null : <div className={css['quiet']}>{t('calls.last_call')}: {word('outcome', call.last_call.outcome)}, {moment(call.last_call.at, timeZone)}</div>}
      </div>
      <div>
        <h3>
          {t('holder.risk')} {call.tier === null ? null : <StateBadge group="tier" value={call.tier} />} {call.probability_late === null ? '' : percent(call.probability_late, 0)}
        </h3>
        {call.tier === null ? t('holder.no_risk') : call.reasons.map((reason) => (
          <div key={reason.feature}>
            {reason.contribution > 0 ? <IconTrendingUp size={14} aria-label={t('risk.raises')} /> : <IconTrendingDown size={14} aria-label={t('risk.lowers')} />} {reason.text}
          </div>
        ))}
      </div>
      <div>
        <h3>{t('calls.offers')}</h3>
        <ul>
          <li>{t('calls.offer_link')} <PayLink call={call} /></li>
          <li>{t('calls.offer_promise', { day: day(addDays(today as PlainDate, offers.promise_days_max)) })}</li>
          {offers.dispute ? <li>{t('calls.offer_dispute')}</li> : null}
          {offers.plan ? <li>{t('calls.offer_plan')}</li> : null}
        </ul>
      </div>
    </div>
  );
}

function PayLink({ call }: { call: CallCard }) {
  const { t } = useTranslation();
  const link = useMutation({ mutationFn: () => api.payLink(call.holder_id, call.bill_id) });
  if (link.error !== null) return <Failed error={link.error} retry={() => link.mutate()} />;
  if (link.data === undefined) {
    return <Button size="compact-xs" variant="light" loading={link.isPending} leftSection={<IconLink size={13} />} onClick={() => link.mutate()}>{t('act.link_create')}</Button>;
  }
  return (
    <CopyButton value={link.data.url}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="light" leftSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />} onClick={copy}>{t(copied ? 'act.copied' : 'act.copy')}</Button>
      )}
    </CopyButton>
  );
}
