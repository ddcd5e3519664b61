/** "No more of these": a signed link in each reminder, and what it does. It never expires (RFC 8058; laws ask for a month and more). */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Tx } from '../database/index.ts';
import { fail, ok, type HolderId, type InsurerId, type Moment, type Result } from '../kernel/index.ts';

export const OPT_OUT_CHANNELS = ['email', 'sms', 'push', 'wechat', 'call', 'voicemail', 'letter'] as const;
export type OptOutChannel = (typeof OPT_OUT_CHANNELS)[number];

export type OptOut = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly contactId: number | null; readonly channel: OptOutChannel };

const TAG_BYTES = 16;
const TOKEN = /^([0-9a-z]{1,11})-([0-9a-z]{1,11})-([0-9a-z]{1,11})-([a-z]{3,9})-([\w-]{22})$/;

const tagOf = (secret: Buffer, body: string): Buffer => createHmac('sha256', secret).update('inforce opt out\0').update(body).digest().subarray(0, TAG_BYTES);

export function optOutToken(secret: Buffer, { insurerId, holderId, contactId, channel }: OptOut): string {
  const body = [insurerId, holderId, contactId ?? 0].map((id) => id.toString(36)).concat(channel).join('-');
  return `${body}-${tagOf(secret, body).toString('base64url')}`;
}

export const optOutUrl = (origin: string, token: string): string => `${origin}/u/${token}`;

/** Problem: `link_invalid`. */
export function readOptOut(secret: Buffer, token: string): Result<OptOut> {
  const [, insurer = '', holder = '', contact = '', name = '', tag = ''] = TOKEN.exec(token) ?? [];
  const channel = OPT_OUT_CHANNELS.find((one) => one === name);
  const given = Buffer.from(tag, 'base64url');
  const right = tagOf(secret, token.slice(0, -(tag.length + 1)));
  if (channel === undefined || given.length !== TAG_BYTES || given.toString('base64url') !== tag || !timingSafeEqual(given, right)) return fail('link_invalid');
  const [insurerId, holderId, contactId] = [insurer, holder, contact].map((id) => Number.parseInt(id, 36));
  return ok({ insurerId: insurerId as InsurerId, holderId: holderId as HolderId, contactId: contactId === 0 || contactId === undefined ? null : contactId, channel });
}

/** From now on the gate refuses reminders on this channel. Twice is once. */
export async function optOut(tx: Tx, { insurerId, holderId, contactId, channel }: OptOut, at: Moment): Promise<void> {
  await tx`
    update holders set opted_out = array_append(opted_out, ${channel})
    where insurer_id = ${insurerId} and holder_id = ${holderId} and not (${channel} = any(opted_out))`;
  if (contactId === null) return;
  await tx`
    insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
    select insurer_id, holder_id, contact_id, 'opted_out', ${new Date(at)} from contacts
    where insurer_id = ${insurerId} and holder_id = ${holderId} and contact_id = ${contactId}
    on conflict do nothing`;
}
