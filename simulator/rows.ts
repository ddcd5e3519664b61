/**
 * Rows in COPY's text format, written by hand: a million policies are ten million lines. Our own names and codes carry no character that
 * COPY would want escaped (a test looks), except the quotes of JSON, which it does not mind.
 */

import { type DayNumber, type InsurerId, type PlainDate, plainDateOf } from '../src/kernel/index.ts';
import { billIdOf } from '../src/billing/index.ts';
import { type PolicyId } from '../src/kernel/index.ts';
import { initialsOf } from '../src/portfolio/index.ts';
import { type Bill, type Standing } from './history.ts';
import { type Holder, type Policy } from './holder.ts';

export const COLUMNS = {
  holders: 'insurer_id, holder_id, external_ref, kind, family_name, given_name, language, time_zone, market, subdivision, email, phone, address, city, postal_code, born_on, '
    + 'income_monthly_minor, income_currency, payday, preferred_channel, consents, opted_out, flags, initials, created_at',
  policies: 'insurer_id, holder_id, policy_id, policy_number, market, subdivision, line, product, currency, premium_minor, mode, cover_from, cover_to, due_day, next_due_on, state, '
    + 'state_since, paid_to_on, autopay, premiums_paid, late_1_to_30_days, late_31_to_90_days, late_over_90_days, last_days_late, days_late_total, cash_share, digital_share, '
    + 'underwriting_score, sourcing_channel, area_type, created_at',
  bills: 'insurer_id, holder_id, bill_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, market, currency, premium_minor, charges, amount_minor, paid_minor, state, stage, '
    + 'stage_since, stage_rule, grace_ends_on, next_change_on, waits_for, first_reminded_on, paid_on, paid_by, closed_on',
  postings: 'insurer_id, holder_id, posting_id, booked_on, debit_account, credit_account, amount_minor, currency, rule, source_kind, source_id, policy_id, bill_id',
} as const;
export type BulkTable = keyof typeof COLUMNS;
export const BULK_TABLES = ['holders', 'policies', 'bills', 'postings'] as const satisfies readonly BulkTable[];

const NULL = String.raw`\N`;
const days = new Map<DayNumber, string>();
/** The few thousand days of a history are formatted once each. */
export function dayText(day: DayNumber): string {
  let text = days.get(day);
  if (text === undefined) days.set(day, (text = plainDateOf(day)));
  return text;
}
const orNull = (value: string | number | null): string | number => value ?? NULL;
const onOrNull = (day: DayNumber | null): string => (day === null ? NULL : dayText(day));
const list = (items: readonly string[]): string => `{${items.join(',')}}`;
const padded = (number: number): string => String(number).padStart(7, '0');
const asDate = (on: PlainDate | DayNumber): string => (typeof on === 'number' ? dayText(on) : on);

export const holderLine = (insurerId: InsurerId, holderId: number, h: Holder, currency: string): string =>
  `${insurerId}\t${holderId}\tC-${padded(h.number + 1)}\t${h.kind}\t${h.name.family}\t${h.name.given}\t${h.language}\t${h.place.timeZone}\t${h.market}\t${orNull(h.place.subdivision)}\t${h.email}\t${h.phone}\t`
  + `${h.place.address}\t${h.place.city}\t${orNull(h.place.postalCode)}\t${h.kind === 'company' ? NULL : dayText(h.born)}\t${h.incomeMonthlyMinor}\t${currency}\t${h.kind === 'company' ? NULL : h.payday}\t`
  + `${h.preferredChannel}\t${list(h.consents)}\t${list(h.optedOut)}\t${list(h.flags)}\t${orNull(initialsOf(h.name.family, h.name.given))}\t${h.policies[0]?.coverFromDate ?? dayText(h.born)}\n`;

export const policyLine = (insurerId: InsurerId, holderId: number, policyId: number, h: Holder, p: Policy, s: Standing): string =>
  `${insurerId}\t${holderId}\t${policyId}\tHL-${p.market}-${padded(p.number + 1)}\t${p.market}\t${orNull(h.place.subdivision)}\t${p.line}\t${p.product}\t${p.currency}\t${p.premiumMinor}\t${p.mode}\t`
  + `${p.coverFromDate}\t${orNull(p.coverTo)}\t${p.dueDay}\t${orNull(s.nextDueOn)}\t${s.state}\t${asDate(s.stateSince)}\t${orNull(s.paidToOn)}\t${p.autopay ? 't' : 'f'}\t${s.premiumsPaid}\t${s.late1To30}\t${s.late31To90}\t${s.lateOver90}\t`
  + `${orNull(s.lastDaysLate)}\t${s.daysLateTotal}\t${orNull(s.cashShare)}\t${orNull(s.digitalShare)}\t${orNull(p.underwritingScore)}\t${p.sourcing}\t${p.rural ? 'rural' : 'urban'}\t${p.coverFromDate}\n`;

export function billLine(insurerId: InsurerId, holderId: number, policyId: number, p: Policy, b: Bill): string {
  const a = b.ageing;
  const stage = a === null ? (b.paidOn !== null && dayText(b.paidOn) >= b.dueOn ? 'due' : 'not_due') : a.state;
  const open = b.state === 'open';
  return `${insurerId}\t${holderId}\t${billIdOf(policyId as PolicyId, b.no)}\t${policyId}\t${b.no}\t${b.periodFrom}\t${b.periodTo}\t${b.dueOn}\t${dayText(b.issuedOn)}\t${p.market}\t${p.currency}\t${b.premiumMinor}\t${b.charges ?? NULL}\t`
    + `${b.amountMinor}\t${b.state === 'paid' ? b.amountMinor : 0}\t${b.state}\t${stage}\t${b.stageSince ?? (stage === 'not_due' ? dayText(b.issuedOn) : b.dueOn)}\t${orNull(a?.rule ?? null)}\t${open ? orNull(a?.graceEndsOn ?? null) : NULL}\t`
    + `${open ? orNull(a?.nextChangeOn ?? null) : NULL}\t${open ? orNull(a?.waitsFor ?? null) : NULL}\t${onOrNull(b.remindedOn)}\t${onOrNull(b.paidOn)}\t${b.paidBy ?? NULL}\t${onOrNull(b.closedOn)}\n`;
}

/** The ledger opens with what is owed: the paid past stays in the former system's books. */
export const openingLine = (insurerId: InsurerId, holderId: number, policyId: number, postingId: number, bookedOn: PlainDate, currency: string, b: Bill): string => {
  const billId = billIdOf(policyId as PolicyId, b.no);
  return `${insurerId}\t${holderId}\t${postingId}\t${bookedOn}\tpremium_receivable\topening_balance\t${b.amountMinor}\t${currency}\topening_balance\tbill\t${billId}\t${policyId}\t${billId}\n`;
};
