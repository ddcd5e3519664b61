/** A rule in full: its words, law, article and source, whether it is verified, whom it touches, and what it has stopped. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { ruleUseQuery } from '../data/law.ts';
import { word } from '../language.ts';
import { count, day } from '../parts/format.ts';
import css from '../parts/parts.module.css';
import own from './law.module.css';

export type Rule = Data['rules']['rules'][number];

/** Law and article; the house's own rules have none. */
export const lawOf = ({ law, article }: Rule): string => (/\w/.test(article) ? `${law} · ${article}` : law);

/** Said plainly where no lawyer has confirmed it. */
export function Verified({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  return rule.verified ? <span className={css['quiet']}>{t('rules.is_verified')}</span> : <span className={own['unverified']}>{t('rules.not_verified')}</span>;
}

export function RuleFacts({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const use = useQuery(ruleUseQuery).data;
  const stopped = use?.rules.find((one) => one.rule === rule.id);
  const affected = use?.affected.find((one) => one.rule === rule.id);
  return (
    <>
      <p className={own['text']}>{rule.text}</p>
      {rule.original === null ? null : (
        <details className={own['original']}>
          <summary>{t('rules.original')}</summary>
          <p className={own['text']} lang="en">{rule.original}</p>
        </details>
      )}
      <dl className={own['facts']}>
        <dt>{t('rules.law')}</dt>
        <dd>{lawOf(rule)}</dd>
        <dt>{t('rules.source')}</dt>
        <dd>{rule.source.startsWith('https://') ? <a className={css['link']} href={rule.source} target="_blank" rel="noreferrer">{rule.source}</a> : rule.source}</dd>
        <dt>{t('rules.in_force')}</dt>
        <dd><InForce rule={rule} /></dd>
        <dt>{t('rules.verified')}</dt>
        <dd><Verified rule={rule} /></dd>
        <dt>{t('rules.verified_by')}</dt>
        <dd>{rule.verified_by}</dd>
        <dt>{t('rules.applies_in')}</dt>
        <dd>{rule.markets.map((market) => word('market', market)).join(', ')}{rule.subdivision === null ? '' : ` (${rule.subdivision})`}</dd>
        <dt>{t('rules.lines')}</dt>
        <dd>{rule.lines.includes('*') ? t('rules.all_lines') : rule.lines.map((line) => word('line', line)).join(', ')}</dd>
        {affected === undefined ? null : (
          <>
            <dt>{t('rules.affected')}</dt>
            <dd>{t('rules.affects', { number: count(affected.policies) })}</dd>
          </>
        )}
        {use === undefined ? null : (
          <>
            <dt>{t('rules.use')}</dt>
            <dd><Stopped use={stopped} /></dd>
          </>
        )}
        <dt>{t('rules.number')}</dt>
        <dd>{rule.id}</dd>
      </dl>
      {stopped === undefined ? null : (
        <Link className={css['link']} to="/gate" search={{ on: stopped.last_on, rule: rule.id }}>
          {t('rules.open_gate')} ({day(stopped.last_on)})
        </Link>
      )}
    </>
  );
}

/** What a rule has stopped, in words. */
export function Stopped({ use }: { use: Data['rule_use']['rules'][number] | undefined }) {
  const { t } = useTranslation();
  if (use === undefined) return <span className={css['quiet']}>{t('rules.unused')}</span>;
  const parts = [
    use.refuse === 0 ? null : t('rules.refused', { number: count(use.refuse) }), use.defer === 0 ? null : t('rules.deferred', { number: count(use.defer) }),
  ].filter((part) => part !== null);
  return (
    <>
      {parts.join(', ')} <span className={css['quiet']}>{t('rules.last_on', { day: day(use.last_on) })}</span>
    </>
  );
}

export function InForce({ rule: { effective_from: from, effective_to: to } }: { rule: Rule }) {
  const { t } = useTranslation();
  if (from === null && to === null) return <>{t('rules.always')}</>;
  if (from === null) return <>{t('rules.until', { to: day(to ?? '') })}</>;
  return <>{to === null ? t('rules.since', { from: day(from) }) : t('rules.from_to', { from: day(from), to: day(to) })}</>;
}
