/** One sum without a home, or one refund, and what can be done with it. */

import { Button, NumberInput, Radio, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decimalsOf } from '../../../src/kernel/index.ts';
import { candidatesQuery, ownItem, refundItem, refundSent, refundUndone, spendItem, type Item, type Refund } from '../data/money-acts.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { day, money } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { MONEY_ACTORS, MoneyAct } from './money-act.tsx';
import own from './money.module.css';

const REASON_LENGTH_MAX = 500;

export function SuspensePanel({ item, done }: { item: Item; done: () => void }) {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery).data;
  const may = MONEY_ACTORS.includes(session?.user.role ?? '');
  const [act, setAct] = useState('use');
  return (
    <div className={own['stack']}>
      <Card title={item.payer || '—'}>
        <p className={css['quiet']}>{word('suspense_reason', item.reason)} · {day(item.received_on)} · {item.reference ?? '—'}</p>
        {item.holder_id === null ? null : <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(item.holder_id) }}>{t('suspense.open_holder')}</Link>}
        <Owner item={item} me={session?.user.name} may={may} />
      </Card>
      {may && item.kind === 'payment' ? <SegmentedControl value={act} onChange={setAct} data={[{ value: 'use', label: t('suspense.use') }, { value: 'refund', label: t('suspense.refund') }]} /> : null}
      {act === 'use' ? <Use item={item} may={may} done={done} /> : <GiveBack item={item} done={done} />}
    </div>
  );
}

function Owner({ item, me, may }: { item: Item; me: string | undefined; may: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mine = item.owner !== null && item.owner === me;
  const owning = useMutation({ mutationFn: () => ownItem(item, !mine), onSettled: () => client.invalidateQueries({ queryKey: ['payments', 'suspense'] }) });
  return (
    <>
      <div className={own['buttons']}>
        <span>{t('suspense.owned_by', { name: item.owner ?? '—' })}</span>
        {may ? <Button size="compact-sm" variant="default" loading={owning.isPending} onClick={() => owning.mutate()}>{t(mine ? 'suspense.not_mine' : 'suspense.mine')}</Button> : null}
      </div>
      {owning.error === null ? null : <Failed error={owning.error} />}
    </>
  );
}

/** Null while it is no amount, or not between nothing and what waits. */
function minorOf(text: string | number, item: Item): number | null {
  const minor = Math.round(Number(text) * 10 ** decimalsOf(item.currency));
  return text !== '' && Number.isSafeInteger(minor) && minor > 0 && minor <= item.amount_minor ? minor : null;
}

function Amount({ item, value, change }: { item: Item; value: string | number; change: (value: string | number) => void }) {
  const { t } = useTranslation();
  return <NumberInput label={t('suspense.amount')} description={t('suspense.amount_hint')} suffix={` ${item.currency}`} decimalScale={decimalsOf(item.currency)} min={0} value={value} onChange={change} mb="sm" />;
}

function Use({ item, may, done }: { item: Item; may: boolean; done: () => void }) {
  const { t } = useTranslation();
  const found = useQuery(candidatesQuery(item));
  const candidates = found.data?.candidates ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const bill = candidates.find((one) => String(one.bill_id) === chosen) ?? candidates[0];
  const most = Math.min(item.amount_minor, bill?.owed_minor ?? item.amount_minor);
  const [typed, setTyped] = useState<string | number | null>(null);
  const amount = typed ?? most / 10 ** decimalsOf(item.currency);
  const minor = item.kind === 'receipt' ? item.amount_minor : minorOf(amount, item);
  return (
    <Card title={t('suspense.candidates')}>
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error === null ? null : <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && candidates.length === 0 ? <Empty title={t('suspense.no_candidates')} hint={t('suspense.no_candidates_hint')} /> : null}
      {bill === undefined ? null : (
        <>
          <Radio.Group value={String(bill.bill_id)} onChange={(value) => { setChosen(value); setTyped(null); }} aria-label={t('suspense.candidates')} mb="sm">
            <div className={own['stack']}>
              {candidates.map((one) => (
                <Radio
                  key={one.bill_id} value={String(one.bill_id)} label={`${one.holder_name} · ${one.policy_number} · ${day(one.due_on)} · ${money(one.owed_minor, one.currency)}`}
                  description={one.reasons.map((reason) => word('candidate_reason', reason)).join(' · ')}
                />
              ))}
            </div>
          </Radio.Group>
          {may && item.kind === 'payment' ? <Amount item={item} value={amount} change={setTyped} /> : null}
          {may ? (
            <MoneyAct
              label={t(item.kind === 'receipt' ? 'suspense.do_give' : 'suspense.do_use')} asked={minor === null ? null : [item.kind, item.id, bill.bill_id, minor, item.amount_minor]}
              act={(preview) => spendItem(item, { holder_id: bill.holder_id, bill_id: bill.bill_id }, minor, preview)} done={done}
            />
          ) : null}
        </>
      )}
    </Card>
  );
}

function GiveBack({ item, done }: { item: Item; done: () => void }) {
  const { t } = useTranslation();
  const [amount, setAmount] = useState<string | number>(item.amount_minor / 10 ** decimalsOf(item.currency));
  const [reason, setReason] = useState('');
  const minor = minorOf(amount, item);
  const why = reason.trim();
  return (
    <Card title={t('suspense.refund')}>
      <Amount item={item} value={amount} change={setAmount} />
      <TextInput label={t('money_act.why')} required maxLength={REASON_LENGTH_MAX} value={reason} onChange={(event) => setReason(event.currentTarget.value)} mb="sm" />
      <MoneyAct label={t('suspense.do_refund')} asked={minor === null || why === '' ? null : [item.id, minor]} act={(preview) => refundItem(item, minor, why, preview)} done={done} />
    </Card>
  );
}

export function RefundPanel({ refund, done }: { refund: Refund; done: () => void }) {
  const { t } = useTranslation();
  const may = MONEY_ACTORS.includes(useQuery(sessionQuery).data?.user.role ?? '');
  const [reference, setReference] = useState('');
  const [act, setAct] = useState('sent');
  const sent = reference.trim();
  return (
    <div className={own['stack']}>
      <Card title={refund.holder_name}>
        <p>{refund.reason}</p>
        <p className={css['quiet']}>{word('refund_state', refund.state)} · {day(refund.paid_on ?? refund.undone_on ?? refund.due_on)} · {refund.undone_by ?? refund.asked_by}</p>
        <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(refund.holder_id) }}>{t('suspense.open_holder')}</Link>
      </Card>
      {!may || refund.state !== 'due' ? null : (
        <Card>
          <SegmentedControl mb="sm" value={act} onChange={setAct} data={[{ value: 'sent', label: t('suspense.sent') }, { value: 'undo', label: t('suspense.undo') }]} />
          {act === 'sent' ? (
            <>
              <TextInput label={t('suspense.bank_reference')} required maxLength={REASON_LENGTH_MAX} value={reference} onChange={(event) => setReference(event.currentTarget.value)} mb="sm" />
              <MoneyAct label={t('suspense.do_sent')} asked={sent === '' ? null : [refund.refund_id]} act={(preview) => refundSent(refund, sent, preview)} done={done} />
            </>
          ) : <MoneyAct label={t('suspense.do_undo')} asked={[refund.refund_id]} act={(preview) => refundUndone(refund, preview)} done={done} />}
        </Card>
      )}
    </div>
  );
}
