/** What came of a call, in two keys: the first says what, the second confirms it or says which day, which reason. By click as well. */

import { Button, Textarea, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays, type PlainDate } from '../../../src/kernel/index.ts';
import { api, isApiError } from '../data/api.ts';
import { LATE_REASONS, OUTCOMES, type CallCard, type LateReason, type Outcome } from '../data/collect.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { day } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './collect.module.css';

const PROMISE_DAYS = [1, 3, 7] as const;
const DISPUTE_REASONS = ['amount', 'paid', 'policy'] as const;
/** The call was told by somebody else, or is no more: nothing is left to do on this card. */
const OVER = new Set(['contact_not_call', 'not_found']);

type Result = { readonly outcome: Outcome; readonly payBy: string | null; readonly dispute: string | null; readonly reason: LateReason | null };
type Choice = { readonly label: string; readonly choose: () => void };
type Props = { call: CallCard; today: string; next: (text: string, refused: boolean) => void };

export function CallOutcomes({ call, today, next }: Props) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [typing, setTyping] = useState<'day' | 'words' | null>(null);
  const [promised, setPromised] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (result: Result) => saveOutcome(call, result),
    onSuccess: ({ answerBy, problem }, { outcome: told, payBy }) => {
      const said = { name: call.holder_name, outcome: word('outcome', told) };
      if (problem !== null) return next(t('calls.not_saved', { name: call.holder_name, problem }), true);
      if (answerBy !== null) return next(t('calls.saved_dispute', { ...said, day: day(answerBy) }), false);
      return next(payBy === null ? t('calls.saved', said) : t('calls.saved_promise', { ...said, day: day(payBy) }), false);
    },
    onError: (error) => {
      if (isApiError(error) && OVER.has(error.code)) next(t('calls.not_saved', { name: call.holder_name, problem: error.message }), true);
    },
  });
  const tell = (told: Outcome, reason: LateReason | null, payBy: string | null = null, dispute: string | null = null): void => {
    if (!save.isPending) save.mutate({ outcome: told, reason, payBy, dispute });
  };
  const back = (): void => {
    setOutcome(null);
    setTyping(null);
    setPromised(null);
    save.reset();
  };
  const choices = outcome === null ? OUTCOMES.map((value): Choice => ({ label: word('outcome', value), choose: () => setOutcome(value) })) : secondChoices();

  /** Nobody who was spoken to is closed without one. */
  function reasons(choose: (reason: LateReason) => void): Choice[] {
    return LATE_REASONS.map((reason) => ({ label: word('late_reason', reason), choose: () => choose(reason) }));
  }

  function secondChoices(): Choice[] {
    switch (outcome) {
      case 'promised':
        if (promised !== null) return reasons((reason) => tell('promised', reason, promised));
        return [
          ...PROMISE_DAYS.map((days): Choice => {
            const payBy = addDays(today as PlainDate, days);
            return { label: days === 1 ? t('calls.tomorrow', { day: day(payBy) }) : t('calls.in_days', { days, day: day(payBy) }), choose: () => setPromised(payBy) };
          }),
          { label: t('calls.other_day'), choose: () => setTyping('day') },
        ];
      case 'disputes_bill':
        if (!call.offers.dispute) return [{ label: t('calls.save'), choose: () => tell('disputes_bill', 'claim_dispute') }];
        return [
          ...DISPUTE_REASONS.map((reason): Choice => ({
            label: t('calls.dispute_as', { reason: word('dispute_reason', reason) }), choose: () => tell('disputes_bill', 'claim_dispute', null, reason),
          })),
          { label: t('calls.dispute_as', { reason: word('dispute_reason', 'other') }), choose: () => setTyping('words') },
          { label: t('calls.no_dispute'), choose: () => tell('disputes_bill', 'claim_dispute') },
        ];
      case 'cannot_pay': case 'will_not_pay':
        return reasons((reason) => tell(outcome, reason));
      case null:
        return [];
      default:
        return [{ label: t('calls.save'), choose: () => tell(outcome, null) }];
    }
  }
  // The same key twice confirms as well, where there is nothing to choose.
  const twice = outcome !== null && choices.length === 1 ? OUTCOMES.indexOf(outcome) : -1;
  useHotkeys([
    ...OUTCOMES.map((_, index): [string, () => void] => [String(index + 1), () => (index === twice ? choices[0] : choices[index])?.choose()]),
    ['Escape', back],
  ]);
  const asksReason = outcome === 'cannot_pay' || outcome === 'will_not_pay' || promised !== null;
  const title = outcome === null ? t('calls.outcome') : `${t('calls.outcome')}: ${word('outcome', outcome)}${promised === null ? '' : `, ${day(promised)}`}`;
  return (
    <Card
      title={title}
      aside={(
        <span className={css['quiet']}>
          {t(outcome === null ? 'calls.two_keys' : asksReason ? 'calls.reason_key' : 'calls.second_key')}{' '}
          {outcome === null ? null : <Button size="compact-xs" variant="subtle" color="gray" onClick={back}>{t('calls.back')}</Button>}
        </span>
      )}
    >
      <div className={own['choices']}>
        {choices.map((choice, index) => (
          <button key={choice.label} type="button" className={own['choice']} disabled={save.isPending} onClick={choice.choose}>
            <kbd>{index + 1}</kbd>
            <span>{choice.label}</span>
          </button>
        ))}
      </div>
      {typing === 'day' ? <OtherDay call={call} today={today} back={back} choose={(payBy) => { setTyping(null); setPromised(payBy); }} /> : null}
      {typing === 'words' ? <DisputeWords back={back} choose={(words) => tell('disputes_bill', 'claim_dispute', null, `other: ${words}`)} /> : null}
      {save.error === null ? null : <Failed error={save.error} />}
    </Card>
  );
}

type Saved = { readonly answerBy: string | null; readonly problem: string | null };

/** First the outcome, then the dispute: where the second is refused, the first stands and the refusal is told. */
async function saveOutcome(call: CallCard, { outcome, payBy, dispute, reason }: Result): Promise<Saved> {
  await api.recordOutcome(call.contact_id, { holder_id: call.holder_id, outcome, late_reason: reason, promise: payBy === null ? null : { pay_by: payBy } });
  if (dispute === null) return { answerBy: null, problem: null };
  try {
    return { answerBy: (await api.openDispute(call.holder_id, call.bill_id, dispute)).answer_by, problem: null };
  } catch (error) {
    return { answerBy: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function OtherDay({ call, today, back, choose }: { call: CallCard; today: string; back: () => void; choose: (payBy: string) => void }) {
  const { t } = useTranslation();
  const [payBy, setPayBy] = useState('');
  return (
    <form className={own['typing']} onKeyDown={onEscape(back)} onSubmit={(event) => { event.preventDefault(); choose(payBy); }}>
      <TextInput
        type="date" label={t('calls.pay_by')} required autoFocus value={payBy} min={today} max={addDays(today as PlainDate, call.offers.promise_days_max)}
        onChange={(event) => setPayBy(event.currentTarget.value)}
      />
      <Button type="submit">{t('calls.save')}</Button>
    </form>
  );
}

function DisputeWords({ back, choose }: { back: () => void; choose: (words: string) => void }) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  return (
    <form className={own['typing']} onKeyDown={onEscape(back)} onSubmit={(event) => { event.preventDefault(); choose(words); }}>
      <Textarea label={t('calls.dispute_words')} required autoFocus autosize minRows={2} maxLength={1_900} flex={1} value={words} onChange={(event) => setWords(event.currentTarget.value)} />
      <Button type="submit">{t('calls.save')}</Button>
    </form>
  );
}

const onEscape = (back: () => void) => (event: React.KeyboardEvent): void => {
  if (event.key === 'Escape') back();
};
