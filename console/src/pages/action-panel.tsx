/** One choice beside the list: why this, why not that, and what the law said. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { actionQuery } from '../data/law.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, money, percent } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { Decisions, GateAnswers } from './holder-decisions.tsx';
import { strategyName } from './strategy-words.ts';
import own from './law.module.css';

/** @param reference the bill's number as people write it */
export function ActionPanel({ reference, on, close }: { reference: string; on: string | undefined; close: () => void }) {
  const { t } = useTranslation();
  const view = useQuery(actionQuery(reference, on));
  const made = view.data?.action;
  return (
    <SidePanel title={made?.holder_name ?? reference} close={close}>
      {view.isPending ? <Loading rows={8} /> : null}
      {view.error === null ? null : <Failed error={view.error} retry={() => void view.refetch()} />}
      {view.data === undefined || made === undefined ? null : (
        <div className={own['stack']}>
          <div>
            <div>
              {word('market', made.market)} · {t('column.bill')} {made.reference} · {t('column.due')} {day(made.due_on)}
            </div>
            <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(made.holder_id) }}>
              {t('panel.holder')}
            </Link>
          </div>
          <Card title={t('actions.why')}>
            <dl className={own['facts']}>
              <dt>{t('column.action')}</dt>
              <dd><strong>{word('action', made.action)}</strong>{made.channel === null ? '' : ` · ${word('channel', made.channel)}`} · {word('tone', made.tone)}</dd>
              <dt>{t('column.reason')}</dt>
              <dd>{word('reason', made.reason)}</dd>
              {made.step === null ? null : (
                <>
                  <dt>{t('column.step')}</dt>
                  <dd>{word('template', made.step)}</dd>
                </>
              )}
              <dt>{t('column.outstanding')}</dt>
              <dd>{money(made.outstanding_minor, made.currency)}</dd>
              <dt>{t('column.probability')}</dt>
              <dd>{percent(made.probability_late)} <StateBadge group="tier" value={made.tier} /></dd>
              <dt>{t('column.value')}</dt>
              <dd><strong>{money(made.value_minor, made.currency)}</strong> <span className={css['quiet']}>{t('actions.expected_hint', { cost: money(made.cost_minor, made.currency) })}</span></dd>
              {made.minutes === 0 ? null : (
                <>
                  <dt>{t('column.minutes')}</dt>
                  <dd>{made.minutes}</dd>
                </>
              )}
              <dt>{t('actions.strategy')}</dt>
              <dd>
                <Link className={css['link']} to="/strategies" search={{ open: made.strategy_id }}>
                  {t('actions.strategy_of', { name: strategyName(t, { strategy_id: made.strategy_id, name: made.strategy ?? '—' }), id: made.strategy_id, version: made.strategy_version })}
                </Link>
              </dd>
            </dl>
            <span className={css['quiet']}>{t('actions.worked_out')}</span>
          </Card>
          <Decisions decisions={[{ ...made, alternatives: view.data.alternatives }]} bills={[]} />
          <GateAnswers answers={view.data.gate} timeZone={view.data.time_zone} />
        </div>
      )}
    </SidePanel>
  );
}
