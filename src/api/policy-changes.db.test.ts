import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let finance: Client;
let agent: Client;
let policy = { holder: 0, id: 0 };

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  policy = await inInsurer(house.database.app, insurer.insurerId, async (tx) => {
    const [row] = await tx<{ policy_id: number }[]>`
      insert into policies (insurer_id, holder_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, due_day, next_due_on, state)
      values (${insurer.insurerId}, ${insurer.holders[0] ?? 0}, 'HL-HK-CHANGE', 'HK', 'life', 'Evergreen Life', 'HKD', 120000, 'monthly', '2026-10-01', 1, '2026-12-01', 'in_force') returning policy_id`;
    return { holder: insurer.holders[0] ?? 0, id: row?.policy_id ?? 0 };
  });
  app = await serverOf(house);
  await app.ready();
  [finance, agent] = [await logIn(app, 'harbour', 'finance'), await logIn(app, 'harbour', 'agent')];
});
after(async () => {
  await app?.close();
  await house?.close();
});

const at = (end = ''): string => `/api/policies/${policy.id}/changes${end}`;
const dueDay = { holder_id: 0, change: { kind: 'due_day', due_day: 15 } };
const asked = (change: object = dueDay.change): object => ({ holder_id: policy.holder, change });
const codeOf = (answer: { json: () => { code?: string } }): string | undefined => answer.json().code;

describe('a change of a policy over the API', () => {
  test('is shown to an agent before and after, side by side: the short bill, the new dates, the entries', async () => {
    const answer = await agent.send('POST', at('/preview'), asked());
    assert.equal(answer.statusCode, 200, answer.body);
    const preview = answer.json<Wire['policy_change_preview']>();
    // 1 to 14 December: 14 of 31 days of HK$1,200.00, and 0.1 % levy.
    assert.deepEqual(preview.bills.map((b) => [b.due_on, b.period_from, b.period_to, b.premium_minor, b.amount_minor]), [['2026-12-01', '2026-12-01', '2026-12-15', 54_194, 54_248]]);
    assert.deepEqual(preview.before.slice(0, 3).map((b) => b.due_on), ['2026-12-01', '2027-01-01', '2027-02-01']);
    assert.deepEqual(preview.after.slice(0, 3).map((b) => b.due_on), ['2026-12-01', '2026-12-15', '2027-01-15']);
    assert.deepEqual(preview.entries.map((e) => [e.rule, e.debit, e.credit, e.amount_minor]), [['bill_issued', 'premium_receivable', 'premium_income', 54_194], ['levy:hk-ia-levy-life', 'premium_receivable', 'levy_payable', 54]]);
    assert.deepEqual([preview.year_premium_before_minor, preview.year_premium_after_minor, preview.billed_minor], [1_440_000, 1_440_000, 54_248]);
  });

  test('is made by finance, once, listed with who and why, and taken back', async () => {
    const { version } = (await finance.send('POST', at('/preview'), asked())).json<Wire['policy_change_preview']>();
    assert.equal((await agent.send('POST', at(), { ...asked(), version, note: 'Payday is the 14th' })).statusCode, 403);
    const made = await finance.send('POST', at(), { ...asked(), version, note: 'Payday is the 14th' });
    assert.equal(made.statusCode, 200, made.body);
    const { change_id: id } = made.json<{ change_id: number }>();
    assert.equal(codeOf(await finance.send('POST', at(), { ...asked(), version, note: 'Again' })), 'changed_meanwhile');
    const listed = async (): Promise<Wire['policy_changes']> => (await agent.get(`${at()}?holder_id=${policy.holder}`)).json<Wire['policy_changes']>();
    const now = await listed();
    assert.deepEqual([now.policy.due_day, now.policy.next_due_on, now.changes.map((c) => [c.kind, c.note, c.bills, c.due_day_before, c.due_day_after, c.undone_by])], [15, '2026-12-15', [['due_day', 'Payday is the 14th', 1, 1, 15, null]]]);
    assert.equal((await agent.send('POST', at(`/${id}/undo`), { holder_id: policy.holder })).statusCode, 403);
    const undone = await finance.send('POST', at(`/${id}/undo`), { holder_id: policy.holder });
    assert.deepEqual(undone.json(), { withdrawn: 1, restored: 0 });
    const { policy: is, changes } = await listed();
    assert.deepEqual([is.due_day, is.next_due_on, changes[0]?.undone_by === null], [1, '2026-12-01', false]);
  });

  test('refuses what cannot be, with the reason in the reader’s words, and what is no order at all', async () => {
    for (const [change, code] of [
      [{ kind: 'due_day', due_day: 40 }, 'due_day_not_possible'], [{ kind: 'increase', effective_on: '2026-11-24', premium_minor: 1 }, 'change_changes_nothing'],
      [{ kind: 'reinstatement', effective_on: '2026-11-24' }, 'not_lapsed'], [{ kind: 'cancellation', effective_on: '2029-01-01', method: 'pro_rata' }, 'change_too_far_ahead'],
    ] as const) assert.equal(codeOf(await finance.send('POST', at('/preview'), asked(change))), code);
    assert.equal((await finance.send('POST', at('/preview'), asked({ kind: 'due_day' }))).statusCode, 400);
    assert.equal((await finance.send('POST', at('/preview'), asked({ kind: 'mode', mode: 'weekly', effective_on: null }))).statusCode, 400);
    assert.equal((await finance.send('POST', at(), { ...asked(), version: 'x', note: '' })).statusCode, 400);
  });

  test('of another holder’s or insurer’s policy is not found', async () => {
    const beacon = await logIn(app, 'beacon', 'finance');
    assert.equal((await beacon.send('POST', at('/preview'), asked())).statusCode, 404);
    assert.equal((await beacon.get(`${at()}?holder_id=${policy.holder}`)).statusCode, 404);
    assert.equal((await finance.send('POST', at('/preview'), { ...asked(), holder_id: insurer.holders[1] })).statusCode, 404);
  });
});
