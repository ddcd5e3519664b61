/** What may we do here? Every rule by what it governs, with article and source, whom it touches, and what it has stopped. */

import { TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { MARKETS, ruleUseQuery, type RuleSearch } from '../data/law.ts';
import { rulesQuery, sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count } from '../parts/format.ts';
import { useListKeys } from '../parts/list-keys.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { FilterSelect } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import filters from './holders.module.css';
import own from './law.module.css';
import { InForce, lawOf, RuleFacts, Stopped, Verified, type Rule } from './rule-facts.tsx';
import { rulesFound } from './rule-search.ts';
import today from './today.module.css';

const route = getRouteApi('/inside/rules');

export function RulesPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const rules = useQuery(rulesQuery);
  const use = useQuery(ruleUseQuery);
  const { market, q, verified } = search;
  const found = useMemo(() => bySubject(rulesFound([...(rules.data?.values() ?? [])], { market, q, verified })), [rules.data, market, q, verified]);
  // What is typed changes the same address, so that "back" leaves the page and does not walk through letters.
  const ask = (change: RuleSearch): void => void navigate({ to: '/rules', search: { ...search, ...change }, replace: 'q' in change });
  const opened = search.open === undefined ? undefined : rules.data?.get(search.open);
  const selected = useListKeys(found.length, (index) => ask({ open: found[index]?.id }));
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.rules')}</Title>
      {rules.error === null ? null : <Failed error={rules.error} retry={() => void rules.refetch()} />}
      {use.error === null ? null : <Failed error={use.error} retry={() => void use.refetch()} />}
      {rules.data === undefined ? null : <RuleFigures rules={[...rules.data.values()]} use={use.data} market={market} />}
      <div className={filters['filters']}>
        <TextInput
          className={own['search']}
          size="sm"
          type="search"
          leftSection={<IconSearch size={15} />}
          placeholder={t('rules.search')}
          aria-label={t('rules.search_label')}
          value={q ?? ''}
          onChange={(event) => ask({ q: event.currentTarget.value || undefined })}
        />
        <FilterSelect label={t('column.market')} value={market} data={[...MARKETS, 'EU', 'HOUSE'].map((value) => ({ value, label: word('market', value) }))} choose={(value) => ask({ market: value })} />
        <FilterSelect label={t('rules.verified')} value={verified} data={[{ value: 'yes', label: t('rules.is_verified') }, { value: 'no', label: t('rules.not_verified') }]} choose={(value) => ask({ verified: value })} />
      </div>
      {found.some(({ original }) => original !== null) ? <p className={css['quiet']} style={{ margin: 0 }}>{t('rules.translated')}</p> : null}
      {rules.isPending ? <Card><Loading rows={8} /></Card> : null}
      {rules.isSuccess && found.length === 0 ? <Card><Empty title={t('rules.none')} hint={t('rules.none_hint')} /></Card> : null}
      <RuleGroups rules={found} use={use.data} selected={selected} open={(rule) => ask({ open: rule.id })} />
      {opened === undefined ? null : (
        <SidePanel title={`${word('governs', opened.governs)} · ${word('market', opened.market)}`} close={() => ask({ open: undefined })}>
          <RuleFacts rule={opened} />
        </SidePanel>
      )}
    </div>
  );
}

/** Those of one subject together, the subjects in the order of the reader's language. */
const bySubject = (rules: readonly Rule[]): readonly Rule[] =>
  rules.toSorted((a, b) => word('governs', a.governs).localeCompare(word('governs', b.governs)) || a.market.localeCompare(b.market));

function RuleFigures({ rules, use, market }: { rules: readonly Rule[]; use: Data['rule_use'] | undefined; market: string | undefined }) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const here = market === undefined ? rules : rules.filter((rule) => rule.markets.includes(market));
  const ids = new Set(here.map(({ id }) => id));
  const verified = here.filter((rule) => rule.verified).length;
  const stopped = use?.rules.filter(({ rule }) => ids.has(rule)) ?? [];
  const sum = (of: 'defer' | 'refuse'): number => stopped.reduce((total, rule) => total + rule[of], 0);
  const touched = Math.max(0, ...(use?.affected.filter(({ rule }) => ids.has(rule) && (market === undefined || rules.find(({ id }) => id === rule)?.market === market))
    .map(({ policies }) => policies) ?? []));
  const mark = <Simulated simulated={session.insurer.simulated} />;
  return (
    <div className={today['figures']}>
      <Figure
        name={t('rules.count')}
        value={count(here.length)}
        hint={market === undefined ? t('rules.count_hint', { markets: MARKETS.length }) : t('rules.applying', { market: word('market', market) })}
      />
      <Figure name={t('rules.verified')} value={count(verified)} hint={t('rules.verified_hint', { count: here.length - verified })} />
      <Figure
        name={t('rules.stopped')}
        value={use === undefined ? '—' : count(sum('defer') + sum('refuse'))}
        hint={t('actions.stopped_hint', { refused: count(sum('refuse')), deferred: count(sum('defer')) })}
        mark={mark}
      />
      <Figure name={t('rules.policies')} value={use === undefined ? '—' : count(touched)} hint={t('rules.policies_hint')} mark={mark} />
    </div>
  );
}

function Figure({ name, value, hint, mark }: { name: string; value: string; hint: string; mark?: React.ReactNode }) {
  return (
    <Card>
      <div className={today['figure']}>
        <div className={today['name']}>{name}{mark}</div>
        <div className={today['big']}>{value}</div>
        <span className={css['quiet']}>{hint}</span>
      </div>
    </Card>
  );
}

function RuleGroups({ rules, use, selected, open }: { rules: readonly Rule[]; use: Data['rule_use'] | undefined; selected: number; open: (rule: Rule) => void }) {
  const { t } = useTranslation();
  const uses = new Map(use?.rules.map((one) => [one.rule, one]));
  const affected = new Map(use?.affected.map((one) => [one.rule, one.policies]));
  const places = new Map(rules.map((rule, index) => [rule.id, index]));
  return [...Map.groupBy(rules, ({ governs }) => governs)].map(([governs, group]) => (
    <Card key={governs} title={word('governs', governs)} aside={<span className={css['quiet']}>{count(group.length)}</span>}>
      <table className={`${css['table'] ?? ''} ${own['rules'] ?? ''}`}>
        <tbody>
          {group.map((rule) => (
            <tr key={rule.id} className={css['row']} data-selected={places.get(rule.id) === selected} onClick={() => open(rule)}>
              <td>
                <span className={own['clipped']}>{rule.text}</span>
                <span className={own['law']}>{lawOf(rule)}</span>
              </td>
              <td>
                {word('market', rule.market)}{rule.subdivision === null ? '' : ` (${rule.subdivision})`}
                <div><Verified rule={rule} /></div>
                <div className={own['law']}><InForce rule={rule} /></div>
              </td>
              <td className={css['wide']}>
                {use === undefined ? null : (
                  <>
                    {t('rules.affects', { number: count(affected.get(rule.id) ?? 0) })}
                    <div className={own['law']}><Stopped use={uses.get(rule.id)} /></div>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  ));
}
