/** A holder's points: balance, tier, history, and a bill that they pay part of. */

import { Button, NumberInput, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { sessionQuery } from '../data/queries.ts';
import { pointsQuery, spendPoints } from '../data/fees.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { count, day, money } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import board from './dashboard.module.css';

const SPENDERS: readonly string[] = ['manager', 'agent', 'finance'];

export function HolderPoints({ view: { holder, open_bills: bills } }: { view: Data['holder'] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const role = useQuery(sessionQuery).data?.user.role ?? '';
  const { data } = useQuery(pointsQuery(holder.holder_id));
  const [billId, setBillId] = useState<number | null>(null);
  const [points, setPoints] = useState(0);
  const chosen = bills.find(({ bill_id: id }) => id === billId) ?? bills[0];
  const spend = useMutation({
    mutationFn: () => spendPoints(holder.holder_id, chosen?.bill_id ?? 0, points), onSuccess: ({ amount_minor: amount, currency }) => toast(t('fees.spent', { amount: money(amount, currency) })),
    onSettled: () => Promise.all(['holder', 'bills', 'ledger', 'payments'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  if (data === undefined || (!data.on && data.lines.length === 0)) return null;
  return (
    <Card title={data.balances.length === 0 ? t('fees.no_points') : data.balances.map((one) => t('fees.balance', { points: count(one.points), amount: money(one.amount_minor, one.currency) })).join(', ')}>
      <p className={css['quiet']}>{data.next_tier_in === null ? t('fees.tier_top', { tier: word('point_tier', data.tier), paid: count(data.on_time) }) : t('fees.tier_next', { tier: word('point_tier', data.tier), paid: count(data.on_time), left: count(data.next_tier_in) })}</p>
      {!SPENDERS.includes(role) || chosen === undefined || data.balances.every((one) => one.points <= 0) ? null : (
        <form className={board['stack']} onSubmit={(event) => { event.preventDefault(); spend.mutate(); }}>
          <div className={board['pair']}>
            <Select label={t('fees.spend_on')} allowDeselect={false} value={String(chosen.bill_id)} data={bills.map((bill) => ({ value: String(bill.bill_id), label: `${day(bill.due_on)} · ${money(bill.outstanding_minor, bill.currency)}` }))} onChange={(value) => setBillId(Number(value))} />
            <NumberInput label={t('fees.spend_points')} min={1} allowDecimal={false} value={points} onChange={(value) => setPoints(Number(value))} />
          </div>
          {spend.error === null ? null : <Failed error={spend.error} />}
          <div className={board['row']}><Button type="submit" variant="default" disabled={points < 1} loading={spend.isPending}>{t('fees.spend', { amount: money(points * data.value_minor, chosen.currency) })}</Button></div>
        </form>
      )}
      <ul>{data.lines.slice(0, 10).map((line) => <li key={line.entry_id}>{day(line.on_date)} · {word('point_entry', line.kind)} {line.kind === 'earned' ? '+' : '−'}{count(line.points)}{line.void ? ` (${t('fees.taken_back')})` : ''}</li>)}</ul>
    </Card>
  );
}
