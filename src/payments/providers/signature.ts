/**
 * Signed webhooks after Stripe's published scheme: `t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">`; several v1 while a secret is being changed.
 * The moment is signed with the body, so a message that was caught cannot be sent again later. Times are the machine's: a visitor who moves an
 * insurer's clock must not open or close this door.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { fail, ok, type Moment, type Result } from '../../kernel/index.ts';

/** Stripe's own default. */
const SIGNATURE_TOLERANCE_MS = 5 * 60_000;
const SIGNATURES_MAX = 5;

const signatureOf = (secret: string, body: Buffer | string, seconds: number): string =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');

export const signatureHeader = (secret: string, body: Buffer | string, at: Moment): string => {
  const seconds = Math.floor(at / 1000);
  return `t=${seconds},v1=${signatureOf(secret, body, seconds)}`;
};

/** Problems: `webhook_signature_invalid`; `webhook_too_old` only for what is genuine, so that a forger learns nothing. */
export function verifySignature(secret: string, body: Buffer, header: string | undefined, machineNow: Moment): Result<null> {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('='));
  const seconds = Number(parts.find(([name]) => name === 't')?.[1]);
  const given = parts.filter(([name]) => name === 'v1').map(([, value]) => value ?? '').slice(0, SIGNATURES_MAX);
  if (!Number.isSafeInteger(seconds)) return fail('webhook_signature_invalid');
  const expected = Buffer.from(signatureOf(secret, body, seconds));
  const genuine = given.some((one) => one.length === expected.length && timingSafeEqual(Buffer.from(one.padEnd(expected.length).slice(0, expected.length), 'latin1'), expected));
  if (!genuine) return fail('webhook_signature_invalid');
  return Math.abs(machineNow - seconds * 1000) <= SIGNATURE_TOLERANCE_MS ? ok(null) : fail('webhook_too_old');
}
