/** The database goes away for longer than anybody waits. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cycleStatus, runCycle, startCycle, startWorker } from '../src/cycle/index.ts';
import { connect, inInsurer } from '../src/database/index.ts';
import { addDays, expectOk } from '../src/kernel/index.ts';
import { copyOf, differences, FIRST_DAY, inforce, openHouse, rowsOf, simulated, until } from './house.ts';

test('cycle and worker end with a sentence when the database is gone, and the day goes on from there when it is back', async () => {
  const day = addDays(FIRST_DAY, 1);
  const house = await openHouse();
  const insurer = await simulated(house.database, 'harbour', 300);
  expectOk(await runCycle(house.database, insurer, { businessDate: FIRST_DAY }));
  await house.database.close();
  const { folder } = house;
  const calm = await openHouse(copyOf(folder));
  expectOk(await runCycle(calm.database, insurer, { businessDate: day }));
  const undisturbed = await rowsOf(calm.database, insurer.insurerId);
  await calm.close();

  const { database } = await openHouse(folder);
  await database.owner`create function wait_a_moment() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$`;
  await database.owner`create trigger wait_a_moment before insert on scores for each statement execute function wait_a_moment()`;
  const worker = inforce(folder, 'worker');
  await until('a worker', () => worker.output().includes('Working'), 60);
  const cycle = inforce(folder, 'cycle', '--date', day, '--workers', '1');
  await until('a range in hand', async () => (await database.owner`select 1 from pg_stat_activity where wait_event = 'PgSleep'`).length > 0, 60);
  process.kill(database.embeddedPid ?? 0, 'SIGKILL');
  await database.close();
  for (const ended of await Promise.all([cycle.ended, worker.ended])) {
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /The database did not answer: .*\. Check DATABASE_URL and that the server runs\.\n$/);
    assert.doesNotMatch(ended.output, /\n\s+at /, `a stack trace is no sentence: ${ended.output}`);
  }

  const back = expectOk(await connect({ dataDirectory: folder, databaseUrl: '' }));
  await back.owner`drop trigger wait_a_moment on scores`;
  await back.owner`drop function wait_a_moment()`;
  expectOk(await runCycle(back, insurer, { businessDate: day }));
  assert.deepEqual(differences(undisturbed, await rowsOf(back, insurer.insurerId)), []);
  await back.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

test('a worker that met an error when it began works when it is over', async () => {
  const house = await openHouse();
  const { database } = house;
  const insurer = await simulated(database, 'harbour', 100);
  expectOk(await startCycle(database, insurer, FIRST_DAY));
  await database.owner`alter table graphile_worker._private_tasks rename to away`;
  const worker = await startWorker(database, () => Promise.resolve([insurer.insurerId]));
  try {
    await sleep(3_000);
    await database.owner`alter table graphile_worker.away rename to _private_tasks`;
    await until('the day is done', async () => (await inInsurer(database.app, insurer.insurerId, (tx) => cycleStatus(tx, insurer.insurerId)))?.state === 'done', 40);
  } finally {
    await worker.stop();
    await house.close();
  }
});
