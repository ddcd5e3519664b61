/**
 * `npm start`: the whole house on one port. Starts the embedded PostgreSQL (or uses DATABASE_URL), migrates, builds the demonstration insurer on the first
 * start, plays today's cycle, serves console, portal and API. Ctrl-C leaves no process behind.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { openDemoConnected } from '../simulator/connected/demo.ts';
import { inboxPlugin, startInbox } from '../simulator/inbox/index.ts';
import { DEMO_CODE, openPlayHouse, playDays, POLICIES_DEFAULT, simulate } from '../simulator/index.ts';
import { openSandboxProvider } from '../simulator/provider/index.ts';
import { buildServer } from '../src/api/index.ts';
import { dataDirectory, terminalLanguage } from '../src/cli/house.ts';
import { startCycle } from '../src/cycle/index.ts';
import { connect, type Database, inInsurer, readSecret } from '../src/database/index.ts';
import { addDays, expectOk, fail, localDate, ok, type Problem, type Result } from '../src/kernel/index.ts';
import { problemText } from '../src/kernel/problem-texts.ts';
import { paymentSettings } from '../src/payments/index.ts';
import { allInsurers, businessDateOf, clockOf, type Insurer, insurerByCode } from '../src/portfolio/index.ts';
import { DEMO_PASSWORD } from '../src/service/index.ts';
import { addStrategy, HOUSE_TERMS, type StrategyDraft } from '../src/strategy/index.ts';

const ROOT = path.join(import.meta.dirname, '..');
const PORT_DEFAULT = 4800;
const WORKERS = 1;
/** So many whole days are played before today, holders included, so that there is something to see. */
const DAYS_BEFORE = 2;
const SEED = 1;
const STOP_TIMEOUT_MS = 15_000;

type Closer = () => Promise<void> | void;
const closers: Closer[] = [];
let stopping = false;

/** Closes what was opened, the last first. */
async function stop(code: number): Promise<never> {
  if (stopping) return new Promise<never>(() => {});
  stopping = true;
  setTimeout(() => process.exit(code === 0 ? 1 : code), STOP_TIMEOUT_MS).unref();
  for (const close of closers.toReversed()) await Promise.resolve(close()).catch(() => {});
  process.exit(code);
}

function tell(problem: Problem): Promise<never> {
  console.error(`\n${problemText(problem, terminalLanguage())}`);
  return stop(1);
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** One start for each data folder: the second is told where the first is. Problems: `started_already`, `data_not_writable`. */
function claimFolder(folder: string, port: number): Result<null> {
  const file = path.join(folder, 'start.lock');
  try {
    fs.mkdirSync(folder, { recursive: true });
    const held = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) as { pid: number; port: number } : null;
    if (held !== null && isAlive(held.pid)) return fail('started_already', { port: held.port, pid: held.pid });
    fs.writeFileSync(file, JSON.stringify({ pid: process.pid, port }));
  } catch (error) {
    return fail('data_not_writable', { directory: folder, reason: error instanceof Error ? error.message : String(error) });
  }
  closers.push(() => fs.rmSync(file, { force: true }));
  return ok(null);
}

/** A number that was given to another process after a crash must not be taken for ours. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.ts');
  } catch {
    return false;
  }
}

function portFree(port: number): Promise<Result<null>> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(fail(error.code === 'EACCES' ? 'port_forbidden' : 'port_in_use', { port, other: port + 1 })));
    probe.listen(port, () => probe.close(() => resolve(ok(null))));
  });
}

function child(script: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(ROOT, 'scripts', script), ...args], {
    cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...environment },
  });
}

const ended = (process_: ChildProcess): Promise<number> => new Promise((resolve) => {
  if (process_.exitCode !== null) resolve(process_.exitCode);
  process_.once('exit', (code) => resolve(code ?? 1));
});

/** Built in a process of its own, beside everything else. */
function buildConsole(): Promise<number> {
  const building = child('build-console.ts', []);
  closers.push(() => { building.kill('SIGTERM'); });
  return ended(building);
}

async function buildDemo(database: Database, folder: string): Promise<void> {
  const started = performance.now();
  const today = localDate(Date.now(), 'Asia/Hong_Kong');
  const policies = Number(process.env['INFORCE_DEMO_POLICIES'] ?? POLICIES_DEFAULT);
  console.log(`Building the demonstration insurer “Harbour Life” (${policies.toLocaleString('en')} policies, simulated) …`);
  const built = await simulate(database, { code: DEMO_CODE, policies, seed: SEED, today: addDays(today, -DAYS_BEFORE) });
  if (!built.ok) return tell(built.problem);
  console.log(`  two years of history in ${seconds(started)}; playing the last ${DAYS_BEFORE} days and this morning’s cycle …`);
  const insurer = await insurerByCode(database, DEMO_CODE);
  if (!insurer.ok) return tell(insurer.problem);
  await addDemoStrategies(database, insurer.value);
  const house = await openPlayHouse(database, folder);
  const close = once(() => house.close());
  closers.push(close);
  const played = await playDays(house, {
    insurer: insurer.value, until: today,
    onDay: (day) => console.log(`  ${day.date}: ${day.messages} messages read, ${day.paidByLink + day.paidByBank} premiums paid, ${day.calls} calls (${(day.elapsedMs / 1000).toFixed(1)} s)`),
  });
  await close();
  if (!played.ok) await tell(played.problem);
}

/** Three lines are collected each in a way of its own; the figures are examples of nobody. */
async function addDemoStrategies(database: Database, insurer: Insurer): Promise<void> {
  const { strategy_id: _id, version: _version, conditions: _conditions, ...house } = HOUSE_TERMS;
  const common = { ...house, goal_metric: 'recovery_rate', goal_value: 0.8, guard_limit: 5, contacts_7_days_min: 1, owner_id: null, state: 'active' } as const;
  const editor = { insurerId: insurer.insurerId, name: 'Mei Chan', at: clockOf(insurer).now() };
  await inInsurer(database.app, insurer.insurerId, async (tx) => {
    for (const draft of [
      { ...common, name: 'Health, gently', line: 'health', guard_metric: 'opt_outs_per_1000_contacts', tone_max: 'direct' },
      { ...common, name: 'Property', line: 'property', guard_metric: 'complaints_per_1000_contacts', contacts_7_days_max: 2, treatments: ['email', 'sms', 'letter', 'offer_plan'] },
      { ...common, name: 'Personal accident', line: 'accident', guard_metric: 'non_renewal', guard_limit: 0.05 },
    ] as const satisfies readonly StrategyDraft[]) expectOk(await addStrategy(tx, editor, draft));
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}

async function main(): Promise<void> {
  const begun = performance.now();
  const port = Number(process.env['PORT'] ?? PORT_DEFAULT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return tell({ code: 'number_invalid', details: { option: 'PORT', value: process.env['PORT'] ?? '', min: 1, max: 65_535 } });
  const folder = dataDirectory();
  for (const result of [claimFolder(folder, port), await portFree(port)]) if (!result.ok) return tell(result.problem);
  const console_ = buildConsole();
  const connected = await connect({ dataDirectory: folder, keepRunning: true });
  if (!connected.ok) return tell(connected.problem);
  const database = connected.value;
  closers.push(() => database.close());
  const first = (await allInsurers(database)).length === 0;
  if (first) await buildDemo(database, folder);

  const secret = readSecret(folder);
  const origin = process.env['INFORCE_URL'] ?? `http://localhost:${port}`;
  const inbox = await startInbox({ database });
  closers.push(() => inbox.close());
  const payments = paymentSettings(secret, `http://127.0.0.1:${port}/sandbox-provider`);
  const provider = await openSandboxProvider({ database, apiKey: payments.sandbox.apiKey, webhookSecret: payments.sandbox.webhookSecret, webhookUrl: () => `http://127.0.0.1:${port}/api/webhooks/sandbox` });
  const demo = await insurerByCode(database, DEMO_CODE);
  const systems = demo.ok ? await openDemoConnected({ database, insurer: demo.value, secret, origin: `http://127.0.0.1:${port}` }) : null;
  // Before the server, which serves the files that it finds.
  if (await console_ !== 0) return tell({ code: 'console_not_built' });
  const app = await buildServer({
    database, secret, dataDirectory: folder, clock: clockOf, consoleDirectory: path.join(ROOT, 'dist', 'console'), payments,
    channels: { smtpUrl: process.env['INFORCE_SMTP_URL'] ?? inbox.smtpUrl, smppUrl: process.env['INFORCE_SMPP_URL'] ?? inbox.smppUrl }, plugins: [provider.plugin, inboxPlugin({ database }), ...(systems === null ? [] : [systems.plugin])],
  });
  closers.push(() => app.close());
  for (let i = 0; i < WORKERS; i += 1) startWorker(inbox, origin);
  const insurers = await allInsurers(database);
  for (const insurer of insurers) {
    const started = await startCycle(database, insurer, businessDateOf(insurer, clockOf(insurer).now()));
    if (!started.ok) console.error(problemText(started.problem, terminalLanguage()));
  }
  await app.listen({ port, host: '::' }).catch(async () => app.listen({ port, host: '0.0.0.0' }));
  console.log([
    '', `Inforce is ready after ${seconds(begun)}.`, '', `  Console  ${origin}/`, `  Inbox    ${origin}/inbox   what holders received, with their pay links`, `  API      ${origin}/api/docs`, '',
    ...(insurers.some((insurer) => insurer.simulated) ? [`  Log in as manager@${DEMO_CODE}.example (or agent@, finance@, compliance@, auditor@, it@), password ${DEMO_PASSWORD}`, '  Harbour Life is simulated: nobody’s data, no real money.',
      `  See business live, a day in some seconds:  npx inforce clock ${addDays(businessDateOf(insurers[0] ?? { timeZone: 'UTC' }, clockOf(insurers[0] ?? { clockOffsetMs: 0 }).now()), 7)}`] : []),
    '', 'Ctrl-C stops everything.',
  ].join('\n'));
}

/** A worker that dies is started again; its work goes on where it was. */
function startWorker(inbox: { readonly smtpUrl: string; readonly smppUrl: string }, origin: string): void {
  let worker: ChildProcess;
  const begin = (): void => {
    worker = child('inforce.ts', ['worker'], { INFORCE_URL: origin, INFORCE_SMTP_URL: process.env['INFORCE_SMTP_URL'] ?? inbox.smtpUrl, INFORCE_SMPP_URL: process.env['INFORCE_SMPP_URL'] ?? inbox.smppUrl });
    worker.once('exit', () => { if (!stopping) setTimeout(begin, 1_000); });
  };
  begin();
  closers.push(async () => {
    worker.kill('SIGTERM');
    await ended(worker);
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stopping) console.log('\nStopping …');
    void stop(0);
  });
}
try {
  await main();
} catch (error) {
  console.error(error);
  await stop(1);
}
