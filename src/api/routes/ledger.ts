/** The books on any day, the entries behind each figure, and the auditor's answer. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { ACCOUNTS, auditLedger, lastAudit, type Closing, CLOSING_CHECKS, closeDays, closings, ledgerEntries, type LedgerEntry, trialBalance, type TrialBalanceRow } from '../../ledger/index.ts';
import { amountMinor, dayCursor, moment, plainDate, currencyCode } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sharedReading } from '../shared-answer.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';
import { pageLimit } from './money-lists.ts';

const READERS = ['manager', 'finance', 'compliance', 'auditor', 'it'] as const satisfies Access;
const AUDITORS = ['manager', 'finance', 'auditor'] as const satisfies Access;

export const balanceShape = z.object({
  on: plainDate,
  accounts: z.array(z.object({ account: z.enum(ACCOUNTS), currency: z.string(), debit_minor: amountMinor, credit_minor: amountMinor, balance_minor: amountMinor })),
  /** By currency; the difference is what debits exceed credits by, and must be zero. */
  /** What the auditor found in the last report; null before the first. */
  audited: z.object({ on: plainDate, differences: z.int() }).nullable(),
  sums: z.array(z.object({ currency: z.string(), debit_minor: amountMinor, credit_minor: amountMinor, difference_minor: amountMinor })),
});

const entry = z.object({
  posting_id: z.int(), booked_on: plainDate, holder_id: z.int().nullable(), holder_name: z.string().nullable(), policy_id: z.int().nullable(),
  policy_number: z.string().nullable(), bill_id: z.int().nullable(), debit_account: z.enum(ACCOUNTS), credit_account: z.enum(ACCOUNTS), amount_minor: amountMinor,
  currency: z.string(), rule: z.string(), source_kind: z.string(), source_id: z.int(), reverses_id: z.int().nullable(),
});
export const entriesShape = z.object({ entries: z.array(entry), next_after: dayCursor.nullable() });

export const auditShape = z.object({
  audited_at: moment,
  agrees: z.boolean(),
  differences: z.array(z.object({
    where: z.string().describe('An account, `payment` or `bill`'), id: z.int().nullable(), currency: z.string(), expected_minor: amountMinor, found_minor: amountMinor,
  })),
});

const CLOSERS = ['manager', 'finance'] as const satisfies Access;
const NOTE_LENGTH_MAX = 500;
const CLOSINGS_MAX = 60;
const closing = z.object({
  closed_on: plainDate, closed_at: moment, closed_by: z.string(), note: z.string().nullable(),
  checks: z.array(z.object({ check: z.enum(Object.keys(CLOSING_CHECKS) as [keyof typeof CLOSING_CHECKS, ...(keyof typeof CLOSING_CHECKS)[]]), state: z.enum(['good', 'attention', 'refused']), count: z.int() })),
});
export const closingsShape = z.object({ closed_to: plainDate.nullable(), closings: z.array(closing) });

export function ledgerRoutes(app: Api, world: World): void {
  const shared = sharedReading<TrialBalanceRow[]>(world);
  app.get(
    '/api/ledger/balance',
    {
      config: { access: READERS },
      schema: {
        summary: 'The trial balance at the end of a day',
        tags: ['ledger'],
        querystring: z.object({ on: plainDate.optional().describe('Absent: today') }),
        response: { 200: balanceShape },
      },
    },
    async (request) => {
      const asker = askerIn(request);
      const on = request.query.on ?? businessDateOf(world, asker);
      const rows = await shared(asker, { on }, (tx) => trialBalance(tx, on));
      const accounts = rows.map(({ account, currency, debitMinor, creditMinor, balanceMinor }) => ({
        account, currency, debit_minor: debitMinor, credit_minor: creditMinor, balance_minor: balanceMinor,
      }));
      const sums = [...new Set(rows.map(({ currency }) => currency))].sort().map((currency) => {
        const own = accounts.filter((row) => row.currency === currency);
        const sum = (name: 'debit_minor' | 'credit_minor' | 'balance_minor'): bigint => own.reduce((total, row) => total + row[name], 0n);
        return { currency, debit_minor: sum('debit_minor'), credit_minor: sum('credit_minor'), difference_minor: sum('balance_minor') };
      });
      return { on, accounts, sums, audited: await inInsurer(world.database.app, asker, lastAudit) };
    },
  );

  app.get(
    '/api/ledger/entries',
    {
      config: { access: READERS },
      schema: {
        summary: 'The entries behind a figure, newest first, by pages',
        tags: ['ledger'],
        querystring: z.object({
          account: z.enum(ACCOUNTS),
          currency: currencyCode,
          side: z.enum(['debit', 'credit']).optional().describe('Absent: both'),
          from: plainDate.optional(),
          to: plainDate.optional().describe('Absent: today'),
          after: dayCursor.optional().describe('next_after of the page before'),
          limit: pageLimit,
        }),
        response: { 200: entriesShape },
      },
    },
    async (request) => {
      const asker = askerIn(request);
      const { account, currency, side = null, from = null, to = businessDateOf(world, asker), after = null, limit } = request.query;
      const page = await inInsurer(world.database.app, asker, (tx) => ledgerEntries(tx, { account, currency, side, from, to, after, limit }));
      return { entries: page.entries.map(wireEntry), next_after: page.next };
    },
  );

  app.get(
    '/api/ledger/audit',
    {
      config: { access: AUDITORS, wholeInsurer: true },
      schema: { summary: 'Works the books out again from bills and payments, and compares', tags: ['ledger'], response: { 200: auditShape } },
    },
    async (request) => {
      const asker = askerIn(request);
      const found = await inInsurer(world.database.app, asker, auditLedger);
      const differences = found.map(({ where, id, currency, expectedMinor, foundMinor }) => ({ where, id, currency, expected_minor: expectedMinor, found_minor: foundMinor }));
      return { audited_at: new Date(nowOf(world, asker)), agrees: found.length === 0, differences };
    },
  );

  app.get('/api/ledger/closings', {
    config: { access: READERS },
    schema: { summary: 'To which day the books are closed, and how each closing was found', tags: ['ledger'], response: { 200: closingsShape } },
  }, async (request) => {
    const rows = await inInsurer(world.database.app, askerIn(request), (tx) => closings(tx, CLOSINGS_MAX));
    return { closed_to: rows[0]?.closedOn ?? null, closings: rows.map(wireClosing) };
  });

  app.post('/api/ledger/closings', {
    config: { access: CLOSERS, wholeInsurer: true },
    schema: {
      summary: 'Close the books up to and with a day; not undone', tags: ['ledger'], body: z.object({ on: plainDate, note: z.string().trim().max(NOTE_LENGTH_MAX).default('') }),
      response: { 200: closing },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { on, note } = request.body;
    const closed = await inInsurer(world.database.app, asker, (tx) => closeDays(tx, {
      insurerId: asker.insurerId, on, today: businessDateOf(world, asker), by: asker.name, at: nowOf(world, asker), note }));
    return closed.ok ? wireClosing(closed.value) : sendProblem(request, reply, closed.problem);
  });
}

const wireClosing = ({ closedOn, closedAt, closedBy, note, checks }: Closing): z.output<typeof closing> => ({
  closed_on: closedOn, closed_at: new Date(closedAt), closed_by: closedBy, note, checks: checks.map((one) => ({ ...one })),
});

const wireEntry = (one: LedgerEntry): z.output<typeof entry> => ({
  posting_id: one.postingId, booked_on: one.bookedOn, holder_id: one.holderId, holder_name: one.holderName, policy_id: one.policyId, policy_number: one.policyNumber,
  bill_id: one.billId, debit_account: one.debit, credit_account: one.credit, amount_minor: one.amountMinor, currency: one.currency, rule: one.rule,
  source_kind: one.sourceKind, source_id: one.sourceId, reverses_id: one.reversesId,
});
