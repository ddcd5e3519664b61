/** One payer of many: its lists, what it reports, its money, its members. */

import { Button, FileButton, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerLine, groupQuery, joinGroup, leaveGroup, listBillQuery, makeList, payList, reportList, undoListPayment, type GroupView, type ListBill } from '../data/groups.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { count, day, money } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { MoneyAct } from './money-act.tsx';
import own from './money.module.css';

const TEXT_LENGTH_MAX = 120;

/** After a change, and after a refusal: a colleague may have been faster. */
function useAct<T>(act: (asked: T) => Promise<unknown>, done?: () => void) {
  const client = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => done?.(), onSettled: () => client.invalidateQueries({ queryKey: ['groups'] }) });
}

export function GroupPanel({ groupId, may }: { groupId: number; may: boolean }) {
  const { t } = useTranslation();
  const view = useQuery(groupQuery(groupId));
  const [open, setOpen] = useState<number | null>(null);
  if (view.error !== null) return <Failed error={view.error} retry={() => void view.refetch()} />;
  if (view.data === undefined) return <Loading rows={8} />;
  const { group, lists } = view.data;
  const shown = open ?? lists[0]?.list_bill_id;
  return (
    <div className={own['stack']}>
      <Card title={money(group.open_minor, group.currency)}>
        <p className={css['quiet']}>{t('groups.owed')} · {t('groups.waiting')} {money(group.waiting_minor, group.currency)} · {word('part_order', group.part_order)}</p>
        <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(group.holder_id) }}>{group.payer}</Link>
      </Card>
      <Card title={t('groups.lists')}>
        {lists.length === 0 ? <Empty title={t('groups.no_lists')} hint={t('groups.no_lists_hint')} /> : (
          <div className={css['scroll']}><table className={css['table']}><tbody>
            {lists.map((list) => (
              <tr key={list.list_bill_id}>
                <td><button type="button" className={own['figure']} aria-pressed={list.list_bill_id === shown} onClick={() => setOpen(list.list_bill_id)}><strong>{day(list.period)}</strong></button><div className={css['quiet']}>{t('groups.lines', { count: list.lines })}</div></td>
                <td className={css['quiet']}>{list.mismatches === 0 ? '' : t('groups.to_answer', { count: list.mismatches, number: count(list.mismatches) })}</td>
                <td className={css['amount']}><strong>{money(list.owed_minor, group.currency)}</strong><div className={css['quiet']}>{t('money.outstanding_of', { amount: money(list.amount_minor, group.currency) })}</div></td>
              </tr>
            ))}
          </tbody></table></div>
        )}
        {may ? <NewList groupId={groupId} made={setOpen} /> : null}
      </Card>
      {shown === undefined ? null : <OneList key={shown} listId={shown} view={view.data} may={may} />}
      <Payments view={view.data} may={may} />
      <Members view={view.data} may={may} />
    </div>
  );
}

function NewList({ groupId, made }: { groupId: number; made: (id: number) => void }) {
  const { t } = useTranslation();
  const today = useQuery(sessionQuery).data?.business_date ?? '';
  const [month, setMonth] = useState(today.slice(0, 7));
  const client = useQueryClient();
  const making = useMutation({ mutationFn: () => makeList(groupId, `${month}-01`, today), onSuccess: (list) => made(list.list_bill_id), onSettled: () => client.invalidateQueries({ queryKey: ['groups'] }) });
  return (
    <form onSubmit={(event) => { event.preventDefault(); making.mutate(); }}>
      <div className={own['buttons']}>
        <TextInput type="month" size="xs" aria-label={t('groups.month')} value={month} onChange={(event) => setMonth(event.currentTarget.value)} />
        <Button type="submit" size="compact-sm" variant="default" loading={making.isPending} disabled={!/^\d{4}-\d{2}$/.test(month)}>{t('groups.make_list')}</Button>
      </div>
      {making.error === null ? null : <Failed error={making.error} />}
    </form>
  );
}

function OneList({ listId, view, may }: { listId: number; view: GroupView; may: boolean }) {
  const { t } = useTranslation();
  const list = useQuery(listBillQuery(listId));
  const [item, setItem] = useState<string | null>(null);
  const reporting = useAct((csv: string) => reportList(listId, csv));
  const { currency, holder_id: payer } = view.group;
  if (list.error !== null) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (list.data === undefined) return <Loading rows={4} />;
  const owed = list.data.lines.reduce((sum, line) => sum + line.owed_minor, 0);
  const chosen = view.waiting.find(({ suspense_id: id }) => String(id) === item) ?? view.waiting[0];
  return (
    <>
      <Card title={t('groups.who_owes')}>
        <div className={css['scroll']}><table className={css['table']}><tbody>{list.data.lines.map((line) => <Line key={line.line_no} line={line} listId={listId} currency={currency} may={may} />)}</tbody></table></div>
        {may ? (
          <>
            <p className={css['quiet']}>{t('groups.report_hint')}</p>
            <FileButton accept="text/csv,.csv" onChange={(file) => { if (file !== null) void file.text().then((text) => reporting.mutate(text)); }}>
              {(props) => <Button {...props} size="compact-sm" variant="default" loading={reporting.isPending}>{t('groups.report')}</Button>}
            </FileButton>
          </>
        ) : null}
        {reporting.error === null ? null : <Failed error={reporting.error} />}
      </Card>
      {!may || owed === 0 ? null : (
        <Card title={t('groups.pay')}>
          {chosen === undefined ? <Empty title={t('groups.no_money')} hint={t('groups.no_money_hint')} /> : (
            <>
              <Select
                label={t('groups.waiting')} mb="sm" allowDeselect={false} value={String(chosen.suspense_id)} onChange={setItem}
                data={view.waiting.map((one) => ({ value: String(one.suspense_id), label: `${money(one.left_minor, currency)} · ${day(one.received_on)}` }))}
              />
              <MoneyAct label={t('groups.do_pay')} asked={[listId, chosen.suspense_id, chosen.left_minor, owed]} act={(preview) => payList(listId, payer, chosen.suspense_id, preview)} />
            </>
          )}
        </Card>
      )}
    </>
  );
}

function Line({ line, listId, currency, may }: { line: ListBill['lines'][number]; listId: number; currency: string; may: boolean }) {
  const { t } = useTranslation();
  const [answer, setAnswer] = useState('');
  const answering = useAct((text: string) => answerLine(listId, line.line_no, text));
  return (
    <tr>
      <td>
        {line.member_holder_id === null ? <strong>{line.employee_ref || line.policy_number}</strong> : <Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(line.member_holder_id) }}>{line.name ?? ''}</Link>}
        <div className={css['quiet']}>{line.policy_number} · {line.due_on === null ? '—' : day(line.due_on)}</div>
        {line.mismatch === null ? null : <div className={line.answer === null ? own['bad'] : css['quiet']}>{word('list_mismatch', line.mismatch)}{line.answer === null ? '' : `: ${line.answer} (${line.answered_by ?? ''})`}</div>}
        {line.mismatch === null || line.answer !== null || !may ? null : (
          <form className={own['buttons']} onSubmit={(event) => { event.preventDefault(); answering.mutate(answer.trim()); }}>
            <TextInput size="xs" aria-label={t('groups.answer')} placeholder={t('groups.answer')} maxLength={TEXT_LENGTH_MAX} value={answer} onChange={(event) => setAnswer(event.currentTarget.value)} />
            <Button type="submit" size="compact-sm" variant="default" disabled={answer.trim() === ''} loading={answering.isPending}>{t('groups.do_answer')}</Button>
          </form>
        )}
        {answering.error === null ? null : <Failed error={answering.error} />}
      </td>
      <td className={css['amount']}>{line.reported_minor === null ? '' : <>{money(line.reported_minor, currency)}<div className={css['quiet']}>{t('groups.reported')}</div></>}</td>
      <td className={css['amount']}><strong>{money(line.owed_minor, currency)}</strong></td>
    </tr>
  );
}

function Payments({ view: { payments, group }, may }: { view: GroupView; may: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number | null>(null);
  if (payments.length === 0) return null;
  return (
    <Card title={t('groups.paid')}>
      {payments.map((one) => (
        <div key={one.group_payment_id}>
          <div className={own['buttons']}>
            <span>{day(one.booked_on)} · {money(one.amount_minor, one.currency)} · {one.paid_by}{one.undone_on === null ? '' : ` · ${word('refund_state', 'undone')} ${day(one.undone_on)}`}</span>
            {may && one.undone_on === null && open === null ? <Button size="compact-sm" variant="default" onClick={() => setOpen(one.group_payment_id)}>{t('write_off.take_back')}</Button> : null}
          </div>
          {open === one.group_payment_id ? <MoneyAct label={t('groups.do_undo')} asked={[open]} act={(preview) => undoListPayment(one.group_payment_id, group.holder_id, preview)} done={() => setOpen(null)} leave={() => setOpen(null)} /> : null}
        </div>
      ))}
    </Card>
  );
}

function Members({ view: { group, members }, may }: { view: GroupView; may: boolean }) {
  const { t } = useTranslation();
  const today = useQuery(sessionQuery).data?.business_date ?? '';
  const [policy, setPolicy] = useState('');
  const [employee, setEmployee] = useState('');
  const joining = useAct(() => joinGroup(group.group_id, { policy_number: policy.trim(), employee_ref: employee.trim(), from_on: today }), () => { setPolicy(''); setEmployee(''); });
  const leaving = useAct((id: number) => leaveGroup(group.group_id, id, today));
  return (
    <Card title={t('groups.members')}>
      {members.length === 0 ? <Empty title={t('groups.no_members')} hint={t('groups.no_members_hint')} /> : (
        <div className={css['scroll']}><table className={css['table']}><tbody>
          {members.map((member) => (
            <tr key={`${member.policy_id} ${member.from_on}`}>
              <td><Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(member.member_holder_id) }}>{member.name}</Link><div className={css['quiet']}>{member.policy_number} · {member.employee_ref}</div></td>
              <td className={css['quiet']}>{day(member.from_on)} – {member.to_on === null ? '' : day(member.to_on)}</td>
              <td className={css['amount']}>{may && member.to_on === null ? <Button size="compact-sm" variant="default" disabled={member.from_on >= today} onClick={() => leaving.mutate(member.policy_id)}>{t('groups.leave')}</Button> : null}</td>
            </tr>
          ))}
        </tbody></table></div>
      )}
      {leaving.error === null ? null : <Failed error={leaving.error} />}
      {may ? (
        <form onSubmit={(event) => { event.preventDefault(); joining.mutate(undefined); }}>
          <div className={own['buttons']}>
            <TextInput size="xs" aria-label={t('column.policy')} placeholder={t('column.policy')} maxLength={TEXT_LENGTH_MAX} value={policy} onChange={(event) => setPolicy(event.currentTarget.value)} />
            <TextInput size="xs" aria-label={t('groups.employee')} placeholder={t('groups.employee')} maxLength={TEXT_LENGTH_MAX} value={employee} onChange={(event) => setEmployee(event.currentTarget.value)} />
            <Button type="submit" size="compact-sm" variant="default" disabled={policy.trim() === ''} loading={joining.isPending}>{t('groups.join')}</Button>
          </div>
          {joining.error === null ? null : <Failed error={joining.error} />}
        </form>
      ) : null}
    </Card>
  );
}
