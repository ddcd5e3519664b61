/** Fees, discounts, points and small balances over the API: terms with versions and law, waivers with a second person, points of a holder. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer, type Tx } from '../database/index.ts';
import { type HolderId } from '../kernel/index.ts';
import { payLinkToken } from '../payments/index.ts';
import { aPolicy, type Policy } from '../payments/fixture.ts';
import { writeReliefCells } from '../cycle/stages/relief-cells.ts';
import { readSecret } from '../database/index.ts';
import { logIn, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let manager: Client;
let finance: Client;
let agent: Client;
let policy: Policy;
const inside = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, insurer.insurerId, work);

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  policy = await inside((tx) => aPolicy(tx, insurer.insurerId, { dueOn: '2026-12-10' as never, holderId: insurer.holders[0] as HolderId, lateFeeMinor: 1_500n, bills: 2 }));
  await inside((tx) => tx`
    update bills set announced = ${tx.json({ late_fees: { scale: 's', basis: 'fixed_sum', in_contract: true, steps: [{ days: 10, amount_minor: 500 }] }, discounts: [{ days: 10, basis_points: 300, until: '2026-11-30', amount_minor: 3_600 }] })}
    where policy_id = ${policy.policyId}`);
  app = await serverOf(house);
  await app.ready();
  [manager, finance, agent] = [await logIn(app, 'harbour', 'manager'), await logIn(app, 'harbour', 'finance'), await logIn(app, 'harbour', 'agent')];
});
after(async () => {
  await app?.close();
  await house?.close();
});

const codeOf = (answer: { json: () => { code?: string } }): string | undefined => answer.json().code;
const tier = { market: 'HK', subdivision: null, lines: ['*'], days: 10, basis_points: 300, from: '2026-01-01', in_contract: true };
const page = async (client: Client): Promise<Wire['relief']> => {
  const answer = await client.get('/api/relief');
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<Wire['relief']>();
};

describe('terms', () => {
  test('are the house’s own until a manager sets them, and then carry a version', async () => {
    assert.deepEqual([(await page(finance)).early_discount.version, (await agent.get('/api/relief')).statusCode], [0, 403]);
    const asked = { kind: 'early_discount', terms: { tiers: [tier] }, version: 0 };
    const checked = await manager.send('POST', '/api/relief/check', asked);
    assert.equal(checked.statusCode, 200, checked.body);
    const saved = await manager.send('PUT', '/api/relief/terms', asked);
    assert.deepEqual([saved.statusCode, saved.json()], [200, { version: 1 }]);
    assert.deepEqual([codeOf(await manager.send('PUT', '/api/relief/terms', asked)), codeOf(await finance.send('PUT', '/api/relief/terms', asked))], ['changed_meanwhile', 'role_not_allowed']);
    const shown = await page(manager);
    assert.deepEqual([shown.early_discount.version, shown.early_discount.changed_by, shown.early_discount.terms.tiers], [1, 'Mei Chan', [tier]]);
  });
  test('that the law forbids are refused with the rule named, and change nothing (S129)', async () => {
    const scale = { id: 'fl', market: 'US', subdivision: 'FL', lines: ['life'], basis: 'fixed_sum', in_contract: true, steps: [{ days: 10, amounts: { USD: 500 } }], source: 'test', verified: false };
    const refused = await manager.send('PUT', '/api/relief/terms', { kind: 'late_fees', terms: { scales: [scale] }, version: 0 });
    assert.deepEqual([refused.statusCode, codeOf(refused), refused.body.includes('US-FL-late-charge-life'), (await page(manager)).late_fees.version], [422, 'terms_against_law', true, 0]);
    const rebate = await manager.send('POST', '/api/relief/check', { kind: 'early_discount', terms: { tiers: [{ ...tier, in_contract: false }] }, version: 1 });
    assert.deepEqual([codeOf(rebate), rebate.body.includes('HK-rebating')], ['terms_against_law', true]);
    const falling = { ...scale, steps: [{ days: 10 }, { days: 5 }] };
    assert.equal((await manager.send('PUT', '/api/relief/terms', { kind: 'late_fees', terms: { scales: [falling] }, version: 0 })).statusCode, 400);
  });
});

describe('a pay page', () => {
  test('shows both amounts, until when, and what being late costs before it does (S128)', async () => {
    const token = payLinkToken(readSecret(house.dataDirectory), { insurerId: insurer.insurerId, holderId: policy.holderId, billId: policy.bills[1]!, contactId: null, expiresAt: NOW + 86_400_000 });
    const answer = await app.inject({ method: 'GET', url: `/pay/${token}?lang=en` });
    const [whole, early] = [Number(policy.amountMinor) / 100, (Number(policy.amountMinor) - 3_600) / 100].map((amount) => amount.toLocaleString('en', { minimumFractionDigits: 2 }));
    for (const text of [whole!, early!, 'If you pay by 30 November 2026', 'Fee from', `value="${early!.replace(',', '')}"`]) assert.ok(answer.body.includes(text), `${text} in ${answer.body.slice(0, 3_000)}`);
  });
});

describe('late fees', () => {
  test('are waived by an agent for a reason, once; above the limit a second person is asked', async () => {
    const url = `/api/bills/${policy.bills[0]}/waive-fees`;
    assert.equal((await agent.send('POST', url, { holder_id: policy.holderId, reason: ' ' })).statusCode, 400);
    const done = await agent.send('POST', url, { holder_id: policy.holderId, reason: 'the letter came late' });
    assert.deepEqual([done.statusCode, done.json()], [200, { state: 'done', amount_minor: 1_500, currency: 'HKD' }]);
    assert.equal(codeOf(await agent.send('POST', url, { holder_id: policy.holderId, reason: 'again' })), 'no_fee_to_waive');
    const dear = await inside((tx) => aPolicy(tx, insurer.insurerId, { holderId: policy.holderId, lateFeeMinor: 30_000n }));
    const waits = await agent.send('POST', `/api/bills/${dear.bills[0]}/waive-fees`, { holder_id: policy.holderId, reason: 'goodwill' });
    assert.equal(waits.json<{ state: string }>().state, 'waits');
    const [approval] = await inside((tx) => tx<{ approval_id: number }[]>`select approval_id from approvals where kind = 'fee_waiver'`);
    const answered = await finance.send('POST', `/api/approvals/${approval!.approval_id}/answer`, { holder_id: policy.holderId, answer: 'approved' });
    const [bill] = await inside((tx) => tx<{ fees_minor: bigint }[]>`select fees_minor from bills where bill_id = ${dear.bills[0]!}`);
    assert.deepEqual([answered.statusCode, bill!.fees_minor], [200, 0n]);
    assert.equal((await (await logIn(app, 'harbour', 'compliance')).send('POST', url, { holder_id: policy.holderId, reason: 'x' })).statusCode, 403);
  });
});

describe('points of a holder', () => {
  test('are shown, spent on a bill, and refused where there are too few', async () => {
    const url = `/api/holders/${policy.holderId}/points`;
    const spend = (points: number) => agent.send('POST', `${url}/spend`, { bill_id: policy.bills[1], points });
    assert.equal(codeOf(await spend(10)), 'points_are_off');
    const { points: { terms } } = await page(manager);
    assert.equal((await manager.send('PUT', '/api/relief/terms', { kind: 'points', terms: { ...terms, on: true, hold_out_percent: 0 }, version: 0 })).statusCode, 200);
    const day = { on: '2026-11-23', steps: 12_000 };
    assert.equal(codeOf(await agent.send('POST', `/api/holders/${policy.holderId}/healthy-days`, day)), 'consent_missing');
    await inside((tx) => tx`update holders set consents = array_append(consents, 'healthy_habits') where holder_id = ${policy.holderId}`);
    assert.deepEqual((await agent.send('POST', `/api/holders/${policy.holderId}/healthy-days`, day)).json(), { points: 5 });
    assert.equal(codeOf(await spend(6)), 'points_too_few');
    assert.deepEqual((await spend(5)).json(), { amount_minor: 5, currency: 'HKD', left_points: 0 });
    const gone = await agent.send('DELETE', `/api/holders/${policy.holderId}/healthy-days`);
    const account = (await agent.get(url)).json<Wire['points']>();
    assert.deepEqual([gone.json(), account.balances, account.lines.map(({ kind, points }) => [kind, points]), account.lines.some(({ source }) => source.includes('2026'))],
      [{ days: 1 }, [{ currency: 'HKD', points: 0, amount_minor: 0 }], [['spent', 5], ['earned', 5]], false]);
    assert.equal((await agent.get('/api/holders/999999/points')).statusCode, 404);
    const dearer = await manager.send('PUT', '/api/relief/terms', { kind: 'points', terms: { ...terms, value_minor: 2 }, version: 1 });
    assert.equal(codeOf(dearer), 'point_worth_is_kept');
  });
  test('and their effect are counted by the report as they are by hand', async () => {
    const asOf = '2027-03-01' as never;
    await inside((tx) => writeReliefCells(tx, insurer.insurerId, asOf));
    const { cells } = await page(finance);
    const byHand = await inside((tx) => tx<{ bills: number }[]>`select count(*)::int as bills from bills where currency = 'HKD' and due_on >= '2026-03-01' and due_on < ${asOf} and state not in ('cancelled', 'held')`);
    const early = cells.filter(({ kind, currency }) => kind === 'early' && currency === 'HKD');
    assert.equal(early.reduce((sum, { counted }) => sum + counted, 0), byHand[0]!.bills);
    assert.ok(cells.some(({ kind }) => kind === 'points'));
    for (const { share, low, high } of cells) assert.ok(share === null || (low! <= share && share <= high!));
  });
});
