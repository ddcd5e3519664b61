/** A small insurer with one of everything, for the tests of the API and of the pages. Used by tests only. */

import path from 'node:path';
import { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { inInsurer, openTestDatabase, readSecret, type Database, type TestDatabase, type Tx } from '../database/index.ts';
import { addDays, expectOk, localDate, type InsurerId, type PlainDate } from '../kernel/index.ts';
import { initialsOf } from '../portfolio/index.ts';
import { DEMO_PASSWORD, registerUser, type Role } from '../service/index.ts';
import { buildServer } from './server.ts';

export const NOW = Date.parse('2026-11-24T03:00:00Z');
const TODAY = localDate(NOW, 'Asia/Hong_Kong');

export type TestHouse = TestDatabase;

/** An embedded database in a folder of its own. */
export const openHouse = (): Promise<TestHouse> => openTestDatabase();

export type TestServerOptions = {
  readonly rateLimits?: boolean;
  readonly consoleDirectory?: string;
  readonly plugins?: readonly FastifyPluginAsync[];
};

export function serverOf(house: TestHouse, options: TestServerOptions = {}): Promise<FastifyInstance> {
  return buildServer({
    database: house.database,
    dataDirectory: house.dataDirectory,
    secret: readSecret(house.dataDirectory),
    clock: () => ({ now: () => NOW }),
    consoleDirectory: options.consoleDirectory ?? path.join(house.dataDirectory, 'console'),
    rateLimits: options.rateLimits ?? false,
    plugins: options.plugins ?? [],
  });
}

export type TestInsurer = {
  readonly insurerId: InsurerId;
  readonly code: string;
  readonly holders: readonly number[];
  readonly bills: readonly number[];
  readonly callId: number;
};

type Person = {
  family: string;
  given: string;
  language: string;
  zone: string;
  market: string;
  currency: string;
  premium: number;
  line: string;
  product: string;
};
const PEOPLE: readonly Person[] = [
  {
    family: '陳',
    given: '美玲',
    language: 'zh-Hant',
    zone: 'Asia/Hong_Kong',
    market: 'HK',
    currency: 'HKD',
    premium: 120_000,
    line: 'life',
    product: 'Evergreen Life',
  },
  {
    family: '王',
    given: '小明',
    language: 'zh-Hans',
    zone: 'Asia/Shanghai',
    market: 'CN',
    currency: 'CNY',
    premium: 88_000,
    line: 'health',
    product: '安心医疗',
  },
  {
    family: 'Müller',
    given: 'Anna',
    language: 'en',
    zone: 'Europe/Berlin',
    market: 'DE',
    currency: 'EUR',
    premium: 6_450,
    line: 'motor',
    product: 'Kfz Komfort',
  },
  {
    family: 'Santos',
    given: 'Jose',
    language: 'en',
    zone: 'Asia/Manila',
    market: 'PH',
    currency: 'PHP',
    premium: 250_000,
    line: 'property',
    product: 'Home Shield',
  },
];

/** Registers an insurer with users of every role and holders whose names carry `mark`, so that a leak can be seen. */
export async function seedInsurer(database: Database, code: string, mark: string): Promise<TestInsurer> {
  const [row] = await database.owner<{ insurer_id: InsurerId }[]>`
    insert into insurers (code, name, name_zh_hans, name_zh_hant, reporting_currency, time_zone, contact_phone, contact_email, simulated)
    values (${code}, 'Harbour Life', '海港人寿', '海港人壽', 'HKD', 'Asia/Hong_Kong', '+852 5550 0100', 'care@harbour.example', true)
    returning insurer_id`;
  if (row === undefined) throw new Error('no insurer');
  const insurerId = row.insurer_id;
  return inInsurer(database.app, insurerId, async (tx) => {
    for (const [role, name] of [
      ['manager', 'Mei Chan'],
      ['agent', 'Ben Ortiz'],
      ['auditor', 'Ada Kern'],
      ['finance', 'Ines Roth'],
      ['compliance', 'Paul Diaz'],
      ['it', 'Kai Lund'],
    ] as const satisfies readonly (readonly [Role, string])[]) {
      expectOk(
        await registerUser(tx, insurerId, { email: `${role}@${code}.example`, name, role, password: DEMO_PASSWORD, language: 'en' }),
      );
    }
    // Sees the holders of Hong Kong alone.
    expectOk(await registerUser(tx, insurerId, { email: `regional@${code}.example`, name: 'Lin Wei', role: 'manager', password: DEMO_PASSWORD, language: 'en' }));
    await tx`update users set markets = '{HK}' where email = ${`regional@${code}.example`}`;
    // Pages are tested without the tour of the first minute; its own test takes this back.
    await tx`update users set tour_done_at = ${new Date(NOW)}`;
    const holders: number[] = [];
    const bills: number[] = [];
    let callId = 0;
    for (const [index, person] of PEOPLE.entries()) {
      const seeded = await seedHolder(tx, insurerId, person, index, mark);
      holders.push(seeded.holderId);
      bills.push(seeded.billId);
      if (seeded.callId !== null) callId = seeded.callId;
    }
    await seedFigures(tx, insurerId);
    await seedCycle(tx, insurerId);
    return { insurerId, code, holders, bills, callId };
  });
}

type Seeded = { holderId: number; billId: number; callId: number | null };

async function seedHolder(tx: Tx, insurerId: InsurerId, person: Person, index: number, mark: string): Promise<Seeded> {
  const { currency, premium, market } = person;
  const dueOn = addDays(TODAY, [5, -12, -40, 0][index] ?? 0);
  const [holder] = await tx<{ holder_id: number }[]>`
    insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, email, phone, city, consents, opted_out, flags, initials)
    values (${insurerId}, ${`C-${1000 + index}${mark}`}, ${person.family + mark}, ${person.given}, ${person.language}, ${person.zone}, ${market},
      ${`p${index}@mail.example`}, ${`+85255501${100 + index}`}, 'Harbour City', ${['email', 'sms']}, ${index === 2 ? ['sms'] : []}, ${index === 2 ? ['vulnerable'] : []},
      ${initialsOf(person.family, person.given)})
    returning holder_id`;
  const holderId = holder?.holder_id ?? 0;
  const [policy] = await tx<{ policy_id: number }[]>`
    insert into policies (insurer_id, holder_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, cover_to, due_day, next_due_on, state, premiums_paid)
    values (${insurerId}, ${holderId}, ${`HL-${market}-00${4410 + index}${mark}`}, ${market}, ${person.line}, ${person.product}, ${currency}, ${String(premium)}, 'monthly',
      '2024-01-15', null, 15, ${addDays(dueOn, 30)}, ${index === 1 ? 'grace' : 'in_force'}, 22) returning policy_id`;
  const policyId = policy?.policy_id ?? 0;
  const stage = ['due', 'grace', 'late', 'due'][index] ?? 'due';
  let billId = 0;
  for (const [past, offset] of [
    [true, -60],
    [true, -30],
    [false, 0],
  ] as const) {
    const due = addDays(dueOn, offset);
    const [bill] = await tx<{ bill_id: number }[]>`
      insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, charges, amount_minor,
        paid_minor, state, stage, stage_since, stage_rule, grace_ends_on, paid_on, paid_by)
      values (${insurerId}, ${holderId}, ${policyId}, ${22 + offset / 30}, ${due}, ${addDays(due, 30)}, ${due}, ${addDays(due, -21)}, ${currency}, ${String(premium)},
        ${tx.json([{ kind: 'levy', rule: 'hk-ia-levy', amount_minor: 120 }])}, ${String(premium + 120)}, ${past ? String(premium + 120) : '0'}, ${past ? 'paid' : 'open'},
        ${past ? 'due' : stage}, ${due}, ${past ? null : 'HK-grace-life'}, ${past ? null : addDays(due, 31)}, ${past ? addDays(due, -2) : null}, ${past ? 'card' : null})
      returning bill_id`;
    billId = bill?.bill_id ?? 0;
    if (past) await seedPayment(tx, insurerId, holderId, billId, premium + 120, currency, addDays(due, -2));
  }
  await tx`
    insert into scores (insurer_id, holder_id, policy_id, due_on, horizon_days, scored_on, model_id, probability_late, tier, reason_features, reason_values, reason_contributions)
    values (${insurerId}, ${holderId}, ${policyId}, ${dueOn}, 7, ${addDays(dueOn, -7)}, 1, ${[0.08, 0.41, 0.72, 0.19][index] ?? 0.2},
      ${['low', 'medium_high', 'high', 'medium_low'][index] ?? 'low'}, ${['late_1_to_30_days', 'digital_share', 'premium_to_income']}, ${['3', '0.2', '0.14']}, ${[0.9, -0.4, 0.3]})`;
  await tx`
    insert into decisions (insurer_id, holder_id, bill_id, decided_on, policy_id, action, channel, step, tone, reason, probability_late, tier, currency, value_minor, cost_minor, minutes, alternatives)
    values (${insurerId}, ${holderId}, ${billId}, ${TODAY}, ${policyId}, ${index === 2 ? 'call' : 'sms'}, ${index === 2 ? 'call' : 'sms'}, 'first_solution', 'friendly', 'best_value', 0.41,
      'medium_high', ${currency}, 4210, 35, ${index === 2 ? 6 : 0}, ${tx.json([
        { action: 'email', value_minor: 3100, why: 'lower_value' },
        { action: 'call', value_minor: 2900, why: 'budget_used_up' },
        { action: 'wechat', value_minor: 5200, why: 'no_channel' },
      ])})`;
  await tx`
    insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, deferred_until, rule, article, law_version)
    values (${insurerId}, ${holderId}, 'k1', ${TODAY}, ${billId}, 'contact', 'premium_reminder', ${index === 2 ? 'call' : 'email'}, ${new Date(NOW - 3_600_000)}, 'allow', null, null, null, '2026-11'),
      (${insurerId}, ${holderId}, 'k2', ${TODAY}, ${billId}, 'contact', 'premium_reminder', 'sms', ${new Date(NOW - 3_500_000)}, 'defer', ${new Date(NOW + 36_000_000)}, 'HOUSE-contact-hours-default', null, '2026-11'),
      (${insurerId}, ${holderId}, 'k3', ${TODAY}, ${billId}, 'contact', 'premium_reminder', 'wechat', ${new Date(NOW - 3_400_000)}, 'refuse', null, 'HK-opt-out-channel', 'PDPO s.35C', '2026-11')`;
  const call = index === 2;
  const [contact] = await tx<{ contact_id: number }[]>`
    insert into contacts (insurer_id, holder_id, ask_key, bill_id, policy_id, purpose, channel, template, tone, language, queued_on, not_before, state, subject, body, sent_at)
    values (${insurerId}, ${holderId}, 'k1', ${billId}, ${policyId}, 'premium_reminder', ${call ? 'call' : 'email'}, 'first_solution', 'friendly', ${person.language}, ${TODAY},
      ${new Date(NOW - 3_000_000)}, ${call ? 'queued' : 'sent'}, ${call ? null : 'Your premium is due'}, ${call ? null : 'Dear customer …'}, ${call ? null : new Date(NOW - 2_900_000)})
    returning contact_id`;
  if (index === 3) {
    await tx`insert into promises (insurer_id, holder_id, bill_id, promised_on, pay_by, amount_minor, currency, made_by)
      values (${insurerId}, ${holderId}, ${billId}, ${addDays(TODAY, -3)}, ${TODAY}, ${String(premium + 120)}, ${currency}, 'Ben Ortiz')`;
  }
  return { holderId, billId, callId: call ? (contact?.contact_id ?? null) : null };
}

async function seedPayment(
  tx: Tx,
  insurerId: InsurerId,
  holderId: number,
  billId: number,
  amount: number,
  currency: string,
  on: PlainDate,
): Promise<void> {
  const at = on >= addDays(TODAY, -1) ? new Date(NOW - 7_200_000) : new Date(`${on}T04:00:00Z`);
  await tx`
    insert into payments (insurer_id, holder_id, provider, provider_reference, method, amount_minor, currency, state, bill_id, created_at, settled_at)
    values (${insurerId}, ${holderId}, 'sandbox', ${`SB-${holderId}-${billId}`}, 'card', ${String(amount)}, ${currency}, 'succeeded', ${billId}, ${at}, ${at})`;
}

async function seedFigures(tx: Tx, insurerId: InsurerId): Promise<void> {
  for (let back = 29; back >= 0; back -= 1) {
    const on = addDays(TODAY, -back);
    for (const [market, line, currency] of [
      ['HK', 'life', 'HKD'],
      ['CN', 'health', 'CNY'],
      ['DE', 'motor', 'EUR'],
    ] as const) {
      const rows = [
        { figure: 'paid_on_time', numerator: 880 + (29 - back) + (back % 3) * 4, denominator: 1000 },
        { figure: 'days_to_collect', numerator: 21_000 - (29 - back) * 60, denominator: 1000 },
        { figure: 'uncollectible', numerator: 31, denominator: 1000 },
        { figure: 'ageing_not_due', numerator: 120_000_00, denominator: 900 },
        { figure: 'ageing_1_30', numerator: 31_500_00, denominator: 210 },
        { figure: 'ageing_31_60', numerator: 8_200_00, denominator: 60 },
        { figure: 'ageing_61_90', numerator: 2_100_00, denominator: 14 },
        { figure: 'ageing_over_90', numerator: 90_000, denominator: 5 },
      ].map((row) => ({ insurer_id: insurerId, on_date: on, market, line, currency, ...row }));
      await tx`insert into daily_figures ${tx(rows)}`;
    }
  }
}

async function seedCycle(tx: Tx, insurerId: InsurerId): Promise<void> {
  await tx`insert into cycle_runs (insurer_id, business_date, state, stage, started_at) values (${insurerId}, ${TODAY}, 'running', 'decide', ${new Date(NOW)})`;
}
