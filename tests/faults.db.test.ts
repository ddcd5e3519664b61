/**
 * Processes are killed in the middle of their work: workers, the database, deliverers, the disk's last free block. Whatever is killed and whenever, the
 * days end as if nothing had happened, row for row. Every moment comes from the seed.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCycle, STAGES, startCycle } from '../src/cycle/index.ts';
import { type Database, connect, inInsurer } from '../src/database/index.ts';
import { addDays, expectOk, momentOf, type PlainDate, type Random, seededRandom } from '../src/kernel/index.ts';
import { auditLedger } from '../src/ledger/index.ts';
import { type Insurer, insurerByCode, setClockOffset } from '../src/portfolio/index.ts';
import { startInbox } from '../simulator/inbox/index.ts';
import { type Command, copyOf, differences, FIRST_DAY, inforce, isAlive, newFolder, openHouse, rowsOf, SEED, simulated, startScript, until } from './house.ts';

const POLICIES = 1_500;
const DAYS = Array.from({ length: 3 }, (_, day) => addDays(FIRST_DAY, 1 + day));
const KILLS_OF_WORKERS = 10;
const KILLS_OF_DATABASE = 10;
/** About as long as a stage of this book takes. */
const STAGE_MS = 60;

type Rows = ReadonlyMap<string, readonly string[]>;
let template: string;
let undisturbed: Rows;
const folders: string[] = [];

/** The book after its first day, once more, in a folder that is removed at the end. */
function aCopy(): string {
  const copy = copyOf(template);
  folders.push(copy);
  return copy;
}
const open = async (folder: string): Promise<{ database: Database; insurer: Insurer }> => {
  const database = expectOk(await connect({ dataDirectory: folder, databaseUrl: '' }));
  return { database, insurer: expectOk(await insurerByCode(database, 'harbour')) };
};
const startWorker = (folder: string, environment: NodeJS.ProcessEnv = {}): Command => startScript('inforce.ts', ['worker'], { INFORCE_DATA: folder, ...environment });
const ready = (worker: Command): Promise<void> => until('a worker', () => worker.output().includes('Working'), 60);
async function endWorkers(workers: readonly Command[]): Promise<void> {
  for (const worker of workers) worker.process.kill('SIGKILL');
  await Promise.all(workers.map((worker) => worker.ended));
}

before(async () => {
  const house = await openHouse();
  template = house.folder;
  folders.push(template);
  const insurer = await simulated(house.database, 'harbour', POLICIES);
  expectOk(await runCycle(house.database, insurer, { businessDate: FIRST_DAY }));
  await house.database.close();
  const { database, insurer: same } = await open(aCopy());
  for (const day of DAYS) expectOk(await runCycle(database, same, { businessDate: day }));
  undisturbed = await rowsOf(database, same.insurerId);
  await database.close();
  assert.ok((undisturbed.get('contacts')?.length ?? 0) > 50, 'too little happens to prove anything');
});
after(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

describe('killed in the middle of the cycle', () => {
  test('workers and the database, twenty times, at random moments of all stages: the result is that of an undisturbed run, row for row', async (t) => {
    const folder = aCopy();
    let { database, insurer } = await open(folder);
    const kills = planOfKills(seededRandom(SEED));
    let workers = [startWorker(folder), startWorker(folder)];
    const interrupted: string[] = [];
    try {
      await Promise.all(workers.map(ready));
      for (const [no, day] of DAYS.entries()) {
        workers = await twoWorking(folder, workers);
        expectOk(await startCycle(database, insurer, day));
        const today = Math.ceil(kills.length / (DAYS.length - no));
        for (let killed = 0; ;) {
          const { state, stage, failure } = await stateOf(database, insurer, day);
          if (state === 'done') break;
          assert.equal(state, 'running', failure ?? '');
          // One that is planned for this stage; on the last day, any that is left.
          const at = killed === today ? -1 : Math.max(kills.findIndex((kill) => kill.stage === stage), no === DAYS.length - 1 ? 0 : -1);
          const [kill] = at === -1 ? [] : kills.splice(at, 1);
          if (kill === undefined) {
            await sleep(5);
            continue;
          }
          killed += 1;
          await sleep(kill.delay_ms);
          interrupted.push(`${day} ${stage} +${Math.round(kill.delay_ms)} ms ${kill.what}`);
          if (kill.what === 'worker') workers[Math.floor(kill.pick * workers.length)]?.process.kill('SIGKILL');
          else {
            ({ database, insurer } = await killDatabase(folder, database));
            // Somebody looks and asks to go on; a range that is worked on meanwhile is done once all the same.
            if (kill.pick < 0.5) expectOk(await startCycle(database, insurer, day));
          }
          workers = await twoWorking(folder, workers);
        }
      }
      for (const { what } of kills.splice(0)) {
        interrupted.push(`after the last day ${what}`);
        if (what === 'database') ({ database, insurer } = await killDatabase(folder, database));
      }
      assert.equal(interrupted.length, KILLS_OF_WORKERS + KILLS_OF_DATABASE);
      t.diagnostic(`seed ${SEED}: ${interrupted.join('; ')}`);
      assert.deepEqual(differences(undisturbed, await rowsOf(database, insurer.insurerId)), [], `seed ${SEED}; replay with INFORCE_SEED=${SEED}`);
      assert.deepEqual(await inInsurer(database.app, insurer.insurerId, auditLedger), []);
    } finally {
      await endWorkers(workers);
      await database.close();
    }
  });

  test('two workers do what one does, and when one is killed the other has its range within seconds', async (t) => {
    const folder = aCopy();
    const { database, insurer } = await open(folder);
    const workers = [startWorker(folder), startWorker(folder)];
    try {
      await Promise.all(workers.map(ready));
      const [first, ...others] = DAYS;
      assert.ok(first !== undefined);
      // A stage that waits: its first range is taken, and its worker killed with the range in hand.
      await database.owner`create function wait_a_moment() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return null; end $$`;
      await database.owner`create trigger wait_a_moment before insert on bills for each statement execute function wait_a_moment()`;
      expectOk(await startCycle(database, insurer, first));
      let pid = 0;
      await until('a range in hand', async () => {
        const [row] = await database.owner<{ port: number }[]>`select client_port as port from pg_stat_activity where usename = 'inforce_app' and wait_event = 'PgSleep' limit 1`;
        pid = row === undefined ? 0 : workerOfPort(workers, row.port);
        return pid !== 0;
      });
      process.kill(pid, 'SIGKILL');
      const killed = performance.now();
      await database.owner`drop trigger wait_a_moment on bills`;
      await database.owner`drop function wait_a_moment()`;
      await until('the day is done', async () => (await stateOf(database, insurer, first)).state === 'done', 30);
      const seconds = (performance.now() - killed) / 1000;
      t.diagnostic(`done ${seconds.toFixed(1)} s after the kill`);
      assert.ok(seconds < 20, `${seconds} s`);
      workers.push(startWorker(folder));
      for (const day of others) expectOk(await runCycle(database, insurer, { businessDate: day, workHere: false }));
      assert.deepEqual(differences(undisturbed, await rowsOf(database, insurer.insurerId)), [], `seed ${SEED}`);
    } finally {
      await endWorkers(workers);
      await database.close();
    }
  });
});

describe('killed in the middle of sending', () => {
  test('deliverers leave no message twice and none unsaid without a word about it', async (t) => {
    const folder = aCopy();
    const { database, insurer } = await open(folder);
    const inbox = await startInbox({ database });
    const mail = { INFORCE_SMTP_URL: inbox.smtpUrl, INFORCE_SMPP_URL: inbox.smppUrl };
    let workers: Command[] = [];
    try {
      const { next } = seededRandom(SEED + 1);
      const count = async (): Promise<number> => (await database.owner`select from simulator.inbox`).length;
      const waiting = async (): Promise<number> => (await inInsurer(database.app, insurer.insurerId, (tx) => tx`
        select from contacts where state = 'sending' or (state = 'queued' and channel in ('email', 'sms') and not_before <= ${new Date(Date.now() + offsetMs)})`)).length;
      let offsetMs = 0;
      for (const [no, day] of DAYS.entries()) {
        expectOk(await runCycle(database, insurer, { businessDate: day }));
        if (no % 2 === 1) continue;
        // It is evening, so the day's messages are due almost everywhere; one deliverer dies over them, the next sends the rest.
        offsetMs = momentOf(day, 19 * 60 + 30, insurer.timeZone) - Date.now();
        expectOk(await setClockOffset(database, insurer, offsetMs));
        const first = startWorker(folder, mail);
        workers = [first];
        const before = await count();
        await until('a message', async () => (await count()) > before || (await waiting()) === 0, 60);
        await sleep(next() * 40);
        await endWorkers(workers);
        workers = [startWorker(folder, mail)];
        await until('everything has left', async () => (await waiting()) === 0, 60);
        await endWorkers(workers);
      }
      const received = await database.owner<{ contact_id: number; times: number }[]>`select contact_id, count(*)::int as times from simulator.inbox group by 1`;
      assert.deepEqual(received.filter((row) => row.times > 1).map((row) => row.contact_id), [], `received twice (seed ${SEED})`);
      const sent = await inInsurer(database.app, insurer.insurerId, (tx) => tx<{ contact_id: number; state: string }[]>`
        select contact_id, state from contacts where channel in ('email', 'sms') and state in ('sent', 'delivered', 'unconfirmed')`);
      t.diagnostic(`${received.length} received, ${sent.filter((row) => row.state === 'unconfirmed').length} unconfirmed`);
      assert.ok(received.length > 10, 'too little to prove anything');
      const ids = new Set(received.map((row) => row.contact_id));
      assert.deepEqual(sent.filter((row) => row.state !== 'unconfirmed' && !ids.has(row.contact_id)), [], 'called sent, and nobody received it');
      const known = new Set(sent.map((row) => row.contact_id));
      assert.deepEqual([...ids].filter((id) => !known.has(id)), [], 'received, and nobody knows that it left');
    } finally {
      await endWorkers(workers);
      await inbox.close();
      await database.close();
    }
  });
});

describe('a full disk', () => {
  test('lets the day stand still with its reason and nothing half done; with space again it ends as it would have', async (t) => {
    const disk = smallDisk(t);
    if (disk === null) return;
    try {
      const folder = path.join(disk.mount, 'data');
      fs.mkdirSync(folder, { mode: 0o755 });
      copyOf(template, folder);
      let { database, insurer } = await open(folder);
      const [day] = DAYS;
      assert.ok(day !== undefined);
      expectOk(await runCycle(database, insurer, { businessDate: day, stopAfter: 'age' }));
      const before = await rowsOf(database, insurer.insurerId);
      fillUp(disk.mount);
      const told = await hurriedCycle(database, folder, day);
      t.diagnostic(told);
      assert.match(told, /The cycle of 2026-12-02 stands at score: .*No space left on device.*--resume|The database did not answer/s);
      assert.doesNotMatch(told, /\n\s+at /, 'a stack trace is no sentence');
      fs.rmSync(path.join(disk.mount, 'filler'));
      // Where the log of transactions found no space, PostgreSQL has ended itself; it is started as `npm start` would.
      if (!isAlive(database.embeddedPid ?? 0)) {
        await database.close();
        ({ database, insurer } = await open(folder));
      }
      const left = await rowsOf(database, insurer.insurerId);
      assert.deepEqual(differences(before, left).filter((line) => !/^cycle_(runs|partitions)/.test(line)), [], 'something was half done');
      expectOk(await runCycle(database, insurer, { businessDate: day }));
      for (const later of DAYS.slice(1)) expectOk(await runCycle(database, insurer, { businessDate: later }));
      assert.deepEqual(differences(undisturbed, await rowsOf(database, insurer.insurerId)), [], `seed ${SEED}`);
      await database.close();
    } finally {
      disk.remove();
    }
  });
});

type Kill = { readonly stage: string; readonly what: 'worker' | 'database'; readonly delay_ms: number; readonly pick: number };

/** Spread over all stages, in a random order of who is killed. */
function planOfKills({ next }: Random): Kill[] {
  const all = KILLS_OF_WORKERS + KILLS_OF_DATABASE;
  const what = Array.from({ length: all }, (_, i): Kill['what'] => (i < KILLS_OF_WORKERS ? 'worker' : 'database'));
  for (let i = all - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    [what[i], what[j]] = [what[j] ?? 'worker', what[i] ?? 'worker'];
  }
  return what.map((one, i): Kill => ({ stage: STAGES[i % STAGES.length]?.name ?? '', what: one, delay_ms: next() * STAGE_MS, pick: next() }));
}

async function stateOf(database: Database, { insurerId }: Insurer, day: PlainDate): Promise<{ state: string; stage: string; failure: string | null }> {
  const [row] = await inInsurer(database.app, insurerId, (tx) => tx<{ state: string; stage: string; failure: string | null }[]>`select state, stage, failure from cycle_runs where business_date = ${day}`);
  assert.ok(row);
  return row;
}

/** Those who live, and a new one for each who does not; waits only where nobody works. */
async function twoWorking(folder: string, workers: readonly Command[]): Promise<Command[]> {
  const alive = workers.filter(({ process: { exitCode, signalCode, pid, killed } }) => exitCode === null && signalCode === null && !killed && isAlive(pid ?? 0));
  const all = [...alive, ...Array.from({ length: 2 - alive.length }, () => startWorker(folder))];
  if (!all.some((worker) => worker.output() !== '')) await Promise.race(all.map(ready));
  return all;
}

async function killDatabase(folder: string, database: Database): Promise<{ database: Database; insurer: Insurer }> {
  assert.ok(database.embeddedPid !== null);
  process.kill(database.embeddedPid, 'SIGKILL');
  await database.close();
  return open(folder);
}

/** The process that holds the other end of a connection: by the socket's number in /proc. */
function workerOfPort(workers: readonly Command[], port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const line = fs.readFileSync('/proc/net/tcp', 'utf8').split('\n').map((one) => one.trim().split(/\s+/)).find((fields) => fields[1]?.endsWith(`:${hex}`) === true);
  const inode = line?.[9] ?? '-';
  for (const { process: { pid = 0 } } of workers) {
    const holds = fs.readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return fs.readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    });
    if (holds) return pid;
  }
  return 0;
}

const DISK_MB = 420;

/** A disk of its own that can be filled: a file system in memory, which only root may mount. */
function smallDisk(t: TestContext): { readonly mount: string; readonly remove: () => void } | null {
  const mount = newFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', mount], { stdio: 'pipe' });
  } catch (error) {
    t.skip(`no file system can be mounted here: ${error instanceof Error ? error.message.split('\n').join(' ') : String(error)}`);
    fs.rmSync(mount, { recursive: true });
    return null;
  }
  return { mount, remove: () => {
    execFileSync('umount', ['-l', mount], { stdio: 'pipe' });
    fs.rmSync(mount, { recursive: true });
  } };
}

/** Leaves so little that no table can grow. */
function fillUp(mount: string): void {
  const { bavail, bsize } = fs.statfsSync(mount);
  execFileSync('dd', ['if=/dev/zero', `of=${path.join(mount, 'filler')}`, 'bs=4096', `count=${Math.floor((bavail * bsize) / 4096)}`], { stdio: 'pipe' });
}

/** `inforce cycle`, and whoever waits for the next try of a range need not wait so long. */
async function hurriedCycle(database: Database, folder: string, day: PlainDate): Promise<string> {
  const cycle = inforce(folder, 'cycle', '--date', day, '--workers', '1', '--resume');
  for (;;) {
    const ended = await Promise.race([cycle.ended, sleep(100)]);
    if (ended !== undefined) {
      assert.equal(ended.code, 1, ended.output);
      return ended.output;
    }
    await database.owner`update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null`.catch(() => {});
  }
}
