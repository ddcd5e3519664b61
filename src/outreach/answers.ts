/** The gate's answers, written down. An act that may happen later is kept as two rows: the deferral, and the "allow" for the moment it names. */

import { type GateAnswer, type RulePacks } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { localDate, type HolderId, type InsurerId, type Moment } from '../kernel/index.ts';

export type AskedContact = {
  readonly holderId: HolderId;
  readonly billId: number | null;
  readonly askKey: string;
  readonly purpose: string;
  readonly channel: string;
  readonly at: Moment;
};

type AnswerRow = {
  readonly holder_id: number; readonly ask_key: string; readonly asked_on: string; readonly bill_id: number | null; readonly purpose: string; readonly channel: string;
  readonly asked_for_at: string; readonly answer: string; readonly deferred_until: string | null; readonly rule: string | null; readonly article: string | null;
};

const iso = (moment: Moment): string => new Date(moment).toISOString();

/** Rows for one answer. An allowed act has one row under its key; a deferred one has its `allow` there and the deferral beside it. */
export function answerRows(asked: AskedContact, answer: GateAnswer, timeZone: string): readonly AnswerRow[] {
  const base = {
    holder_id: asked.holderId, asked_on: localDate(asked.at, timeZone), bill_id: asked.billId, purpose: asked.purpose, channel: asked.channel, asked_for_at: iso(asked.at),
  };
  switch (answer.answer) {
    case 'allow': return [{ ...base, ask_key: asked.askKey, answer: 'allow', deferred_until: null, rule: null, article: null }];
    case 'refuse': return [{ ...base, ask_key: asked.askKey, answer: 'refuse', deferred_until: null, rule: answer.rule, article: answer.article }];
    case 'defer': return [
      deferralRow(asked, answer, timeZone),
      { ...base, ask_key: asked.askKey, asked_for_at: iso(answer.until), answer: 'allow', deferred_until: null, rule: null, article: null },
    ];
  }
}

export const deferralRow = (asked: AskedContact, answer: GateAnswer & { readonly answer: 'defer' }, timeZone: string): AnswerRow => ({
  holder_id: asked.holderId, asked_on: localDate(asked.at, timeZone), bill_id: asked.billId, purpose: asked.purpose, channel: asked.channel, asked_for_at: iso(asked.at),
  ask_key: `${asked.askKey}@${iso(asked.at)}`, answer: 'defer', deferred_until: iso(answer.until), rule: answer.rule, article: answer.article,
});

/** The same answer asked for again is kept once. */
export async function writeAnswers(tx: Tx, packs: RulePacks, insurerId: InsurerId, rows: readonly AnswerRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, deferred_until, rule, article, law_version)
    select ${insurerId}, holder_id, ask_key, asked_on, bill_id, 'contact', purpose, channel, asked_for_at, answer, deferred_until, rule, article, ${packs.version}
    from jsonb_to_recordset(${tx.json(rows as never)}) as r (holder_id bigint, ask_key text, asked_on date, bill_id bigint, purpose text, channel text, asked_for_at timestamptz,
      answer text, deferred_until timestamptz, rule text, article text)
    on conflict do nothing`;
}
