/** A house with a receiving side, and contacts that wait to leave. Used by tests only. */

import { loadRulePacks } from '../../src/compliance/index.ts';
import { inInsurer, readSecret, type Database } from '../../src/database/index.ts';
import { expectOk, fixedClock, type InsurerId, type Moment } from '../../src/kernel/index.ts';
import { openChannels, type DeliveryWorld } from '../../src/outreach/index.ts';
import { insurerById } from '../../src/portfolio/index.ts';
import { NOW } from '../../src/api/fixture.ts';

export type Waiting = {
  readonly holderId: number; readonly billId: number | null; readonly key: string; readonly channel?: string; readonly purpose?: string; readonly template?: string; readonly language?: string;
  readonly paymentId?: number;
};

/** Queues contacts with the gate's "allow" beside them, as the cycle's stage `dispatch` does. */
export async function queueContacts(database: Database, insurerId: InsurerId, waiting: readonly Waiting[]): Promise<void> {
  const rows = waiting.map((one) => ({
    holder_id: one.holderId, bill_id: one.billId, ask_key: one.key, channel: one.channel ?? 'email', purpose: one.purpose ?? 'premium_reminder', template: one.template ?? 'first_solution',
    language: one.language ?? 'en', payment_id: one.paymentId ?? null,
  }));
  await inInsurer(database.app, insurerId, async (tx) => {
    const records = tx`jsonb_to_recordset(${tx.json(rows)}) as r (holder_id bigint, bill_id bigint, ask_key text, channel text, purpose text, template text, language text, payment_id bigint)`;
    await tx`
      insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
      select ${insurerId}, holder_id, ask_key, '2026-11-24', bill_id, 'contact', purpose, channel, ${new Date(NOW)}, 'allow', 'test' from ${records}`;
    await tx`
      insert into contacts (insurer_id, holder_id, ask_key, bill_id, payment_id, purpose, channel, template, tone, language, queued_on, not_before, state)
      select ${insurerId}, holder_id, ask_key, bill_id, payment_id, purpose, channel, template, 'friendly', language, '2026-11-24', ${new Date(NOW - 60_000)}, 'queued' from ${records}`;
  });
}

/** More holders like the first, each with a policy and an open bill; their ids. */
export async function moreHolders(database: Database, insurerId: InsurerId, count: number, domain = 'many.example'): Promise<{ holderId: number; billId: number }[]> {
  return inInsurer(database.app, insurerId, (tx) => tx<{ holderId: number; billId: number }[]>`
    with people as (
      insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, email, phone, consents)
      select ${insurerId}, 'M-' || ${domain}::text || n, '李', '安' || n, 'zh-Hans', 'Asia/Shanghai', 'CN', 'm' || n || '@' || ${domain}::text, '+861390000' || lpad(n::text, 4, '0'), '{email,sms}'
      from generate_series(1, ${count}) n returning holder_id
    ), covers as (
      insert into policies (insurer_id, holder_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, due_day, next_due_on)
      select ${insurerId}, holder_id, 'MH-' || holder_id, 'CN', 'life', '安心人生', 'CNY', 120000, 'annual', '2024-11-20', 20, '2027-11-20' from people returning holder_id, policy_id
    )
    insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, stage)
    select ${insurerId}, holder_id, policy_id, 3, '2026-11-20', '2027-11-20', '2026-11-20', '2026-10-20', 'CNY', 120000, 120000, 'grace' from covers returning holder_id as "holderId", bill_id as "billId"`);
}

export async function worldOf(database: Database, dataDirectory: string, insurerId: InsurerId, urls: { readonly smtpUrl: string; readonly smppUrl: string }, now: Moment = NOW): Promise<DeliveryWorld> {
  return {
    database, dataDirectory, insurer: expectOk(await insurerById(database, insurerId)), packs: loadRulePacks(), channels: openChannels(urls), secret: readSecret(dataDirectory),
    origin: 'http://localhost:4800', clock: fixedClock(now),
  };
}
