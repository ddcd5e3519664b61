import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { logIn } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;
let origin: string;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', 'ZZB');
  app = await serverOf(house);
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
});
after(async () => {
  await app.close();
  await house.close();
});

const notify = (channel: string, insurerId: number) => house.database.owner.notify(channel, JSON.stringify({ insurer_id: insurerId }));

/** Opens the stream of the other insurer's or our own manager; `until` reads on until a text has come. */
async function listen(code: string): Promise<{ until: (text: string) => Promise<string>; stop: () => void }> {
  const client = await logIn(app, code, 'manager');
  const stop = new AbortController();
  const response = await fetch(`${origin}/api/cycle/events`, { headers: { cookie: client.cookie }, signal: stop.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let read = '';
  return {
    stop: () => stop.abort(),
    until: async (text) => {
      while (!read.includes(text)) read += (await reader?.read())?.value ?? '';
      return read;
    },
  };
}

describe('live events', () => {
  test('tell an open screen of a payment within a second, and of nobody else’s', { timeout: 15_000 }, async () => {
    const ours = await listen('harbour');
    await ours.until('event: ready');
    // The listening connection is opened by the first screen; its first answer is what we wait for.
    await notify('inforce_cycle', insurer.insurerId);
    const repeat = setInterval(() => void notify('inforce_cycle', insurer.insurerId), 200);
    await ours.until('event: cycle');
    clearInterval(repeat);
    await notify('inforce_payment', other.insurerId);
    const started = performance.now();
    await notify('inforce_payment', insurer.insurerId);
    const seen = await ours.until('event: payment');
    assert.ok(performance.now() - started < 1_000);
    assert.equal(seen.split('event: payment').length, 2);
    ours.stop();
  });

  test('tell of each change once, by the name of what has changed', { timeout: 15_000 }, async () => {
    const ours = await listen('harbour');
    await ours.until('event: ready');
    const manager = await logIn(app, 'harbour', 'manager');
    const given = await manager.send('POST', '/api/hand-overs', { about: [{ holder_id: insurer.holders[0] }, { holder_id: insurer.holders[1] }], to_role: 'finance', what: 'Look', due_on: '2026-11-26' });
    assert.equal(given.statusCode, 201, given.body);
    const seen = await ours.until('event: hand-overs');
    assert.equal(seen.split('event: hand-overs').length, 2);
    assert.equal((await manager.send('POST', '/api/jobs/checks', {})).statusCode, 202);
    await ours.until('event: jobs');
    ours.stop();
  });

  test('of one insurer do not reach another', { timeout: 15_000 }, async () => {
    const theirs = await listen('beacon');
    await theirs.until('event: ready');
    for (const insurerId of [insurer.insurerId, insurer.insurerId, other.insurerId]) await notify('inforce_payment', insurerId);
    // Their own comes; had ours come too, it would have been held back for the same quarter of a second and be counted with it.
    await notify('inforce_cycle', insurer.insurerId);
    await notify('inforce_payment', other.insurerId);
    const seen = await theirs.until('event: payment');
    assert.doesNotMatch(seen, /event: cycle/);
    theirs.stop();
  });

  test('need a log-in', async () => {
    assert.equal((await fetch(`${origin}/api/cycle/events`)).status, 401);
  });

  test('do not take what somebody else writes to the channel for an event', async () => {
    for (const payload of ['', 'no json', '{"insurer_id":"1"}', '[]', 'null', `{"insurer_id":${insurer.insurerId},"what":"x\\nevent: y"}`]) {
      for (const channel of ['inforce_cycle', 'inforce_change']) await house.database.owner.notify(channel, payload);
    }
    assert.equal((await app.inject('/api/health')).statusCode, 200);
  });
});
