/** One question after a payment: how easy was it? Kept once for each payment; the holder may change the answer for an hour. */

import { type HolderId, type InsurerId, type Moment, type PaymentId } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';

const CHANGEABLE_MS = 3_600_000;

export type SurveyAnswer = { readonly ease: number; readonly clarity: number | null };

export async function surveyAnswerOf(tx: Tx, holderId: HolderId, paymentId: number, now: Moment): Promise<(SurveyAnswer & { readonly changeable: boolean }) | null> {
  const [row] = await tx<(SurveyAnswer & { answered_at: Date })[]>`
    select ease, clarity, answered_at from survey_answers where holder_id = ${holderId} and payment_id = ${paymentId}`;
  return row === undefined ? null : { ease: row.ease, clarity: row.clarity, changeable: now - row.answered_at.getTime() < CHANGEABLE_MS };
}

export type NewSurveyAnswer = SurveyAnswer & { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly paymentId: PaymentId; readonly at: Moment };

/** After its hour an answer stays as it is. */
export async function answerSurvey(tx: Tx, { insurerId, holderId, paymentId, ease, clarity, at }: NewSurveyAnswer): Promise<void> {
  await tx`
    insert into survey_answers (insurer_id, holder_id, payment_id, ease, clarity, answered_at)
    select ${insurerId}, holder_id, payment_id, ${ease}::smallint, ${clarity}::smallint, ${new Date(at)}
    from payments where holder_id = ${holderId} and payment_id = ${paymentId} and state = 'succeeded'
    on conflict (insurer_id, holder_id, payment_id) do update set ease = excluded.ease, clarity = excluded.clarity
    where survey_answers.answered_at > ${new Date(at - CHANGEABLE_MS)}`;
}
