/** What waits for a second person: what others have asked for, mine to answer first; what a yes would book. */

import { Button, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerRequest, approvalsQuery, previewYes, type Approval } from '../data/money-acts.ts';
import { sessionQuery } from '../data/queries.ts';
import { word, type TextKey } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, moment, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { MONEY_ACTORS, WillBook } from './money-act.tsx';
import own from './money.module.css';

const route = getRouteApi('/inside/approvals');
const NOTE_LENGTH_MAX = 500;
const STALE = ['approvals', 'payments', 'bills', 'bill-review', 'ledger', 'holder', 'today'];
type Answer = 'approved' | 'refused' | 'withdrawn';

export function ApprovalsPage() {
  const { t } = useTranslation();
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const me = useQuery(sessionQuery).data?.user;
  const list = useQuery(approvalsQuery);
  const mine = (one: Approval): boolean => one.state === 'waiting' && one.asked_by !== me?.name;
  const all = list.data?.approvals ?? [];
  const rows = [...all.filter(mine), ...all.filter((one) => one.state === 'waiting' && !mine(one)), ...all.filter(({ state }) => state !== 'waiting')];
  const show = (id: number | undefined): void => void navigate({ to: '/approvals', search: { open: id } });
  const shown = rows.find(({ approval_id: id }) => id === open);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.approvals')}</Title>
      <div className={own['difference']}>{t('approvals.mine', { count: all.filter(mine).length, number: count(all.filter(mine).length) })}</div>
      <Card>
        {list.isPending ? <Loading rows={6} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && rows.length === 0 ? <Empty title={t('approvals.none')} hint={t('approvals.none_hint')} /> : null}
        {rows.length === 0 ? null : <DataTable name="approvals" columns={columnsOf(t)} rows={rows} rowKey={(one) => one.approval_id} open={(one) => show(one.approval_id)} isOpen={(one) => one.approval_id === open} />}
      </Card>
      {shown === undefined ? null : (
        <SidePanel title={`${word('approval_kind', shown.kind)} · ${money(shown.amount_minor, shown.currency)}`} close={() => show(undefined)}>
          <Panel key={shown.approval_id} approval={shown} me={me} done={() => show(undefined)} />
        </SidePanel>
      )}
    </div>
  );
}

const columnsOf = (t: (key: TextKey) => string): readonly Column<Approval>[] => [
  { key: 'kind', title: t('approvals.act'), value: ({ kind }) => word('approval_kind', kind), cell: ({ kind, reason }) => <><strong>{word('approval_kind', kind)}</strong><div className={css['quiet']}>{reason}</div></> },
  { key: 'holder', title: t('money.holder'), wide: true, value: (one) => one.holder_name, cell: (one) => one.holder_name },
  { key: 'asked', title: t('suspense.asked_by'), wide: true, value: (one) => one.asked_at, cell: (one) => <>{one.asked_by}<div className={css['quiet']}>{moment(one.asked_at)}</div></> },
  { key: 'state', title: t('money.state'), value: ({ state }) => state, cell: ({ state, decided_by: by }) => <><StateBadge group="approval_state" value={state} />{by === null ? null : <div className={css['quiet']}>{by}</div>}</> },
  { key: 'amount', title: t('money.amount'), amount: true, value: (one) => one.amount_minor, cell: (one) => <strong>{money(one.amount_minor, one.currency)}</strong> },
];

function Panel({ approval, me, done }: { approval: Approval; me: { name: string; role: string } | undefined; done: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const waiting = approval.state === 'waiting';
  const mine = approval.asked_by === me?.name;
  const may = waiting && MONEY_ACTORS.includes(me?.role ?? '');
  const preview = useQuery({ queryKey: ['preview', 'approval', approval.approval_id], enabled: waiting, queryFn: () => previewYes(approval), retry: false, gcTime: 0 });
  const answering = useMutation({
    mutationFn: (answer: Answer) => answerRequest(approval, answer, note.trim()), onSuccess: done, onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  const bill = approval.act['bill_id'];
  return (
    <div className={own['stack']}>
      <Card title={approval.holder_name}>
        <p>{approval.reason}</p>
        <p className={css['quiet']}>{approval.asked_by}, {moment(approval.asked_at)}</p>
        {approval.decided_by === null ? null : <p>{word('approval_state', approval.state)}: {approval.decided_by}{approval.decision_note === null ? '' : ` · ${approval.decision_note}`}</p>}
        <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(approval.holder_id) }}>{t('suspense.open_holder')}</Link>
        {typeof bill === 'number' ? <> · <Link className={css['link']} to="/bills" search={{ open: `${approval.holder_id}-${bill}` }}>{t('disputes.open_bill')}</Link></> : null}
      </Card>
      {waiting ? (
        <Card title={t('approvals.yes_books')}>
          {preview.isPending ? <Loading rows={2} /> : null}
          {preview.error === null ? null : <Failed error={preview.error} />}
          {preview.data === undefined ? null : <WillBook booked={preview.data.booked} />}
          {may ? (
            <>
              <Textarea label={t('approvals.note')} description={t(mine ? 'approvals.own_hint' : 'approvals.note_hint')} autosize minRows={2} maxLength={NOTE_LENGTH_MAX} value={note} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
              {answering.error === null ? null : <Failed error={answering.error} />}
              <div className={own['buttons']}>
                {mine ? <Button variant="default" loading={answering.isPending} onClick={() => answering.mutate('withdrawn')}>{t('approvals.withdraw')}</Button> : (
                  <>
                    <Button loading={answering.isPending} disabled={preview.data === undefined} onClick={() => answering.mutate('approved')}>{t('approvals.yes')}</Button>
                    <Button variant="default" loading={answering.isPending} disabled={note.trim() === ''} onClick={() => answering.mutate('refused')}>{t('approvals.no')}</Button>
                  </>
                )}
              </div>
            </>
          ) : null}
        </Card>
      ) : null}
    </div>
  );
}
