/** What a holder asked for is kept: no reminder before the day that was promised, none outside the hours that were chosen, the channels in their order. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { queueContacts, worldOf } from '../simulator/inbox/fixture.ts';
import { startInbox, type RunningInbox } from '../simulator/inbox/index.ts';
import { NOW, openHouse, seedInsurer, type TestHouse, type TestInsurer } from '../src/api/fixture.ts';
import { loadRulePacks } from '../src/compliance/index.ts';
import { decideStage } from '../src/cycle/stages/decide.ts';
import { NOTHING_SHARED } from '../src/cycle/stage.ts';
import { inInsurer } from '../src/database/index.ts';
import { addDays, expectOk, fixedClock, localDate, type BillId, type HolderId, type PlainDate } from '../src/kernel/index.ts';
import { deliverDue } from '../src/outreach/index.ts';
import { insurerById } from '../src/portfolio/index.ts';
import { promiseByHolder } from '../src/service/index.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
const MS_PER_DAY = 86_400_000;
let house: TestHouse;
let inbox: RunningInbox;
before(async () => {
  house = await openHouse();
  inbox = await startInbox({ database: house.database });
});
after(async () => {
  await inbox.close();
  await house.close();
});

let insurers = 0;
async function anInsurer(): Promise<TestInsurer> {
  insurers += 1;
  return seedInsurer(house.database, `wishes-${insurers}`, '');
}
const first = (insurer: TestInsurer) => ({ holderId: (insurer.holders[0] ?? 0) as HolderId, billId: (insurer.bills[0] ?? 0) as BillId });
const contact = async (insurer: TestInsurer, key: string) => {
  const [row] = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ state: string; outcome: string | null; not_before: Date; channel: string }[]>`
    select state, outcome, not_before, channel from contacts where ask_key = ${key}`);
  return row;
};
const promise = (insurer: TestInsurer, payBy: PlainDate) => inInsurer(house.database.app, insurer.insurerId, async (tx) =>
  expectOk(await promiseByHolder(tx, { insurerId: insurer.insurerId, ...first(insurer), payBy, today: TODAY, at: NOW })));

describe('a promise of a holder', () => {
  test('keeps the day’s decisions from reminding until its day is over', async () => {
    const insurer = await anInsurer();
    await promise(insurer, addDays(TODAY, 14));
    const free = await anInsurer();
    /** What is done about the first holder's bill on each day from tomorrow. */
    const actions = async (of: TestInsurer, from: number, to: number): Promise<string[]> => {
      const known = expectOk(await insurerById(house.database, of.insurerId));
      const { holderId, billId } = first(of);
      for (let day = from; day <= to; day += 1) {
        const context = { insurer: known, businessDate: addDays(TODAY, day), packs: loadRulePacks(), shared: { ...NOTHING_SHARED, openBills: 1 } };
        // Each day is a transaction of its own, as in the cycle.
        await inInsurer(house.database.app, of.insurerId, (tx) => decideStage.work(tx, context, { from: holderId, to: holderId }));
      }
      const rows = await inInsurer(house.database.app, of.insurerId, (tx) => tx<{ action: string }[]>`
        select action from decisions where bill_id = ${billId} and decided_on between ${addDays(TODAY, from)} and ${addDays(TODAY, to)}`);
      return rows.map(({ action }) => action).filter((action) => action !== 'nothing');
    };
    assert.ok((await actions(free, 1, 14)).length > 0);
    assert.deepEqual(await actions(insurer, 1, 14), []);
    assert.deepEqual(await actions(insurer, 15, 40), await actions(free, 15, 40), 'afterwards all is as without a promise');
  });
  test('holds back what the morning had planned already, and no notice of the law', async () => {
    const insurer = await anInsurer();
    const key = first(insurer);
    await promise(insurer, addDays(TODAY, 1));
    await queueContacts(house.database, insurer.insurerId, [
      { ...key, key: 'planned' }, { ...key, key: 'notice', purpose: 'legal_notice', template: 'legal_notice' },
    ]);
    const world = await worldOf(house.database, house.dataDirectory, insurer.insurerId, inbox);
    await deliverDue(world);
    assert.deepEqual([(await contact(insurer, 'planned'))?.outcome, (await contact(insurer, 'planned'))?.state], ['promise_open', 'cancelled']);
    assert.notEqual((await contact(insurer, 'notice'))?.outcome, 'promise_open');
    await queueContacts(house.database, insurer.insurerId, [{ ...key, key: 'day-after' }]);
    await deliverDue({ ...world, clock: fixedClock(NOW + 2 * MS_PER_DAY) });
    assert.equal((await contact(insurer, 'day-after'))?.state, 'sent');
  });
});

describe('the wishes of a holder', () => {
  test('let nothing leave outside the hours that were chosen', async () => {
    const insurer = await anInsurer();
    const key = first(insurer);
    // 11:00 where the holder lives.
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`update holders set reach_from_minutes = 720, reach_to_minutes = 1080 where holder_id = ${key.holderId}`);
    await queueContacts(house.database, insurer.insurerId, [{ ...key, key: 'early' }]);
    const world = await worldOf(house.database, house.dataDirectory, insurer.insurerId, inbox);
    await deliverDue(world);
    const waiting = await contact(insurer, 'early');
    assert.deepEqual([waiting?.state, waiting?.not_before.getTime()], ['queued', NOW + 3_600_000]);
    await deliverDue({ ...world, clock: fixedClock(NOW + 3_600_000) });
    assert.equal((await contact(insurer, 'early'))?.state, 'sent');
  });
  test('name the channel that is tried when one fails', async () => {
    const insurer = await anInsurer();
    const key = first(insurer);
    await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`
      update holders set email = 'bounce@mail.example', address = '1 Queen’s Road', channel_order = '{email,letter,sms}' where holder_id = ${key.holderId}`);
    await queueContacts(house.database, insurer.insurerId, [{ ...key, key: 'bounces' }]);
    await deliverDue(await worldOf(house.database, house.dataDirectory, insurer.insurerId, inbox));
    assert.equal((await contact(insurer, 'bounces~letter'))?.channel, 'letter');
  });
});
