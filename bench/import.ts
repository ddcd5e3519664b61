/**
 * Policies from a file, beside two limits: a bare COPY of the very same file, through the same client, into an ordinary logged table with one text
 * column for each of its columns; and the floor, which is what PostgreSQL needs on one connection to put the finished rows into holders and policies
 * with their indexes and checks, by two plain statements that read nothing from a file and examine nothing. Two files: the public renewal data made a million rows long (no names), and one whose holders have names, e-mails,
 * telephones and addresses, so that the search index is paid for.
 */

import fs from 'node:fs';
import path from 'node:path';
import { copyLines, type Database } from '../src/database/index.ts';
import { expectOk, plainDate, seededRandom } from '../src/kernel/index.ts';
import { importPolicies, type Insurer, readImportMapping } from '../src/portfolio/index.ts';
import { aBenchInsurer, type BenchHouse, countArgument, inBenchHouse, peakMb } from './house.ts';

const DATA = path.join(import.meta.dirname, '../../shared/data/premium-renewal/portfolio.csv');
const MAPPING = path.join(import.meta.dirname, '../src/portfolio/mappings/premium-renewal.json');
const ROWS = 1_000_000;
const PIECE_ROWS = 10_000;
const TODAY = plainDate(2026, 11, 24);

type Measured = { readonly rows: number; readonly seconds: number; readonly copySeconds: number; readonly floorSeconds: number };

export async function run({ seed, args }: { seed: number; args: readonly string[] }): Promise<{ figures: Record<string, number> }> {
  const rows = countArgument(args, 'rows', ROWS);
  return inBenchHouse(async (house) => {
    const renewal = path.join(house.dataDirectory, 'renewal.csv');
    const named = path.join(house.dataDirectory, 'named.csv');
    writeRows(renewal, rows, fs.existsSync(DATA) ? renewalRows(fs.readFileSync(DATA, 'utf8')) : madeRenewalRows(seed));
    writeRows(named, rows, namedRows(seed));
    console.log(`${rows.toLocaleString('en')} rows, ${fs.existsSync(DATA) ? 'made from the public renewal data' : `generated, for the public renewal data is not here`}, seed ${seed}`);
    console.log('file                      MB   bare COPY s   import s      rows/s   × COPY   floor s   × floor');
    const first = await measure(house, renewal, rows, await aBenchInsurer(house, 'renewal'), true);
    print('renewal, no names', renewal, first);
    const peak = peakMb();
    const second = await measure(house, named, rows, await aBenchInsurer(house, 'named', 'HKD', 'Asia/Hong_Kong'), false);
    print('with names, searchable', named, second);
    console.log(`peak memory of this process: ${peakMb()} MB`);
    return {
      figures: {
        rows, seconds: round(first.seconds), copy_seconds: round(first.copySeconds), rows_per_second: Math.round(rows / first.seconds), ratio_to_copy: round(first.seconds / first.copySeconds), floor_seconds: round(first.floorSeconds), ratio_to_floor: round(first.seconds / first.floorSeconds),
        named_seconds: round(second.seconds), named_copy_seconds: round(second.copySeconds), named_rows_per_second: Math.round(rows / second.seconds),
        named_ratio_to_copy: round(second.seconds / second.copySeconds), named_ratio_to_floor: round(second.seconds / second.floorSeconds), peak_mb: Math.max(peak, peakMb()),
      },
    };
  });
}

const round = (value: number): number => Number(value.toFixed(3));

function print(name: string, file: string, { rows, seconds, copySeconds, floorSeconds }: Measured): void {
  const cells = [
    (fs.statSync(file).size / 1_048_576).toFixed(1).padStart(6), copySeconds.toFixed(2).padStart(11), seconds.toFixed(2).padStart(10),
    Math.round(rows / seconds).toLocaleString('en').padStart(11), (seconds / copySeconds).toFixed(2).padStart(8),
    floorSeconds.toFixed(2).padStart(7), (seconds / floorSeconds).toFixed(2).padStart(7),
  ];
  console.log(`${name.padEnd(22)} ${cells.join('   ').replaceAll(/ {3}(?= )/g, ' ')}`);
}

async function measure({ database }: BenchHouse, file: string, rows: number, insurer: Insurer, mapped: boolean): Promise<Measured> {
  // Once before and once after, and the mean of both: neighbours on the machine come and go.
  const before = await bareCopy(database, file);
  const mapping = mapped ? { mapping: expectOk(readImportMapping(JSON.parse(fs.readFileSync(MAPPING, 'utf8')))) } : { market: 'HK' };
  const started = performance.now();
  const result = expectOk(await importPolicies(database, insurer, file, { ...mapping, today: TODAY, language: 'en' }));
  const seconds = (performance.now() - started) / 1000;
  if (result.rowsNew !== rows) throw new Error(`${result.rowsNew} of ${rows} rows went in: ${JSON.stringify(result.errors.slice(0, 3))}`);
  const after = await bareCopy(database, file);
  return { rows, seconds, copySeconds: (before + after) / 2, floorSeconds: await floor(database, insurer, rows) };
}

/** The same rows once more, for another insurer; rolled back. */
async function floor({ owner }: Database, { insurerId }: Insurer, rows: number): Promise<number> {
  const other = 1_000_000 + insurerId;
  const columns = async (table: string): Promise<string> => (await owner<{ name: string }[]>`
    select quote_ident(attname) as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attname <> 'insurer_id' order by attnum`).map(({ name }) => name).join(', ');
  const [holder, policy] = [await columns('holders'), await columns('policies')];
  let seconds = 0;
  await owner.begin(async (tx) => {
    await tx.unsafe(`create temporary table ready_holders on commit drop as select ${holder} from holders where insurer_id = ${insurerId} order by holder_id`);
    await tx.unsafe(`create temporary table ready_policies on commit drop as select ${policy} from policies where insurer_id = ${insurerId} order by holder_id`);
    await tx.unsafe(`select set_config('inforce.insurer_id', '${other}', true)`);
    const started = performance.now();
    const { count } = await tx.unsafe(`insert into holders (insurer_id, ${holder}) select ${other}, ${holder} from ready_holders`);
    await tx.unsafe(`insert into policies (insurer_id, ${policy}) select ${other}, ${policy} from ready_policies`);
    seconds = (performance.now() - started) / 1000;
    if (count !== rows) throw new Error(`${count} of ${rows} holders for the floor`);
    throw new RolledBack();
  }).catch((error: unknown) => { if (!(error instanceof RolledBack)) throw error; });
  return seconds;
}

class RolledBack extends Error {}

async function bareCopy({ owner }: Database, file: string): Promise<number> {
  const columns = headerOf(file).split(',').map((_, i) => `column_${i} text`);
  await owner.unsafe(`create table bare_copy (${columns.join(', ')})`);
  const started = performance.now();
  await owner.begin((tx) => copyLines(tx, 'copy bare_copy from stdin (format csv, header)', fs.createReadStream(file, { highWaterMark: 1 << 20 })));
  const seconds = (performance.now() - started) / 1000;
  await owner.unsafe('drop table bare_copy');
  return seconds;
}

function headerOf(file: string): string {
  const head = Buffer.alloc(4096);
  const handle = fs.openSync(file, 'r');
  fs.readSync(handle, head, 0, head.length, 0);
  fs.closeSync(handle);
  return head.toString('utf8').split('\n', 1)[0] ?? '';
}

type Rows = { readonly header: string; readonly row: (n: number) => string };

function writeRows(file: string, rows: number, { header, row }: Rows): void {
  const handle = fs.openSync(file, 'w');
  fs.writeSync(handle, `${header}\n`);
  for (let from = 0; from < rows; from += PIECE_ROWS) {
    let piece = '';
    for (let n = from; n < Math.min(rows, from + PIECE_ROWS); n += 1) piece += `${row(n)}\n`;
    fs.writeSync(handle, piece);
  }
  fs.closeSync(handle);
}

/** The public rows over and over, each time with new numbers. */
function renewalRows(text: string): Rows {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const tails = lines.map((line) => line.slice(line.indexOf(',')));
  return { header, row: (n) => `${n + 1}${tails[n % tails.length] ?? ''}` };
}

function madeRenewalRows(seed: number): Rows {
  const random = seededRandom(seed);
  const whole = (below: number): number => Math.floor(random.next() * below);
  return {
    header: 'id,perc_premium_paid_by_cash_credit,age_in_days,Income,Count_3-6_months_late,Count_6-12_months_late,Count_more_than_12_months_late,application_underwriting_score,no_of_premiums_paid,sourcing_channel,residence_area_type,premium',
    row: (n) => [n + 1, random.next().toFixed(3), 8_000 + whole(22_000), 20_000 + whole(400_000), whole(3), whole(2), whole(2), (91 + random.next() * 8).toFixed(2), 2 + whole(30), 'ABCD'.charAt(whole(4)),
      whole(2) === 0 ? 'Rural' : 'Urban', 1_200 + 300 * whole(150)].join(','),
  };
}

const FAMILY = ['陳', '黃', '李', '林', '張', '王', '吳', '劉', 'Chan', 'Wong', 'Lee', 'Lam', 'Cheung', 'Santos', 'Reyes', 'Müller', 'Schmidt', 'Smith', 'Garcia', 'Brown'];
const GIVEN = ['美玲', '志明', '家豪', '淑芬', '俊傑', '雅婷', 'Mei Ling', 'Ka Ho', 'Maria', 'Jose', 'Anna', 'Lukas', 'Emma', 'James', 'Olivia', 'Noah', 'Sofia', 'Daniel', 'Grace', 'Henry'];
const STREETS = ['Nathan Road', "Queen's Road Central", 'Hennessy Road', 'Canton Road', 'Des Voeux Road West', 'King’s Road', 'Castle Peak Road', 'Argyle Street'];

function namedRows(seed: number): Rows {
  const random = seededRandom(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!;
  const digits = (count: number): string => String(Math.floor(random.next() * 10 ** count)).padStart(count, '0');
  return {
    header: 'policy_number,family_name,given_name,email,phone,address,city,line,premium,mode,next_due_on,cover_from',
    row: (n) => {
      const month = 1 + Math.floor(random.next() * 12);
      const day = 1 + Math.floor(random.next() * 28);
      const date = (year: number): string => plainDate(year, month, day);
      return [`HL-${String(n + 1).padStart(9, '0')}`, one(FAMILY), one(GIVEN), `holder.${(n * 7919 + 13).toString(36)}@mail${n % 40}.hk`, `+852${digits(8)}`, `"Flat ${1 + (n % 40)}, ${1 + (n % 300)} ${one(STREETS)}"`,
        'Hong Kong', one(['life', 'health', 'motor', 'property']), `${200 + Math.floor(random.next() * 9_000)}.${digits(2)}`, 'annual', date(2027), date(2020)].join(',');
    },
  };
}
