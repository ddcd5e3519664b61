/** `inforce bills print`: a batch of bills as PDF, one file each. */

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command } from 'commander';
import { type Database, inInsurer, readSecret } from '../database/index.ts';
import { printBills } from '../document/index.ts';
import { fail, LANGUAGES, type Language, ok, parsePlainDate, type PlainDate, type Result } from '../kernel/index.ts';
import { PAY_LINK_DAYS, payLinkToken, payLinkUrl } from '../payments/index.ts';
import { businessDateOf, clockOf, type Insurer } from '../portfolio/index.ts';
import { billDocuments, type BillKey, billsToPrint, noteDocuments } from '../service/index.ts';
import { dataDirectory, insurerOption, untilInterrupted, withInsurer } from './house.ts';

/** Read, printed and noted together. */
const BATCH = 200;
const MS_PER_DAY = 86_400_000;
const ORIGIN_DEFAULT = 'http://localhost:4800';

type Options = { readonly insurer?: string; readonly from: string; readonly to?: string; readonly out: string; readonly language?: string };

export function registerBillPrinting(bills: Command): void {
  insurerOption(bills.command('print')).description('Print the open bills that were issued in a span of days as PDF, one file each')
    .requiredOption('--from <date>', 'issued on this day or later').option('--to <date>', 'issued on this day or before; --from where absent').requiredOption('--out <folder>', 'where the files go')
    .option('--language <tag>', `${LANGUAGES.join(', ')} (default: the language of each holder)`)
    .addHelpText('after', '\nExample: inforce bills print --from 2026-11-30 --out bills --insurer harbour')
    .action((options: Options) => withInsurer(options.insurer, (database, insurer) => print(database, insurer, options)));
}

async function print(database: Database, insurer: Insurer, options: Options): Promise<Result<unknown>> {
  const from = parsePlainDate(options.from);
  const to = options.to === undefined ? from : parsePlainDate(options.to);
  if (from === null || to === null) return fail('date_invalid', { value: from === null ? options.from : options.to ?? '' });
  const language = LANGUAGES.find((one) => one === options.language) ?? null;
  if (options.language !== undefined && language === null) return fail('language_unknown', { value: options.language, known: LANGUAGES.join(', ') });
  await mkdir(options.out, { recursive: true });
  const stop = untilInterrupted();
  const started = performance.now();
  let printed = 0;
  let after: BillKey | null = null;
  do {
    const keys: readonly BillKey[] = await inInsurer(database.app, insurer.insurerId, (tx) => billsToPrint(tx, from, to, after, BATCH));
    printed += await printSet(database, insurer, keys, options.out, language);
    if (process.stderr.isTTY) process.stderr.write(`\r${printed} bills`);
    after = keys.length < BATCH ? null : keys.at(-1) ?? null;
  } while (after !== null && !stop.aborted);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${process.stderr.isTTY ? '\n' : ''}${printed} bills in ${path.resolve(options.out)}, ${(printed / Math.max(seconds, 0.001)).toFixed(0)} a second${stop.aborted ? ' (stopped)' : ''}`);
  return ok(null);
}

/** Noted after its files are there: a run that is stopped and begun again writes the same files and notes them once. */
async function printSet(database: Database, insurer: Insurer, keys: readonly BillKey[], folder: string, language: Language | null): Promise<number> {
  const at = clockOf(insurer).now();
  const today: PlainDate = businessDateOf(insurer, at);
  const [secret, origin] = [readSecret(dataDirectory()), process.env['INFORCE_URL'] ?? ORIGIN_DEFAULT];
  const payUrlOf = (key: BillKey): string => payLinkUrl(origin, payLinkToken(secret, { insurerId: insurer.insurerId, ...key, contactId: null, expiresAt: at + PAY_LINK_DAYS * MS_PER_DAY }));
  const made = await inInsurer(database.app, insurer.insurerId, (tx) => billDocuments(tx, { insurer, today, masked: false, payUrlOf }, keys));
  let place = 0;
  for await (const bytes of printBills(made.map(({ bill, design, language: own }) => ({ bill, design, language: language ?? own })))) {
    await writeFile(path.join(folder, `bill-${made[place]?.bill.reference ?? place}.pdf`), bytes);
    place += 1;
  }
  await inInsurer(database.app, insurer.insurerId, (tx) => noteDocuments(tx, insurer.insurerId, made, 'delivered', at, today));
  return place;
}
