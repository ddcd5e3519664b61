/**
 * A pay link opens one bill without a log-in: it names the bill, expires, and is signed. Nothing about it is stored, so a million reminders
 * write no row; what it opens is masked, and the only thing it lets a stranger do is pay somebody else's premium.
 *
 * The token is `version ‖ insurer ‖ holder ‖ bill ‖ contact ‖ hours ‖ tag` as LEB128 numbers and the first 16 bytes of an HMAC-SHA256
 * (RFC 2104 §5 allows half; 128 bits cannot be guessed over HTTP), in base64url: 40 to 50 characters, so that it fits a text message.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { fail, ok, type BillId, type HolderId, type InsurerId, type Moment, type Result } from '../kernel/index.ts';

export type PayLink = {
  readonly insurerId: InsurerId;
  readonly holderId: HolderId;
  readonly billId: BillId;
  /** The message that carried the link; null where a person gave it out. */
  readonly contactId: number | null;
  /** On the insurer's clock; the token keeps whole hours, rounded up. */
  readonly expiresAt: Moment;
};

/** The longest grace period of our markets is 60 days; a reminder's link works through it. */
export const PAY_LINK_DAYS = 60;

const VERSION = 1;
const TAG_BYTES = 16;
/** Five numbers of at most 8 bytes, version and tag: anything longer is not ours and is not decoded. */
const TOKEN_CHARACTERS_MAX = 80;
const MS_PER_HOUR = 3_600_000;
/** 2020-01-01: hours from here stay within three bytes until 2259. */
const EPOCH_HOUR = Date.UTC(2020, 0, 1) / MS_PER_HOUR;

export function payLinkToken(secret: Buffer, link: PayLink): string {
  const bytes: number[] = [VERSION];
  const hours = Math.ceil(link.expiresAt / MS_PER_HOUR) - EPOCH_HOUR;
  for (const value of [link.insurerId, link.holderId, link.billId, link.contactId ?? 0, hours]) putNumber(bytes, value);
  const body = Buffer.from(bytes);
  return Buffer.concat([body, tagOf(secret, body)]).toString('base64url');
}

/** Problems: `link_invalid` (damaged, forged), `link_expired`. `now` on the insurer's clock. */
export function readPayLink(secret: Buffer, token: string, now: Moment): Result<PayLink> {
  const link = openPayLink(secret, token);
  if (link === null) return fail('link_invalid');
  return now < link.expiresAt ? ok(link) : fail('link_expired');
}

/** What a genuine token says, expired or not; null for any other. Whose clock decides on its expiry is known only after this. */
export function openPayLink(secret: Buffer, token: string): PayLink | null {
  if (token.length > TOKEN_CHARACTERS_MAX || !/^[\w-]+$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const body = bytes.subarray(0, Math.max(0, bytes.length - TAG_BYTES));
  const tag = bytes.subarray(body.length);
  // The same bytes have other spellings in base64; only ours counts, so that a token is one text.
  if (tag.length !== TAG_BYTES || bytes.toString('base64url') !== token || !timingSafeEqual(tag, tagOf(secret, body))) return null;
  if (body[0] !== VERSION) return null;
  const numbers = numbersIn(body.subarray(1));
  const [insurerId, holderId, billId, contactId, hours] = numbers;
  if (insurerId === undefined || holderId === undefined || billId === undefined || contactId === undefined || hours === undefined || numbers.length !== 5) return null;
  return {
    insurerId: insurerId as InsurerId,
    holderId: holderId as HolderId,
    billId: billId as BillId,
    contactId: contactId === 0 ? null : contactId,
    expiresAt: (EPOCH_HOUR + hours) * MS_PER_HOUR,
  };
}

export const payLinkUrl = (origin: string, token: string): string => `${origin}/pay/${token}`;

const tagOf = (secret: Buffer, body: Buffer): Buffer =>
  createHmac('sha256', secret).update('inforce pay link\0').update(body).digest().subarray(0, TAG_BYTES);

function putNumber(bytes: number[], value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} does not fit a pay link`);
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function numbersIn(bytes: Buffer): number[] {
  const numbers: number[] = [];
  let value = 0;
  let weight = 1;
  for (const byte of bytes) {
    value += (byte & 127) * weight;
    weight *= 128;
    if (byte < 128) {
      numbers.push(value);
      [value, weight] = [0, 1];
    }
  }
  return numbers;
}
