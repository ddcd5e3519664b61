/** What does being late cost, and what does being early or faithful bring? Terms as sentences, what they do, and the form of the next version. */

import { Tabs, Title } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../data/queries.ts';
import { type Relief, RELIEF_PARTS, feesQuery, type Scale, type Tier } from '../data/fees.ts';
import { word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money, moment, percent } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import board from './dashboard.module.css';
import { DiscountForm, FeeForm, PointForm, SmallBalanceForm, SmallBalanceUndo } from './fees-forms.tsx';

const route = getRouteApi('/inside/fees');
type Cell = Relief['cells'][number];
type Fee = Relief['fees'][number];
type Small = Relief['small_balances'][number];

export function ReliefPage() {
  const { t } = useTranslation();
  const { part = 'fees' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const asked = useQuery(feesQuery);
  const { data } = asked;
  const maySet = session.user.role === 'manager';
  const aside = <Simulated simulated={session.insurer.simulated} />;
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.fees')}</Title>
      <Tabs value={part} onChange={(value) => void navigate({ search: { part: value === 'discounts' || value === 'points' ? value : undefined } })}>
        <Tabs.List className={board['tabs']}>{RELIEF_PARTS.map((one) => <Tabs.Tab key={one} value={one}>{word('fees_part', one)}</Tabs.Tab>)}</Tabs.List>
      </Tabs>
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {data === undefined ? asked.isPending ? <Card><Loading rows={8} /></Card> : null : (
        <div className={board['part']}>
          {part === 'fees' ? (
            <>
              <Card title={t('fees.scales')} aside={aside}>
                <p className={css['quiet']}>{t('fees.scales_about')}</p>
                {data.late_fees.terms.scales.length === 0 ? <Empty title={t('fees.no_scale')} hint={t('fees.no_scale_hint')} /> : <ul>{data.late_fees.terms.scales.map((scale) => <li key={scale.id}>{scaleText(t, scale)}<div className={css['quiet']}>{t(scale.verified ? 'fees.verified' : 'fees.unverified', { source: scale.source })}</div></li>)}</ul>}
                <Changed of={data.late_fees} zone={session.insurer.time_zone} />
                {maySet ? <FeeForm key={data.late_fees.version} relief={data} /> : null}
              </Card>
              <Cells title={t('fees.churn')} about={t('fees.churn_about')} kind="fee_level" data={data} hit={t('fees.cover_ended')} />
              <Card title={t('fees.charged')}>
                {data.fees.length === 0 ? <Empty title={t('fees.none_charged')} hint={t('fees.none_charged_hint')} /> : <DataTable name="late-fees" columns={feeColumns(t)} rows={data.fees} rowKey={(row) => `${row.bill_id} ${row.days}`} />}
              </Card>
              <Card title={t('fees.small')}>
                <p>{t('fees.small_rule', { days: data.small_balance.terms.days, amounts: Object.entries(data.small_balance.terms.tolerance_minor).map(([currency, minor]) => money(minor, currency)).join(', ') })}</p>
                <Changed of={data.small_balance} zone={session.insurer.time_zone} />
                {maySet ? <SmallBalanceForm key={data.small_balance.version} relief={data} /> : null}
                {data.small_balances.length === 0 ? <p className={css['quiet']}>{t('fees.no_small')}</p> : <DataTable name="small-balances" columns={smallColumns(t)} rows={data.small_balances} rowKey={(row) => row.payment_id} />}
              </Card>
            </>
          ) : part === 'discounts' ? (
            <>
              <Card title={t('fees.discounts')} aside={aside}>
                <p className={css['quiet']}>{t('fees.discounts_about')}</p>
                {data.early_discount.terms.tiers.length === 0 ? <Empty title={t('fees.no_discount')} hint={t('fees.no_discount_hint')} /> : <ul>{data.early_discount.terms.tiers.map((tier, at) => <li key={`${tier.market} ${String(at)}`}>{tierText(t, tier)}</li>)}</ul>}
                <Changed of={data.early_discount} zone={session.insurer.time_zone} />
                {maySet ? <DiscountForm key={data.early_discount.version} relief={data} /> : null}
              </Card>
              <Card title={t('fees.break_even')}>
                <p className={css['quiet']}>{t('fees.break_even_about')}</p>
                {data.break_even.length === 0 ? <p className={css['quiet']}>{t('fees.nothing_yet')}</p> : <ul>{data.break_even.map(({ currency, cost_minor: cost, worth_minor: worth }) => (
                  <li key={currency}>{worth === null ? t('fees.cost_only', { cost: money(cost, currency) }) : t(worth >= cost ? 'fees.pays' : 'fees.pays_not', { cost: money(cost, currency), worth: money(worth, currency) })}</li>
                ))}</ul>}
              </Card>
              <Cells title={t('fees.early')} about={t('fees.early_about')} kind="early" data={data} hit={t('fees.paid_early')} />
            </>
          ) : (
            <>
              <Card title={t('fees.points')} aside={aside}>
                <p>{t(data.points.terms.on ? 'fees.points_on' : 'fees.points_off')}</p>
                <ul>{pointTexts(t, data.points.terms).map((text) => <li key={text}>{text}</li>)}</ul>
                <Changed of={data.points} zone={session.insurer.time_zone} />
                {maySet ? <PointForm key={data.points.version} relief={data} /> : null}
              </Card>
              <Cells title={t('fees.effect')} about={t('fees.effect_about', { share: percent(data.points.terms.hold_out_percent / 100, 0) })} kind="points" data={data} hit={t('fees.on_time')} />
            </>
          )}
        </div>
      )}
    </div>
  );
}

function Changed({ of: { version, changed_by: by, changed_at: at }, zone }: { of: { version: number; changed_by: string | null; changed_at: string | null }; zone: string }) {
  const { t } = useTranslation();
  return <p className={css['quiet']}>{by === null || at === null ? t('fees.of_house') : t('fees.changed', { version, by, at: moment(at, zone) })}</p>;
}

const placeText = ({ market, subdivision, lines }: Pick<Scale, 'market' | 'subdivision' | 'lines'>): string =>
  `${word('market', market)}${subdivision === null ? '' : ` (${subdivision})`}, ${lines.map((line) => (line === '*' ? word('fees_line', 'all') : word('line', line))).join(', ')}`;

function scaleText(t: TFunction, scale: Scale): string {
  const place = placeText(scale);
  if (scale.basis === 'interest') return t('fees.interest', { place, rate: percent((scale.annual_basis_points ?? 0) / 10_000, 2), days: scale.steps.map(({ days }) => days).join(', ') });
  const steps = scale.steps.map(({ days, amounts = {}, basis_points: share }) => t('fees.step', { days, amount: [...Object.entries(amounts).map(([currency, minor]) => money(minor, currency)), ...(share === undefined || share === 0 ? [] : [percent(share / 10_000, 2)])].join(' / ') }));
  return t('fees.steps', { place, steps: steps.join('; ') });
}

const tierText = (t: TFunction, tier: Tier): string => t('fees.tier', { place: placeText(tier), days: tier.days, share: percent(tier.basis_points / 10_000, 2), from: day(tier.from) });

function pointTexts(t: TFunction, { earn, value_minor: value, expiry_months: months, tiers, hold_out_percent: held }: Relief['points']['terms']): string[] {
  return [
    t('fees.earn', { on_time: earn.on_time, in_full: earn.in_full, autopay: earn.autopay }), t('fees.earn_row', { count: earn.in_a_row.count, points: earn.in_a_row.points }),
    t('fees.earn_healthy', { steps: count(earn.healthy_day.steps), points: earn.healthy_day.points }), t('fees.worth', { value, months }),
    t('fees.tiers', { tiers: tiers.map(({ name, after, percent: share }) => t('fees.one_tier', { name: word('point_tier', name), after, share: percent(share / 100, 0) })).join('; ') }),
    t('fees.held_out', { share: percent(held / 100, 0) }),
  ];
}

function Cells({ title, about, kind, data, hit }: { title: string; about: string; kind: Cell['kind']; data: Relief; hit: string }) {
  const { t } = useTranslation();
  const rows = data.cells.filter((cell) => cell.kind === kind);
  return (
    <Card title={title}>
      <p className={css['quiet']}>{about}{data.as_of === null ? '' : ` ${t('fees.as_of', { day: day(data.as_of) })}`}</p>
      {rows.length === 0 ? <p className={css['quiet']}>{t('fees.nothing_yet')}</p> : <DataTable name={`fees-${kind}`} columns={cellColumns(t, kind, hit)} rows={rows} rowKey={(row) => `${row.part} ${row.currency}`} />}
    </Card>
  );
}

function cellColumns(t: TFunction, kind: Cell['kind'], hit: string): readonly Column<Cell>[] {
  const columns: readonly Column<Cell>[] = [
    { key: 'part', title: t('fees.group'), value: (row) => row.part, cell: (row) => word('fees_group', row.part) },
    { key: 'currency', title: t('fees.currency'), value: (row) => row.currency, cell: (row) => row.currency },
    { key: 'counted', title: t('fees.bills'), amount: true, value: (row) => row.counted, cell: (row) => count(row.counted) },
    { key: 'share', title: hit, amount: true, value: (row) => row.share, cell: (row) => <ShareCell cell={row} /> },
  ];
  const amount: Column<Cell> = { key: 'amount', title: t('fees.amount'), amount: true, wide: true, value: (row) => row.amount_minor, cell: (row) => money(row.amount_minor, row.currency) };
  return kind === 'points' ? columns : [...columns, amount];
}

function ShareCell({ cell: { share, low, high } }: { cell: Cell }) {
  return share === null ? <>—</> : <>{percent(share)}<div className={css['quiet']}>{percent(low ?? 0)} – {percent(high ?? 0)}</div></>;
}

const holderLink = (row: { readonly holder_id: number; readonly holder_name: string }) => <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(row.holder_id) }}>{row.holder_name}</Link>;

const feeColumns = (t: TFunction): readonly Column<Fee>[] => [
  { key: 'holder', title: t('money.holder'), value: (row) => row.holder_name, cell: (row) => <>{holderLink(row)}<div className={css['quiet']}>{row.policy_number}</div></> },
  { key: 'on', title: t('fees.charged_on'), value: (row) => row.charged_on, cell: (row) => <>{day(row.charged_on)}<div className={css['quiet']}>{t('fees.days_late', { days: row.days })}</div></> },
  { key: 'amount', title: t('fees.amount'), amount: true, value: (row) => row.amount_minor, cell: (row) => money(row.amount_minor, row.currency) },
  { key: 'kind', title: t('fees.kind'), wide: true, value: (row) => row.kind, cell: (row) => word('charge', row.kind) },
  { key: 'law', title: t('fees.law'), wide: true, value: (row) => row.law_rule, cell: (row) => (row.law_rule === null ? '—' : t('fees.cut', { asked: money(row.asked_minor, row.currency), rule: row.law_rule })) },
  { key: 'waived', title: t('fees.waived'), wide: true, value: (row) => row.waived_on, cell: (row) => (row.waived_on === null ? '—' : <>{day(row.waived_on)}, {row.waived_by}<div className={css['quiet']}>{row.waiver_reason}</div></>) },
];

const smallColumns = (t: TFunction): readonly Column<Small>[] => [
  { key: 'holder', title: t('money.holder'), value: (row) => row.holder_name, cell: holderLink },
  { key: 'at', title: t('fees.cleared'), wide: true, value: (row) => row.cleared_at, cell: (row) => moment(row.cleared_at) },
  { key: 'amount', title: t('fees.amount'), amount: true, value: (row) => row.amount_minor, cell: (row) => money(row.amount_minor, row.currency) },
  { key: 'undo', title: t('fees.ask_again'), value: (row) => row.state, cell: (row) => <SmallBalanceUndo row={row} /> },
];
