/** Late bills that have reached a step of their announced scale: the law is asked, what it leaves is charged and booked, once for each step. */

import { askGate } from '../../compliance/index.ts';
import { copyToTemporary, type CopyValue, type Tx } from '../../database/index.ts';
import { momentOf, type PlainDate, type PolicyId, type BillId } from '../../kernel/index.ts';
import { entry, writePostings } from '../../ledger/index.ts';
import { gateColumns, gateFactsOf, type GateRow } from '../../outreach/index.ts';
import { announcedShape, decideFees, feeAsk } from '../../relief/index.ts';
import { type HolderRange, type StageContext, type StageCounts } from '../stage.ts';

const CHARGED_MINUTES = 10 * 60;

type Row = GateRow & {
  readonly bill_id: BillId; readonly policy_id: PolicyId; readonly currency: string; readonly announced: unknown; readonly due_on: PlainDate; readonly owed_minor: bigint;
  readonly done: readonly { readonly days: number; readonly amount_minor: number }[] | null;
};

const ANSWERS = ['holder_id bigint', 'ask_key text', 'bill_id bigint', 'asked_for_at timestamptz', 'answer text', 'rule text', 'article text'];

export async function chargeLateFees(tx: Tx, { insurer: { insurerId }, businessDate, packs }: StageContext, { from, to }: HolderRange): Promise<StageCounts> {
  // Locked: money that arrives meanwhile waits, and finds the fee.
  const rows = await tx<Row[]>`
    with late as (
      select * from bills
      where insurer_id = ${insurerId} and holder_id between ${from} and ${to} and state = 'open' and next_fee_on <= ${businessDate} and paid_minor < amount_minor - fees_minor and not disputed and not in_flight
      order by holder_id, bill_id for no key update)
    select ${gateColumns(tx)}, b.policy_id, b.currency, b.announced, b.amount_minor - b.fees_minor - b.paid_minor as owed_minor,
      (select json_agg(json_build_object('days', f.days, 'amount_minor', f.amount_minor)) from late_fees f where f.insurer_id = ${insurerId} and f.holder_id = b.holder_id and f.bill_id = b.bill_id) as done
    from late b
      join policies p on p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
      join holders h on h.insurer_id = ${insurerId} and h.holder_id between ${from} and ${to} and h.holder_id = b.holder_id
    order by b.holder_id, b.bill_id`;
  if (rows.length === 0) return { read: 0, written: 0 };
  const answers: CopyValue[][] = [];
  const decided = rows.flatMap((row) => {
    const { late_fees: fees } = announcedShape.parse(row.announced);
    if (fees === null) return [];
    const facts = gateFactsOf(row);
    // No fee is charged on a fee.
    const without = { ...facts, bill: { ...facts.bill, outstandingMinor: row.owed_minor } };
    const at = momentOf(businessDate, CHARGED_MINUTES, row.time_zone);
    const done = row.done ?? [];
    const decision = decideFees({
      fees, dueOn: row.due_on, owedMinor: row.owed_minor, stepsDone: done.map(({ days }) => days), chargedMinor: done.reduce((sum, { amount_minor: amount }) => sum + BigInt(amount), 0n),
    }, businessDate, (wholeMinor) => {
      const answer = askGate(packs, without, { ...feeAsk(fees, wholeMinor), at });
      return { answer: answer.answer, rule: answer.answer === 'allow' ? null : answer.rule };
    });
    for (const { days, amountMinor, lawRule } of decision.steps) {
      if (lawRule !== null) answers.push([row.holder_id, `late_fee:${row.bill_id}:${days}:refused`, row.bill_id, new Date(at).toISOString(), 'refuse', lawRule, articleOf(packs, row, lawRule)]);
      if (amountMinor > 0n) answers.push([row.holder_id, `late_fee:${row.bill_id}:${days}`, row.bill_id, new Date(at).toISOString(), 'allow', null, null]);
    }
    return [{ row, decision, kind: fees.basis === 'interest' ? 'interest' as const : 'late_fee' as const }];
  });
  const steps = decided.flatMap(({ row, decision, kind }) => decision.steps.map((step) => ({ row, kind, ...step })));
  await copyToTemporary(tx, 'fees_now', ['holder_id bigint', 'bill_id bigint', 'next_fee_on date', 'steps jsonb', 'charges jsonb', 'fees_minor bigint'], decided.map(({ row, decision, kind }) => {
    const charged = decision.steps.filter(({ amountMinor }) => amountMinor > 0n);
    return [
      row.holder_id, row.bill_id, decision.nextOn, JSON.stringify(decision.steps.map(({ days, askedMinor, amountMinor, lawRule }) => ({ days, kind, asked_minor: Number(askedMinor), amount_minor: Number(amountMinor), law_rule: lawRule }))),
      JSON.stringify(charged.map(({ days, amountMinor }) => ({ kind, rule: `step-${days}`, amount_minor: Number(amountMinor) }))), charged.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    ];
  }));
  await tx`
    insert into late_fees (insurer_id, holder_id, bill_id, days, kind, asked_minor, amount_minor, currency, charged_on, law_rule)
    select ${insurerId}, f.holder_id, f.bill_id, s.days, s.kind, s.asked_minor, s.amount_minor, b.currency, ${businessDate}, s.law_rule
    from fees_now f cross join lateral jsonb_to_recordset(f.steps) as s(days int, kind text, asked_minor bigint, amount_minor bigint, law_rule text)
      join bills b on b.insurer_id = ${insurerId} and b.holder_id = f.holder_id and b.bill_id = f.bill_id`;
  await tx`
    update bills b set next_fee_on = f.next_fee_on, amount_minor = b.amount_minor + f.fees_minor, fees_minor = b.fees_minor + f.fees_minor,
      charges = case when f.fees_minor > 0 then coalesce(nullif(b.charges, 'null'), '[]') || f.charges else b.charges end
    from fees_now f where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.holder_id = f.holder_id and b.bill_id = f.bill_id`;
  if (answers.length > 0) {
    await copyToTemporary(tx, 'fees_answered', ANSWERS, answers);
    await tx`
      insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, asked_for_at, answer, rule, article, law_version)
      select ${insurerId}, holder_id, ask_key, ${businessDate}, bill_id, 'charge_late_fee', asked_for_at, answer, rule, article, ${packs.version} from fees_answered on conflict do nothing`;
  }
  await writePostings(tx, insurerId, steps.flatMap(({ row, kind, days, amountMinor }) => (amountMinor === 0n ? [] : [{
    ...entry(kind, { holderId: row.holder_id, policyId: row.policy_id, billId: row.bill_id, bookedOn: businessDate, amountMinor, currency: row.currency, sourceId: row.bill_id }), rule: `${kind}:step-${days}`,
  }])));
  return { read: rows.length, written: steps.length };
}

const articleOf = (packs: StageContext['packs'], row: Row, rule: string): string => {
  const plan = packs.planFor(row.market, row.subdivision, row.line, row.kind === 'company' ? 'business' : 'individual');
  return plan?.rules.find(({ rule: one }) => one.id === rule)?.rule.article ?? '-';
};
