import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openHouse, seedInsurer, type TestHouse, type TestInsurer } from './fixture.ts';
import { inInsurer } from '../database/index.ts';
import { search } from '../service/index.ts';

let house: TestHouse;
let insurer: TestInsurer;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
});
after(() => house.close());

const namesOf = async (query: string): Promise<string[]> => (await search(house.database.app, insurer.insurerId, query)).map((hit) => `${hit.kind} ${hit.holder_name}`);

describe('the search', () => {
  for (const [query, found] of [
    ['陳', ['holder 陳美玲']],
    ['陳美', ['holder 陳美玲']],
    ['陳 美玲', ['holder 陳美玲']],
    ['cml', ['holder 陳美玲']],
    ['WX', ['holder 王小明']],
    ['小明', ['holder 王小明']],
    ['mü', ['holder Anna Müller']],
    ['an', ['holder Anna Müller']],
    ['santos', ['holder Jose Santos']],
    ['jose sa', ['holder Jose Santos']],
    ['55501101', ['holder 王小明']],
    ['C-1003', ['holder Jose Santos']],
    ['HL-DE', ['policy Anna Müller']],
    ['明', []],
    ['\\', []],
    ['%', []],
  ] as const) {
    test(`finds “${query}”: ${found.join(', ') || 'nobody'}`, async () => assert.deepEqual(await namesOf(query), found));
  }

  test('finds a bill by its number, and no other holder’s', async () => {
    const [holder, other] = insurer.holders;
    assert.deepEqual((await search(house.database.app, insurer.insurerId, `${holder}-${insurer.bills[0]}`)).map(({ kind, holder_id }) => [kind, holder_id]), [['bill', holder]]);
    assert.deepEqual((await search(house.database.app, insurer.insurerId, `${other}-${insurer.bills[0]}`)).filter(({ kind }) => kind === 'bill'), []);
  });

  test('finds a payment by its reference', async () => {
    const [holder] = insurer.holders;
    assert.deepEqual((await search(house.database.app, insurer.insurerId, `SB-${holder}-`)).map(({ kind, holder_id }) => [kind, holder_id]), [['payment', holder], ['payment', holder]]);
  });

  test('reads no table from end to end for a short name', async () => {
    const plan = await inInsurer(house.database.owner, insurer.insurerId, async (tx) => {
      await tx`set local enable_seqscan = off`;
      return tx`explain select holder_id from holders where insurer_id = current_insurer() and family_name || given_name <> ''
        and lower(family_name || given_name) ~>=~ '陳' and lower(family_name || given_name) ~<~ ('陳' || chr(1114111))`;
    });
    assert.match(JSON.stringify(plan), /holders_by_name/);
  });
});
