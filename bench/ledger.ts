/**
 * Entries a second, one by one and in batches, beside two peers on the same database with the same durability: raw inserts of the same rows into a table with a key and nothing
 * else, and a ledger in plain SQL functions that locks and updates its accounts row by row. Then a book of many entries: one account's balance and the trial balance of any day.
 *
 * `--entries N` of the book (10,000,000), `--rows N` of the batched runs, `--seconds N` of each run of single entries.
 */

import { type Database, inInsurer, type Tx } from '../src/database/index.ts';
import { addDays, daysBetween, type HolderId, type InsurerId, type PlainDate, type PolicyId, type Random, seededRandom } from '../src/kernel/index.ts';
import { accountBalance, ACCOUNTS, entry, type PostingRow, type PostingRuleId, sumDays, trialBalance, writePostings } from '../src/ledger/index.ts';
import { aBenchInsurer, countArgument, inBenchHouse } from './house.ts';

const FIRST = '2024-11-24' as PlainDate;
const TODAY = '2026-11-24' as PlainDate;
const HOLDERS = 50_000;
const BATCH_ROWS = 10_000;
const CONNECTIONS = 8;
const PEER_ACCOUNTS = 1_000;
/** As many workers as the machine has cores write batches side by side, ours and the peers'. */
const WRITERS = 2;
const PEER_BATCH = 1_000;
const READS = 2_000;
const LOAD_STATEMENT_ROWS = 250_000;
const CURRENCIES = ['HKD', 'CNY', 'USD'] as const;

type Options = { readonly seed: number; readonly args: readonly string[] };

export async function run({ seed, args }: Options): Promise<{ figures: Record<string, number> }> {
  const entries = countArgument(args, 'entries', 10_000_000);
  const rows = countArgument(args, 'rows', 400_000);
  const seconds = countArgument(args, 'seconds', 5);
  return inBenchHouse(async (house) => {
    const { database } = house;
    const { insurerId } = await aBenchInsurer(house, 'ledger', 'HKD', 'Asia/Hong_Kong');
    const { insurerId: bookId } = await aBenchInsurer(house, 'book', 'HKD', 'Asia/Hong_Kong');
    await openPeers(database, insurerId);
    const made = madeBy(seededRandom(seed));
    console.log(`Two peers and the ledger, ${rows.toLocaleString('en')} rows in batches of ${BATCH_ROWS.toLocaleString('en')}, single entries for ${seconds} s each. Seed ${seed}.\n`);

    // Interleaved, so that the machine's moods meet all of them alike.
    const [ours, raw, peer]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < 3; round += 1) {
      ours.push(await batched(rows / 3, (count) => made(count, 'payment_received'), (batch) => inInsurer(database.app, insurerId, (tx) => writePostings(tx, insurerId, batch))));
      raw.push(await batched(rows / 3, (count) => made(count, 'payment_received'), (batch) => database.owner.begin((tx) => rawInsert(tx, insurerId, batch))));
      peer.push(await peerBatched(database, seconds));
    }
    const single = await singles(1, seconds, () => inInsurer(database.app, insurerId, (tx) => writePostings(tx, insurerId, made(1, 'payment_received'))));
    const rawSingle = await singles(1, seconds, () => database.owner.begin((tx) => rawInsert(tx, insurerId, made(1, 'payment_received'))));
    const peerSingle = await singles(1, seconds, (_, n) => peerTransfers(database, [[peerSpread(n), peerSpread(n + 7)]]));
    const RULES = ['bill_issued', 'payment_received', 'points_earned', 'commission_earned', 'refund_due', 'early_discount', 'claim_offset', 'premium_loan'] as const;
    const ofRule = (rule: PostingRuleId) => inInsurer(database.app, insurerId, (tx) => writePostings(tx, insurerId, made(1, rule)));
    const [hots, spreads]: [number[], number[]] = [[], []];
    for (let round = 0; round < 2; round += 1) {
      hots.push(await singles(CONNECTIONS, seconds, () => ofRule('payment_received_at_bank')));
      spreads.push(await singles(CONNECTIONS, seconds, (connection) => ofRule(RULES[connection % RULES.length] ?? 'bill_issued')));
    }
    const peerHot = await singles(CONNECTIONS, seconds, (connection, n) => peerTransfers(database, [[peerSpread(connection * 131 + n), peerAccount(0)]]));
    const peerApart = await singles(CONNECTIONS, seconds, (connection, n) => peerTransfers(database, [[peerSpread(connection * 100 + (n % 50)), peerSpread(connection * 100 + 50 + (n % 50))]]));

    const middle = (runs: number[]): number => runs.toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
    const [batchedRate, rawRate, peerRate, hot, spread] = [middle(ours), middle(raw), middle(peer), middle(hots), middle(spreads)];
    const book = await readBook(database, bookId, entries, seededRandom(seed + 1));

    table([
      ['', 'this ledger', 'raw inserts', 'ledger in SQL functions'],
      ['one connection, single entries /s', single, rawSingle, peerSingle],
      [`${CONNECTIONS} connections into one cash account /s`, hot, '', peerHot],
      [`${CONNECTIONS} connections, accounts spread /s`, spread, '', peerApart],
      [`batched entries /s, ${WRITERS} writers`, batchedRate, rawRate, peerRate],
    ]);
    console.log(`\nA book of ${book.entries.toLocaleString('en')} entries over ${daysBetween(FIRST, TODAY)} days: one account's balance of a random day p50 ${book.balanceP50.toFixed(2)} ms, p99 ${book.balanceP99.toFixed(2)} ms, of today, whose entries are not summed yet, p99 ${book.balanceToday.toFixed(2)} ms; `
      + `trial balance of a random day p50 ${book.trialP50.toFixed(1)} ms, worst ${book.trialWorst.toFixed(1)} ms.`);
    return { figures: {
      entries_per_second: Math.round(batchedRate), single_per_second: Math.round(single), ratio_to_raw: round2(batchedRate / rawRate), ratio_to_peer: round2(batchedRate / peerRate),
      hot_ratio: round2(hot / spread), peer_hot_ratio: round2(peerHot / peerApart), raw_per_second: Math.round(rawRate), peer_per_second: Math.round(peerRate),
      book_entries: book.entries, balance_p99_ms: round2(book.balanceP99), balance_today_p99_ms: round2(book.balanceToday), trial_balance_worst_ms: round2(book.trialWorst),
    } };
  });
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

function table(rows: readonly (readonly (string | number)[])[]): void {
  for (const [name, ...cells] of rows) console.log(`${String(name).padEnd(46)}${cells.map((cell) => (typeof cell === 'number' ? Math.round(cell).toLocaleString('en') : cell).padStart(25)).join('')}`);
}

type Made = (count: number, rule: PostingRuleId) => PostingRow[];

/** Entries of random holders and amounts; each is a thing of its own. */
function madeBy(random: Random): Made {
  let id = 0;
  return (count, rule) => Array.from({ length: count }, () => {
    id += 1;
    return entry(rule, {
      holderId: random.integer(1, HOLDERS) as HolderId, bookedOn: TODAY, amountMinor: BigInt(random.integer(100, 500_000)), currency: 'HKD', sourceId: id, policyId: id as PolicyId, billId: null,
    });
  });
}

/** Rows a second; what is written is made before the clock starts. */
async function batched<Row>(rows: number, make: (count: number) => Row[], write: (batch: Row[]) => Promise<unknown>): Promise<number> {
  const batches = Array.from({ length: Math.max(1, Math.round(rows / BATCH_ROWS)) }, () => make(BATCH_ROWS));
  const started = performance.now();
  await Promise.all(Array.from({ length: WRITERS }, async (_, writer) => {
    for (let at = writer; at < batches.length; at += WRITERS) await write(batches[at] ?? []);
  }));
  return (batches.length * BATCH_ROWS) / ((performance.now() - started) / 1_000);
}

/** Transactions a second of so many connections, each waiting for its commit. */
async function singles(connections: number, seconds: number, one: (connection: number, n: number) => PromiseLike<unknown>): Promise<number> {
  let done = 0;
  const started = performance.now();
  const until = started + seconds * 1_000;
  await Promise.all(Array.from({ length: connections }, async (_, connection) => {
    for (let n = 0; performance.now() < until; n += 1) {
      await one(connection, n);
      done += 1;
    }
  }));
  return done / ((performance.now() - started) / 1_000);
}

/** The same rows into a table that has the same columns and types, a key, and nothing else. */
const rawInsert = (tx: Tx, insurerId: InsurerId, rows: readonly PostingRow[]): Promise<unknown> => tx`
  insert into raw_postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id)
  select ${insurerId}::int, * from unnest(${rows.map((row) => row.holderId)}::bigint[], ${rows.map((row) => row.bookedOn)}::date[], ${rows.map((row) => row.debit)}::text[], ${rows.map((row) => row.credit)}::text[],
    ${rows.map((row) => String(row.amountMinor))}::bigint[], ${rows.map((row) => row.currency)}::text[], ${rows.map((row) => row.rule)}::text[], ${rows.map((row) => row.sourceKind)}::text[],
    ${rows.map((row) => row.sourceId)}::bigint[], ${rows.map((row) => row.policyId ?? 0)}::bigint[])`.execute();

/**
 * A ledger as it is usually written in SQL: accounts with balances, named by text, each locked in order; for each transfer two updates, two checks of what an account may hold, the currencies compared,
 * the transfer written and two entries that carry the balance before and after.
 */
async function openPeers(database: Database, insurerId: InsurerId): Promise<void> {
  await database.owner.unsafe(`
    create table raw_postings (like postings including defaults including identity, primary key (insurer_id, booked_on, holder_id, posting_id));
    -- A name that sorts by time, as such ledgers give: a ULID, 26 letters of Crockford's base 32.
    create function peer_id(prefix text) returns text language plpgsql as $$
    declare
      letters constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
      bytes bytea := uuid_send(uuidv7()); said text := ''; held int := 0; bits int := 2;
    begin
      for i in 0 .. 15 loop
        held := (held << 8) | get_byte(bytes, i); bits := bits + 8;
        while bits >= 5 loop
          bits := bits - 5; said := said || substr(letters, 1 + ((held >> bits) & 31), 1); held := held & ((1 << bits) - 1);
        end loop;
      end loop;
      return prefix || said;
    end $$;
    create table peer_accounts (id text primary key, name text not null, currency text not null, balance numeric not null default 0, version bigint not null default 0, may_be_negative boolean not null,
      may_be_positive boolean not null, updated_at timestamptz not null default now());
    create table peer_transfers (id text primary key default peer_id('transfer_'), giver text not null references peer_accounts, taker text not null references peer_accounts,
      amount numeric not null check (amount > 0), happened_at timestamptz not null, created_at timestamptz not null default now(), check (giver <> taker));
    create index on peer_transfers (giver); create index on peer_transfers (taker); create index on peer_transfers (happened_at);
    create table peer_entries (id text primary key default peer_id('entry_'), account text not null references peer_accounts, transfer text not null references peer_transfers,
      amount numeric not null, balance_before numeric not null, balance_after numeric not null, account_version bigint not null, created_at timestamptz not null default now());
    create index on peer_entries (account); create index on peer_entries (transfer);
    insert into peer_accounts (id, name, currency, may_be_negative, may_be_positive) select 'account_' || lpad(n::text, 8, '0'), 'Account ' || n, 'HKD', true, true from generate_series(1, ${PEER_ACCOUNTS}) n;
    create function peer_check(account peer_accounts) returns void language plpgsql as $$
    begin
      if account.balance < 0 and not account.may_be_negative or account.balance > 0 and not account.may_be_positive then raise exception 'the balance of % is out of its bounds', account.id; end if;
    end $$;
    create function peer_transfer(givers text[], takers text[], amounts numeric[]) returns setof peer_transfers language plpgsql as $$
    declare
      one text; giving peer_accounts; taking peer_accounts; written text; made text[] := '{}';
    begin
      for one in select distinct a from unnest(givers || takers) a order by a loop
        perform from peer_accounts where id = one for update;
      end loop;
      for i in 1 .. cardinality(givers) loop
        update peer_accounts set balance = balance - amounts[i], version = version + 1, updated_at = now() where id = givers[i] returning * into giving;
        perform peer_check(giving);
        update peer_accounts set balance = balance + amounts[i], version = version + 1, updated_at = now() where id = takers[i] returning * into taking;
        perform peer_check(taking);
        if giving.currency <> taking.currency then raise exception '% and % are of different currencies', givers[i], takers[i]; end if;
        insert into peer_transfers (giver, taker, amount, happened_at) values (givers[i], takers[i], amounts[i], now()) returning id into written;
        made := made || written;
        insert into peer_entries (account, transfer, amount, balance_before, balance_after, account_version) values (givers[i], written, -amounts[i], giving.balance + amounts[i], giving.balance, giving.version);
        insert into peer_entries (account, transfer, amount, balance_before, balance_after, account_version) values (takers[i], written, amounts[i], taking.balance - amounts[i], taking.balance, taking.version);
      end loop;
      return query select * from peer_transfers where id = any(made) order by id;
    end $$;`);
  await database.owner`
    insert into holders (insurer_id, holder_id, external_ref, language, time_zone, market)
    select ${insurerId}, n, 'B-' || n, 'en', 'Asia/Hong_Kong', (array['HK', 'CN', 'PH', 'TW'])[1 + n % 4] from generate_series(1, ${HOLDERS}) n`;
}

const peerAccount = (n: number): string => `account_${String(1 + (n % PEER_ACCOUNTS)).padStart(8, '0')}`;
/** Account 1 is nobody's but the cash account's. */
const peerSpread = (n: number): string => peerAccount(1 + (n % (PEER_ACCOUNTS - 1)));
const peerTransfers = (database: Database, pairs: readonly (readonly [string, string])[]): PromiseLike<unknown> => database.owner`
  select * from peer_transfer(${pairs.map(([giver]) => giver)}::text[], ${pairs.map(([, taker]) => taker)}::text[], ${pairs.map(() => 100)}::numeric[])`;

/** Transfers a second of the peer, so many in a call and a transaction: what many holders owe goes to the one clearing account, as in our batches. */
const peerBatched = async (database: Database, seconds: number): Promise<number> => PEER_BATCH * await singles(WRITERS, seconds, (writer, n) =>
  peerTransfers(database, Array.from({ length: PEER_BATCH }, (__, k) => [peerSpread((n * WRITERS + writer) * PEER_BATCH + k), peerAccount(0)] as const)));

type Book = { readonly entries: number; readonly balanceP50: number; readonly balanceP99: number; readonly balanceToday: number; readonly trialP50: number; readonly trialWorst: number };

/** A book of two years in three currencies and four markets, its complete days summed as the cycle's report does it. */
async function readBook(database: Database, insurerId: InsurerId, entries: number, random: Random): Promise<Book> {
  const days = daysBetween(FIRST, TODAY);
  console.log(`Loading ${entries.toLocaleString('en')} entries …`);
  const steps = Math.ceil(entries / LOAD_STATEMENT_ROWS);
  for (let step = 0; step < steps; step += 1) {
    const from = step * LOAD_STATEMENT_ROWS;
    await database.owner`
      insert into postings (insurer_id, holder_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id)
      select ${insurerId}, 1 + n % ${HOLDERS}, ${FIRST}::date + (n / ${Math.max(1, Math.ceil(entries / (days + 1)))})::int, (array['premium_receivable', 'provider_clearing', 'bank', 'suspense'])[1 + n % 4],
        (array['premium_income', 'premium_receivable', 'suspense', 'refunds_payable'])[1 + n % 4], 100 + n % 9973, (array[${CURRENCIES[0]}, ${CURRENCIES[1]}, ${CURRENCIES[2]}]::text[])[1 + n / 4 % 3],
        'book', 'bill', n, n
      from generate_series(${from}::bigint, ${Math.min(entries, from + LOAD_STATEMENT_ROWS) - 1}::bigint) n`;
  }
  await database.owner`vacuum (analyze) postings`;
  const last = addDays(TODAY, -1);
  await inInsurer(database.app, insurerId, (tx) => sumDays(tx, insurerId, last));
  await database.owner`analyze ledger_days`;
  await database.owner`
    insert into holders (insurer_id, holder_id, external_ref, language, time_zone, market)
    select ${insurerId}, n, 'B-' || n, 'en', 'Asia/Hong_Kong', (array['HK', 'CN', 'PH', 'TW'])[1 + n % 4] from generate_series(1, ${HOLDERS}) n on conflict do nothing`;
  const anyDay = (): PlainDate => addDays(FIRST, random.integer(0, days));
  const time = async (work: (tx: Tx) => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await inInsurer(database.app, insurerId, work);
    return performance.now() - started;
  };
  const [balances, trials]: [number[], number[]] = [[], []];
  for (let n = 0; n < READS; n += 1) balances.push(await time((tx) => accountBalance(tx, random.pick(ACCOUNTS), random.pick(CURRENCIES), anyDay())));
  for (let n = 0; n < READS / 20; n += 1) trials.push(await time((tx) => trialBalance(tx, anyDay())));
  const todays: number[] = [];
  for (let n = 0; n < READS / 20; n += 1) todays.push(await time((tx) => accountBalance(tx, random.pick(ACCOUNTS), random.pick(CURRENCIES), TODAY)));
  const at = (values: number[], share: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  return { entries, balanceToday: at(todays, 0.99), balanceP50: at(balances, 0.5), balanceP99: at(balances, 0.99), trialP50: at(trials, 0.5), trialWorst: Math.max(...trials) };
}
