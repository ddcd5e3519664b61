/** The driver when a connection breaks: an error that can be caught, never the end of the process. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { open } from '../src/database/sql.ts';
import { type House, openHouse } from './house.ts';

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
});
