/** Holders: who they are, what they owe, how sure we are of their next payment. */

import { Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data, HolderQuery } from '../data/api.ts';
import { holdersQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, money, percent } from '../parts/format.ts';
import { useListKeys } from '../parts/list-keys.ts';
import { FilterSelect, MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './holders.module.css';

const route = getRouteApi('/inside/holders');
const CHOICES = {
  market: ['CN', 'HK', 'TW', 'PH', 'DE', 'US'],
  line: ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'],
  tier: ['low', 'medium_low', 'medium_high', 'high'],
  stage: ['not_due', 'due', 'grace', 'late', 'suspended', 'lapsed'],
} as const satisfies Record<keyof HolderQuery, readonly string[]>;
const NAMES = ['market', 'line', 'tier', 'stage'] as const;

export function HoldersPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(holdersQuery(filter));
  const holders = list.data?.pages.flatMap((page) => page.holders) ?? [];
  const filtered = NAMES.some((name) => filter[name] !== undefined);
  const open = (index: number): void => {
    const holder = holders[index];
    if (holder !== undefined) void navigate({ to: '/holders/$holderId', params: { holderId: String(holder.holder_id) } });
  };
  const selected = useListKeys(holders.length, open);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.holders')}</Title>
      <div className={own['filters']}>
        {NAMES.map((name) => (
          <FilterSelect key={name} label={t(`column.${name}`)} value={filter[name]} data={CHOICES[name].map((value) => ({ value, label: word(name === 'stage' ? 'bill_stage' : name, value) }))} choose={(value) => void navigate({ to: '/holders', search: { ...filter, [name]: value } })} />
        ))}
      </div>
      <Card>
        {list.isPending ? <Loading rows={8} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && holders.length === 0 ? (
          <Empty
            title={t(filtered ? 'holders.none_filtered' : 'holders.none')}
            hint={t(filtered ? 'holders.none_filtered_hint' : 'holders.none_hint')}
          />
        ) : null}
        {holders.length === 0 ? null : <HolderTable holders={holders} selected={selected} open={open} />}
        <MoreRows list={list} />
      </Card>
    </div>
  );
}

function HolderTable({
  holders,
  selected,
  open,
}: {
  holders: readonly Data['holder_row'][];
  selected: number;
  open: (index: number) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className={css['scroll']}>
      <table className={css['table']}>
        <thead>
          <tr>
            <th>{t('column.name')}</th>
            <th className={css['wide']}>{t('column.reference')}</th>
            <th className={css['wide']}>{t('column.market')}</th>
            <th className={css['wide']}>{t('column.line')}</th>
            <th className={css['wide']}>{t('column.state')}</th>
            <th className={css['amount']}>{t('column.owes')}</th>
            <th className={css['wide']}>{t('column.due')}</th>
            <th>{t('column.bill_stage')}</th>
            <th>{t('column.risk')}</th>
          </tr>
        </thead>
        <tbody>
          {holders.map((holder, index) => (
            <tr key={holder.holder_id} className={css['row']} data-selected={index === selected} onClick={() => open(index)}>
              <td>
                <Link className={own['name']} to="/holders/$holderId" params={{ holderId: String(holder.holder_id) }}>
                  {holder.name}
                </Link>
              </td>
              <td className={`${css['quiet'] ?? ''} ${css['wide'] ?? ''} ${css['code'] ?? ''}`}>{holder.external_ref}</td>
              <td className={`${css['wide'] ?? ''} ${css['code'] ?? ''}`}>{word('market', holder.market)}</td>
              <td className={css['wide']}>{holder.lines.map((line) => word('line', line)).join(', ')}</td>
              <td className={css['wide']}>{holder.state === null ? '—' : <StateBadge group="policy_state" value={holder.state} />}</td>
              <td className={css['amount']}>
                {holder.outstanding_minor === null || holder.currency === null ? '—' : money(holder.outstanding_minor, holder.currency)}
              </td>
              <td className={css['wide']} style={{ whiteSpace: 'nowrap' }}>
                {holder.due_on === null ? '—' : day(holder.due_on)}
              </td>
              <td>{holder.stage === null ? '—' : <StateBadge group="bill_stage" value={holder.stage} />}</td>
              <td style={{ whiteSpace: 'nowrap' }}>
                {holder.tier === null ? (
                  '—'
                ) : (
                  <>
                    <StateBadge group="tier" value={holder.tier} />{' '}
                    {holder.probability_late === null ? '' : percent(holder.probability_late, 0)}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
