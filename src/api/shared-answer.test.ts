import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedAnswers } from './shared-answer.ts';

test('whoever asks gets what was begun after they asked, and many who ask at once are answered together', async () => {
  const ask = sharedAnswers<number>();
  let [begun, known] = [0, 0];
  const work = async (): Promise<number> => {
    begun += 1;
    const seen = known;
    await sleep(20);
    return seen;
  };
  const answers: Promise<[number, number]>[] = [];
  for (let event = 1; event <= 40; event += 1) {
    known = event;
    for (let screen = 0; screen < 5; screen += 1) answers.push(ask('today', work).then((seen) => [event, seen]));
    await sleep(5);
  }
  for (const [event, seen] of await Promise.all(answers)) assert.ok(seen >= event, `asked after event ${event}, told as of ${seen}`);
  assert.ok(begun < 40, `${begun} answers for 200 questions after 40 events`);
});

test('a failure is told to those who waited for it and is not kept', async () => {
  const ask = sharedAnswers<number>();
  await assert.rejects(ask('x', () => Promise.reject(new Error('no'))), /no/);
  assert.equal(await ask('x', () => Promise.resolve(1)), 1);
});
