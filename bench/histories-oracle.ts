/**
 * What a history of one holder must have led to: every bill's paid part and state, every payment's rest, and the balance of every account, told event by event. Written from the rules in words, with no
 * code of the product: no allocation, no settlement, no posting, no auditor. Amounts in minor units.
 */

export type OracleBill = {
  readonly id: number;
  readonly policyId: number;
  readonly currency: string;
  dueOn: string;
  premium: bigint;
  /** By account: what is collected for others, and what is charged for being late. */
  charges: readonly { readonly kind: string; readonly amount: bigint }[];
  state: 'held' | 'open' | 'paid' | 'written_off' | 'cancelled';
  givenUp: boolean;
  /** Steps of the scale of late fees that were charged, in days. */
  feeSteps: number[];
  parts: { readonly by: OraclePayment; amount: bigint; readonly afterGivenUp: boolean }[];
};
export type OraclePayment = {
  readonly name: string;
  readonly from: 'bank' | 'provider' | 'own';
  /** Of money of our own: what it is. */
  readonly what: string | null;
  readonly named: OracleBill;
  readonly currency: string;
  readonly amount: bigint;
  readonly bookedOn: string;
  readonly order: number;
  readonly broughtBy: OraclePayment | null;
  stands: boolean;
  /** Beyond what was owed; grows when a bill is put right. */
  waiting: bigint;
  refunds: { amount: bigint; state: 'due' | 'sent' | 'undone' }[];
};

const CHARGE_ACCOUNT: Readonly<Record<string, string>> = {
  levy: 'levy_payable', premium_tax: 'premium_tax_payable', stamp_duty: 'premium_tax_payable', policy_fee: 'fee_income', instalment_charge: 'fee_income', late_fee: 'fee_income', interest: 'interest_income',
};
const OWN_ACCOUNT: Readonly<Record<string, string>> = {
  early_discount: 'discounts_allowed', points_spent: 'points_liability', claim_offset: 'claims_payable', premium_loan: 'policy_loans', group_share: 'group_clearing', producer_share: 'producer_clearing',
  exchanged: 'exchange_clearing', small_balance: 'write_offs', paid_before: 'opening_balance',
};
const LATE = new Set(['late_fee', 'interest']);
const sum = (values: Iterable<bigint>): bigint => { let total = 0n; for (const value of values) total += value; return total; };
const least = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));

export const asksFor = ({ premium, charges }: OracleBill): bigint => premium + sum(charges.map(({ amount }) => amount));
const feesOf = ({ charges }: OracleBill): bigint => sum(charges.filter(({ kind }) => LATE.has(kind)).map(({ amount }) => amount));
export const paidOf = ({ parts }: OracleBill): bigint => sum(parts.map(({ amount }) => amount));
/** More than late fees and interest is owed. */
export const owesPremium = (bill: OracleBill): boolean => leftOf(bill) > feesOf(bill);
export const leftOf = (bill: OracleBill): bigint => asksFor(bill) - paidOf(bill);
/** Of what waited with a payment, what nothing has used yet. */
export const unused = (payments: readonly OraclePayment[], payment: OraclePayment): bigint => payment.waiting
  - sum(payments.filter((one) => one.stands && one.what === 'waiting_money_used' && one.broughtBy === payment).map(({ amount }) => amount))
  - sum(payment.refunds.filter(({ state }) => state !== 'undone').map(({ amount }) => amount));

export class History {
  readonly bills: OracleBill[] = [];
  readonly payments: OraclePayment[] = [];
  #order = 0;

  bill(id: number): OracleBill {
    const found = this.bills.find((one) => one.id === id);
    if (found === undefined) throw new Error(`the oracle knows no bill ${id}`);
    return found;
  }

  /** Money arrives for a named bill: what is due of it, of its policy and of the others, premiums before fees; then the policy's next bills; the rest waits. */
  pays(name: string, from: OraclePayment['from'], what: string | null, named: OracleBill, amount: bigint, currency: string, on: string, broughtBy: OraclePayment | null = null): OraclePayment {
    const payment: OraclePayment = { name, from, what, named, currency, amount, bookedOn: on, order: (this.#order += 1), broughtBy, stands: true, waiting: 0n, refunds: [] };
    this.payments.push(payment);
    let left = amount;
    const pay = (bill: OracleBill, most: bigint): void => {
      const part = least(left, most);
      if (part <= 0n) return;
      left -= part;
      const before = bill.parts.find(({ by }) => by === payment);
      if (before === undefined) bill.parts.push({ by: payment, amount: part, afterGivenUp: bill.givenUp });
      else before.amount += part;
    };
    const takes = (bill: OracleBill): boolean => bill.state === 'open' || (bill.state === 'written_off' && bill.givenUp);
    if (named.currency === currency && takes(named)) {
      const others = from === 'own' ? [] : this.bills.filter((bill) => bill !== named && bill.state === 'open' && bill.currency === currency).toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.id - b.id));
      const due = [named, ...others.filter((bill) => bill.dueOn <= on && bill.policyId === named.policyId), ...others.filter((bill) => bill.dueOn <= on && bill.policyId !== named.policyId)];
      for (const bill of due) pay(bill, leftOf(bill) - feesOf(bill));
      for (const bill of due) pay(bill, leftOf(bill));
      for (const bill of others.filter((one) => one.dueOn > on && one.policyId === named.policyId)) pay(bill, leftOf(bill));
      for (const bill of this.bills) if (bill.state !== 'cancelled' && bill.state !== 'held' && bill.parts.length > 0 && leftOf(bill) === 0n) bill.state = 'paid';
    }
    payment.waiting = left;
    return payment;
  }

  /** It goes back, and with it all that it had brought. */
  goesBack(payment: OraclePayment): void {
    if (!payment.stands) return;
    payment.stands = false;
    for (const bill of this.bills) {
      if (!bill.parts.some(({ by }) => by === payment)) continue;
      bill.parts = bill.parts.filter(({ by }) => by !== payment);
      if (bill.state === 'paid') bill.state = bill.givenUp ? 'written_off' : 'open';
    }
    for (const refund of payment.refunds) if (refund.state === 'due') refund.state = 'undone';
    for (const one of this.payments) if (one.broughtBy === payment) this.goesBack(one);
  }

  givesUp(bill: OracleBill): void {
    bill.state = 'written_off';
    bill.givenUp = true;
  }

  asksAgain(bill: OracleBill): void {
    bill.state = 'open';
    bill.givenUp = false;
  }

  /** A bill asks for something else now, or (null) for nothing: money beyond it waits, the newest first. */
  putRight(bill: OracleBill, after: Pick<OracleBill, 'premium' | 'charges'> | null): void {
    if (after !== null) Object.assign(bill, after);
    let surplus = paidOf(bill) - (after === null ? 0n : asksFor(bill));
    const newest = bill.parts.toSorted((a, b) => (a.by.bookedOn < b.by.bookedOn ? 1 : a.by.bookedOn > b.by.bookedOn ? -1 : b.by.order - a.by.order));
    for (const part of newest) {
      if (surplus <= 0n) break;
      const released = least(surplus, part.amount);
      part.amount -= released;
      part.by.waiting += released;
      surplus -= released;
    }
    bill.parts = bill.parts.filter(({ amount }) => amount > 0n);
    bill.state = after === null ? 'cancelled' : leftOf(bill) === 0n ? 'paid' : 'open';
  }

  /** Debits less credits of every account by currency; accounts that are even are left out. */
  balances(): Map<string, bigint> {
    const all = new Map<string, bigint>();
    const add = (account: string, currency: string, amount: bigint): void => { all.set(`${account} ${currency}`, (all.get(`${account} ${currency}`) ?? 0n) + amount); };
    for (const bill of this.bills) {
      if (bill.state === 'cancelled' || bill.state === 'held') continue;
      add('premium_income', bill.currency, -bill.premium);
      for (const { kind, amount } of bill.charges) add(CHARGE_ACCOUNT[kind] ?? kind, bill.currency, -amount);
      add(bill.givenUp ? 'write_offs' : 'premium_receivable', bill.currency, leftOf(bill));
    }
    for (const payment of this.payments) {
      for (const { amount, state } of payment.refunds) {
        if (state === 'undone') continue;
        add('suspense', payment.currency, amount);
        add(state === 'due' ? 'refunds_payable' : 'bank', payment.currency, -amount);
      }
      if (!payment.stands) continue;
      add('suspense', payment.currency, -payment.waiting);
      const account = payment.from === 'bank' ? 'bank' : payment.from === 'provider' ? 'provider_clearing' : payment.what === 'waiting_money_used' ? 'suspense' : OWN_ACCOUNT[payment.what ?? ''] ?? '';
      add(account, payment.currency, payment.amount);
    }
    for (const [key, amount] of all) if (amount === 0n) all.delete(key);
    return all;
  }
}
