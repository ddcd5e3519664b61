import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialsOf } from './initials.ts';

test('a Chinese name has the initials that people type, in both scripts, surnames by their own reading', () => {
  const names = [['陳', '美玲'], ['王', '小明'], ['单', '雄信'], ['曾', '国藩'], ['歐陽', '娜娜'], [null, '李小龍']] as const;
  assert.deepEqual(names.map(([family, given]) => initialsOf(family, given)), ['cml', 'wxm', 'sxx', 'zgf', 'oynn', 'lxl']);
});

test('a name without Chinese characters has none', () => {
  assert.equal(initialsOf('Müller', 'Anna'), null);
  assert.equal(initialsOf('', ''), null);
});
