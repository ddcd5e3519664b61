/** One answer of the law beside the log: what was asked, what was answered, and the rule that decided, in full. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { gateAnswerQuery } from '../data/law.ts';
import { rulesQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { moment } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './law.module.css';
import { RuleFacts } from './rule-facts.tsx';

export function GatePanel({ open, close }: { open: string; close: () => void }) {
  const { t } = useTranslation();
  const asked = useQuery(gateAnswerQuery(open));
  const rules = useQuery(rulesQuery).data;
  const answer = asked.data;
  const rule = answer?.rule == null ? undefined : rules?.get(answer.rule);
  return (
    <SidePanel title={answer?.holder_name ?? t('room.gate')} close={close}>
      {asked.isPending ? <Loading rows={8} /> : null}
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {answer === undefined ? null : (
        <div className={own['stack']}>
          <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(answer.holder_id) }}>
            {t('panel.holder')}
          </Link>
          <Card title={t('gate_log.act')} aside={<StateBadge group="gate" value={answer.answer} />}>
            <dl className={own['facts']} style={{ marginBottom: 0 }}>
              <dt>{t('column.market')}</dt>
              <dd>{word('market', answer.market)}</dd>
              {answer.reference === null ? null : (
                <>
                  <dt>{t('column.bill')}</dt>
                  <dd>{answer.reference}</dd>
                </>
              )}
              <dt>{t('column.purpose')}</dt>
              <dd>{answer.purpose === null ? word('action', answer.action) : word('purpose', answer.purpose)}</dd>
              {answer.channel === null ? null : (
                <>
                  <dt>{t('column.channel')}</dt>
                  <dd>{word('channel', answer.channel)}</dd>
                </>
              )}
              <dt>{t('column.asked_for')}</dt>
              <dd>
                {moment(answer.asked_for_at, answer.time_zone)} <span className={css['quiet']}>{t('column.local_time', { zone: answer.time_zone })}</span>
              </dd>
              {answer.deferred_until === null ? null : (
                <>
                  <dt>{t('column.until')}</dt>
                  <dd><strong>{moment(answer.deferred_until, answer.time_zone)}</strong></dd>
                </>
              )}
              {answer.article === null || !/\w/.test(answer.article) ? null : (
                <>
                  <dt>{t('column.article')}</dt>
                  <dd>{answer.article}</dd>
                </>
              )}
              <dt>{t('column.law_version')}</dt>
              <dd className={css['quiet']}>{answer.law_version}</dd>
            </dl>
          </Card>
          <Card title={t('gate_log.rule')}>
            {answer.rule === null ? t('gate_log.allowed') : rule === undefined ? word('rule', answer.rule) : <RuleFacts rule={rule} />}
          </Card>
        </div>
      )}
    </SidePanel>
  );
}
