/** `inforce bank …`: money that the bank reports. */

import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { type Command } from 'commander';
import { bankFileArrived, rulePacks } from '../cycle/index.ts';
import { decimalText, fail, ok } from '../kernel/index.ts';
import { type BadLine, type BookedStatement } from '../payments/index.ts';
import { clockOf } from '../portfolio/index.ts';
import { insurerOption, withInsurer } from './house.ts';

type Options = { readonly insurer?: string; readonly method?: string };

const LINES_SHOWN = 10;

export function registerBank(program: Command): void {
  const bank = program.command('bank').description('money that the bank reports');
  insurerOption(bank.command('book').argument('<file>', 'CSV: reference,amount,currency,booked_on,bank_reference,payer'))
    .description('Book a bank statement; the same file twice changes nothing')
    .option('--method <id>', 'how the lines were paid: bank_transfer, standing_order, autopay, cash', 'bank_transfer')
    .addHelpText('after', '\nExample: inforce bank book statement.csv --insurer harbour')
    .action((file: string, options: Options) => withInsurer(options.insurer, async (database, insurer) => {
      if (!existsSync(file)) return fail('file_unreadable', { file, reason: 'it is not there' });
      const started = performance.now();
      const source = { fileName: path.basename(file), content: createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 }), ...(options.method === undefined ? {} : { method: options.method }) };
      const result = await bankFileArrived(database, rulePacks(), insurer, source, clockOf(insurer).now());
      if (!result.ok) return result;
      report(file, result.value, (performance.now() - started) / 1000);
      return ok(null);
    }));
}

function report(file: string, done: BookedStatement, seconds: number): void {
  const count = (value: number): string => value.toLocaleString('en');
  console.log(`${count(done.lines)} lines in ${seconds.toFixed(1)} s: ${count(done.booked)} booked, ${count(done.billsPaid)} bills paid, ${count(done.duplicates)} booked before, `
    + `${count(done.unmatchedCount)} without a bill, ${count(done.badCount)} bad.`);
  for (const line of done.unmatched.slice(0, LINES_SHOWN)) {
    console.log(`  row ${line.row}: ${decimalText(line.amountMinor, line.currency)} ${line.currency}, reference “${line.reference}” leads to no bill; it waits in suspense as ${line.bankReference}`);
  }
  for (const line of done.bad.slice(0, LINES_SHOWN)) console.log(`  row ${line.row}, ${line.field} “${line.value}”: ${line.reason} ${line.remedy}`);
  if (done.bad.length > 0) writeErrors(`${file.replace(/\.csv$/i, '')}-errors.csv`, done.bad);
}

function writeErrors(file: string, bad: readonly BadLine[]): void {
  const out = createWriteStream(file);
  out.write('row,field,value,reason,remedy\n');
  for (const { row, field, value, reason, remedy } of bad) out.write(`${[String(row), field, value, reason, remedy].map(cell).join(',')}\n`);
  out.end();
  console.log(`Bad rows with reason and remedy: ${file}`);
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
