/**
 * Whether a deliverer lives is known without a clock: while it works it holds an advisory lock of the database, which falls with its connection.
 * One connection for each process and database, shared by its deliverers.
 */

import { randomInt } from 'node:crypto';
import { type Database } from '../database/index.ts';

type Held = { readonly lock: number; holders: number; readonly release: () => Promise<void> };
const held = new WeakMap<Database, Promise<Held>>();
const LOCK_MAX = 2 ** 47;

/** Runs `work` with the number of this process's lock, which is held at least as long as `work` runs. */
export async function whileAlive<T>(database: Database, work: (lock: number) => Promise<T>): Promise<T> {
  const opening = held.get(database) ?? open(database);
  held.set(database, opening);
  opening.catch(() => held.delete(database));
  const mine = await opening;
  mine.holders += 1;
  try {
    return await work(mine.lock);
  } finally {
    mine.holders -= 1;
    if (mine.holders === 0) {
      held.delete(database);
      await mine.release();
    }
  }
}

async function open(database: Database): Promise<Held> {
  const connection = await database.app.reserve();
  const lock = randomInt(1, LOCK_MAX);
  await connection`select pg_advisory_lock(${lock}::bigint)`;
  return {
    lock, holders: 0,
    release: async () => {
      // A connection that broke has let go of its lock already.
      await connection`select pg_advisory_unlock(${lock}::bigint)`.catch(() => {});
      connection.release();
    },
  };
}
