import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Database, inInsurer, openTestDatabase, type TestDatabase } from '../../src/database/index.ts';
import { addDays, expectOk, type PlainDate } from '../../src/kernel/index.ts';
import { auditLedger } from '../../src/ledger/index.ts';
import { businessDateOf, clockOf, type Insurer, insurerByCode, registerInsurer } from '../../src/portfolio/index.ts';
import { openPlayHouse, type PlayHouse } from '../house.ts';
import { simulate } from '../simulate.ts';
import { type PlayedDay, playDays } from './play-days.ts';

const TODAY = '2026-11-24' as PlainDate;
const DAYS = 4;
let database: Database;
let house: PlayHouse;
let opened: TestDatabase;

const build = async (code: string): Promise<Insurer> => {
  expectOk(await simulate(database, { code, policies: 1_200, seed: 5, today: TODAY }));
  return expectOk(await insurerByCode(database, code));
};
const again = async (insurer: Insurer): Promise<Insurer> => expectOk(await insurerByCode(database, insurer.code));

async function play(insurer: Insurer, until: PlainDate): Promise<PlayedDay[]> {
  const days: PlayedDay[] = [];
  expectOk(await playDays(house, { insurer, until, onDay: (day) => days.push(day) }));
  return days;
}

/** What was done on each day, without the time that it took. */
const deeds = (days: readonly PlayedDay[]): unknown => days.map(({ cycleMs: _cycle, elapsedMs: _elapsed, ...day }) => day);

before(async () => {
  opened = await openTestDatabase();
  ({ database } = opened);
  house = await openPlayHouse(database, opened.dataDirectory);
});
after(async () => {
  await house.close();
  await opened.close();
});

void describe('days that pass', () => {
  test('bring bills, messages and money through the doors, and books that the auditor finds right', async () => {
    const insurer = await build('harbour');
    const days = await play(insurer, addDays(TODAY, DAYS));
    assert.deepEqual(days.map(({ date }) => date), Array.from({ length: DAYS }, (_, i) => addDays(TODAY, i)));
    const now = await again(insurer);
    assert.equal(businessDateOf(now, clockOf(now).now()), addDays(TODAY, DAYS));
    await inInsurer(database.app, insurer.insurerId, async (tx) => {
      const [row] = await tx<{ bank: number; linked: number; paid: number; sent: number; cycles: number }[]>`
        select (select count(*)::int from payments where provider = 'bank' and state = 'succeeded') as bank, (select count(*)::int from payments where provider <> 'bank' and state = 'succeeded') as linked,
          (select count(*)::int from contact_events where kind = 'paid') as paid, (select count(*)::int from contacts where sent_at is not null) as sent,
          (select count(*)::int from cycle_runs where state = 'done') as cycles`;
      assert.equal(row?.bank, days.reduce((sum, day) => sum + day.paidByBank, 0));
      assert.equal(row?.linked, days.reduce((sum, day) => sum + day.paidByLink, 0));
      assert.ok((row?.bank ?? 0) > 5 && (row?.linked ?? 0) > 0 && (row?.paid ?? 0) > 0 && (row?.sent ?? 0) > 20, JSON.stringify(row));
      assert.equal(row?.cycles, DAYS + 1);
      assert.deepEqual(await auditLedger(tx), []);
    });
  });
  test('are the same days from the same seed', async () => {
    const [one, two] = [await build('twin-one'), await build('twin-two')];
    assert.deepEqual(deeds(await play(one, addDays(TODAY, 2))), deeds(await play(two, addDays(TODAY, 2))));
  });
  test('can be stopped after a day, and go on from there as if nothing had been', async () => {
    const [whole, halves] = [await again(expectOk(await insurerByCode(database, 'harbour'))), await build('in-halves')];
    const stop = new AbortController();
    const days: PlayedDay[] = [];
    const stopped = await playDays(house, {
      insurer: halves, until: addDays(TODAY, DAYS), signal: stop.signal, onDay: (day) => { days.push(day); stop.abort(); },
    });
    assert.deepEqual(stopped, { ok: false, problem: { code: 'play_stopped', details: { played_until: TODAY } } });
    days.push(...await play(await again(halves), addDays(TODAY, DAYS)));
    assert.deepEqual([...new Set(days.map(({ date }) => date))], Array.from({ length: DAYS }, (_, i) => addDays(TODAY, i)));
    const paid = (insurer: Insurer) => inInsurer(database.app, insurer.insurerId, (tx) => tx<{ n: number }[]>`
      select count(*)::int as n from bills where state = 'paid' and paid_on between ${TODAY} and ${addDays(TODAY, DAYS - 1)}`);
    assert.deepEqual(await paid(halves), await paid(whole));
  });
  test('do not come back, and are nobody’s who is real', async () => {
    const insurer = await again(expectOk(await insurerByCode(database, 'harbour')));
    const back = await playDays(house, { insurer, until: TODAY });
    assert.equal(!back.ok && back.problem.code, 'clock_cannot_go_back');
    expectOk(await registerInsurer(database, {
      code: 'real', name: 'Real', nameZhHans: '真', nameZhHant: '真', reportingCurrency: 'HKD', timeZone: 'Asia/Hong_Kong', contactPhone: '', contactEmail: '', simulated: false, simulationSeed: null,
    }));
    const real = await playDays(house, { insurer: expectOk(await insurerByCode(database, 'real')), until: '2030-01-01' as PlainDate });
    assert.equal(!real.ok && real.problem.code, 'insurer_not_simulated');
  });
});
