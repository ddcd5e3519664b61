/** `inforce ledger …`: the trial balance of a day, and the auditor's answer. */

import fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { inInsurer } from '../database/index.ts';
import { decimalText, fail, localDate, ok, parsePlainDate } from '../kernel/index.ts';
import { auditLedger, chartFor, EXPORT_FORMATS, EXPORT_KINDS, exportFile, trialBalance } from '../ledger/index.ts';
import { clockOf } from '../portfolio/index.ts';
import { insurerOption, withInsurer } from './house.ts';

type ExportOptions = { readonly insurer?: string; readonly kind: (typeof EXPORT_KINDS)[number]; readonly format: (typeof EXPORT_FORMATS)[number]; readonly from: string; readonly to: string; readonly out: string };

export function registerLedger(program: Command): void {
  const ledger = program.command('ledger').description('the books: trial balance and audit');
  insurerOption(ledger.command('balance')).description('Every account at the end of a day').option('--date <date>', 'the day; today where absent')
    .addHelpText('after', '\nExample: inforce ledger balance --date 2026-11-30 --insurer harbour-life')
    .action((options: { readonly insurer?: string; readonly date?: string }) => withInsurer(options.insurer, async (database, insurer) => {
      const on = options.date === undefined ? localDate(clockOf(insurer).now(), insurer.timeZone) : parsePlainDate(options.date);
      if (on === null) return fail('date_invalid', { value: options.date ?? '' });
      const rows = await inInsurer(database.app, insurer.insurerId, (tx) => trialBalance(tx, on));
      const sums = new Map<string, bigint>();
      for (const { account, currency, debitMinor, creditMinor, balanceMinor } of rows) {
        sums.set(currency, (sums.get(currency) ?? 0n) + balanceMinor);
        console.log(account.padEnd(20) + [debitMinor, creditMinor, balanceMinor].map((minor) => decimalText(minor, currency).padStart(20)).join('') + `  ${currency}`);
      }
      for (const [currency, sum] of sums) console.log(`Difference ${decimalText(sum, currency)} ${currency}`);
      return ok(null);
    }));
  insurerOption(ledger.command('export')).description('The journal or the balances of a period as a file, as large as it may be')
    .addOption(new Option('--kind <kind>', 'what').choices(EXPORT_KINDS).default('journal')).addOption(new Option('--format <format>', 'how').choices(EXPORT_FORMATS).default('csv'))
    .requiredOption('--from <date>', 'first day').requiredOption('--to <date>', 'last day').requiredOption('--out <file>', 'the file')
    .addHelpText('after', '\nExample: inforce ledger export --from 2026-11-01 --to 2026-11-30 --format parquet --out november.parquet')
    .action((options: ExportOptions) => withInsurer(options.insurer, async (database, insurer) => {
      const [from, to] = [parsePlainDate(options.from), parsePlainDate(options.to)];
      if (from === null || to === null) return fail('date_invalid', { value: from === null ? options.from : options.to });
      const known = await inInsurer(database.app, insurer.insurerId, (tx) => chartFor(tx, to));
      if (!known.ok) return known;
      const whose = { insurerId: insurer.insurerId, markets: null };
      await pipeline(Readable.from(exportFile(database.app, whose, { kind: options.kind, format: options.format, from, to }, known.value)), fs.createWriteStream(options.out));
      console.log(`${options.out}: ${fs.statSync(options.out).size} bytes`);
      return ok(null);
    }));
  insurerOption(ledger.command('audit')).description('Work out every account from bills, payments and suspense, and compare it with the books to the cent')
    .addHelpText('after', '\nExample: inforce ledger audit --insurer harbour-life')
    .action((options: { readonly insurer?: string }) => withInsurer(options.insurer, async (database, insurer) => {
      const differences = await inInsurer(database.app, insurer.insurerId, auditLedger);
      for (const { where, id, currency, expectedMinor, foundMinor } of differences) {
        console.log(`${where}${id === null ? '' : ` ${id}`}: expected ${decimalText(expectedMinor, currency)}, found ${decimalText(foundMinor, currency)} ${currency}`);
      }
      console.log(differences.length === 0 ? 'The books agree with what happened, to the cent.' : `${differences.length} differences.`);
      if (differences.length > 0) process.exitCode = 1;
      return ok(null);
    }));
}
