import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import file from './behaviour.json' with { type: 'json' };
import { BEHAVIOUR, readBehaviour, readBehaviourFile } from './behaviour.ts';

const changed = (change: (copy: Record<string, Record<string, { value?: unknown; unit?: string; about?: string }>>) => void): unknown => {
  const copy = structuredClone(file) as never;
  change(copy);
  return copy;
};
const problemOf = (json: unknown): { at: unknown; reason: unknown } => {
  const read = readBehaviour(json);
  if (read.ok) throw new Error('was read');
  assert.equal(read.problem.code, 'behaviour_not_readable');
  return { at: read.problem.details?.['at'], reason: read.problem.details?.['reason'] };
};

void describe('a behaviour file', () => {
  test('has the numbers that holders follow', () => {
    assert.equal(BEHAVIOUR.reminders.before_due, file.reminders.before_due.value);
    assert.equal(BEHAVIOUR.population.market_shares.HK, 0.22);
  });
  test('without a number is refused with its place', () => {
    assert.equal(problemOf(changed((copy) => { delete copy['lateness']!['forgetful']; })).at, 'lateness.forgetful');
    assert.equal(problemOf(changed((copy) => { delete copy['timing']!['early_days']!.value; })).at, 'timing.early_days.value');
  });
  test('with a number without unit or sentence is refused', () => {
    assert.equal(problemOf(changed((copy) => { delete copy['timing']!['early_days']!.unit; })).at, 'timing.early_days.unit');
    assert.equal(problemOf(changed((copy) => { copy['events']!['move']!.about = ''; })).at, 'events.move.about');
  });
  test('with an odd number is refused with the reason', () => {
    assert.match(String(problemOf(changed((copy) => { copy['events']!['move']!.value = 1.2; })).reason), /<=1/);
    assert.equal(problemOf(changed((copy) => { copy['lateness']!['base']!.value = 'a lot'; })).at, 'lateness.base.value');
    assert.match(String(problemOf(changed((copy) => { copy['population']!['market_shares']!.value = { CN: 0.9, HK: 0.9, TW: 0, PH: 0, DE: 0, US: 0 }; })).reason), /sum to 1/);
  });
  test('with a number that nobody knows is refused', () => {
    assert.equal(problemOf(changed((copy) => { copy['events']!['lottery'] = { value: 1, unit: 'x', about: 'y' }; })).at, 'events');
  });
  test('that is not there, or not JSON, is refused with its name', (t) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-behaviour-'));
    t.after(() => fs.rmSync(folder, { recursive: true }));
    const broken = path.join(folder, 'broken.json');
    fs.writeFileSync(broken, '{ "about": ');
    for (const name of [path.join(folder, 'none.json'), broken]) {
      const read = readBehaviourFile(name);
      assert.equal(!read.ok && read.problem.details?.['at'], name);
    }
  });
});
