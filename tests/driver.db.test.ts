/** The driver when a connection breaks: an error that can be caught, never the end of the process. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { open } from '../src/database/sql.ts';
import { type House, openHouse, until } from './house.ts';

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

  test('in a transaction rejects the transaction, and the pool goes on', async () => {
    const sql = open(house.database.appUrl, 1);
    for (let round = 0; round < 5; round += 1) {
      await assert.rejects(sql.begin(async (tx) => {
        const [row] = await tx`select pg_backend_pid() as pid`;
        await endSession(row?.['pid']);
        await tx`select 1`;
        await tx`select 2`;
      }));
      // The next one may still meet the dying connection; it is told so, and the one after it is answered.
      await until('an answer', () => sql`select 1`.then(() => true, () => false), 10);
    }
    await sql.end({ timeout: 1 });
  });
});
