/** What one does for a holder: send a pay link, record a call, open a dispute. */

import { Button, Checkbox, CopyButton, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { IconArrowsExchange, IconCheck, IconCopy, IconFlag, IconLink, IconMessageReport, IconPhone } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Data } from '../data/api.ts';
import { CODED_OUTCOMES, LATE_REASONS, OUTCOMES } from '../data/collect.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { day, money } from '../parts/format.ts';
import { HandOverModal } from '../parts/hand-over.tsx';
import { Failed } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './holder.module.css';

type View = Data['holder'];
type Act = 'link' | 'call' | 'dispute' | 'hand_over' | 'marks';
const MARKS = ['vulnerable', 'represented', 'do_not_call', 'deceased'];
const MARKERS: readonly string[] = ['manager', 'agent', 'compliance'];

export function HolderActs({ view }: { view: View }) {
  const { t } = useTranslation();
  const [act, setAct] = useState<Act | null>(null);
  const close = (): void => setAct(null);
  const role = useQuery(sessionQuery).data?.user.role;
  // Who may change nothing is shown nothing to change.
  if (role === 'auditor') return null;
  return (
    <div className={own['acts']}>
      {view.open_bills.length === 0 ? null : (
        <Button leftSection={<IconLink size={16} />} onClick={() => setAct('link')}>
          {t('act.link')}
        </Button>
      )}
      {view.calls.length === 0 ? null : (
        <Button variant="default" leftSection={<IconPhone size={16} />} onClick={() => setAct('call')}>
          {t('act.call')}
        </Button>
      )}
      {view.open_bills.length === 0 ? null : (
        <Button variant="default" leftSection={<IconMessageReport size={16} />} onClick={() => setAct('dispute')}>
          {t('act.dispute')}
        </Button>
      )}
      <Button variant="default" leftSection={<IconArrowsExchange size={16} />} onClick={() => setAct('hand_over')}>
        {t('hand_over.act')}
      </Button>
      {role === undefined || !MARKERS.includes(role) ? null : (
        <Button variant="default" leftSection={<IconFlag size={16} />} onClick={() => setAct('marks')}>
          {t('act.marks')}
        </Button>
      )}
      {act === 'hand_over' ? <HandOverModal about={[{ holder_id: view.holder.holder_id, bill_id: null }]} close={close} /> : null}
      <Modal opened={act === 'link'} onClose={close} title={t('act.link')} centered>
        <PayLink view={view} />
      </Modal>
      <Modal opened={act === 'call'} onClose={close} title={t('act.call')} centered>
        <CallOutcome view={view} close={close} />
      </Modal>
      <Modal opened={act === 'dispute'} onClose={close} title={t('act.dispute')} centered>
        <Dispute view={view} close={close} />
      </Modal>
      <Modal opened={act === 'marks'} onClose={close} title={t('act.marks')} centered>
        <Marks view={view} close={close} />
      </Modal>
    </div>
  );
}

function useBillChoice(view: View): readonly [number, React.ReactNode] {
  const { t } = useTranslation();
  const [billId, setBillId] = useState(view.open_bills[0]?.bill_id ?? 0);
  const choices = view.open_bills.map((bill) => ({
    value: String(bill.bill_id),
    label: `${bill.policy_number} · ${day(bill.due_on)} · ${money(bill.outstanding_minor, bill.currency)}`,
  }));
  return [
    billId,
    <Select
      key="bill"
      label={t('column.bill_stage')}
      data={choices}
      value={String(billId)}
      allowDeselect={false}
      onChange={(value) => setBillId(Number(value))}
      mb="sm"
    />,
  ];
}

function PayLink({ view }: { view: View }) {
  const { t } = useTranslation();
  const [billId, choice] = useBillChoice(view);
  const link = useMutation({ mutationFn: () => api.payLink(view.holder.holder_id, billId) });
  return (
    <>
      {choice}
      {link.error === null ? null : <Failed error={link.error} />}
      {link.data === undefined ? (
        <Button onClick={() => link.mutate()} loading={link.isPending}>
          {t('act.link_create')}
        </Button>
      ) : (
        <>
          <TextInput readOnly value={link.data.url} aria-label={t('act.link')} mb="xs" onFocus={(event) => event.currentTarget.select()} />
          <p className={css['quiet']}>{t('act.link_hint')}</p>
          <div className={own['acts']}>
            <CopyButton value={link.data.url}>
              {({ copied, copy }) => (
                <Button variant="light" onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}>
                  {t(copied ? 'act.copied' : 'act.copy')}
                </Button>
              )}
            </CopyButton>
            <Button variant="default" component="a" href={link.data.url} target="_blank" rel="noreferrer">
              {t('act.link_open')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

function CallOutcome({ view, close }: { view: View; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const call = view.calls[0];
  const [outcome, setOutcome] = useState<string>('promised');
  const [payBy, setPayBy] = useState('');
  const [reason, setReason] = useState<string | null>(null);
  const asksReason = CODED_OUTCOMES.has(outcome);
  const record = useMutation({
    mutationFn: () =>
      api.recordOutcome(call?.contact_id ?? 0, {
        holder_id: view.holder.holder_id,
        outcome,
        late_reason: asksReason ? reason : null,
        promise: outcome === 'promised' && payBy !== '' ? { pay_by: payBy } : null,
      }),
    onSuccess: async () => {
      close();
      await Promise.all([['holder'], ['today']].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        record.mutate();
      }}
    >
      <Select
        label={t('act.outcome')}
        data={OUTCOMES.map((value) => ({ value, label: word('outcome', value) }))}
        value={outcome}
        onChange={(value) => setOutcome(value ?? 'promised')}
        allowDeselect={false}
        mb="sm"
      />
      {outcome === 'promised' ? (
        <TextInput
          type="date"
          label={t('act.pay_by')}
          required
          value={payBy}
          onChange={(event) => setPayBy(event.currentTarget.value)}
          mb="sm"
        />
      ) : null}
      {asksReason ? <Select label={t('act.late_reason')} required placeholder={t('act.late_reason')} data={LATE_REASONS.map((value) => ({ value, label: word('late_reason', value) }))} value={reason} onChange={setReason} mb="sm" /> : null}
      {record.error === null ? null : <Failed error={record.error} />}
      <Button type="submit" loading={record.isPending}>
        {t('act.record')}
      </Button>
    </form>
  );
}

function Dispute({ view, close }: { view: View; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [billId, choice] = useBillChoice(view);
  const [reason, setReason] = useState('');
  const open = useMutation({
    mutationFn: () => api.openDispute(view.holder.holder_id, billId, reason),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: ['holder'] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate();
      }}
    >
      {choice}
      <Textarea
        label={t('act.reason')}
        description={t('act.dispute_hint')}
        required
        minRows={3}
        autosize
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        mb="sm"
      />
      {open.error === null ? null : <Failed error={open.error} />}
      <Button type="submit" loading={open.isPending}>
        {t('act.dispute')}
      </Button>
    </form>
  );
}

/** The law treats who is marked otherwise: fewer contacts, another tone, or none at all. */
function Marks({ view, close }: { view: View; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const seen = view.consent.flags;
  const [marks, setMarks] = useState<string[]>(MARKS.filter((mark) => seen.includes(mark)));
  const mark = useMutation({
    mutationFn: () => api.mark(view.holder.holder_id, seen, marks),
    onSuccess: close,
    onSettled: () => Promise.all([['holder'], ['calls'], ['today']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); mark.mutate(); }}>
      <Checkbox.Group value={marks} onChange={setMarks} mb="sm">
        {MARKS.map((value) => <Checkbox key={value} value={value} label={word('flag', value)} description={word('flag_hint', value)} mb="xs" />)}
      </Checkbox.Group>
      {mark.error === null ? null : <Failed error={mark.error} />}
      <Button type="submit" loading={mark.isPending}>{t('act.record')}</Button>
    </form>
  );
}
