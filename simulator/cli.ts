/** `inforce simulate`, `inforce clock`: builds the demonstration insurer, and lets its days pass. */

import { type Command } from 'commander';
import path from 'node:path';
import { type Database } from '../src/database/index.ts';
import { addDays, fail, formatMoment, ok, parsePlainDate, type PlainDate, type Result } from '../src/kernel/index.ts';
import { problemText } from '../src/kernel/problem-texts.ts';
import { allInsurers, businessDateOf, clockOf, type Insurer, insurerByCode } from '../src/portfolio/index.ts';
import { BEHAVIOUR, type Behaviour, readBehaviourFile } from './behaviour.ts';
import { openPlayHouse, type PlayHouse } from './house.ts';
import { type PlayedDay, playDays } from './play/play-days.ts';
import { DEMO_CODE, POLICIES_DEFAULT, type Progress, simulate, type Simulated } from './simulate.ts';

export type OpenDatabase = () => Promise<Result<Database>>;
export type OpenHouse = (database: Database) => Promise<PlayHouse>;

/** Seeds are 32-bit numbers. */
const SEED_MAX = 4_294_967_295;

const DAYS_MAX = 3_660;
const SECONDS_PER_DAY_MAX = 86_400;
const ownHouse: OpenHouse = (database) => openPlayHouse(database, path.resolve(process.env['INFORCE_DATA'] ?? '.inforce'));

/** @param house where days are played; the default needs no running server */
export function registerSimulator(program: Command, open: OpenDatabase, house: OpenHouse = ownHouse): void {
  program.command('simulate').description('build an insurer with holders who behave, and two years of their history')
    .option('--policies <n>', 'how many policies', String(POLICIES_DEFAULT))
    .option('--seed <n>', 'the same seed gives the same people', '1')
    .option('--behaviour <file>', 'how holders behave (default: simulator/behaviour.json)')
    .option('--insurer <code>', 'code of the new insurer', DEMO_CODE)
    .option('--today <date>', 'the day that the insurer’s clock shows first (default: today)')
    .addHelpText('after', '\nExample: inforce simulate --policies 1000000 --insurer harbour-large --seed 7')
    .action((options: SimulateText) => settle(open, (database) => build(database, options)));
  program.command('clock').argument('[date]', 'let the days until this one pass, YYYY-MM-DD; without it the clock is shown')
    .description('show or move a simulated insurer’s clock: holders live through the days between')
    .option('--days <n>', 'let so many days pass')
    .option('--run <seconds>', 'let time run, a day in so many seconds, until Ctrl-C')
    .option('--insurer <code>', 'the insurer; needed where there are several simulated ones')
    .option('--behaviour <file>', 'how holders behave (default: simulator/behaviour.json)')
    .addHelpText('after', '\nExample: inforce clock 2026-12-01 --insurer harbour')
    .action((date: string | undefined, options: ClockText) => settle(open, (database) => clock(database, date, options, house)));
}

type ClockText = { readonly days?: string; readonly run?: string; readonly insurer?: string; readonly behaviour?: string };

async function clock(database: Database, dateText: string | undefined, options: ClockText, openHouse: OpenHouse): Promise<Result<string>> {
  const found = await chooseSimulated(database, options.insurer);
  if (!found.ok) return found;
  const insurer = found.value;
  const behaviour = options.behaviour === undefined ? ok(BEHAVIOUR) : readBehaviourFile(options.behaviour);
  if (!behaviour.ok) return behaviour;
  const date = dateText === undefined ? null : parsePlainDate(dateText);
  if (dateText !== undefined && date === null) return fail('date_invalid', { value: dateText });
  const days = options.days === undefined ? null : Number(options.days);
  if (days !== null && (!Number.isInteger(days) || days < 0 || days > DAYS_MAX)) return fail('number_invalid', { option: '--days', value: options.days ?? '', min: 0, max: DAYS_MAX });
  const pace = options.run === undefined ? null : Number(options.run);
  if (pace !== null && !(pace >= 0 && pace <= SECONDS_PER_DAY_MAX)) return fail('number_invalid', { option: '--run', value: options.run ?? '', min: 0, max: SECONDS_PER_DAY_MAX });
  if (date === null && days === null && pace === null) return ok(shown(insurer));
  const until = date ?? (days === null ? null : addDays(businessDateOf(insurer, clockOf(insurer).now()), days));
  if (!insurer.simulated) return fail('clock_not_movable', { code: insurer.code });
  // What cannot be done is said before a house is opened for it.
  const now = clockOf(insurer).now();
  if (until !== null && until < businessDateOf(insurer, now)) return fail('clock_cannot_go_back', { code: insurer.code, now: localText(now, insurer.timeZone), wanted: until });
  const house = await openHouse(database);
  const stop = stopSignal();
  try {
    return await letPass(database, house, insurer, until, pace, behaviour.value, stop.signal);
  } finally {
    stop.forget();
    await house.close();
  }
}

/** Day by day when a pace is given, else in one go. Stopped, it goes on from the clock's date the next time. */
async function letPass(database: Database, house: PlayHouse, first: Insurer, until: PlainDate | null, pace: number | null, behaviour: Behaviour, signal: AbortSignal): Promise<Result<string>> {
  const onDay = (day: PlayedDay): void => console.log(dayText(day));
  let insurer = first;
  for (;;) {
    const started = Date.now();
    const today = businessDateOf(insurer, clockOf(insurer).now());
    const to = pace === null && until !== null ? until : addDays(today, until !== null && today >= until ? 0 : 1);
    const played = await playDays(house, { insurer, until: to, behaviour, onDay, signal });
    const now = await insurerByCode(database, insurer.code);
    if (!now.ok) return now;
    insurer = now.value;
    if (!played.ok) return played;
    if (signal.aborted || pace === null || (until !== null && to >= until)) return ok(shown(insurer));
    await pause(started + pace * 1000 - Date.now(), signal);
    if (signal.aborted) return ok(shown(insurer));
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  const timer = setTimeout(resolve, Math.max(0, ms));
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  }, { once: true });
});

/** The insurer that was named, or the only simulated one. Problems: `insurer_unknown`, `insurer_needed`. */
async function chooseSimulated(database: Database, code: string | undefined): Promise<Result<Insurer>> {
  if (code !== undefined) return insurerByCode(database, code);
  const simulated = (await allInsurers(database)).filter((insurer) => insurer.simulated);
  const [only] = simulated;
  return only !== undefined && simulated.length === 1 ? ok(only) : fail('insurer_needed', { known: simulated.map((insurer) => insurer.code).join(', ') || '—' });
}

const localText = (moment: number, zone: string): string => formatMoment(moment, zone).slice(0, 16).replace('T', ' ');
function shown(insurer: Insurer): string {
  const ahead = insurer.clockOffsetMs / 86_400_000;
  const than = Math.abs(ahead) < 1 / 1440 ? 'the machine’s time' : `${Math.abs(ahead).toFixed(1)} days ${ahead > 0 ? 'ahead of' : 'behind'} the machine`;
  return `${insurer.code}: ${localText(clockOf(insurer).now(), insurer.timeZone)} in ${insurer.timeZone}, ${than}.`;
}

const dayText = (day: PlayedDay): string =>
  `${day.date}  ${count(day.messages).padStart(7)} messages  ${count(day.paidByLink).padStart(6)} paid by link  ${count(day.paidByBank).padStart(6)} by bank  ${count(day.calls).padStart(4)} calls  ${count(day.disputes).padStart(3)} disputes  ${(day.elapsedMs / 1000).toFixed(1).padStart(5)} s`;

type SimulateText = { readonly policies: string; readonly seed: string; readonly insurer: string; readonly behaviour?: string; readonly today?: string };

async function build(database: Database, options: SimulateText): Promise<Result<string>> {
  const behaviour = options.behaviour === undefined ? ok(BEHAVIOUR) : readBehaviourFile(options.behaviour);
  if (!behaviour.ok) return behaviour;
  const seed = Number(options.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) return fail('number_invalid', { option: '--seed', value: options.seed, min: 0, max: SEED_MAX });
  const today = options.today === undefined ? undefined : parsePlainDate(options.today);
  if (today === null) return fail('date_invalid', { value: options.today ?? '' });
  const stop = stopSignal();
  const line = progressLine();
  const built = await simulate(database, {
    code: options.insurer, policies: Number(options.policies), seed, today, behaviour: behaviour.value, signal: stop.signal, onProgress: (progress) => line.show(progressText(progress)),
  });
  line.end();
  stop.forget();
  return built.ok ? ok(summary(options.insurer, built.value)) : built;
}

const count = (n: number): string => Math.round(n).toLocaleString('en');

function progressText({ step, policies, policiesTotal, rows, elapsedMs }: Progress): string {
  if (step === 'commit') return 'committing';
  if (step === 'statistics') return 'gathering statistics';
  const seconds = elapsedMs / 1000;
  const left = policies === 0 ? 0 : (seconds / policies) * (policiesTotal - policies);
  return `${count(policies)} of ${count(policiesTotal)} policies · ${count(rows / Math.max(seconds, 0.001))} rows/s · ${Math.ceil(left)} s left`;
}

const summary = (code: string, { rows, elapsedMs }: Simulated): string =>
  `${code}: ${count(rows.holders)} holders, ${count(rows.policies)} policies, ${count(rows.bills)} bills of two years in ${(elapsedMs / 1000).toFixed(1)} s. All of it is simulated.`;

/** One line that is written over on a terminal; a line now and then elsewhere. */
function progressLine(): { readonly show: (text: string) => void; readonly end: () => void } {
  const live = process.stdout.isTTY;
  let last = 0;
  return {
    show: (text) => {
      const now = Date.now();
      if (now - last < (live ? 200 : 5_000)) return;
      last = now;
      if (live) process.stdout.write(`\r\u001b[K${text}`);
      else console.log(text);
    },
    end: () => { if (live) process.stdout.write('\r\u001b[K'); },
  };
}

/** A terminal's Ctrl-C may reach us twice, from the terminal and from the process that started us; a second one counts after this time. */
const SECOND_INTERRUPT_MS = 800;
const INTERRUPTED = 130;

/** The first Ctrl-C asks to stop in an orderly way, the second ends the process. */
function stopSignal(): { readonly signal: AbortSignal; readonly forget: () => void } {
  const controller = new AbortController();
  let asked = 0;
  const stop = (): void => {
    if (asked !== 0 && Date.now() - asked > SECOND_INTERRUPT_MS) process.exit(INTERRUPTED);
    asked ||= Date.now();
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { signal: controller.signal, forget: () => { process.off('SIGINT', stop); process.off('SIGTERM', stop); } };
}

async function settle(open: () => Promise<Result<Database>>, work: (database: Database) => Promise<Result<string>>): Promise<void> {
  const database = await open();
  const result = database.ok ? await work(database.value).finally(() => database.value.close()) : database;
  if (result.ok) {
    console.log(result.value);
    return;
  }
  console.error(problemText(result.problem, 'en'));
  process.exitCode = 1;
}
