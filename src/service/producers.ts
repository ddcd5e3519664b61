/** Producers, the policies they look after, their rates, and what they have earned month by month. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { fail, type HolderId, type InsurerId, ok, type PlainDate, type Result } from '../kernel/index.ts';
import { amountMinor, plainDate } from './shapes.ts';

export const POLICY_YEARS = ['first', 'renewal'] as const;
export const PRODUCER_LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'] as const;
const sum = z.object({ currency: z.string(), amount_minor: amountMinor });
const producerRow = z.object({ producer_id: z.int(), name: z.string(), external_ref: z.string(), policies: z.int(), earned: z.array(sum).describe('Of the month, what went back taken off') });
const rateRow = z.object({ rate_id: z.int(), producer_id: z.int().nullable(), line: z.enum(PRODUCER_LINES), policy_year: z.enum(POLICY_YEARS), from_on: plainDate, rate_ppm: z.int(), entered_by: z.string() });
export const producersShape = z.object({ month: plainDate, producers: z.array(producerRow), rates: z.array(rateRow) });
const LISTED_MAX = 1_000;

/** `month`: its first day. */
export async function listProducers(tx: Tx, month: PlainDate): Promise<z.output<typeof producersShape>> {
  const [producers, sums, rates] = await Promise.all([
    tx<Omit<z.output<typeof producerRow>, 'earned'>[]>`
      select producer_id, name, external_ref, (select count(*) from policy_producers s where s.producer_id = p.producer_id)::int as policies from producers p order by name, producer_id limit ${LISTED_MAX}`,
    tx<{ producer_id: number; currency: string; amount_minor: bigint }[]>`
      select producer_id, currency, sum(amount)::bigint as amount_minor from (
        select producer_id, currency, amount_minor as amount from commissions where earned_on >= ${month} and earned_on < ${month}::date + interval '1 month'
        union all select producer_id, currency, -amount_minor from commissions where reversed_on >= ${month} and reversed_on < ${month}::date + interval '1 month') x
      group by 1, 2 order by 1, 2`,
    tx<z.output<typeof rateRow>[]>`select rate_id, producer_id, line, policy_year, from_on, rate_ppm, entered_by from commission_rates order by line, policy_year, from_on desc, rate_id limit ${LISTED_MAX}`,
  ]);
  const of = Map.groupBy(sums, (one) => one.producer_id);
  return { month, producers: producers.map((one) => ({ ...one, earned: (of.get(one.producer_id) ?? []).map(({ currency, amount_minor: amount }) => ({ currency, amount_minor: amount })) })), rates: [...rates] };
}

const statementRow = z.object({
  on: plainDate, kind: z.enum(['earned', 'clawed_back']), holder_id: z.int(), holder_name: z.string(), policy_number: z.string(), bill_id: z.int(), premium_minor: amountMinor, rate_ppm: z.int(),
  amount_minor: amountMinor.describe('Below zero: what went back'), currency: z.string(),
});
export const commissionStatementShape = z.object({ producer_id: z.int(), name: z.string(), month: plainDate, rows: z.array(statementRow), sums: z.array(sum) });
const STATEMENT_ROWS_MAX = 5_000;

export async function commissionStatement(tx: Tx, producerId: number, month: PlainDate): Promise<z.output<typeof commissionStatementShape> | null> {
  const [producer] = await tx<{ name: string }[]>`select name from producers where producer_id = ${producerId}`;
  if (producer === undefined) return null;
  const moved = tx`
    select earned_on as "on", 'earned' as kind, holder_id, policy_id, bill_id, premium_minor, rate_ppm, amount_minor, currency from commissions
    where producer_id = ${producerId} and earned_on >= ${month} and earned_on < ${month}::date + interval '1 month'
    union all
    select reversed_on, 'clawed_back', holder_id, policy_id, bill_id, premium_minor, rate_ppm, -amount_minor, currency from commissions
    where producer_id = ${producerId} and reversed_on >= ${month} and reversed_on < ${month}::date + interval '1 month'`;
  const [rows, sums] = await Promise.all([
    tx<z.output<typeof statementRow>[]>`
      select m."on", m.kind, m.holder_id, holder_name(h.family_name, h.given_name) as holder_name, p.policy_number, m.bill_id, m.premium_minor::bigint as premium_minor, m.rate_ppm, m.amount_minor::bigint as amount_minor, m.currency::text
      from (${moved}) m join holders h using (holder_id) join policies p using (holder_id, policy_id) order by m."on", m.holder_id, m.bill_id, m.kind desc limit ${STATEMENT_ROWS_MAX}`,
    tx<z.output<typeof sum>[]>`select currency::text as currency, sum(amount_minor)::bigint as amount_minor from (${moved}) m group by 1 order by 1`,
  ]);
  return { producer_id: producerId, name: producer.name, month, rows: [...rows], sums: [...sums] };
}

export async function addProducer(tx: Tx, insurerId: InsurerId, name: string, externalRef: string, by: string): Promise<{ readonly producer_id: number }> {
  const [row] = await tx<{ producer_id: number }[]>`insert into producers (insurer_id, name, external_ref, added_by) values (${insurerId}, ${name}, ${externalRef}, ${by}) returning producer_id`;
  return { producer_id: row?.producer_id ?? 0 };
}

/** Bills that fall due from this day on. Problems: `not_found`, `group_policy_unknown`, `producer_looks_after`. */
export async function giveToProducer(tx: Tx, insurerId: InsurerId, producerId: number, policyNumber: string, since: PlainDate): Promise<Result<null>> {
  const [producer] = await tx`select from producers where producer_id = ${producerId}`;
  if (producer === undefined) return fail('not_found');
  const [policy] = await tx<{ holder_id: HolderId; policy_id: number }[]>`select holder_id, policy_id from policies where policy_number = ${policyNumber} limit 1`;
  if (policy === undefined) return fail('group_policy_unknown', { policy: policyNumber });
  const done = await tx`
    insert into policy_producers (insurer_id, holder_id, policy_id, producer_id, since) values (${insurerId}, ${policy.holder_id}, ${policy.policy_id}, ${producerId}, ${since}) on conflict do nothing`;
  return done.count === 0 ? fail('producer_looks_after', { policy: policyNumber }) : ok(null);
}

export type NewRate = { readonly producerId: number | null; readonly line: (typeof PRODUCER_LINES)[number]; readonly year: (typeof POLICY_YEARS)[number]; readonly fromOn: PlainDate; readonly ratePpm: number };
/** Kept for ever: a new one holds from its day. Problems: `not_found`, `commission_rate_exists`. */
export async function addRate(tx: Tx, insurerId: InsurerId, rate: NewRate, by: string): Promise<Result<null>> {
  if (rate.producerId !== null && (await tx`select from producers where producer_id = ${rate.producerId}`).length === 0) return fail('not_found');
  const done = await tx`
    insert into commission_rates (insurer_id, producer_id, line, policy_year, from_on, rate_ppm, entered_by)
    values (${insurerId}, ${rate.producerId}, ${rate.line}, ${rate.year}, ${rate.fromOn}, ${rate.ratePpm}, ${by}) on conflict do nothing`;
  return done.count === 0 ? fail('commission_rate_exists') : ok(null);
}
