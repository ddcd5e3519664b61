/** What does a change of this policy do to what is paid and when? The instalments now and after, side by side; what is billed or credited, line by line; then the act. And what was changed before. */

import { Alert, Button, NumberInput, Select, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decimalsOf } from '../../../src/kernel/index.ts';
import type { Data } from '../data/api.ts';
import { CANCELLATIONS, CHANGE_KINDS, CHANGE_MODES, changeOf, changePreviewQuery, type ChangeSearch, HOLIDAY_COVERS, makeChange, policyChangesQuery, undoChange } from '../data/policy-change.ts';
import { sessionQuery } from '../data/queries.ts';
import { postingRule, word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, moment, money, percent } from '../parts/format.ts';
import css from '../parts/parts.module.css';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { lineName } from './bill-panel.tsx';
import money_ from './money.module.css';
import own from './policy.module.css';

const route = getRouteApi('/inside/holders/$holderId/policies/$policyId');
type Policy = Data['policy_changes'];
type Preview = Data['policy_change_preview'];
type Line = Preview['before'][number];
const CHANGERS: readonly string[] = ['manager', 'finance'];
const PREVIEWERS: readonly string[] = [...CHANGERS, 'agent'];
const STALE = ['bills', 'today', 'holder', 'payments', 'ledger'];
const NOTE_LENGTH_MAX = 2_000;
const POINTS = 10_000;

export function PolicyPage() {
  const params = route.useParams();
  const named = { holderId: Number(params.holderId), policyId: Number(params.policyId) };
  const view = useQuery(policyChangesQuery(named));
  if (view.error !== null) return <Failed error={view.error} retry={() => void view.refetch()} />;
  if (view.data === undefined) return <Card><Loading rows={8} /></Card>;
  return <Page named={named} view={view.data} />;
}

type Named = { readonly holderId: number; readonly policyId: number };

function Page({ named, view }: { named: Named; view: Policy }) {
  const { t } = useTranslation();
  const { policy } = view;
  const { data: session } = useSuspenseQuery(sessionQuery);
  const search = route.useSearch();
  const change = changeOf(search);
  const may = PREVIEWERS.includes(session.user.role);
  const preview = useQuery({ ...changePreviewQuery(named, change), enabled: change !== null && may });
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('policy.title', { number: policy.policy_number })}</Title>
        <StateBadge group="policy_state" value={policy.state} />
        <Link to="/holders/$holderId" params={{ holderId: String(named.holderId) }} className={css['link']}>{policy.holder_name}</Link>
        <span className={css['quiet']}>{[policy.product, word('line', policy.line), word('market', policy.market)].filter((part) => part !== '').join(' · ')}</span>
      </div>
      <div className={own['two']}>
        <div className={own['stack']}>
          <Card title={t('policy.terms')}><Terms policy={policy} /></Card>
          {may ? <Card title={t('policy.try')}><Form view={view} today={session.business_date} /></Card> : null}
        </div>
        <div className={own['stack']}>
          {!may || change === null ? <Card title={t('policy.effect')}><Empty title={t('policy.nothing_tried')} hint={t(may ? 'policy.nothing_tried_hint' : 'policy.may_not')} /></Card>
            : preview.error !== null ? <Failed error={preview.error} />
              : preview.data === undefined ? <Card title={t('policy.effect')}><Loading rows={6} /></Card>
                : <Effect key={preview.data.version} named={named} change={change} preview={preview.data} may={CHANGERS.includes(session.user.role)} />}
          <History named={named} view={view} may={CHANGERS.includes(session.user.role)} />
        </div>
      </div>
      {preview.data === undefined || change === null ? null : <Schedules preview={preview.data} />}
    </div>
  );
}

function Terms({ policy }: { policy: Policy['policy'] }) {
  const { t } = useTranslation();
  const facts: readonly (readonly [string, string])[] = [
    [t('column.premium'), money(policy.premium_minor, policy.currency)], [t('policies.mode'), word('mode', policy.mode)], [t('policy.due_day'), t('policy.day_of_month', { day: policy.due_day })],
    [t('policies.next_due'), policy.next_due_on === null ? '—' : day(policy.next_due_on)],
    [t('policy.cover'), policy.cover_to === null ? t('policy.cover_from', { from: day(policy.cover_from) }) : t('policy.cover_between', { from: day(policy.cover_from), to: day(policy.cover_to) })],
  ];
  return <dl className={own['facts']}>{facts.map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}</dl>;
}

/** Each field writes the address: what is tried out can be sent to a colleague. */
function Form({ view: { policy, rules }, today }: { view: Policy; today: string }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (next: ChangeSearch): void => void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const unit = 10 ** decimalsOf(policy.currency);
  const stopped = policy.state === 'lapsed' || policy.state === 'suspended';
  const kinds = CHANGE_KINDS.filter((kind) => (stopped ? kind === 'reinstatement' || kind === 'cancellation' : kind !== 'reinstatement'));
  const { kind } = search;
  const on = (label: string, required = true) => <TextInput type="date" label={label} required={required} value={search.on ?? ''} onChange={(event) => set({ on: event.currentTarget.value === '' ? undefined : event.currentTarget.value })} />;
  const begins: ChangeSearch = { on: undefined, to: undefined, premium: undefined, day: undefined, mode: undefined, method: undefined, cover: undefined };
  const points = search.mode === undefined || search.mode === 'annual' ? 0 : rules.instalment_charges[search.mode];
  return (
    <form className={own['form']} onSubmit={(event) => event.preventDefault()}>
      <Select label={t('policy.what')} placeholder={t('policy.what_hint')} value={kind ?? null} data={kinds.map((value) => ({ value, label: word('change_kind', value) }))}
        onChange={(value) => { const next = CHANGE_KINDS.find((one) => one === value); set({ ...begins, kind: next, on: next === undefined || next === 'due_day' || next === 'mode' ? undefined : next === 'backdated' ? policy.cover_from : today }); }} />
      {kind === 'increase' || kind === 'reduction' ? (
        <>
          {on(t('policy.from_on'))}
          <NumberInput label={t('policy.new_premium')} description={t('policy.new_premium_hint', { now: money(policy.premium_minor, policy.currency), mode: word('mode', policy.mode) })} required min={0} suffix={` ${policy.currency}`}
            thousandSeparator="," decimalScale={decimalsOf(policy.currency)} value={search.premium === undefined ? '' : search.premium / unit} onChange={(value) => set({ premium: value === '' || Number(value) <= 0 ? undefined : Math.round(Number(value) * unit) })} />
        </>
      ) : null}
      {kind === 'due_day' ? <Select label={t('policy.new_due_day')} description={t('policy.new_due_day_hint', { days: rules.due_day_window_days })} searchable value={search.day === undefined ? null : String(search.day)}
        data={Array.from({ length: 31 }, (_, i) => ({ value: String(i + 1), label: t('policy.day_of_month', { day: i + 1 }) }))} onChange={(value) => set({ day: value === null ? undefined : Number(value) })} /> : null}
      {kind === 'mode' ? (
        <>
          <Select label={t('policy.new_mode')} value={search.mode ?? null} data={CHANGE_MODES.filter((mode) => mode !== policy.mode).map((value) => ({ value, label: word('mode', value) }))} onChange={(value) => set({ mode: CHANGE_MODES.find((one) => one === value) })} />
          {on(t('policy.mode_from'), false)}
          <p className={css['quiet']}>{points === 0 ? t('policy.no_instalment_charge') : t('policy.instalment_charge', { share: percent(points / POINTS) })}</p>
        </>
      ) : null}
      {kind === 'premium_holiday' ? (
        <>
          {on(t('policy.holiday_from'))}
          <TextInput type="date" label={t('policy.holiday_to')} required min={search.on} value={search.to ?? ''} onChange={(event) => set({ to: event.currentTarget.value === '' ? undefined : event.currentTarget.value })} />
          <Select label={t('policy.holiday_cover')} allowDeselect={false} value={search.cover ?? 'continues'} data={HOLIDAY_COVERS.map((value) => ({ value, label: word('holiday_cover', value) }))} onChange={(value) => set({ cover: HOLIDAY_COVERS.find((one) => one === value) })} />
        </>
      ) : null}
      {kind === 'cancellation' ? (
        <>
          {on(t('policy.ends_on'))}
          <Select label={t('policy.method')} allowDeselect={false} value={search.method ?? 'pro_rata'} data={CANCELLATIONS.map((value) => ({ value, label: word('cancellation', value), disabled: value === 'short_rate' && !rules.short_rate.allowed }))}
            onChange={(value) => set({ method: CANCELLATIONS.find((one) => one === value) })} />
          <p className={css['quiet']}>{rules.short_rate.source} {rules.short_rate.verified ? '' : t('policy.unverified')}</p>
        </>
      ) : null}
      {kind === 'reinstatement' ? <>{on(t('policy.in_force_on'))}<p className={css['quiet']}>{t('policy.interest', { share: percent(rules.reinstatement_basis_points / POINTS) })} {t('policy.unverified')}</p></> : null}
      {kind === 'backdated' ? on(t('policy.began_on')) : null}
    </form>
  );
}

/** What is billed and credited now, the entries, and the act. */
function Effect({ named, change, preview, may }: { named: Named; change: ReturnType<typeof changeOf>; preview: Preview; may: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const [note, setNote] = useState('');
  const { currency } = preview;
  const make = useMutation({
    mutationFn: () => makeChange(named, change, preview.version, note),
    onSuccess: () => navigate({ search: {}, replace: true }),
    onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  const none = preview.bills.length === 0 && preview.corrections.length === 0;
  return (
    <Card title={t('policy.effect')}>
      <div className={own['figures']}>
        <div><span className={css['quiet']}>{t('policy.billed_now')}</span><strong>{money(preview.billed_minor, currency)}</strong></div>
        <div><span className={css['quiet']}>{t('policy.credited_now')}</span><strong>{money(preview.credited_minor, currency)}</strong></div>
        <div><span className={css['quiet']}>{t('policy.year_before_after')}</span><strong>{preview.year_premium_before_minor === preview.year_premium_after_minor ? money(preview.year_premium_after_minor, currency) : `${money(preview.year_premium_before_minor, currency)} → ${money(preview.year_premium_after_minor, currency)}`}</strong></div>
      </div>
      <p className={css['quiet']}>{t('policy.effective', { on: day(preview.effective_on) })}{preview.state_after === null ? '' : ` ${t('policy.state_after', { state: word('policy_state', preview.state_after) })}`}</p>
      {none ? <p>{t('policy.nothing_billed')}</p> : (
        <div className={css['scroll']}><table className={css['table']}>
          <thead><tr><th>{t('policy.bill')}</th><th>{t('policy.period')}</th><th className={css['amount']}>{t('policy.amount')}</th></tr></thead>
          <tbody>
            {preview.bills.map((bill) => (
              <tr key={bill.instalment_no}>
                <td>{word('change_bill', bill.kind)}<div className={css['quiet']}>{t('policy.due', { on: day(bill.due_on) })}</div></td>
                <td>{t('policy.days', { from: day(bill.period_from), to: day(bill.period_to) })}<div className={css['quiet']}>{parts(bill, currency)}</div></td>
                <td className={css['amount']}><strong>{money(bill.amount_minor, currency)}</strong></td>
              </tr>
            ))}
            {preview.corrections.map((one) => (
              <tr key={one.bill_id}>
                <td>{one.after_minor === null ? t('policy.withdrawn') : t('policy.lowered')}<div className={css['quiet']}>{t('policy.due', { on: day(one.due_on) })}</div></td>
                <td>{money(one.before_minor, currency)} → {one.after_minor === null ? '—' : money(one.after_minor, currency)}{one.surplus_minor === 0 ? null : <div className={css['quiet']}>{t('policy.waits', { amount: money(one.surplus_minor, currency) })}</div>}</td>
                <td className={css['amount']}><strong>{money((one.after_minor ?? 0) - one.before_minor, currency)}</strong></td>
              </tr>
            ))}
          </tbody>
        </table></div>
      )}
      {preview.entries.length === 0 ? null : (
        <details className={own['entries']}>
          <summary>{t('policy.entries', { count: preview.entries.length })}</summary>
          <div className={css['scroll']}><table className={css['table']}>
            <thead><tr><th>{t('policy.entry')}</th><th>{t('policy.debit')}</th><th>{t('policy.credit')}</th><th className={css['amount']}>{t('policy.amount')}</th></tr></thead>
            <tbody>{preview.entries.map((one) => (
              <tr key={`${one.bill_id} ${one.rule}`}><td>{postingRule(one.rule)}</td><td>{word('account', one.debit)}</td><td>{word('account', one.credit)}</td><td className={css['amount']}>{money(one.amount_minor, currency)}</td></tr>
            ))}</tbody>
          </table></div>
        </details>
      )}
      {preview.surplus_minor === 0 ? null : <Alert color="caution" variant="light" my="sm">{t('policy.surplus', { amount: money(preview.surplus_minor, currency) })}</Alert>}
      {may ? (
        <form className={own['form']} onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
          <Textarea label={t('policy.note')} description={t('policy.note_hint')} required autosize minRows={2} maxLength={NOTE_LENGTH_MAX} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          {make.error === null ? null : <Failed error={make.error} />}
          <div className={money_['buttons']}>
            <Button type="submit" disabled={note.trim() === ''} loading={make.isPending}>{t('policy.do')}</Button>
            <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>{t('policy.leave')}</Button>
          </div>
        </form>
      ) : <p className={css['quiet']}>{t('policy.finance_does')}</p>}
    </Card>
  );
}

const parts = (line: Line, currency: string): string => [...(line.premium_minor === 0 ? [] : [`${lineName('premium', null)} ${money(line.premium_minor, currency)}`]), ...line.charges.map((one) => `${lineName(one.kind, one.rule)} ${money(one.amount_minor, currency)}`)].join(' · ');

function Schedules({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  return (
    <div className={own['sides']}>
      <Schedule title={t('policy.now')} lines={preview.before} others={preview.after} currency={preview.currency} />
      <Schedule title={t('policy.after')} lines={preview.after} others={preview.before} currency={preview.currency} />
    </div>
  );
}

/** What the other side does not have stands out. */
function Schedule({ title, lines, others, currency }: { title: string; lines: readonly Line[]; others: readonly Line[]; currency: string }) {
  const { t } = useTranslation();
  const keyOf = (line: Line): string => `${line.due_on} ${line.period_from} ${line.period_to} ${line.amount_minor}`;
  const same = new Set(others.map(keyOf));
  return (
    <Card title={title} aside={<strong>{money(lines.reduce((sum, line) => sum + line.amount_minor, 0), currency)}</strong>}>
      {lines.length === 0 ? <Empty title={t('policy.no_instalments')} /> : (
        <div className={css['scroll']}><table className={css['table']}>
          <thead><tr><th>{t('column.due')}</th><th>{t('policy.period')}</th><th className={css['amount']}>{t('column.total')}</th></tr></thead>
          <tbody>{lines.map((line) => (
            <tr key={line.instalment_no} className={same.has(keyOf(line)) ? undefined : own['changed']}>
              <td><span className={css['code']}>{day(line.due_on)}</span>{line.state === 'to_come' ? null : <div><StateBadge group="bill_state" value={line.state} /></div>}</td>
              <td>{t('policy.days', { from: day(line.period_from), to: day(line.period_to) })}<div className={css['quiet']}>{line.charges.length === 0 ? '' : parts(line, currency)}{same.has(keyOf(line)) ? '' : ` ${t('policy.differs')}`}</div></td>
              <td className={css['amount']}><strong>{money(line.amount_minor, currency)}</strong></td>
            </tr>
          ))}</tbody>
        </table></div>
      )}
    </Card>
  );
}

function History({ named, view: { changes, policy }, may }: { named: Named; view: Policy; may: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const undo = useMutation({ mutationFn: (id: number) => undoChange(named, id), onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))) });
  const newest = changes.find((one) => one.undone_at === null)?.change_id;
  return (
    <Card title={t('policy.history')}>
      {changes.length === 0 ? <span className={css['quiet']}>{t('policy.no_history')}</span> : (
        <ol className={money_['corrections']}>
          {changes.map((one) => (
            <li key={one.change_id} className={one.undone_at === null ? undefined : own['undone']}>
              <strong>{word('change_kind', one.kind)}</strong> {t('policy.from', { on: day(one.effective_on) })}
              <div>{what(one, policy.currency)}</div>
              <div className={css['quiet']}>{one.note}</div>
              <div className={css['quiet']}>{one.by_holder ? t('policy.by_holder', { at: moment(one.asked_at, policy.time_zone) }) : t('policy.by', { by: one.asked_by, at: moment(one.asked_at, policy.time_zone) })}
                {one.undone_at === null ? '' : ` · ${t('policy.undone', { by: one.undone_by, at: moment(one.undone_at, policy.time_zone) })}`}</div>
              {may && one.change_id === newest ? <Button size="compact-sm" variant="default" loading={undo.isPending} onClick={() => undo.mutate(one.change_id)}>{t('policy.undo')}</Button> : null}
              {may && one.change_id === newest && undo.error !== null ? <Failed error={undo.error} /> : null}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function what(one: Policy['changes'][number], currency: string): string {
  if (one.premium_before_minor !== one.premium_after_minor && one.mode_before === one.mode_after) return `${money(one.premium_before_minor, currency)} → ${money(one.premium_after_minor, currency)}`;
  if (one.mode_before !== one.mode_after) return `${word('mode', one.mode_before)} → ${word('mode', one.mode_after)}`;
  return one.due_day_before === one.due_day_after ? '' : `${one.due_day_before} → ${one.due_day_after}`;
}
