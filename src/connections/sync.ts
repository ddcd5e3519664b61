/**
 * One run with one system: take in what they have changed, send what waits. Every page and every item is its own transaction and no transaction waits for
 * the network: a run that is killed is gone on with by the next, and whatever is sent twice is booked once (versions and idempotency keys).
 */

import { inInsurer, type Database, type Tx } from '../database/index.ts';
import { fail, localDate, ok, type HolderId, type InsurerId, type Moment, type Problem, type Result } from '../kernel/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { type Contact, type ContactField } from './contact.ts';
import { changeCustomer, changedCustomers, oneCustomer, type Customer } from './crm.ts';
import { acknowledgements, postEntry } from './erp.ts';
import { isOfTheLine, type Peer } from './http.ts';
import { journalEntry, noteAcknowledged, writeJournal } from './journal.ts';
import { connectionOf, type Connection, type Kind } from './settings.ts';
import { noteSaid, takeIn, type Incoming } from './take-in.ts';

export type SyncWorld = {
  readonly database: Database;
  /** The installation's: opens the connections' own. */
  readonly secret: Buffer;
  /** Machine time: signatures carry it. */
  readonly now: () => Moment;
  /** In [0, 1): spreads the retries of many. */
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** After this a run stops between two items, and another goes on: a worker has other work too. */
  readonly budgetMs?: number;
  readonly timeoutMs?: number;
};
export type SyncCounts = { pulled: number; pushed: number; conflicts: number; failed: number; skipped: number };
export type Synced = { readonly counts: Readonly<SyncCounts>; /** Stopped by its budget. */ readonly more: boolean };

export const TRIES_MAX = 8;
const RETRY_FIRST_MS = 30_000;
const RETRY_MAX_MS = 60 * 60_000;
const BUDGET_MS = 20_000;
const ITEMS_MAX = 50;
const RUNS_KEPT_MS = 30 * 86_400_000;
/** The first of the two numbers of the advisory lock; imports have another. */
const LOCK_KIND = 4_800_020;
/** One insurer's two connections, apart. */
const lockOf = (insurerId: InsurerId, kind: Kind): number => insurerId * 2 + (kind === 'crm' ? 0 : 1);

/** Half of it at least, all of it at most: those who failed together do not come back together. */
export function retryAfterMs(failures: number, random: () => number, leastMs = 0): number {
  const full = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.max(leastMs, Math.round(full * (0.5 + random() / 2)));
}

type Run = SyncWorld & { readonly insurer: Insurer; readonly kind: Kind; readonly connection: Connection; readonly peer: Peer; readonly counts: SyncCounts; readonly until: number };
const within = <T>(run: Pick<Run, 'database' | 'insurer'>, work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(run.database.app, run.insurer.insurerId, work);
const dateOf = (run: SyncWorld): Date => new Date(run.now());
const spent = (run: Run): boolean => {
  run.signal?.throwIfAborted();
  return performance.now() > run.until;
};

/** Problems: `connection_missing`, `connection_paused`, `sync_running`, those of the line and of the whole answer. */
export async function syncOnce(world: SyncWorld, insurer: Insurer, kind: Kind): Promise<Result<Synced>> {
  const { insurerId } = insurer;
  // The lock falls with its connection: a process that dies leaves nothing behind that another would have to wait for.
  const lock = await world.database.app.reserve();
  try {
    const [taken] = await lock<{ ok: boolean }[]>`select pg_try_advisory_lock(${LOCK_KIND}, ${lockOf(insurerId, kind)}) as ok`;
    if (taken?.ok !== true) return fail('sync_running');
    try {
      return await runLocked(world, insurer, kind);
    } finally {
      await lock`select pg_advisory_unlock(${LOCK_KIND}, ${lockOf(insurerId, kind)})`.catch(() => {});
    }
  } finally {
    lock.release();
  }
}

async function runLocked(world: SyncWorld, insurer: Insurer, kind: Kind): Promise<Result<Synced>> {
  const { insurerId } = insurer;
  const connection = await inInsurer(world.database.app, insurerId, (tx) => connectionOf(tx, insurerId, kind, world.secret));
  if (connection === null) return fail('connection_missing');
  if (!connection.enabled) return fail('connection_paused');
  const startedAt = dateOf(world);
  const runId = await inInsurer(world.database.app, insurerId, async (tx) => {
    await tx`update sync_runs set finished_at = ${startedAt}, reason = 'sync_interrupted' where kind = ${kind} and finished_at is null`;
    const [row] = await tx<{ run_id: number }[]>`insert into sync_runs (insurer_id, kind, started_at) values (${insurerId}, ${kind}, ${startedAt}) returning run_id`;
    return row?.run_id ?? 0;
  });
  const counts: SyncCounts = { pulled: 0, pushed: 0, conflicts: 0, failed: 0, skipped: 0 };
  const run: Run = {
    ...world, insurer, kind, connection, counts, until: performance.now() + (world.budgetMs ?? BUDGET_MS),
    peer: { baseUrl: connection.baseUrl, secret: connection.secret ?? '', now: world.now, signal: world.signal, timeoutMs: world.timeoutMs },
  };
  const done = connection.secret === null ? fail('sync_secret_unreadable') : kind === 'crm' ? await syncCrm(run) : await syncErp(run);
  await within(run, (tx) => endRun(tx, run, runId, done));
  return done.ok ? ok({ counts, more: done.value }) : done;
}

async function endRun(tx: Tx, run: Run, runId: number, done: Result<boolean>): Promise<void> {
  const { insurer: { insurerId }, kind, counts } = run;
  const at = dateOf(run);
  const problem = done.ok ? null : done.problem;
  const [reason, detail] = [problem?.code ?? null, problem === null ? null : detailOf(problem)];
  await tx`
    update sync_runs set finished_at = ${at}, pulled = ${counts.pulled}, pushed = ${counts.pushed}, conflicts = ${counts.conflicts}, failed = ${counts.failed},
      skipped = ${counts.skipped}, reason = ${reason}, reason_detail = ${detail}
    where insurer_id = ${insurerId} and run_id = ${runId}`;
  const failures = problem === null ? 0 : run.connection.failures + 1;
  const again = problem === null ? null : new Date(run.now() + retryAfterMs(failures, run.random, leastOf(problem)));
  await tx`
    update connections set last_run_at = ${at}, failures = ${failures}, failing_since = ${problem === null ? null : tx`coalesce(failing_since, ${at})`}, next_try_at = ${again},
      reason = ${reason}, reason_detail = ${detail}
    where insurer_id = ${insurerId} and kind = ${kind}`;
  await tx`delete from sync_runs where insurer_id = ${insurerId} and kind = ${kind} and started_at < ${new Date(run.now() - RUNS_KEPT_MS)}`;
}

const detailOf = (problem: Problem): string => String(problem.details?.['detail'] ?? '');
const leastOf = (problem: Problem): number => Number(problem.details?.['retry_after_s'] ?? 0) * 1000;

// ---- the CRM ----

async function syncCrm(run: Run): Promise<Result<boolean>> {
  let cursor = run.connection.cursor;
  for (;;) {
    if (spent(run)) return ok(true);
    const page = await changedCustomers(run.peer, cursor);
    if (!page.ok) return page;
    const { customers, nextCursor, more } = page.value;
    await within(run, async (tx) => {
      await takeInCustomers(tx, run, customers);
      await tx`update connections set cursor = ${nextCursor} where insurer_id = ${run.insurer.insurerId} and kind = 'crm' and version = ${run.connection.version}`;
    });
    cursor = nextCursor;
    if (!more) break;
  }
  return workItems(run);
}

/** What cannot be taken in is kept with its reason, by their number. */
async function takeInCustomers(tx: Tx, run: Run, customers: readonly Customer[]): Promise<Awaited<ReturnType<typeof takeIn>>> {
  const { insurerId } = run.insurer;
  const incoming: readonly Incoming[] = customers;
  const taken = await takeIn(tx, insurerId, 'crm', incoming, dateOf(run));
  run.counts.pulled += taken.changed;
  run.counts.conflicts += taken.conflicts;
  run.counts.skipped += taken.skipped;
  run.counts.failed += taken.invalid.length;
  const bad = new Set(taken.invalid.map((one) => one.externalRef));
  for (const { externalRef, field, value } of taken.invalid) {
    await tx`
      insert into sync_items as i (insurer_id, kind, task, key, fields, tries, next_try_at, reason, reason_detail, created_at)
      values (${insurerId}, 'crm', 'pull_contact', ${externalRef}, ${[field]}, 1, ${new Date(run.now() + retryAfterMs(1, run.random))}, 'sync_value_invalid', ${value.slice(0, 100)}, ${dateOf(run)})
      on conflict (insurer_id, kind, task, key) do update set fields = excluded.fields, reason_detail = excluded.reason_detail`;
  }
  const good = customers.map((one) => one.externalRef).filter((reference) => !bad.has(reference));
  await tx`delete from sync_items where insurer_id = ${insurerId} and kind = 'crm' and task = 'pull_contact' and key = any(${good}::text[])`;
  return taken;
}

// ---- the ERP ----

async function syncErp(run: Run): Promise<Result<boolean>> {
  const { insurer } = run;
  const today = localDate(run.now() + insurer.clockOffsetMs, insurer.timeZone);
  await within(run, async (tx) => {
    if (run.connection.sentTo === null) return;
    const sentTo = await writeJournal(tx, insurer.insurerId, insurer.code, run.connection.sentTo, today);
    await tx`update connections set sent_to = ${sentTo} where insurer_id = ${insurer.insurerId} and kind = 'erp' and version = ${run.connection.version}`;
  });
  const worked = await workItems(run);
  if (!worked.ok || worked.value) return worked;
  let cursor = run.connection.cursor;
  for (;;) {
    if (spent(run)) return ok(true);
    const page = await acknowledgements(run.peer, cursor);
    if (!page.ok) return page;
    const { found, nextCursor, more } = page.value;
    await within(run, async (tx) => {
      await noteAcknowledged(tx, insurer.insurerId, found);
      await tx`update connections set cursor = ${nextCursor} where insurer_id = ${insurer.insurerId} and kind = 'erp' and version = ${run.connection.version}`;
    });
    run.counts.pulled += found.length;
    cursor = nextCursor;
    if (!more) return ok(false);
  }
}

// ---- what waits ----

type Item = { readonly item_id: number; readonly task: 'push_contact' | 'pull_contact' | 'push_journal'; readonly key: string; readonly holder_id: HolderId | null; readonly fields: readonly ContactField[]; readonly revision: number; readonly tries: number };

/** In the order in which they came; those whose time has not come are passed over. True: stopped by the budget. */
async function workItems(run: Run): Promise<Result<boolean>> {
  let after = 0;
  for (;;) {
    const items = await within(run, (tx) => tx<Item[]>`
      select item_id, task, key, holder_id, fields, revision, tries from sync_items
      where insurer_id = ${run.insurer.insurerId} and kind = ${run.kind} and dead_at is null and item_id > ${after} and (next_try_at is null or next_try_at <= ${dateOf(run)})
      order by item_id limit ${ITEMS_MAX}`);
    for (const item of items) {
      if (spent(run)) return ok(true);
      const done = await (item.task === 'push_journal' ? pushEntry(run, item) : item.task === 'push_contact' ? pushContact(run, item) : pullAgain(run, item));
      if (!done.ok) {
        await within(run, (tx) => noteFailure(tx, run, item, done.problem));
        if (isOfTheLine(done.problem.code)) return done;
      }
      after = item.item_id;
    }
    if (items.length < ITEMS_MAX) return ok(false);
  }
}

async function noteFailure(tx: Tx, run: Run, item: Item, problem: Problem): Promise<void> {
  const tries = item.tries + 1;
  run.counts.failed += 1;
  await tx`
    update sync_items set tries = ${tries}, reason = ${problem.code}, reason_detail = ${detailOf(problem)}, dead_at = ${tries >= TRIES_MAX ? dateOf(run) : null},
      next_try_at = ${new Date(run.now() + retryAfterMs(tries, run.random, leastOf(problem)))}
    where insurer_id = ${run.insurer.insurerId} and item_id = ${item.item_id} and revision = ${item.revision}`;
}

/** A change while this one was on its way has another revision, and stays. */
const doneWith = (tx: Tx, run: Run, item: Item) =>
  tx`delete from sync_items where insurer_id = ${run.insurer.insurerId} and item_id = ${item.item_id} and revision = ${item.revision}`;

async function pushEntry(run: Run, item: Item): Promise<Result<null>> {
  const entry = await within(run, (tx) => journalEntry(tx, item.key));
  if (entry !== null) {
    const sent = await postEntry(run.peer, entry);
    if (!sent.ok) return sent;
    run.counts.pushed += 1;
  }
  await within(run, async (tx) => {
    await tx`update journal_entries set sent_at = ${dateOf(run)} where insurer_id = ${run.insurer.insurerId} and entry_id = ${item.key}`;
    await doneWith(tx, run, item);
  });
  return ok(null);
}

async function pullAgain(run: Run, item: Item): Promise<Result<null>> {
  const customer = await oneCustomer(run.peer, item.key);
  if (!customer.ok) return customer;
  const { invalid } = await within(run, (tx) => takeInCustomers(tx, run, [customer.value]));
  // It was counted by `takeInCustomers`; here it is the item that failed.
  if (invalid.length > 0) run.counts.failed -= 1;
  return invalid[0] === undefined ? ok(null) : fail('sync_value_invalid', { detail: invalid[0].value });
}

/** Their side as it stands now is taken in first; what then still differs, and is nobody's to choose, is sent on that version. */
async function pushContact(run: Run, item: Item): Promise<Result<null>> {
  const { insurerId } = run.insurer;
  const reference = await within(run, async (tx) => {
    const [row] = await tx<{ external_ref: string }[]>`select external_ref from holders where insurer_id = ${insurerId} and holder_id = ${item.holder_id}`;
    return row?.external_ref;
  });
  if (reference === undefined || item.fields.length === 0) return within(run, async (tx) => { await doneWith(tx, run, item); return ok(null); });
  const customer = await oneCustomer(run.peer, reference);
  if (!customer.ok) return customer;
  const { holders: [holder], invalid } = await within(run, (tx) => takeInCustomers(tx, run, [customer.value]));
  if (holder === undefined) return fail('sync_value_invalid', { detail: invalid[0]?.value ?? '' });
  const wanted = new Set([...item.fields, ...holder.push]);
  const change: Contact = Object.fromEntries([...wanted].filter((field) => !holder.open.has(field) && customer.value.contact[field] !== undefined && (holder.ours[field] ?? '') !== (customer.value.contact[field] ?? ''))
    .map((field) => [field, holder.ours[field] ?? null]));
  const fields = Object.keys(change) as ContactField[];
  if (fields.length > 0) {
    const changed = await changeCustomer(run.peer, customer.value, change, `${run.insurer.code}-contact-${item.item_id}-${item.revision}-${customer.value.version}`);
    if (!changed.ok) return changed;
    run.counts.pushed += 1;
    await within(run, (tx) => noteSaid(tx, insurerId, 'crm', fields.map((field) => ({ holder_id: holder.holderId, field, value: change[field] ?? null, as_of: changed.value.changedAt }))));
  }
  await within(run, (tx) => doneWith(tx, run, item));
  return ok(null);
}

// ---- the worker ----

export const SYNC_TASK = 'sync';
export type SyncJob = { readonly insurer_id: InsurerId; readonly kind: Kind };

/** Queues a run at once, in a transaction of the insurer. */
export async function queueSync(tx: Tx, insurerId: InsurerId, kind: Kind): Promise<void> {
  await tx`select enqueue_job(${SYNC_TASK}, ${tx.json({ insurer_id: insurerId, kind })}::json, ${`cycle:${insurerId}:sync:${kind}`})`;
}

/** Whose time has come. */
export async function dueConnections(tx: Tx, at: Date): Promise<readonly Kind[]> {
  const rows = await tx<{ kind: Kind }[]>`select kind from connections where enabled and (next_try_at is null or next_try_at <= ${at}) order by kind`;
  return rows.map(({ kind }) => kind);
}

/** One run; what it had no time for is queued. */
export async function syncAndGoOn(world: SyncWorld, insurer: Insurer, kind: Kind): Promise<Result<Synced>> {
  const done = await syncOnce(world, insurer, kind);
  if (done.ok && done.value.more) await inInsurer(world.database.app, insurer.insurerId, (tx) => queueSync(tx, insurer.insurerId, kind));
  return done;
}
