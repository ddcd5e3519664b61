/** A strategy in words: its name, whose bills it is for, its aims, and the whole of it as sentences. */

import type { TFunction } from 'i18next';
import { HOUSE, type Strategy } from '../data/foresee.ts';
import { word } from '../language.ts';
import { decimal, percent } from '../parts/format.ts';

type Metric = Strategy['goal_metric'] | Strategy['guard_metric'];
export const GOALS = ['paid_on_time', 'recovery_rate', 'cost_to_collect'] as const;
export const GUARDS = ['complaints_per_1000_contacts', 'opt_outs_per_1000_contacts', 'non_renewal'] as const;
export const TREATMENTS = ['email', 'sms', 'push', 'wechat', 'call', 'letter', 'offer_plan', 'escalate'] as const;
export const TONES = ['friendly', 'direct', 'urgent'] as const;
const HOUSE_NAME = 'House';

export const isShare = (metric: Metric): boolean => metric === 'paid_on_time' || metric === 'recovery_rate' || metric === 'cost_to_collect' || metric === 'non_renewal';
/** The goal is better above, every guard and the cost below. */
const wantsMore = (metric: Metric): boolean => metric === 'paid_on_time' || metric === 'recovery_rate';

export const metricText = (metric: Metric, value: number): string => (isShare(metric) ? percent(value) : decimal(value));
export const aimText = (t: TFunction, metric: Metric, aim: number): string => t(wantsMore(metric) ? 'strategy.at_least' : 'strategy.at_most', { value: metricText(metric, aim) });
/** Until somebody gives it another. */
export const strategyName = (t: TFunction, { strategy_id: id, name }: { strategy_id: number; name: string }): string => (id === HOUSE && name === HOUSE_NAME ? t('strategy.house') : name);

export const timesText = (t: TFunction, value: number | null): string => (value === null ? '—' : t('strategy.times', { times: `${value < 0 ? '−' : ''}${decimal(Math.abs(value), Math.abs(value) < 10 ? 1 : 0)}` }));

type Scope = Pick<Strategy, 'market' | 'line' | 'segment_id' | 'segment'>;
const scopeParts = (t: TFunction, { market, line, segment }: Scope): readonly string[] => [
  ...(segment === null ? [] : [t('strategy.segment_of', { name: segment })]), ...(line === null ? [] : [word('line', line)]), ...(market === null ? [] : [word('market', market)]),
];
export const scopeText = (t: TFunction, scope: Scope): string => scopeParts(t, scope).join(' · ') || t('strategy.all_bills');

export function strategySentences(t: TFunction, one: Strategy): readonly string[] {
  const scope = scopeParts(t, one);
  const { contacts_7_days_min: min, contacts_7_days_max: max, first_day: first } = one;
  return [
    scope.length === 0 ? t('strategy.says.all') : t('strategy.says.scope', { scope: scope.join(t('dashboard.comma')) }),
    t('strategy.says.goal', { metric: word('metric', one.goal_metric), aim: aimText(t, one.goal_metric, one.goal_value) }),
    t('strategy.says.guard', { metric: word('metric', one.guard_metric), aim: aimText(t, one.guard_metric, one.guard_limit) }),
    min === 0 ? t('strategy.says.contacts_max', { max }) : t('strategy.says.contacts', { min, max }),
    one.treatments.length === TREATMENTS.length ? t('strategy.says.treatments_all')
      : t('strategy.says.treatments', { list: one.treatments.map((treatment) => word('action', treatment)).join(t('dashboard.comma')) }),
    first === null ? t('strategy.says.first_calendar') : first === 0 ? t('strategy.says.first_due')
      : t(first < 0 ? 'strategy.says.first_before' : 'strategy.says.first_after', { days: Math.abs(first) }),
    t('strategy.says.tone', { tone: word('tone', one.tone_max) }),
    t('strategy.says.owner', { owner: one.owner ?? t('target.all_managers') }),
  ];
}
