/** The cycle works on sets: how many statements a stage sends does not depend on how many policies a range holds. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rulePacks, STAGES } from '../src/cycle/index.ts';
import { NOTHING_SHARED } from '../src/cycle/stage.ts';
import { connect, type Database, inInsurer } from '../src/database/index.ts';
import { expectOk } from '../src/kernel/index.ts';
import { type Insurer } from '../src/portfolio/index.ts';
import { FIRST_DAY, type House, newFolder, openHouse, simulated } from './house.ts';

const FEW = 500;
const MANY = 4_000;
/** Begin, commit and the name of the insurer among them. */
const STATEMENTS_MAX = 20;
let house: House;
let watched: Database;
let statements: string[] = [];

before(async () => {
  const folder = newFolder();
  house = await openHouse(folder);
  watched = expectOk(await connect({ dataDirectory: folder, databaseUrl: house.database.ownerUrl, poolSize: 1, onStatement: (statement) => { statements.push(statement); } }));
  // The driver asks for the types of the database once.
  await watched.app`select 1`;
});
after(async () => {
  await watched.close();
  await house.close();
});

type Work = { readonly read: number; readonly prepared: number; readonly worked: number };

/** A whole book as one range, stage after stage. */
async function countedDay(insurer: Insurer): Promise<Record<string, Work>> {
  const counted: Record<string, Work> = {};
  let shared = NOTHING_SHARED;
  for (const stage of STAGES) {
    const context = { insurer, businessDate: FIRST_DAY, packs: rulePacks(), shared };
    statements = [];
    const { prepare } = stage;
    if (prepare !== undefined) shared = { ...shared, ...await inInsurer(watched.app, insurer.insurerId, (tx) => prepare(tx, context)) };
    const prepared = statements.length;
    statements = [];
    const { read } = await inInsurer(watched.app, insurer.insurerId, (tx) => stage.work(tx, { ...context, shared }, { from: 0, to: Number.MAX_SAFE_INTEGER }));
    counted[stage.name] = { read, prepared, worked: statements.length };
  }
  return counted;
}

describe(`a range of ${FEW} policies and one of ${MANY}`, () => {
  test('cost each stage the same number of statements', async (t) => {
    const few = await countedDay(await simulated(house.database, 'few', FEW));
    const many = await countedDay(await simulated(house.database, 'many', MANY));
    for (const { name } of STAGES) {
      const [a, b] = [few[name], many[name]];
      assert.ok(a !== undefined && b !== undefined && a.worked > 0);
      assert.ok(b.read > a.read, `${name} read ${a.read} and ${b.read} rows: it must have more to do`);
      assert.deepEqual([b.prepared, b.worked], [a.prepared, a.worked], name);
      // The report is one for the whole insurer and day, with a statement for each table that a screen reads.
      assert.ok(b.worked <= (name === 'report' ? 6 : 1) * STATEMENTS_MAX, `${name}: ${b.worked} statements`);
    }
    t.diagnostic(STAGES.map(({ name }) => `${name}: ${many[name]?.worked ?? 0} statements for ${few[name]?.read ?? 0} and ${many[name]?.read ?? 0} rows`).join('; '));
  });
});
