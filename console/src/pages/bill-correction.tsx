/** A bill is put right: what it should say, what that does before anything changes, and why. And what was put right before. */

import { Alert, Button, Checkbox, NumberInput, Select, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decimalsOf } from '../../../src/kernel/index.ts';
import type { Data } from '../data/api.ts';
import { CORRECTION_REASONS, correctBill, previewCorrection, type CorrectionReason } from '../data/money.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { moment, money } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { lineName } from './bill-panel.tsx';
import own from './money.module.css';

type View = Data['bill'];
const CORRECTORS: readonly string[] = ['manager', 'finance'];
const STALE = ['bills', 'today', 'holder', 'payments', 'ledger', 'disputes'];
const NOTE_LENGTH_MAX = 2_000;

/** For those who may, and while there is something to put right. */
export function BillCorrection({ view }: { view: View }) {
  const { t } = useTranslation();
  const role = useQuery(sessionQuery).data?.user.role;
  const [open, setOpen] = useState(false);
  const may = role !== undefined && CORRECTORS.includes(role) && (view.bill.state === 'open' || view.bill.state === 'paid');
  if (!may && view.corrections.length === 0) return null;
  return (
    <Card title={t('correction.title')} aside={may && !open ? <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>{t('correction.begin')}</Button> : undefined}>
      {open && may ? <Form view={view} close={() => setOpen(false)} /> : null}
      {view.corrections.length === 0 ? (open ? null : <span className={css['quiet']}>{t('correction.hint')}</span>) : <Past view={view} />}
    </Card>
  );
}

function Past({ view: { corrections, bill, holder } }: { view: View }) {
  const { t } = useTranslation();
  return (
    <ol className={own['corrections']}>
      {corrections.map((one) => (
        <li key={one.correction_id}>
          <strong>{money(one.before_minor, bill.currency)} → {one.after_minor === null ? t('correction.withdrawn') : money(one.after_minor, bill.currency)}</strong>
          <div>{word('correction_reason', one.reason)}: {one.note}</div>
          <div className={css['quiet']}>{t('correction.by', { by: one.corrected_by, at: moment(one.corrected_at, holder.time_zone) })}</div>
        </li>
      ))}
    </ol>
  );
}

function Form({ view, close }: { view: View; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { bill } = view;
  const unit = 10 ** decimalsOf(bill.currency);
  const [premium, setPremium] = useState<string | number>(bill.premium_minor / unit);
  const [withdraw, setWithdraw] = useState(false);
  const [reason, setReason] = useState<CorrectionReason | null>(null);
  const [note, setNote] = useState('');
  const minor = withdraw ? null : Math.round(Number(premium) * unit);
  const named = { holderId: view.holder.holder_id, billId: bill.bill_id, premiumMinor: minor };
  // What the bill says already is no mistake of whoever has just opened the form.
  const changed = minor !== bill.premium_minor;
  const sensible = changed && (minor === null || (Number.isSafeInteger(minor) && minor > 0));
  const preview = useQuery({ queryKey: ['bills', 'correction', named, view.corrections.length], enabled: sensible, queryFn: () => previewCorrection(named), retry: false });
  const correct = useMutation({
    mutationFn: (why: CorrectionReason) => correctBill(named, { version: view.corrections.length, reason: why, note }),
    onSuccess: close,
    // Also after a refusal: a colleague may have been faster.
    onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (reason !== null) correct.mutate(reason); }}>
      <NumberInput label={t('correction.premium')} description={t('correction.premium_hint')} suffix={` ${bill.currency}`} decimalScale={decimalsOf(bill.currency)} min={0} disabled={withdraw} value={premium} onChange={setPremium} mb="sm" data-autofocus />
      <Checkbox label={t('correction.withdraw')} checked={withdraw} onChange={(event) => setWithdraw(event.currentTarget.checked)} mb="sm" />
      {sensible && preview.isPending ? <Loading rows={2} /> : null}
      {!sensible || preview.error === null ? null : <Failed error={preview.error} />}
      {!sensible || preview.data === undefined ? null : <Preview view={view} after={preview.data} />}
      {changed ? null : <p className={css['quiet']}>{t('correction.unchanged')}</p>}
      <Select label={t('correction.reason')} required data={CORRECTION_REASONS.map((value) => ({ value, label: word('correction_reason', value) }))} value={reason} onChange={(value) => setReason(CORRECTION_REASONS.find((one) => one === value) ?? null)} mb="sm" />
      <Textarea label={t('correction.note')} description={t('correction.note_hint')} required autosize minRows={2} maxLength={NOTE_LENGTH_MAX} value={note} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
      {correct.error === null ? null : <Failed error={correct.error} />}
      <div className={own['buttons']}>
        <Button type="submit" disabled={!sensible || reason === null || note.trim() === '' || preview.data === undefined} loading={correct.isPending}>{t(withdraw ? 'correction.do_withdraw' : 'correction.do')}</Button>
        <Button variant="default" onClick={close}>{t('correction.leave')}</Button>
      </div>
    </form>
  );
}

/** Line by line: what it says, what it will say. */
function Preview({ view: { bill }, after }: { view: View; after: Data['bill_correction'] }) {
  const { t } = useTranslation();
  const keys = [...new Set([...bill.charges, ...after.charges].map(({ kind, rule }) => `${kind}\n${rule ?? ''}`))];
  const of = (charges: readonly { kind: string; rule: string | null; amount_minor: number }[], key: string): number => charges.find(({ kind, rule }) => `${kind}\n${rule ?? ''}` === key)?.amount_minor ?? 0;
  const rows: readonly (readonly [string, number, number])[] = [
    [lineName('premium', null), bill.premium_minor, after.premium_minor ?? 0],
    ...keys.map((key): readonly [string, number, number] => {
      const [kind = '', rule = ''] = key.split('\n');
      return [lineName(kind, rule === '' ? null : rule), of(bill.charges, key), of(after.charges, key)];
    }),
  ];
  return (
    <>
      <div className={css['scroll']}><table className={css['table']}>
        <thead><tr><th /><th className={css['amount']}>{t('correction.says')}</th><th className={css['amount']}>{t('correction.will_say')}</th></tr></thead>
        <tbody>
          {rows.map(([name, before, now]) => (
            <tr key={name}><td>{name}</td><td className={css['amount']}>{money(before, bill.currency)}</td><td className={css['amount']}>{money(now, bill.currency)}</td></tr>
          ))}
          <tr className={own['total']}>
            <td>{t('column.total')}</td><td className={css['amount']}>{money(bill.amount_minor, bill.currency)}</td><td className={css['amount']}>{money(after.amount_minor ?? 0, bill.currency)}</td>
          </tr>
          <tr><td>{t('correction.paid')}</td><td className={css['amount']}>{money(bill.paid_minor, bill.currency)}</td><td className={css['amount']}>{money(after.paid_minor, bill.currency)}</td></tr>
        </tbody>
      </table></div>
      <p className={css['quiet']}>{t('correction.state')} <StateBadge group="bill_state" value={after.state} /></p>
      {after.surplus_minor === 0 ? null : <Alert color="caution" variant="light" mb="sm">{t('correction.surplus', { amount: money(after.surplus_minor, bill.currency) })}</Alert>}
    </>
  );
}
