/** The driver when a connection breaks: an error that can be caught, never the end of the process. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { readTogether } from '../src/database/index.ts';
import { open } from '../src/database/sql.ts';
import { type InsurerId, seededRandom } from '../src/kernel/index.ts';
import { type House, openHouse, SEED } from './house.ts';

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

const endSession = (pid: unknown) => house.database.owner`select pg_terminate_backend(${Number(pid)})`;

describe('a session that the server ends', () => {
  test('rejects what a reserved connection is asked next, and the process lives', async () => {
    const sql = open(house.database.appUrl, 2);
    const reserved = await sql.reserve();
    const [row] = await reserved`select pg_backend_pid() as pid`;
    await endSession(row?.['pid']);
    // The socket has gone, and the driver has not been asked since: as the deliverer's lock is let go after an outage.
    await sleep(300);
    await assert.rejects(Promise.resolve(reserved`select 1`), /CONNECTION_CLOSED|ECONNRESET/);
    await sql.end({ timeout: 1 });
  });

  test('does not let a transaction that has died speak on the connection of the next', async () => {
    const sql = open(house.database.appUrl, 1);
    const late = Promise.withResolvers<void>();
    let said: unknown = null;
    const died = sql.begin(async (tx) => {
      const [row] = await tx`select pg_backend_pid() as pid`;
      await endSession(row?.['pid']);
      await late.promise;
      said = await tx`select set_config('inforce.insurer_id', '7', true)`.catch((error: unknown) => error);
    });
    await assert.rejects(died, /CONNECTION_CLOSED|terminating connection/);
    await sql.begin(async (tx) => {
      await tx`select set_config('inforce.insurer_id', '1', true)`;
      late.resolve();
      await sleep(50);
      const [row] = await tx`select current_setting('inforce.insurer_id') as insurer`;
      assert.equal(row?.['insurer'], '1', 'another transaction has named its insurer here');
      assert.match(String(said), /CONNECTION_CLOSED/);
    });
    await sql.end({ timeout: 1 });
  });

  test('answers or refuses all that was asked, and loses no connection of the pool, however often it happens', async () => {
    const POOL = 3;
    const { next } = seededRandom(SEED);
    const sql = open(house.database.appUrl, POOL);
    for (let round = 0; round < 40; round += 1) {
      // Waited for from the beginning: what is refused before the sessions end is refused to somebody.
      const asked = Promise.allSettled(Array.from({ length: 12 }, async (_, i) => {
        await sleep(next() * 8);
        if (i % 3 === 0) return sql.begin(async (tx) => { await tx`select pg_sleep(${next() / 200})`; return tx`select ${i}::int as n`; });
        if (i % 3 === 1) return readTogether(sql, 1 as InsurerId, (tx) => [tx`select pg_sleep(${next() / 200})`, tx`select ${i}::int as n`, tx`select ${'a'.repeat(2_000)} as long`]);
        return sql`select pg_sleep(${next() / 200}), ${i}::int as n`;
      }));
      await sleep(next() * 8);
      await house.database.owner`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'inforce_app'`;
      const settled = await Promise.race([asked, sleep(10_000, null, { ref: false })]);
      assert.ok(settled !== null, `round ${round}: something waits for ever (seed ${SEED})`);
    }
    // The last sessions were ended this moment: whoever asks first may still be refused by one of them.
    await Promise.allSettled(Array.from({ length: POOL }, () => sql`select pg_sleep(0.05)`));
    // Each waits for the others, so all must be served at once.
    const together = Promise.withResolvers<void>();
    let inside = 0;
    const all = Promise.all(Array.from({ length: POOL }, () => sql.begin(async (tx) => {
      await tx`select 1`;
      inside += 1;
      if (inside === POOL) together.resolve();
      await together.promise;
    })));
    assert.ok(await Promise.race([all, sleep(10_000, null, { ref: false })]) !== null, `only ${inside} of ${POOL} connections are left (seed ${SEED})`);
    await sql.end({ timeout: 1 });
  });
});
