/** One message: what was said and where to, all its moments, and what a person does where it did not arrive. */

import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { Data } from '../data/api.ts';
import { sessionQuery } from '../data/queries.ts';
import { messageQuery, resendBy, RESENDING_ROLES, settle, type ResendChannel } from '../data/reach.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { moment } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { failureWords } from './delivery-words.ts';
import law from './law.module.css';
import own from './delivery.module.css';

type Message = Data['message'];

export function MessagePanel({ open, close, show }: { open: string; close: () => void; show: (open: string) => void }) {
  const { t } = useTranslation();
  const { data: message, error, isPending, refetch } = useQuery(messageQuery(open));
  return (
    <SidePanel title={message?.holder_name ?? t('room.delivery')} close={close}>
      {isPending ? <Loading rows={8} /> : null}
      {error === null ? null : <Failed error={error} retry={() => void refetch()} />}
      {message === undefined ? null : (
        <div className={law['stack']}>
          <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(message.holder_id) }}>{t('panel.holder')}</Link>
          <Said message={message} />
          <Acts open={open} message={message} />
          <Moments message={message} />
          {message.others.length === 0 ? null : (
            <Card title={t('delivery.others')}>
              <ol className={own['moments']}>
                {message.others.map((other) => (
                  <li key={other.contact_id}>
                    <time dateTime={other.at}>{moment(other.at, message.time_zone)}</time>
                    <span>
                      <button type="button" className={css['sort']} onClick={() => show(`${message.holder_id}-${other.contact_id}`)}>{word('channel', other.channel)}</button>{' '}
                      <StateBadge group="contact_state" value={other.state} />
                    </span>
                  </li>
                ))}
              </ol>
            </Card>
          )}
        </div>
      )}
    </SidePanel>
  );
}

function Said({ message }: { message: Message }) {
  const { t } = useTranslation();
  return (
    <Card title={`${word('channel', message.channel)} · ${word('purpose', message.purpose)}`} aside={<StateBadge group="contact_state" value={message.state} />}>
      <dl className={law['facts']}>
        <dt>{t('delivery.to')}</dt>
        <dd>{message.to_masked ?? word('outcome', 'no_address')} <span className={css['quiet']}>{t('delivery.on_record')}</span></dd>
        {message.reference === null ? null : <><dt>{t('column.bill')}</dt><dd>{message.reference}</dd></>}
        <dt>{t('delivery.template')}</dt>
        <dd>{word('template', message.template)}</dd>
        {message.failure === null ? null : <><dt>{t('delivery.why')}</dt><dd>{failureWords(message.failure)}</dd></>}
      </dl>
      {message.subject === null ? null : <strong lang={message.language}>{message.subject}</strong>}
      {message.body === null ? <span className={css['quiet']}>{t('delivery.no_body')}</span> : <pre className={own['body']} lang={message.language} tabIndex={0}>{message.body}</pre>}
    </Card>
  );
}

function Acts({ open, message }: { open: string; message: Message }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const refresh = async (): Promise<void> => {
    await Promise.all([['delivery'], ['holder'], ['calls']].map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  const again = useMutation({ mutationFn: (channel: ResendChannel) => resendBy(open, channel), onSuccess: refresh });
  const settling = useMutation({ mutationFn: (left: boolean) => settle(open, left), onSuccess: refresh });
  if (!RESENDING_ROLES.includes(session.user.role)) return null;
  const error = again.error ?? settling.error;
  if (message.state !== 'failed' && message.state !== 'unconfirmed' && again.data === undefined && error === null) return null;
  return (
    <Card title={t(message.state === 'unconfirmed' ? 'delivery.settle' : 'delivery.resend')}>
      {error === null ? null : <Failed error={error} />}
      {again.data === undefined ? null : <Answer answer={again.data} timeZone={message.time_zone} />}
      {message.state === 'unconfirmed' ? (
        <>
          <p className={css['quiet']}>{t('delivery.settle_hint')}</p>
          <div className={css['choices']}>
            <Button variant="default" loading={settling.isPending} onClick={() => settling.mutate(true)}>{t('delivery.left')}</Button>
            <Button variant="default" loading={settling.isPending} onClick={() => settling.mutate(false)}>{t('delivery.did_not_leave')}</Button>
          </div>
        </>
      ) : null}
      {message.state !== 'failed' ? null : message.resend_by.length === 0 ? <span className={css['quiet']}>{t('delivery.no_channel')}</span> : (
        <>
          <p className={css['quiet']}>{t('delivery.resend_hint')}</p>
          <div className={css['choices']}>
            {message.resend_by.map((channel) => (
              <Button key={channel} variant="light" loading={again.isPending && again.variables === channel} disabled={again.isPending} onClick={() => again.mutate(channel)}>
                {t('delivery.resend_by', { channel: word('channel', channel) })}
              </Button>
            ))}
          </div>
        </>
      )}
    </Card>
  );
}

function Answer({ answer, timeZone }: { answer: Data['resent']; timeZone: string }) {
  const { t } = useTranslation();
  const colour = { allow: 'harbour', defer: 'amber', refuse: 'danger' }[answer.answer];
  return (
    <Alert color={colour} variant="light" role="status" mb="sm" title={answer.until === null ? t(`delivery.answer_${answer.answer}`) : t('delivery.answer_until', { moment: moment(answer.until, timeZone) })}>
      {answer.rule === null ? null : <RuleName rule={answer.rule} article={answer.article} where />}
    </Alert>
  );
}

type Line = { readonly at: string; readonly key: string; readonly what: ReactNode };

function linesOf(message: Message, t: TFunction): readonly Line[] {
  const lines: Line[] = [
    ...message.gate.map((answer, index): Line => ({
      at: answer.asked_for_at, key: `gate ${index}`,
      what: <><StateBadge group="gate" value={answer.answer} /> {answer.rule === null ? t('gate.no_rule') : <RuleName rule={answer.rule} article={answer.article} where />}{answer.deferred_until === null ? null : <small> {t('gate.until', { moment: moment(answer.deferred_until, message.time_zone) })}</small>}</>,
    })),
    { at: message.not_before, key: 'queued', what: t('delivery.queued') },
    ...(message.sent_at === null ? [] : [{ at: message.sent_at, key: 'sent', what: t('delivery.sent') }]),
    ...message.events.map((event): Line => ({ at: event.occurred_at, key: event.kind, what: word('contact_state', event.kind) })),
    ...(message.closed_at === null || message.failure === null ? [] : [{ at: message.closed_at, key: 'closed', what: failureWords(message.failure) }]),
    ...message.acts.map((act, index): Line => ({
      at: act.at, key: `act ${index}`, what: <>{word('delivery_act', act.act)}{act.channel === null ? null : ` · ${word('channel', act.channel)}`} <span className={css['quiet']}>{act.by_name}</span></>,
    })),
  ];
  return lines.toSorted((a, b) => a.at.localeCompare(b.at));
}

function Moments({ message }: { message: Message }) {
  const { t } = useTranslation();
  return (
    <Card title={t('delivery.moments')}>
      <ol className={own['moments']}>
        {linesOf(message, t).map(({ at, key, what }) => (
          <li key={key}>
            <time dateTime={at}>{moment(at, message.time_zone)}</time>
            <span>{what}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
