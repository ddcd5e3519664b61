/** The bench `histories`, small: the product and the oracle agree on random histories, and would not if something happened that the oracle was not told. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditOf, openBooks, type Books } from '../src/payments/fixture.ts';
import { playHistories } from './histories-play.ts';

const SEED = Number(process.env['INFORCE_SEED'] ?? 1);
const SOME = { seed: SEED, histories: 150, steps: 14, together: 150 };

let books: Books;
before(async () => { books = await openBooks(); });
after(() => books?.close());

test('random histories leave every bill, every waiting amount and every account as the oracle says', { timeout: 120_000 }, async () => {
  const { differences, events } = await playHistories(books, SOME);
  assert.deepEqual(differences, []);
  for (const what of ['payment', 'part payment', 'overpayment', 'returned', 'charged_back', 'increase', 'reduction', 'due_day', 'mode', 'change undone', 'bill put right', 'bill withdrawn', 'written off', 'asked again', 'refund sent', 'waiting money used', 'early_discount', 'late fee']) {
    assert.ok((events.get(what) ?? 0) > 0, `${what} did not happen with seed ${SEED}`);
  }
  assert.deepEqual(await auditOf(books), []);
});

test('what the oracle was not told is a difference', async () => {
  const { differences } = await playHistories(books, { ...SOME, histories: 20, together: 20, secretly: (tx) => tx`
    update bills set paid_minor = paid_minor + 1 where bill_id = (select max(bill_id) from bills where state = 'open' and paid_minor + 1 < amount_minor)` });
  assert.equal(differences.length, 1, differences.join('\n'));
});
