import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberedTexts } from './remembered-text.ts';

test('the same question of the same version is worked out once, another version anew, and no more than some are kept', async () => {
  const remember = rememberedTexts(2);
  let worked = 0;
  const work = (): Promise<string> => Promise.resolve(String(worked += 1));
  const asked = [['a', '1'], ['a', '1'], ['a', '2'], ['b', '1'], ['c', '1'], ['b', '1'], ['a', '2']] as const;
  const answers: string[] = [];
  for (const [question, version] of asked) answers.push(await remember(question, version, work));
  assert.deepEqual(answers, ['1', '1', '2', '3', '4', '3', '5']);
});

test('a failure is not kept', async () => {
  const remember = rememberedTexts(2);
  await assert.rejects(remember('a', '1', () => Promise.reject(new Error('no'))), /no/);
  assert.equal(await remember('a', '1', () => Promise.resolve('yes')), 'yes');
});
