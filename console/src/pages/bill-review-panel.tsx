/** One held bill: each finding in words, its lines beside the last bill, and what a person makes of it; what will be booked is shown before it is. */

import { Alert, Button, NumberInput, Textarea } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decimalsOf } from '../../../src/kernel/index.ts';
import type { Data } from '../data/api.ts';
import { answerHeld, heldBillQuery, previewHeld, type HeldAct, type Mending } from '../data/bill-review.ts';
import { billQuery } from '../data/money.ts';
import { sessionQuery } from '../data/queries.ts';
import { postingRule, word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, moment, money } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { Lines } from './bill-panel.tsx';
import holder from './holder.module.css';
import own from './money.module.css';

export const REVIEWERS: readonly string[] = ['manager', 'finance'];
export const REVIEW_STALE = ['bill-review', 'bills', 'today', 'holder', 'ledger'];
const NOTE_LENGTH_MAX = 2_000;
const MS_PER_MINUTE = 60_000;
const MINUTES_MAX = 480;

type View = Data['held_bill'];
type Finding = View['findings'][number];

export function HeldPanel({ holderId, billId, may, answered }: { holderId: number; billId: number; may: boolean; answered: (text: string) => void }) {
  const held = useQuery(heldBillQuery(holderId, billId));
  const bill = useQuery(billQuery(holderId, billId));
  const failed = held.error ?? bill.error;
  if (failed !== null) return <Failed error={failed} retry={() => { void held.refetch(); void bill.refetch(); }} />;
  if (held.data === undefined || bill.data === undefined) return <Loading rows={8} />;
  const waits = held.data.state === 'held' || held.data.state === 'asked';
  return (
    <div className={own['stack']}>
      <Findings view={held.data} />
      {waits && may ? <Answer view={held.data} premiumMinor={bill.data.bill.premium_minor} answered={answered} /> : <Past view={held.data} />}
      <Lines view={bill.data} />
      <About view={held.data} />
    </div>
  );
}

function said(value: Finding['says'], currency: string): string {
  if (value === null) return '—';
  return 'minor' in value ? money(value.minor, currency) : 'on' in value ? day(value.on) : value.text;
}

function Findings({ view }: { view: View }) {
  const { t } = useTranslation();
  return (
    <Card title={t('review.findings')} aside={<StateBadge group="hold_state" value={view.state} />}>
      <ol className={own['corrections']}>
        {view.findings.filter(({ check }) => check !== 'sample').map((one) => (
          <li key={`${one.check} ${one.rule_id ?? ''} ${JSON.stringify(one.says)}`}>
            <strong>{one.reason}</strong>
            <dl className={holder['facts']}>
              {one.says === null ? null : <><dt>{t('review.says')}</dt><dd>{said(one.says, view.currency)}</dd></>}
              {one.should === null ? null : <><dt>{t(one.check === 'four_eyes' ? 'review.limit' : 'review.should')}</dt><dd>{said(one.should, view.currency)}</dd></>}
              <dt>{t('review.rule')}</dt>
              <dd>{one.rule}{one.rule_id === null ? null : <div className={css['quiet']}><RuleName rule={one.rule_id} article={null} /></div>}</dd>
              <dt>{t('review.remedy')}</dt>
              <dd>{one.remedy}</dd>
            </dl>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function About({ view }: { view: View }) {
  const { t } = useTranslation();
  return (
    <Card title={t('review.about')}>
      <dl className={holder['facts']}>
        <dt>{t('money.holder')}</dt><dd><Link className={css['link']} to="/holders/$holderId" params={{ holderId: String(view.holder_id) }}>{view.holder_name}</Link></dd>
        <dt>{t('column.policy')}</dt><dd>{view.policy_number} · {word('line', view.line)} · {word('market', view.market)}</dd>
        <dt>{t('review.held_on')}</dt><dd>{day(view.held_on)}</dd>
        <dt>{t('column.due')}</dt><dd>{day(view.due_on)}</dd>
      </dl>
    </Card>
  );
}

function Past({ view }: { view: View }) {
  const { t } = useTranslation();
  const timeZone = useQuery(sessionQuery).data?.insurer.time_zone;
  if (view.decided_by === null || view.decided_at === null) return view.asked_by === null ? null : <Alert color="sky" variant="light">{t('review.asked_by', { by: view.asked_by })}</Alert>;
  return (
    <Card title={word('hold_state', view.state)}>
      <p>{view.decided_by === 'review' ? t('review.by_itself') : t('correction.by', { by: view.decided_by, at: moment(view.decided_at, timeZone) })}</p>
      {view.note === null ? null : <p className={css['quiet']}>{view.note}</p>}
    </Card>
  );
}

function Answer({ view, premiumMinor, answered }: { view: View; premiumMinor: number; answered: (text: string) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const unit = 10 ** decimalsOf(view.currency);
  const [act, setAct] = useState<HeldAct>('release');
  const [premium, setPremium] = useState<string | number>('');
  const [note, setNote] = useState('');
  const [since] = useState(() => performance.now());
  const typed = Math.round(Number(premium) * unit);
  const byHand = premium !== '' && Number.isSafeInteger(typed) && typed > 0;
  const mending: Mending = act !== 'correct' ? null : byHand ? typed : 'policy';
  const asked = { holderId: view.holder_id, billId: view.bill_id, act, mending };
  const preview = useQuery({ queryKey: ['bill-review', 'preview', asked, view.version], queryFn: () => previewHeld(asked), retry: false });
  const answer = useMutation({
    mutationFn: () => answerHeld(asked, { version: view.version, note: note.trim(), minutes: Math.min(MINUTES_MAX, (performance.now() - since) / MS_PER_MINUTE) }),
    onSuccess: ({ hold }) => answered(t('review.done', { name: view.holder_name, what: word('hold_state', hold) })),
    // Also after a refusal: a colleague may have been faster.
    onSettled: () => Promise.all(REVIEW_STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  useHotkeys([['r', () => setAct('release')], ['c', () => setAct('correct')], ['w', () => setAct('withdraw')]]);
  const asks = preview.data?.hold === 'asked';
  return (
    <Card title={t('review.answer')}>
      <form onSubmit={(event) => { event.preventDefault(); answer.mutate(); }}>
        <div className={own['buttons']} role="group" aria-label={t('review.answer')}>
          {(['release', 'correct', 'withdraw'] as const).map((one) => (
            <Button key={one} size="compact-md" variant={one === act ? 'filled' : 'default'} aria-pressed={one === act} onClick={() => setAct(one)}>{t(`review.act_${one}`)}</Button>
          ))}
        </div>
        <p className={css['quiet']}>{t(`review.act_${act}_hint`)}</p>
        {act === 'correct' ? (
          <NumberInput label={t('review.premium', { currency: view.currency })} description={t('review.premium_hint', { now: money(premiumMinor, view.currency) })} value={premium} onChange={setPremium} min={0}
            decimalScale={decimalsOf(view.currency)} thousandSeparator="," mb="sm" />
        ) : null}
        {preview.error === null ? null : <Failed error={preview.error} />}
        {preview.data === undefined ? null : <Preview after={preview.data} />}
        {view.asked_by === null ? null : <Alert color="sky" variant="light" mb="sm">{t('review.asked_by', { by: view.asked_by })}</Alert>}
        {asks ? <Alert color="amber" variant="light" mb="sm">{t('review.will_ask')}</Alert> : null}
        <Textarea label={t('review.note')} required={act !== 'release'} autosize minRows={2} maxLength={NOTE_LENGTH_MAX} value={note} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
        {answer.error === null ? null : <Failed error={answer.error} />}
        <Button type="submit" color={act === 'withdraw' ? 'danger' : 'harbour'} loading={answer.isPending} disabled={preview.data === undefined || (act !== 'release' && note.trim() === '')}>
          {t(asks ? 'review.do_ask' : `review.do_${act}`)}
        </Button>
      </form>
    </Card>
  );
}

/** What the bill will say, and each entry that is booked when it leaves. */
function Preview({ after }: { after: Data['held_outcome'] }) {
  const { t } = useTranslation();
  if (after.state === 'cancelled') return <p>{t('review.nothing_booked')}</p>;
  return (
    <>
      <dl className={holder['facts']}>
        <dt>{t('money.amount')}</dt><dd><strong>{money(after.amount_minor, after.currency)}</strong></dd>
        <dt>{t('column.due')}</dt><dd>{day(after.due_on)}</dd>
        <dt>{t('money.period')}</dt><dd>{day(after.period_from)} – {day(after.period_to)}</dd>
      </dl>
      <p className={css['quiet']}>{t('review.will_book')}</p>
      <div className={css['scroll']}><table className={css['table']}>
        <tbody>
          {after.entries.map((entry) => (
            <tr key={entry.rule}>
              <td>{postingRule(entry.rule)}<div className={css['quiet']}>{t('money.debit')} {word('account', entry.debit_account)} · {t('money.credit')} {word('account', entry.credit_account)}</div></td>
              <td className={css['amount']}>{money(entry.amount_minor, after.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table></div>
    </>
  );
}
