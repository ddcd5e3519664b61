/**
 * From a tap to the provider's page. There is never more than one open checkout for a bill: a second tap leads to the same one, another way to pay
 * (or another amount, or other bills beside it) closes the first before it opens the second, and where money is on its way nothing is opened at all. The payment is written down before the
 * provider is asked, and its number is the idempotency key; a process that dies in between finds it again with the next tap.
 */

import { inInsurer, type Database, type Tx } from '../database/index.ts';
import { type BillId, type Currency, fail, type HolderId, type InsurerId, type Language, type Moment, ok, type PaymentId, type Result } from '../kernel/index.ts';
import { type Device } from './device.ts';
import { methodsOf } from './methods.ts';
import { providerFor } from './providers/index.ts';
import { type Checkout, paymentReference, type Provider } from './providers/provider.ts';
import { lockHolders } from './store.ts';

export type CheckoutWish = {
  readonly insurerId: InsurerId;
  readonly holderId: HolderId;
  readonly billId: BillId;
  /** Paid with it in one payment; empty: that bill alone. */
  readonly otherBillIds?: readonly BillId[];
  /** A part of the bill; null: all that is owed. Not with other bills. */
  readonly partMinor?: bigint | null;
  /** Of the message whose link was used. */
  readonly contactId: number | null;
  readonly method: string;
  readonly device: Device;
  readonly language: Language;
  readonly returnUrl: string;
  readonly cancelUrl: string;
};

/** `at`: the insurer's clock, for our rows; `machine`: for the provider's expiry. */
export type CheckoutTimes = { readonly at: Moment; readonly machine: Moment };
export type CheckoutAnswer = { readonly kind: 'redirect'; readonly url: string } | { readonly kind: 'in_flight' } | { readonly kind: 'closed' };

/** A checkout that ends within this time is not offered again. */
const LIVE_MS_MIN = 60_000;
/** Closing an older checkout of each bill and claiming again; more means that somebody taps without end. */
const CLAIMS_MAX = 3;
/** Bills of one payment: a holder's year of monthly bills. */
export const CHOSEN_BILLS_MAX = 12;
/** The smallest part: a tenth of the bill, or what is left where that is less. */
const PART_SHARE = 10n;
export const partMinimum = (billMinor: bigint, leftMinor: bigint): bigint => {
  const tenth = (billMinor + PART_SHARE - 1n) / PART_SHARE;
  return tenth < leftMinor ? tenth : leftMinor;
};

type Claim =
  | { readonly kind: 'in_flight' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'live'; readonly url: string }
  | { readonly kind: 'ask'; readonly paymentId: PaymentId; readonly amountMinor: bigint; readonly currency: Currency; readonly description: string; readonly provider: Provider }
  | { readonly kind: 'replace'; readonly old: OpenPayment; readonly provider: Provider; readonly description: string };

/** Problems: `method_unknown`, `amount_invalid`, `bill_not_open` (a chosen one), `provider_unreachable`, `provider_refused`, `not_found`. */
export async function openCheckout(database: Database, providers: readonly Provider[], wish: CheckoutWish, times: CheckoutTimes): Promise<Result<CheckoutAnswer>> {
  for (let turn = 1; turn <= CLAIMS_MAX + (wish.otherBillIds?.length ?? 0); turn += 1) {
    const claimed = await inInsurer(database.app, wish.insurerId, (tx) => claim(tx, providers, wish, times));
    if (!claimed.ok) return claimed;
    const now = claimed.value;
    if (now.kind === 'in_flight' || now.kind === 'closed') return ok({ kind: now.kind });
    if (now.kind === 'live') return ok({ kind: 'redirect', url: now.url });
    if (now.kind === 'ask') {
      const made = await createFor(database, now.provider, wish, now);
      return made.ok ? ok({ kind: 'redirect', url: made.value.url }) : made;
    }
    const closed = await closeOld(database, now.provider, wish, now.old, now.description);
    if (!closed.ok) return closed;
    if (closed.value === 'too_late') return ok({ kind: 'in_flight' });
  }
  return fail('provider_unreachable', { reason: 'too many checkouts' });
}

type OpenPayment = {
  payment_id: PaymentId; bill_id: BillId; bill_ids: string[] | null; provider: string; provider_reference: string | null; method: string; amount_minor: bigint; currency: Currency; state: string;
  checkout_url: string | null; checkout_expires_at: Date | null;
};
type BillRow = { bill_id: BillId; market: string; state: string; in_flight: boolean; amount_minor: bigint; left_minor: bigint; currency: Currency; policy_number: string };

async function claim(tx: Tx, providers: readonly Provider[], wish: CheckoutWish, times: CheckoutTimes): Promise<Result<Claim>> {
  const { insurerId, holderId, billId, method } = wish;
  const chosen = [...new Set([billId, ...(wish.otherBillIds ?? [])])].sort((a, b) => a - b);
  await lockHolders(tx, [holderId]);
  const bills = await tx<BillRow[]>`
    select b.bill_id, p.market, b.state, b.in_flight, b.amount_minor, b.amount_minor - b.paid_minor as left_minor, b.currency, p.policy_number
    from bills b join policies p using (insurer_id, holder_id, policy_id) where b.holder_id = ${holderId} and b.bill_id = any(${chosen}::bigint[])`;
  const bill = bills.find(({ bill_id: id }) => id === billId);
  if (bill === undefined) return fail('not_found');
  if (bill.state !== 'open') return ok({ kind: 'closed' });
  const several = chosen.length > 1;
  if (chosen.length > CHOSEN_BILLS_MAX || bills.length < chosen.length || bills.some((one) => one.state !== 'open' || one.currency !== bill.currency)) return fail('bill_not_open', { state: '—' });
  const part = wish.partMinor ?? null;
  if (part !== null && (several || part < partMinimum(bill.amount_minor, bill.left_minor) || part > bill.left_minor)) return fail('amount_invalid', { value: String(part) });
  const amountMinor = part ?? bills.reduce((sum, one) => sum + one.left_minor, 0n);
  if (!methodsOf(bill.market).some(({ id }) => id === method)) return fail('method_unknown', { method });
  const open = await tx<OpenPayment[]>`
    select payment_id, bill_id, bill_ids, provider, provider_reference, method, amount_minor, currency, state, checkout_url, checkout_expires_at from payments
    where holder_id = ${holderId} and (bill_id = any(${chosen}::bigint[]) or bill_ids && ${chosen}::bigint[]) and state in ('created', 'pending') order by payment_id desc`;
  if (bills.some((one) => one.in_flight) || open.some(({ state }) => state === 'pending')) return ok({ kind: 'in_flight' });
  const provider = providerFor(providers, bill.market);
  const description = [...new Set(bills.map((one) => `…${one.policy_number.slice(-4)}`))].join(' ');
  const live = open.filter((one) => one.checkout_expires_at === null || one.checkout_expires_at.getTime() > times.machine + LIVE_MS_MIN);
  const expired = open.filter((one) => !live.includes(one)).map((one) => one.payment_id);
  if (expired.length > 0) await giveUp(tx, holderId, expired, 'expired');
  const [same, ...others] = live;
  if (same !== undefined) {
    const fits = others.length === 0 && same.method === method && same.amount_minor === amountMinor && same.provider === provider.id
      && same.bill_id === billId && (same.bill_ids ?? [String(billId)]).join() === chosen.join();
    if (!fits) return ok({ kind: 'replace', old: same, provider, description });
    if (same.checkout_url !== null) return ok({ kind: 'live', url: same.checkout_url });
    return ok({ kind: 'ask', paymentId: same.payment_id, amountMinor: same.amount_minor, currency: same.currency, description, provider });
  }
  const [row] = await tx<{ payment_id: PaymentId }[]>`
    insert into payments (insurer_id, holder_id, provider, method, amount_minor, currency, state, bill_id, bill_ids, contact_id, device, created_at)
    values (${insurerId}, ${holderId}, ${provider.id}, ${method}, ${String(amountMinor)}, ${bill.currency}, 'created', ${billId}, ${several ? chosen : null}::bigint[], ${wish.contactId},
      ${wish.device}, ${new Date(times.at)})
    returning payment_id`;
  if (row === undefined) throw new Error('the payment was not written');
  return ok({ kind: 'ask', paymentId: row.payment_id, amountMinor, currency: bill.currency, description, provider });
}

const giveUp = (tx: Tx, holderId: HolderId, paymentIds: readonly PaymentId[], failure: string) => tx`
  update payments set state = 'failed', failure = ${failure} where holder_id = ${holderId} and payment_id = any(${[...paymentIds]}::bigint[]) and state = 'created'`;

type Ask = { readonly paymentId: PaymentId; readonly amountMinor: bigint; readonly currency: Currency; readonly description: string };

/** Asks the provider and keeps its answer. */
async function createFor(database: Database, provider: Provider, wish: CheckoutWish, payment: Ask): Promise<Result<Checkout>> {
  const { insurerId, holderId, method, language, returnUrl, cancelUrl } = wish;
  const { paymentId, amountMinor, currency, description } = payment;
  const made = await provider.createCheckout({ reference: paymentReference({ insurerId, holderId, paymentId }), amountMinor, currency, method, language, description, returnUrl, cancelUrl });
  await inInsurer(database.app, insurerId, async (tx) => {
    if (made.ok) {
      await tx`
        update payments set provider_reference = ${made.value.providerReference}, checkout_url = ${made.value.url}, checkout_expires_at = ${new Date(made.value.expiresAt)}
        where holder_id = ${holderId} and payment_id = ${paymentId}`;
    } else if (made.problem.code === 'provider_refused') await giveUp(tx, holderId, [paymentId], 'provider_refused');
  });
  return made;
}

async function closeOld(database: Database, provider: Provider, wish: CheckoutWish, old: OpenPayment, description: string): Promise<Result<'cancelled' | 'too_late'>> {
  let reference = old.provider_reference;
  if (reference === null) {
    const found = await createFor(database, provider, { ...wish, method: old.method }, { paymentId: old.payment_id, amountMinor: old.amount_minor, currency: old.currency, description });
    if (!found.ok) return found.problem.code === 'provider_refused' ? ok('cancelled') : found;
    reference = found.value.providerReference;
  }
  const closed = await provider.cancelCheckout(reference);
  if (closed.ok && closed.value === 'cancelled') await inInsurer(database.app, wish.insurerId, (tx) => giveUp(tx, wish.holderId, [old.payment_id], 'cancelled'));
  return closed;
}
