/** Forms of the next version of terms: tried against the law and the bills of the last month first, then kept. */

import { Button, NumberInput, Select, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../data/queries.ts';
import { askSmallBalance, checkTerms, type Relief, saveTerms, type Scale, type TermsChange, type Tier } from '../data/fees.ts';
import { word } from '../language.ts';
import { count, money } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import board from './dashboard.module.css';

const MARKETS = ['HK', 'CN', 'TW', 'SG', 'PH', 'JP', 'IN', 'GB', 'DE', 'FR', 'IT', 'US', 'CA'] as const;
const CURRENCIES: Readonly<Record<string, string>> = { HK: 'HKD', CN: 'CNY', TW: 'TWD', SG: 'SGD', PH: 'PHP', JP: 'JPY', IN: 'INR', GB: 'GBP', DE: 'EUR', FR: 'EUR', IT: 'EUR', US: 'USD', CA: 'CAD' };
const LINES = ['*', 'life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'] as const;
/** The example of the brief: 10, 20, 30 days late. */
const STEP_DAYS = [10, 20, 30] as const;
const FROM = '2026-01-01';

function Keep({ change, children }: { change: TermsChange; children: React.ReactNode }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const check = useMutation({ mutationFn: () => checkTerms(change) });
  const save = useMutation({ mutationFn: () => saveTerms(change), onSuccess: async () => { toast(t('fees.kept')); await client.invalidateQueries({ queryKey: ['fees'] }); } });
  const reset = (): void => { check.reset(); save.reset(); };
  return (
    <form className={`${board['stack'] ?? ''} ${board['after'] ?? ''}`} noValidate onChange={reset} onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      {children}
      {check.error === null ? null : <Failed error={check.error} />}
      {save.error === null ? null : <Failed error={save.error} />}
      {check.data === undefined ? null : (
        <div role="status">{check.data.costs.length === 0 ? t('fees.lawful') : check.data.costs.map(({ currency, bills, most_minor: most }) => <p key={currency}>{t('fees.would_cost', { bills: count(bills), amount: money(most, currency) })}</p>)}</div>
      )}
      <div className={board['row']}>
        <Button type="button" variant="default" loading={check.isPending} onClick={() => { save.reset(); check.mutate(); }}>{t('fees.try')}</Button>
        <Button type="submit" loading={save.isPending}>{t('fees.keep')}</Button>
      </div>
    </form>
  );
}

function usePlace() {
  const { t } = useTranslation();
  const [market, setMarket] = useState<string>('HK');
  const [line, setLine] = useState<string>('*');
  const fields = (
    <div className={board['pair']}>
      <Select label={t('column.market')} allowDeselect={false} value={market} data={MARKETS.map((value) => ({ value, label: word('market', value) }))} onChange={(value) => setMarket(value ?? 'HK')} />
      <Select label={t('fees.line')} allowDeselect={false} value={line} data={LINES.map((value) => ({ value, label: value === '*' ? word('fees_line', 'all') : word('line', value) }))} onChange={(value) => setLine(value ?? '*')} />
    </div>
  );
  return { market, line, fields };
}

/** One scale for a market and line takes the place of that it had. */
export function FeeForm({ relief: { late_fees: now } }: { relief: Relief }) {
  const { t } = useTranslation();
  const { market, line, fields } = usePlace();
  const [amounts, setAmounts] = useState<readonly number[]>([5, 10, 15]);
  const [none, setNone] = useState(false);
  const currency = CURRENCIES[market] ?? 'USD';
  const decimals = currency === 'JPY' ? 1 : 100;
  const scale: Scale = {
    id: `own-${market}-${line}`, market, subdivision: null, lines: [line], basis: 'fixed_sum', in_contract: true, source: 'own', verified: false,
    steps: STEP_DAYS.map((days, at) => ({ days, amounts: { [currency]: Math.round((amounts[at] ?? 0) * decimals) } })),
  };
  const others = now.terms.scales.filter((one) => !(one.market === market && one.subdivision === null && (one.lines.includes(line) || line === '*')));
  // What is said of one line comes before what is said of all.
  const scales = none ? others : line === '*' ? [...others, scale] : [scale, ...others];
  return (
    <Keep change={{ kind: 'late_fees', terms: { scales }, version: now.version }}>
      {fields}
      <div className={board['pair']}>{STEP_DAYS.map((days, at) => <NumberInput key={days} label={t('fees.fee_after', { days, currency })} min={0} decimalScale={decimals === 1 ? 0 : 2} disabled={none} value={amounts[at] ?? 0} onChange={(value) => setAmounts(amounts.map((one, place) => (place === at ? Number(value) : one)))} />)}</div>
      <Switch label={t('fees.no_fees_there')} checked={none} onChange={(event) => setNone(event.currentTarget.checked)} />
    </Keep>
  );
}

export function DiscountForm({ relief: { early_discount: now } }: { relief: Relief }) {
  const { t } = useTranslation();
  const { market, line, fields } = usePlace();
  const [days, setDays] = useState(10);
  const [share, setShare] = useState(3);
  const [none, setNone] = useState(false);
  const tier: Tier = { market, subdivision: null, lines: [line], days, basis_points: Math.round(share * 100), from: FROM, in_contract: true };
  const others = now.terms.tiers.filter((one) => !(one.market === market && one.lines.includes(line) && (none || one.days === days)));
  return (
    <Keep change={{ kind: 'early_discount', terms: { tiers: none ? others : [...others, tier] }, version: now.version }}>
      {fields}
      <div className={board['pair']}>
        <NumberInput label={t('fees.days_before')} min={1} max={365} allowDecimal={false} disabled={none} value={days} onChange={(value) => setDays(Number(value))} />
        <NumberInput label={t('fees.percent')} min={0.01} max={20} decimalScale={2} disabled={none} value={share} onChange={(value) => setShare(Number(value))} />
      </div>
      <Switch label={t('fees.no_discount_there')} checked={none} onChange={(event) => setNone(event.currentTarget.checked)} />
    </Keep>
  );
}

export function PointForm({ relief: { points: now } }: { relief: Relief }) {
  const { t } = useTranslation();
  const [terms, setTerms] = useState(now.terms);
  const { earn } = terms;
  const field = (label: string, value: number, set: (value: number) => void, min = 0) => <NumberInput label={label} min={min} allowDecimal={false} value={value} onChange={(next) => set(Number(next))} />;
  return (
    <Keep change={{ kind: 'points', terms, version: now.version }}>
      <Switch label={t('fees.give_points')} checked={terms.on} onChange={(event) => setTerms({ ...terms, on: event.currentTarget.checked })} />
      <div className={board['pair']}>
        {field(t('fees.for_on_time'), earn.on_time, (value) => setTerms({ ...terms, earn: { ...earn, on_time: value } }))}
        {field(t('fees.for_in_full'), earn.in_full, (value) => setTerms({ ...terms, earn: { ...earn, in_full: value } }))}
        {field(t('fees.for_autopay'), earn.autopay, (value) => setTerms({ ...terms, earn: { ...earn, autopay: value } }))}
        {field(t('fees.for_row', { count: earn.in_a_row.count }), earn.in_a_row.points, (value) => setTerms({ ...terms, earn: { ...earn, in_a_row: { ...earn.in_a_row, points: value } } }))}
        {field(t('fees.for_healthy'), earn.healthy_day.points, (value) => setTerms({ ...terms, earn: { ...earn, healthy_day: { ...earn.healthy_day, points: value } } }))}
        {field(t('fees.expiry'), terms.expiry_months, (value) => setTerms({ ...terms, expiry_months: value }), 1)}
        {field(t('fees.hold_out'), terms.hold_out_percent, (value) => setTerms({ ...terms, hold_out_percent: value }))}
        {field(t('fees.value'), terms.value_minor, (value) => setTerms({ ...terms, value_minor: value }), 1)}
      </div>
    </Keep>
  );
}

export function SmallBalanceForm({ relief: { small_balance: now } }: { relief: Relief }) {
  const { t } = useTranslation();
  const [days, setDays] = useState(now.terms.days);
  return (
    <Keep change={{ kind: 'small_balance', terms: { ...now.terms, days }, version: now.version }}>
      <NumberInput label={t('fees.small_days')} min={0} max={365} allowDecimal={false} value={days} onChange={(value) => setDays(Number(value))} />
    </Keep>
  );
}

const UNDOERS: readonly string[] = ['manager', 'finance'];

export function SmallBalanceUndo({ row }: { row: Relief['small_balances'][number] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const role = useQuery(sessionQuery).data?.user.role ?? '';
  const undo = useMutation({ mutationFn: () => askSmallBalance(row.holder_id, row.bill_id), onSettled: () => client.invalidateQueries({ queryKey: ['fees'] }) });
  if (row.state !== 'succeeded') return <span className={css['quiet']}>{t('fees.asked_again')}</span>;
  if (!UNDOERS.includes(role)) return null;
  return <>{undo.error === null ? null : <Failed error={undo.error} />}<Button size="compact-sm" variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>{t('fees.ask_again')}</Button></>;
}
