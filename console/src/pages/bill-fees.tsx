/** Late fees of a bill are waived for a reason. */

import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { sessionQuery } from '../data/queries.ts';
import { waiveFees } from '../data/fees.ts';
import { Card } from '../parts/card.tsx';
import { money } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import board from './dashboard.module.css';

const WAIVERS: readonly string[] = ['manager', 'agent', 'finance'];
const REASON_LENGTH_MAX = 500;
const STALE = ['bills', 'holder', 'ledger', 'payments', 'approvals', 'fees'];

export function BillFees({ view: { bill, holder } }: { view: Data['bill'] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const role = useQuery(sessionQuery).data?.user.role ?? '';
  const [reason, setReason] = useState('');
  const waive = useMutation({
    mutationFn: () => waiveFees(holder.holder_id, bill.bill_id, reason.trim()),
    onSuccess: ({ state, amount_minor: amount, currency }) => toast(t(state === 'done' ? 'fees.waive_done' : 'fees.waive_waits', { amount: money(amount, currency) })),
    onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  const fees = bill.charges.filter(({ kind }) => kind === 'late_fee' || kind === 'interest').reduce((sum, { amount_minor: amount }) => sum + amount, 0);
  if (fees === 0 || !WAIVERS.includes(role)) return null;
  return (
    <Card title={t('fees.waive_title', { amount: money(fees, bill.currency) })}>
      <form className={board['stack']} onSubmit={(event) => { event.preventDefault(); waive.mutate(); }}>
        <TextInput label={t('fees.waive_why')} required maxLength={REASON_LENGTH_MAX} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        {waive.error === null ? null : <Failed error={waive.error} />}
        <div className={board['row']}><Button type="submit" variant="default" disabled={reason.trim() === ''} loading={waive.isPending}>{t('fees.waive')}</Button></div>
      </form>
    </Card>
  );
}
