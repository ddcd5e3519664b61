/** Payers of many: their members, the lists of what is owed, and what was reported, as pages read and change them. */

import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { type Currency, fail, type HolderId, type InsurerId, ok, parseAmount, type PlainDate, type Result } from '../kernel/index.ts';
import { matchReport, MISMATCHES, PART_ORDERS, type PartOrder, type Reported } from '../payments/index.ts';
import { amountMinor, plainDate } from './shapes.ts';

const groupRow = z.object({
  group_id: z.int(), holder_id: z.int(), payer: z.string(), name: z.string(), currency: z.string(), rate_minor: amountMinor.nullable(), part_order: z.enum(PART_ORDERS), members: z.int(), waiting_minor: amountMinor,
  open_minor: amountMinor.describe('Owed on the bills of its lists'), mismatches: z.int(),
});
export const groupsShape = z.object({ groups: z.array(groupRow) });
const LISTED_MAX = 500;

const GROUPS = `
  select g.group_id, g.holder_id, holder_name(h.family_name, h.given_name) as payer, g.name, g.currency, g.rate_minor, g.part_order,
    (select count(*) from group_members m where m.holder_id = g.holder_id and m.group_id = g.group_id and m.to_on is null)::int as members,
    (select coalesce(sum(s.amount_minor - s.cleared_minor), 0) from suspense_items s where s.holder_id = g.holder_id and s.currency = g.currency and s.cleared_on is null)::bigint as waiting_minor,
    (select coalesce(sum(b.amount_minor - b.paid_minor), 0) from (
        select distinct l.member_holder_id, l.bill_id from list_bills x join list_bill_lines l using (insurer_id, holder_id, list_bill_id) where x.holder_id = g.holder_id and x.group_id = g.group_id) l
      join bills b on b.holder_id = l.member_holder_id and b.bill_id = l.bill_id where b.state = 'open')::bigint as open_minor,
    (select count(*) from list_bills x join list_bill_lines l using (insurer_id, holder_id, list_bill_id)
      where x.holder_id = g.holder_id and x.group_id = g.group_id and l.mismatch is not null and l.answer is null)::int as mismatches
  from payer_groups g join holders h using (insurer_id, holder_id)`;

export const listGroups = async (tx: Tx): Promise<z.output<typeof groupsShape>> => ({ groups: [...await tx<z.output<typeof groupRow>[]>`${tx.unsafe(GROUPS)} order by g.name, g.group_id limit ${LISTED_MAX}`] });

export type NewGroup = { readonly holderId: HolderId; readonly name: string; readonly currency: Currency; readonly rateMinor: bigint | null; readonly partOrder: PartOrder; readonly by: string };
/** Problem: `group_payer_not_company`. */
export async function addGroup(tx: Tx, insurerId: InsurerId, { holderId, name, currency, rateMinor, partOrder, by }: NewGroup): Promise<Result<{ readonly group_id: number }>> {
  const [row] = await tx<{ group_id: number }[]>`
    insert into payer_groups (insurer_id, holder_id, name, currency, rate_minor, part_order, made_by)
    select ${insurerId}::int, holder_id, ${name}::text, ${currency}::text, ${rateMinor === null ? null : String(rateMinor)}::bigint, ${partOrder}::text, ${by}::text from holders where holder_id = ${holderId} and kind = 'company'
    returning group_id`;
  return row === undefined ? fail('group_payer_not_company') : ok(row);
}

const memberRow = z.object({ member_holder_id: z.int(), policy_id: z.int(), name: z.string(), policy_number: z.string(), employee_ref: z.string(), from_on: plainDate, to_on: plainDate.nullable() });
const listRow = z.object({ list_bill_id: z.int(), period: plainDate, due_on: plainDate, made_on: plainDate, lines: z.int(), amount_minor: amountMinor, owed_minor: amountMinor, mismatches: z.int() });
const paymentRow = z.object({ group_payment_id: z.int(), list_bill_id: z.int(), amount_minor: amountMinor, currency: z.string(), booked_on: plainDate, paid_by: z.string(), undone_on: plainDate.nullable(), undone_by: z.string().nullable() });
const waitingRow = z.object({ suspense_id: z.int(), left_minor: amountMinor, received_on: plainDate });
export const groupShape = z.object({ group: groupRow, members: z.array(memberRow), lists: z.array(listRow), payments: z.array(paymentRow), waiting: z.array(waitingRow) });

export async function groupView(tx: Tx, groupId: number): Promise<z.output<typeof groupShape> | null> {
  const [group] = await tx<z.output<typeof groupRow>[]>`${tx.unsafe(GROUPS)} where g.group_id = ${groupId}`;
  if (group === undefined) return null;
  const [members, lists, payments, waiting] = await Promise.all([
    tx<z.output<typeof memberRow>[]>`
      select m.member_holder_id, m.policy_id, holder_name(h.family_name, h.given_name) as name, p.policy_number, m.employee_ref, m.from_on, m.to_on
      from group_members m join holders h on h.insurer_id = m.insurer_id and h.holder_id = m.member_holder_id join policies p on p.insurer_id = m.insurer_id and p.holder_id = m.member_holder_id and p.policy_id = m.policy_id
      where m.holder_id = ${group.holder_id} and m.group_id = ${groupId} order by m.to_on is not null, p.policy_number, m.from_on limit ${LISTED_MAX}`,
    tx<z.output<typeof listRow>[]>`
      select x.list_bill_id, x.period, x.due_on, x.made_on, count(l.bill_id)::int as lines, coalesce(sum(l.amount_minor) filter (where l.bill_id is not null), 0)::bigint as amount_minor,
        coalesce(sum(b.amount_minor - b.paid_minor) filter (where b.state = 'open'), 0)::bigint as owed_minor, (count(*) filter (where l.mismatch is not null and l.answer is null))::int as mismatches
      from list_bills x left join list_bill_lines l using (insurer_id, holder_id, list_bill_id) left join bills b on b.insurer_id = l.insurer_id and b.holder_id = l.member_holder_id and b.bill_id = l.bill_id
      where x.holder_id = ${group.holder_id} and x.group_id = ${groupId} group by x.list_bill_id, x.period, x.due_on, x.made_on order by x.period desc limit ${LISTED_MAX}`,
    tx<z.output<typeof paymentRow>[]>`
      select group_payment_id, list_bill_id, amount_minor, currency, booked_on, paid_by, undone_on, undone_by from group_payments
      where holder_id = ${group.holder_id} and list_bill_id in (select list_bill_id from list_bills where holder_id = ${group.holder_id} and group_id = ${groupId}) order by group_payment_id desc limit ${LISTED_MAX}`,
    tx<z.output<typeof waitingRow>[]>`
      select suspense_id, (amount_minor - cleared_minor)::bigint as left_minor, received_on from suspense_items where holder_id = ${group.holder_id} and currency = ${group.currency} and cleared_on is null order by received_on, suspense_id limit ${LISTED_MAX}`,
  ]);
  return { group, members: [...members], lists: [...lists], payments: [...payments], waiting: [...waiting] };
}

type Group = { holder_id: HolderId; currency: Currency; rate_minor: bigint | null };
const groupOf = async (tx: Tx, groupId: number): Promise<Group | undefined> => (await tx<Group[]>`select holder_id, currency, rate_minor from payer_groups where group_id = ${groupId}`)[0];

/** Problems: `not_found`, `policy_unknown`, `currency_differs`, `group_member_elsewhere`. */
export async function joinGroup(tx: Tx, insurerId: InsurerId, groupId: number, member: { readonly policyNumber: string; readonly employeeRef: string; readonly fromOn: PlainDate }): Promise<Result<null>> {
  const group = await groupOf(tx, groupId);
  if (group === undefined) return fail('not_found');
  // Held, so that of two groups that take the same policy in at once one sees the other.
  const [policy] = await tx<{ holder_id: HolderId; policy_id: number; currency: Currency }[]>`
    select holder_id, policy_id, currency from policies where policy_number = ${member.policyNumber} limit 1 for no key update`;
  if (policy === undefined) return fail('group_policy_unknown', { policy: member.policyNumber });
  if (policy.currency !== group.currency) return fail('currency_differs');
  const elsewhere = await tx`select from group_members where policy_id = ${policy.policy_id} and coalesce(to_on, 'infinity') > ${member.fromOn} limit 1`;
  if (elsewhere.length > 0) return fail('group_member_elsewhere', { policy: member.policyNumber });
  await tx`
    insert into group_members (insurer_id, holder_id, group_id, member_holder_id, policy_id, employee_ref, from_on)
    values (${insurerId}, ${group.holder_id}, ${groupId}, ${policy.holder_id}, ${policy.policy_id}, ${member.employeeRef}, ${member.fromOn})`;
  return ok(null);
}

/** Problem: `not_found` where it is no member, or the day is not after joining. */
export async function leaveGroup(tx: Tx, groupId: number, policyId: number, toOn: PlainDate): Promise<Result<null>> {
  const left = await tx`update group_members set to_on = ${toOn} where group_id = ${groupId} and policy_id = ${policyId} and to_on is null and from_on < ${toOn}`;
  return left.count === 0 ? fail('not_found') : ok(null);
}

export type NewList = { readonly groupId: number; readonly period: PlainDate; readonly dueOn: PlainDate; readonly by: string; readonly on: PlainDate };
/** What the members owe that falls due by the end of the month, and is on no other list that waits for its money. Problems: `not_found`, `list_bill_exists`, `list_bill_empty`. */
export async function makeListBill(tx: Tx, insurerId: InsurerId, { groupId, period, dueOn, by, on }: NewList): Promise<Result<{ readonly list_bill_id: number; readonly lines: number }>> {
  const group = await groupOf(tx, groupId);
  if (group === undefined) return fail('not_found');
  const [list] = await tx<{ list_bill_id: number }[]>`
    insert into list_bills (insurer_id, holder_id, group_id, period, due_on, made_by, made_on) values (${insurerId}, ${group.holder_id}, ${groupId}, ${period}, ${dueOn}, ${by}, ${on})
    on conflict (insurer_id, holder_id, group_id, period) do nothing returning list_bill_id`;
  if (list === undefined) return fail('list_bill_exists');
  const lines = await tx`
    insert into list_bill_lines (insurer_id, holder_id, list_bill_id, line_no, employee_ref, policy_number, member_holder_id, bill_id, amount_minor)
    select m.insurer_id, m.holder_id, ${list.list_bill_id}::bigint, row_number() over (order by p.policy_number, b.due_on, b.bill_id), m.employee_ref, p.policy_number, b.holder_id, b.bill_id, b.amount_minor - b.paid_minor
    from group_members m join policies p on p.insurer_id = m.insurer_id and p.holder_id = m.member_holder_id and p.policy_id = m.policy_id
      join bills b on b.insurer_id = p.insurer_id and b.holder_id = p.holder_id and b.policy_id = p.policy_id
    where m.holder_id = ${group.holder_id} and m.group_id = ${groupId} and b.state = 'open' and b.due_on < ${period}::date + interval '1 month'
      and b.due_on >= m.from_on and b.due_on < coalesce(m.to_on, 'infinity')`;
  if (lines.count === 0) return fail('list_bill_empty');
  return ok({ list_bill_id: list.list_bill_id, lines: lines.count });
}

const lineRow = z.object({
  line_no: z.int(), employee_ref: z.string(), policy_number: z.string(), name: z.string().nullable(), member_holder_id: z.int().nullable(), bill_id: z.int().nullable(), due_on: plainDate.nullable(), amount_minor: amountMinor,
  owed_minor: amountMinor, reported_minor: amountMinor.nullable(), mismatch: z.enum(MISMATCHES).nullable(), answer: z.string().nullable(), answered_by: z.string().nullable(),
});
export const listBillShape = z.object({ list_bill_id: z.int(), group_id: z.int(), holder_id: z.int(), currency: z.string(), lines: z.array(lineRow) });
/** Lists of employers of this size come as files; the page shows the first. */
const LINES_MAX = 5_000;

export async function listBillView(tx: Tx, listBillId: number): Promise<z.output<typeof listBillShape> | null> {
  const [list] = await tx<{ list_bill_id: number; group_id: number; holder_id: number; currency: string }[]>`
    select x.list_bill_id, x.group_id, x.holder_id, g.currency from list_bills x join payer_groups g using (insurer_id, holder_id, group_id) where x.list_bill_id = ${listBillId}`;
  if (list === undefined) return null;
  const lines = await tx<z.output<typeof lineRow>[]>`
    select l.line_no, l.employee_ref, l.policy_number, holder_name(h.family_name, h.given_name) as name, l.member_holder_id, l.bill_id, b.due_on, l.amount_minor,
      (case when b.state = 'open' then b.amount_minor - b.paid_minor else 0 end)::bigint as owed_minor, l.reported_minor, l.mismatch, l.answer, l.answered_by
    from list_bill_lines l left join holders h on h.insurer_id = l.insurer_id and h.holder_id = l.member_holder_id left join bills b on b.insurer_id = l.insurer_id and b.holder_id = l.member_holder_id and b.bill_id = l.bill_id
    where l.holder_id = ${list.holder_id} and l.list_bill_id = ${listBillId} order by l.mismatch is null or l.answer is not null, l.line_no limit ${LINES_MAX}`;
  return { ...list, lines: [...lines] };
}

/** `employee,policy,amount` or, where the group has a rate, `employee,policy,units`. Problems: `group_report_columns`, `group_report_row` with its number. */
export function readReport(text: string, currency: Currency, rateMinor: bigint | null): Result<readonly Reported[]> {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { bom: true, columns: (names: string[]) => names.map((name) => name.toLowerCase()), skip_empty_lines: true, trim: true, to: LINES_MAX * 2 });
  } catch {
    return fail('group_report_columns');
  }
  const reported: Reported[] = [];
  for (const [place, row] of rows.entries()) {
    const policyNumber = row['policy'] ?? '';
    const units = row['units'];
    if (policyNumber === '' || (row['amount'] === undefined && (units === undefined || rateMinor === null))) return fail('group_report_columns');
    if (row['amount'] === undefined) {
      if (!/^\d{1,9}$/.test(units ?? '')) return fail('group_report_row', { row: place + 2 });
      reported.push({ employee: row['employee'] ?? '', policyNumber, amountMinor: BigInt(units ?? '0') * (rateMinor ?? 0n) });
      continue;
    }
    const amount = parseAmount(row['amount'], currency);
    if (!amount.ok || amount.value < 0n) return fail('group_report_row', { row: place + 2 });
    reported.push({ employee: row['employee'] ?? '', policyNumber, amountMinor: amount.value });
  }
  return reported.length === 0 ? fail('group_report_columns') : ok(reported);
}

/** Keeps what the payer reports beside what is owed; a second report replaces the first, and its answers. Problems: `not_found`, those of `readReport`. */
export async function reportList(tx: Tx, insurerId: InsurerId, listBillId: number, text: string): Promise<Result<{ readonly mismatches: number }>> {
  const [list] = await tx<(Group & { group_id: number })[]>`
    select g.holder_id, g.group_id, g.currency, g.rate_minor from list_bills x join payer_groups g using (insurer_id, holder_id, group_id) where x.list_bill_id = ${listBillId} for update of g`;
  if (list === undefined) return fail('not_found');
  const reported = readReport(text, list.currency, list.rate_minor);
  if (!reported.ok) return reported;
  await tx`delete from list_bill_lines where holder_id = ${list.holder_id} and list_bill_id = ${listBillId} and bill_id is null`;
  const lines = await tx<{ line_no: number; policy_number: string; amount_minor: bigint }[]>`
    select line_no, policy_number, amount_minor from list_bill_lines where holder_id = ${list.holder_id} and list_bill_id = ${listBillId} order by line_no`;
  const left = await tx<{ policy_number: string }[]>`
    select p.policy_number from group_members m join policies p on p.insurer_id = m.insurer_id and p.holder_id = m.member_holder_id and p.policy_id = m.policy_id
    where m.holder_id = ${list.holder_id} and m.group_id = ${list.group_id} and m.to_on is not null`;
  const matched = matchReport(lines.map((line) => ({ policyNumber: line.policy_number, amountMinor: line.amount_minor })), reported.value, new Set(left.map((one) => one.policy_number)));
  const answers = matched.lines.map(({ reportedMinor, mismatch }, place) => ({ no: lines[place]?.line_no ?? 0, reported: String(reportedMinor), mismatch }));
  await tx`
    update list_bill_lines l set reported_minor = r.reported, mismatch = r.mismatch, answer = null, answered_by = null
    from jsonb_to_recordset(${tx.json(answers)}) as r(no int, reported bigint, mismatch text) where l.holder_id = ${list.holder_id} and l.list_bill_id = ${listBillId} and l.line_no = r.no`;
  const last = lines.at(-1)?.line_no ?? 0;
  const strangers = matched.strangers.map((row, place) => ({ no: last + place + 1, employee: row.employee, policy: row.policyNumber, reported: String(row.amountMinor), mismatch: row.mismatch }));
  if (strangers.length > 0) {
    await tx`
      insert into list_bill_lines (insurer_id, holder_id, list_bill_id, line_no, employee_ref, policy_number, amount_minor, reported_minor, mismatch)
      select ${insurerId}::int, ${list.holder_id}::bigint, ${listBillId}::bigint, no, employee, policy, 0, reported, mismatch
      from jsonb_to_recordset(${tx.json(strangers)}) as r(no int, employee text, policy text, reported bigint, mismatch text)`;
  }
  return ok({ mismatches: strangers.length + answers.filter(({ mismatch }) => mismatch !== null).length });
}

/** Once. Problem: `not_found`, also where it was answered meanwhile. */
export async function answerMismatch(tx: Tx, listBillId: number, lineNo: number, answer: string, by: string): Promise<Result<null>> {
  const done = await tx`update list_bill_lines set answer = ${answer}, answered_by = ${by} where list_bill_id = ${listBillId} and line_no = ${lineNo} and mismatch is not null and answer is null`;
  return done.count === 0 ? fail('not_found') : ok(null);
}
