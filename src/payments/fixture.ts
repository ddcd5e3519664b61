/** Policies and bills for the tests of payments and of the ledger: bills are issued as the cycle does it, with their postings. Used by tests only. */

import { inInsurer, openTestDatabase, type Database, type Tx } from '../database/index.ts';
import { addDays, addMonths, type BillId, type HolderId, type InsurerId, type PlainDate, type PolicyId } from '../kernel/index.ts';
import { auditLedger, billPostings, trialBalance, writePostings, type LedgerDifference } from '../ledger/index.ts';

export const TODAY = '2026-11-24' as PlainDate;
export const NOW = Date.parse('2026-11-24T03:00:00Z');
export const ZONE = 'Asia/Hong_Kong';

export type Books = { readonly database: Database; readonly insurerId: InsurerId; readonly in: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>; readonly close: () => Promise<void> };

export async function openBooks(): Promise<Books> {
  const { database, close } = await openTestDatabase();
  const insurerId = await registerBooks(database, 'harbour');
  return { database, insurerId, in: (work) => inInsurer(database.app, insurerId, work), close };
}

export async function registerBooks(database: Database, code: string): Promise<InsurerId> {
  const [row] = await database.owner<{ insurer_id: InsurerId }[]>`
    insert into insurers (code, name, name_zh_hans, name_zh_hant, reporting_currency, time_zone, contact_phone, contact_email, simulated)
    values (${code}, 'Harbour Life', '海港人寿', '海港人壽', 'HKD', ${ZONE}, '+852 5550 0100', 'care@harbour.example', true) returning insurer_id`;
  if (row === undefined) throw new Error('no insurer');
  return row.insurer_id;
}

export type SomePolicy = {
  readonly bills?: number;
  /** Due date of the first bill. */
  readonly dueOn?: PlainDate;
  readonly premiumMinor?: bigint;
  readonly levyMinor?: bigint;
  readonly lateFeeMinor?: bigint;
  readonly market?: string;
  readonly currency?: string;
  readonly language?: string;
  readonly state?: string;
  readonly stage?: string;
  readonly holderId?: HolderId;
};
export type Policy = { readonly holderId: HolderId; readonly policyId: PolicyId; readonly bills: readonly BillId[]; readonly amountMinor: bigint; readonly currency: string };

/** A monthly policy with open bills, one month after the other. */
export async function aPolicy(tx: Tx, insurerId: InsurerId, some: SomePolicy = {}): Promise<Policy> {
  const { bills = 1, dueOn = addDays(TODAY, 5), premiumMinor = 120_000n, levyMinor = 120n, lateFeeMinor = 0n, market = 'HK', currency = 'HKD', language = 'zh-Hant', state = 'in_force', stage = 'due' } = some;
  let holderId = some.holderId;
  if (holderId === undefined) {
    const [holder] = await tx<{ holder_id: HolderId }[]>`
      insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, email, consents)
      values (${insurerId}, 'C', '陳', '美玲', ${language}, ${ZONE}, ${market}, 'mei@mail.example', ${['email', 'sms']}) returning holder_id`;
    holderId = holder?.holder_id;
  }
  const [policy] = await tx<{ holder_id: HolderId; policy_id: PolicyId }[]>`
    insert into policies (insurer_id, holder_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, due_day, state, premiums_paid, digital_share, cash_share, last_days_late)
    values (${insurerId}, ${holderId ?? 0}, 'HL-HK-004410', ${market}, 'life', 'Evergreen Life', ${currency}, ${String(premiumMinor)}, 'monthly', '2024-01-29', 29, ${state}, 4, 0.5, 0.25, 3)
    returning holder_id, policy_id`;
  if (policy === undefined) throw new Error('no policy');
  const { holder_id: holder, policy_id: policyId } = policy;
  const amountMinor = premiumMinor + levyMinor + lateFeeMinor;
  const ids: BillId[] = [];
  for (let i = 0; i < bills; i += 1) {
    const due = addMonths(dueOn, i);
    const billId = (policyId * 4096 + i + 1) as BillId;
    const charges = [{ kind: 'levy' as const, rule: 'hk-ia-levy', amountMinor: levyMinor }, { kind: 'late_fee' as const, rule: 'a-scale', amountMinor: lateFeeMinor }].filter((charge) => charge.amountMinor > 0n);
    await tx`
      insert into bills (insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, charges, amount_minor, fees_minor, stage, stage_since,
        stage_rule, grace_ends_on, next_change_on)
      values (${insurerId}, ${holder}, ${billId}, ${policyId}, ${i + 1}, ${due}, ${addMonths(due, 1)}, ${due}, ${addDays(due, -21)}, ${currency}, ${String(premiumMinor)},
        ${tx.json(charges.map((c) => ({ kind: c.kind, rule: c.rule, amount_minor: Number(c.amountMinor) })))}, ${String(amountMinor)}, ${String(lateFeeMinor)}, ${i === 0 ? stage : 'not_due'}, ${due}, 'HK-grace-life',
        ${addDays(due, 31)}, ${addDays(due, 32)})`;
    await writePostings(tx, insurerId, billPostings({ billId, holderId: holder, policyId, premiumMinor, charges, currency }, TODAY));
    ids.push(billId);
  }
  return { holderId: holder, policyId, bills: ids, amountMinor, currency };
}

/** What the auditor finds; and that every currency's balances sum to zero. */
export async function auditOf(books: Books): Promise<readonly LedgerDifference[]> {
  return books.in(async (tx) => {
    const sums = new Map<string, bigint>();
    for (const { currency, balanceMinor } of await trialBalance(tx, '2199-12-31' as PlainDate)) sums.set(currency, (sums.get(currency) ?? 0n) + balanceMinor);
    for (const [currency, sum] of sums) if (sum !== 0n) throw new Error(`${currency} is out of balance by ${sum}`);
    return auditLedger(tx);
  });
}

/** Everything that a payment may change about a policy: for "as if it had never happened". */
export const standingOf = (books: Books, { holderId, policyId }: Policy): Promise<unknown> => books.in(async (tx) => {
  const policies = await tx`select * from policies where holder_id = ${holderId} and policy_id = ${policyId}`;
  const bills = await tx`select * from bills where holder_id = ${holderId} and policy_id = ${policyId} order by bill_id`;
  const balance = await trialBalance(tx, '2199-12-31' as PlainDate);
  return JSON.parse(JSON.stringify({ policies, bills, balance: balance.map(({ account, balanceMinor }) => [account, balanceMinor]).filter(([, minor]) => minor !== 0n) },
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))) as unknown;
});

/** What entries move in all: each account's debits less its credits, those that are even left out. */
export const moved = (entries: readonly { debit: string; credit: string; amountMinor: bigint }[]): Record<string, string> => {
  const sums = new Map<string, bigint>();
  for (const { debit, credit, amountMinor } of entries) {
    sums.set(debit, (sums.get(debit) ?? 0n) + amountMinor);
    sums.set(credit, (sums.get(credit) ?? 0n) - amountMinor);
  }
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n).map(([account, sum]): [string, string] => [account, String(sum)]).sort(([a], [b]) => a.localeCompare(b)));
};
