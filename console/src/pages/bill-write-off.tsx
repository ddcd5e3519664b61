/** What is left of a bill is given up, or asked for again; money that we moved to it leaves it again. */

import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { askAgain, takeBack, writeOff } from '../data/money-acts.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { money } from '../parts/format.ts';
import css from '../parts/parts.module.css';
import { MONEY_ACTORS, MoneyAct } from './money-act.tsx';
import own from './money.module.css';

const REASON_LENGTH_MAX = 500;
type View = Data['bill'];

export function BillWriteOff({ view: { bill, holder, payments } }: { view: View }) {
  const { t } = useTranslation();
  const role = useQuery(sessionQuery).data?.user.role ?? '';
  const [open, setOpen] = useState<number | 'bill' | null>(null);
  const [reason, setReason] = useState('');
  const ours = payments.filter(({ provider, state }) => provider === 'inforce' && state === 'succeeded');
  const canGiveUp = bill.state === 'open' && bill.outstanding_minor > 0;
  if (!MONEY_ACTORS.includes(role) || (!canGiveUp && bill.state !== 'written_off' && ours.length === 0)) return null;
  const why = reason.trim();
  const close = (): void => setOpen(null);
  const begin = bill.state === 'written_off' ? 'write_off.ask_again' : 'write_off.begin';
  return (
    <Card title={t('write_off.title')} aside={open === null && (canGiveUp || bill.state === 'written_off') ? <Button size="compact-sm" variant="default" onClick={() => setOpen('bill')}>{t(begin)}</Button> : undefined}>
      {open === null && ours.length === 0 ? <span className={css['quiet']}>{t('write_off.hint')}</span> : null}
      {open === 'bill' && canGiveUp ? (
        <>
          <TextInput label={t('money_act.why')} required maxLength={REASON_LENGTH_MAX} value={reason} onChange={(event) => setReason(event.currentTarget.value)} mb="sm" />
          <MoneyAct label={t('write_off.do', { amount: money(bill.outstanding_minor, bill.currency) })} asked={why === '' ? null : [bill.bill_id, bill.outstanding_minor]} act={(preview) => writeOff(holder.holder_id, bill.bill_id, why, preview)} done={close} leave={close} />
        </>
      ) : null}
      {open === 'bill' && bill.state === 'written_off' ? <MoneyAct label={t('write_off.ask_again')} asked={[bill.bill_id]} act={(preview) => askAgain(holder.holder_id, bill.bill_id, preview)} done={close} leave={close} /> : null}
      {ours.map((payment) => (
        <div key={payment.payment_id}>
          <div className={own['buttons']}>
            <span>{word('method', payment.method)} · {money(payment.amount_minor, payment.currency)}</span>
            {open === null ? <Button size="compact-sm" variant="default" onClick={() => setOpen(payment.payment_id)}>{t('write_off.take_back')}</Button> : null}
          </div>
          {open === payment.payment_id ? <MoneyAct label={t('write_off.do_take_back')} asked={[payment.payment_id]} act={(preview) => takeBack(holder.holder_id, payment.payment_id, preview)} done={close} leave={close} /> : null}
        </div>
      ))}
    </Card>
  );
}
