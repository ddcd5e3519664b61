/** What finance takes away: files of the journal and the balances, the insurer's own accounts, rates of exchange, one report in one currency, and a day side by side. */

import { Readable } from 'node:stream';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { type Currency } from '../../kernel/index.ts';
import {
  ACCOUNTS, chart, chartFor, EXPORT_FORMATS, EXPORT_KINDS, exportFile, groupReport, importRates, LEFT_REASONS, mapAccount, rateFrom, ratesInto, reconcileDay, trialBalance,
} from '../../ledger/index.ts';
import { amountMinor, currencyCode, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type World } from '../world.ts';

const READERS = ['manager', 'finance', 'compliance', 'auditor', 'it'] as const satisfies Access;
const KEEPERS = ['manager', 'finance'] as const satisfies Access;
const CODE_LENGTH_MAX = 40;
const NAME_LENGTH_MAX = 120;
const RATES_LENGTH_MAX = 900_000;

const account = z.enum(ACCOUNTS);
export const chartShape = z.object({ accounts: z.array(z.object({ account, code: z.string(), name: z.string(), version: z.int().describe('Send it with a change; 0: not named yet'), changed_by: z.string().nullable() })) });
export const groupReportShape = z.object({
  on: plainDate, into: z.string(), rows: z.array(z.object({ account, currency: z.string(), balance_minor: amountMinor, in_one_minor: amountMinor.nullable() })),
  accounts: z.array(z.object({ account, in_one_minor: amountMinor })), rounding_minor: amountMinor, without_rate: z.array(z.string()),
  rates: z.array(z.object({ from: z.string(), to: z.string(), on: plainDate, rate: z.string(), source: z.string() })),
});
export const dayReconciledShape = z.object({
  on: plainDate,
  sides: z.array(z.object({ side: z.enum(['bank', 'providers']), currency: z.string(), reported: z.int(), reported_minor: amountMinor, booked: z.int(), booked_minor: amountMinor })),
  left: z.array(z.object({ side: z.enum(['bank', 'providers']), kind: z.enum(['payment', 'receipt']), id: z.int(), holder_id: z.int().nullable(), currency: z.string(), reported_minor: amountMinor, booked_minor: amountMinor, reason: z.enum(LEFT_REASONS) })),
  left_count: z.int(),
});

export function financeRoutes(app: Api, world: World): void {
  app.get('/api/ledger/export', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'The journal or the balances of a period as a file', tags: ['ledger'], querystring: z.object({ kind: z.enum(EXPORT_KINDS), format: z.enum(EXPORT_FORMATS), from: plainDate, to: plainDate }) },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const known = await inInsurer(world.database.app, asker, (tx) => chartFor(tx, request.query.to));
    if (!known.ok) return sendProblem(request, reply, known.problem);
    const { kind, format, from, to } = request.query;
    return reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet').header('content-disposition', `attachment; filename="${kind}-${from}-${to}.${format}"`)
      .send(Readable.from(exportFile(world.database.app, asker, request.query, known.value), { objectMode: false }));
  });

  app.get('/api/ledger/chart', { config: { access: READERS, wholeInsurer: true }, schema: { summary: 'What the insurer’s own books call our accounts', tags: ['ledger'], response: { 200: chartShape } } }, async (request) => {
    const rows = await inInsurer(world.database.app, askerIn(request), chart);
    return { accounts: rows.map(({ changedBy, ...row }) => ({ ...row, changed_by: changedBy })) };
  });

  app.put('/api/ledger/chart/:account', {
    config: { access: KEEPERS, wholeInsurer: true },
    schema: {
      summary: 'Name an account', tags: ['ledger'], params: z.object({ account }), body: z.object({ code: z.string().trim().min(1).max(CODE_LENGTH_MAX), name: z.string().trim().max(NAME_LENGTH_MAX), version: z.int().min(0) }),
      response: { 200: z.object({ version: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const named = await inInsurer(world.database.app, asker, (tx) => mapAccount(tx, asker.insurerId, { ...request.params, ...request.body }, asker.name));
    return named.ok ? named.value : sendProblem(request, reply, named.problem);
  });

  app.post('/api/exchange-rates', {
    config: { access: KEEPERS, wholeInsurer: true },
    schema: { summary: 'State rates of exchange, as CSV: date, from, to, rate, source', tags: ['ledger'], body: z.object({ csv: z.string().min(1).max(RATES_LENGTH_MAX) }), response: { 200: z.object({ rates: z.int() }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const stated = await inInsurer(world.database.app, asker, (tx) => importRates(tx, asker.insurerId, request.body.csv, asker.name, nowOf(world, asker)));
    return stated.ok ? stated.value : sendProblem(request, reply, stated.problem);
  });

  app.get('/api/ledger/group-report', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'All accounts in one currency at the rates that were stated by a day', tags: ['ledger'], querystring: z.object({ on: plainDate.optional(), into: currencyCode }), response: { 200: groupReportShape } },
  }, async (request) => {
    const asker = askerIn(request);
    const { on = businessDateOf(world, asker) } = request.query;
    const into = request.query.into as Currency;
    const [balance, rates] = await inInsurer(world.database.app, asker, async (tx) => [await trialBalance(tx, on), await ratesInto(tx, into, on)] as const);
    const report = groupReport(balance, into, rateFrom(rates, into));
    return {
      on, into, rows: report.rows.map((row) => ({ account: row.account, currency: row.currency, balance_minor: row.balanceMinor, in_one_minor: row.inOneMinor })),
      accounts: report.accounts.map((row) => ({ account: row.account, in_one_minor: row.inOneMinor })), rounding_minor: report.roundingMinor, without_rate: [...report.withoutRate], rates: [...rates],
    };
  });

  app.get('/api/ledger/day', {
    config: { access: READERS, wholeInsurer: true },
    schema: { summary: 'A day’s money as the bank and the providers say, beside the books; what is on one side alone', tags: ['ledger'], querystring: z.object({ on: plainDate }), response: { 200: dayReconciledShape } },
  }, async (request) => {
    const asker = askerIn(request);
    const { on } = request.query;
    const { sides, left, leftCount } = await inInsurer(world.database.app, asker, (tx) => reconcileDay(tx, on, asker.timeZone));
    return {
      on, sides: sides.map(({ reportedMinor, bookedMinor, ...side }) => ({ ...side, reported_minor: reportedMinor, booked_minor: bookedMinor })), left_count: leftCount,
      left: left.map(({ holderId, reportedMinor, bookedMinor, ...one }) => ({ ...one, holder_id: holderId, reported_minor: reportedMinor, booked_minor: bookedMinor })),
    };
  });
}
