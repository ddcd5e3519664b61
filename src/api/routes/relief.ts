/** Late fees, discounts for paying early, points and small balances: their terms, what they do, and what one does for a holder. */

import { z } from 'zod';
import { actOrAsk, rulePacks } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { fail, type BillId, type HolderId, ok, type PaymentId } from '../../kernel/index.ts';
import { takeBackOwnMoney } from '../../payments/index.ts';
import { checkTerms, forgetHabits, listFees, listSmallBalances, pointAccount, readTerms, recordHabitDay, reliefReport, saveTerms, spendPoints, TERMS, type TermsKind } from '../../relief/index.ts';
import { amountMinor, moment, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, type Access, type Api, type Asker, type World } from '../world.ts';
import { idParam } from './holders.ts';

const READERS = ['manager', 'finance', 'compliance', 'auditor'] as const satisfies Access;
const SETTERS = ['manager'] as const satisfies Access;
const HELPERS = ['manager', 'agent', 'finance'] as const satisfies Access;
const MONEY = ['manager', 'finance'] as const satisfies Access;
const LISTED_MAX = 200;
const REASON_LENGTH_MAX = 500;
const POINTS_MAX = 10_000_000;

const versioned = <T extends z.ZodType>(terms: T) => z.object({ terms, version: z.int().describe('0: the house’s own'), changed_by: z.string().nullable(), changed_at: moment.nullable() });
const share = z.number().nullable();
export const reliefShape = z.object({
  late_fees: versioned(TERMS.late_fees), early_discount: versioned(TERMS.early_discount), points: versioned(TERMS.points), small_balance: versioned(TERMS.small_balance),
  cells: z.array(z.object({ kind: z.enum(['points', 'fee_level', 'early']), part: z.string(), currency: z.string(), counted: z.int(), hit: z.int(), share, low: share, high: share, amount_minor: z.number() })).readonly(),
  break_even: z.array(z.object({ currency: z.string(), cost_minor: z.number(), worth_minor: z.number().nullable() })).readonly(),
  as_of: plainDate.nullable(),
  fees: z.array(z.object({
    holder_id: z.int(), holder_name: z.string(), bill_id: z.int(), policy_number: z.string(), days: z.int(), kind: z.enum(['late_fee', 'interest']), asked_minor: amountMinor, amount_minor: amountMinor, currency: z.string(), charged_on: plainDate,
    law_rule: z.string().nullable(), waived_on: plainDate.nullable(), waived_by: z.string().nullable(), waiver_reason: z.string().nullable(),
  })).readonly(),
  small_balances: z.array(z.object({ holder_id: z.int(), holder_name: z.string(), bill_id: z.int(), payment_id: z.int(), amount_minor: amountMinor, currency: z.string(), state: z.string(), cleared_at: moment })).readonly(),
});
export const pointsShape = z.object({
  on: z.boolean(), value_minor: z.int(), balances: z.array(z.object({ currency: z.string(), points: z.int(), amount_minor: amountMinor })).readonly(), tier: z.string(), on_time: z.int(), next_tier_in: z.int().nullable(),
  lines: z.array(z.object({
    entry_id: z.int(), kind: z.enum(['earned', 'spent', 'expired']), source: z.string(), points: z.int(), amount_minor: amountMinor, currency: z.string(), on_date: plainDate, expires_on: plainDate.nullable(), bill_id: z.int().nullable(), void: z.boolean(),
  })).readonly(),
});
const version = z.int().min(0).describe('The version that the change was made on');
const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('late_fees'), terms: TERMS.late_fees, version }), z.strictObject({ kind: z.literal('early_discount'), terms: TERMS.early_discount, version }),
  z.strictObject({ kind: z.literal('points'), terms: TERMS.points, version }), z.strictObject({ kind: z.literal('small_balance'), terms: TERMS.small_balance, version }),
]);
const holderParams = z.object({ holder_id: idParam });
const billParams = z.object({ bill_id: idParam });

export function reliefRoutes(app: Api, world: World): void {
  const when = (asker: Asker) => ({ at: nowOf(world, asker), on: businessDateOf(world, asker) });

  app.get('/api/relief', {
    config: { access: READERS, wholeInsurer: true }, schema: { summary: 'Terms of late fees, discounts, points and small balances, and what they do', tags: ['relief'], response: { 200: reliefShape } },
  }, async (request) => {
    const asker = askerIn(request);
    return inInsurer(world.database.app, asker, async (tx) => {
      const [terms, report, fees, small] = await Promise.all([readTerms(tx, asker.insurerId), reliefReport(tx, asker.insurerId), listFees(tx, LISTED_MAX), listSmallBalances(tx, LISTED_MAX)]);
      const wire = <K extends TermsKind>(kind: K) => ({ terms: terms[kind].terms, version: terms[kind].version, changed_by: terms[kind].changedBy, changed_at: terms[kind].changedAt });
      return { late_fees: wire('late_fees'), early_discount: wire('early_discount'), points: wire('points'), small_balance: wire('small_balance'), ...report, fees: [...fees], small_balances: [...small] };
    });
  });

  app.post('/api/relief/check', {
    config: { access: SETTERS, wholeInsurer: true },
    schema: { summary: 'What the law says to new terms, and what a discount would have cost of the bills of 30 days; nothing is changed', tags: ['relief'], body: change, response: { 200: z.object({ costs: z.array(z.object({ currency: z.string(), bills: z.int(), most_minor: amountMinor })) }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { kind, terms } = request.body;
    const { on } = when(asker);
    const lawful = checkTerms(rulePacks(), kind, terms, on);
    if (!lawful.ok) return sendProblem(request, reply, lawful.problem);
    if (kind !== 'early_discount') return { costs: [] };
    const costs = await inInsurer(world.database.app, asker, (tx) => tx<{ currency: string; bills: number; most_minor: bigint }[]>`
      with tiers as (select * from jsonb_to_recordset(${tx.json(terms.tiers)}) as t(market text, subdivision text, lines jsonb, basis_points int))
      select currency, count(*)::int as bills, coalesce(sum(premium_minor * rate / 10000), 0)::bigint as most_minor from (
        select b.currency, b.premium_minor, max(t.basis_points) as rate from bills b join policies p using (insurer_id, holder_id, policy_id)
          join tiers t on t.market = b.market and (t.subdivision is null or t.subdivision = p.subdivision) and (t.lines ? '*' or t.lines ? p.line::text)
        where b.issued_on > ${on}::date - 30 and b.issued_on <= ${on} and b.state not in ('held', 'cancelled') group by b.holder_id, b.bill_id, b.currency, b.premium_minor) x
      group by currency order by currency`);
    return { costs: [...costs] };
  });

  app.put('/api/relief/terms', {
    config: { access: SETTERS, wholeInsurer: true },
    schema: { summary: 'Set terms; they hold for bills that leave from then on. Refused where the law forbids them, with its rule', tags: ['relief'], body: change, response: { 200: z.object({ version: z.int() }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { at, on } = when(asker);
    const saved = await inInsurer(world.database.app, asker, (tx) => saveTerms(tx, rulePacks(), { insurerId: asker.insurerId, ...request.body, by: asker.name, at }, on));
    return saved.ok ? saved.value : sendProblem(request, reply, saved.problem);
  });

  app.post('/api/bills/:bill_id/waive-fees', {
    config: { access: HELPERS },
    schema: {
      summary: 'Waive the late fees of a bill for a reason; above the limit a second person is asked', tags: ['bills'], params: billParams, body: z.object({ holder_id: idParam, reason: z.string().trim().min(1, 'say why').max(REASON_LENGTH_MAX) }),
      response: { 200: z.object({ state: z.enum(['done', 'waits']), amount_minor: amountMinor, currency: z.string() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { holder_id: holderId, reason } = request.body;
    const acted = await inInsurer(world.database.app, asker, (tx) => actOrAsk(tx, {
      insurerId: asker.insurerId, holderId: holderId as HolderId, by: asker.name, ...when(asker), kind: 'fee_waiver', order: { bill_id: request.params.bill_id }, reason,
    }));
    return acted.ok ? { state: acted.value.state, amount_minor: acted.value.amountMinor, currency: acted.value.currency } : sendProblem(request, reply, acted.problem);
  });

  app.post('/api/bills/:bill_id/small-balance/undo', {
    config: { access: MONEY },
    schema: { summary: 'Ask again for a small balance that was cleared', tags: ['bills'], params: billParams, body: z.object({ holder_id: idParam }), response: { 200: z.object({ reopened: z.int() }) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const holderId = request.body.holder_id as HolderId;
    const undone = await inInsurer(world.database.app, asker, async (tx) => {
      const rows = await tx<{ payment_id: PaymentId }[]>`
        select payment_id from payments where holder_id = ${holderId} and bill_id = ${request.params.bill_id} and provider = 'inforce' and method = 'small_balance' and state = 'succeeded'`;
      return rows.length === 0 ? fail('not_found') : takeBackOwnMoney(tx, asker, holderId, rows.map((row) => row.payment_id), when(asker));
    });
    return undone.ok ? { reopened: undone.value.reopened.length } : sendProblem(request, reply, undone.problem);
  });

  app.get('/api/holders/:holder_id/points', {
    schema: { summary: 'A holder’s points, their tier and history', tags: ['holders'], params: holderParams, response: { 200: pointsShape } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const holderId = request.params.holder_id as HolderId;
    const account = await inInsurer(world.database.app, asker, async (tx) => {
      const [known] = await tx`select from holders where holder_id = ${holderId}`;
      return known === undefined ? fail('not_found') : ok(await pointAccount(tx, asker.insurerId, holderId));
    });
    return account.ok ? account.value : sendProblem(request, reply, account.problem);
  });

  app.post('/api/holders/:holder_id/points/spend', {
    config: { access: HELPERS },
    schema: {
      summary: 'Points of a holder pay part of a bill', tags: ['holders'], params: holderParams, body: z.object({ bill_id: idParam, points: z.int().min(1).max(POINTS_MAX) }),
      response: { 200: z.object({ amount_minor: amountMinor, currency: z.string(), left_points: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { bill_id: billId, points } = request.body;
    const spent = await inInsurer(world.database.app, asker, (tx) => spendPoints(tx, asker.insurerId, { holderId: request.params.holder_id as HolderId, billId: billId as BillId, points, ...when(asker) }));
    return spent.ok ? { amount_minor: spent.value.amountMinor, currency: spent.value.currency, left_points: spent.value.leftPoints } : sendProblem(request, reply, spent.problem);
  });

  app.post('/api/holders/:holder_id/healthy-days', {
    config: { access: HELPERS },
    schema: {
      summary: 'Steps of a day of a holder who agreed to it; a goal that is reached earns points', tags: ['holders'], params: holderParams, body: z.object({ on: plainDate, steps: z.int().min(0).max(200_000) }),
      response: { 200: z.object({ points: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const recorded = await inInsurer(world.database.app, asker, (tx) => recordHabitDay(tx, asker.insurerId, { holderId: request.params.holder_id as HolderId, ...request.body }));
    return recorded.ok ? recorded.value : sendProblem(request, reply, recorded.problem);
  });

  app.delete('/api/holders/:holder_id/healthy-days', {
    config: { access: HELPERS },
    schema: { summary: 'The holder agrees no more: the days are deleted, the books stay right', tags: ['holders'], params: holderParams, response: { 200: z.object({ days: z.int() }) } },
  }, async (request) => inInsurer(world.database.app, askerIn(request), (tx) => forgetHabits(tx, request.params.holder_id as HolderId)));
}
