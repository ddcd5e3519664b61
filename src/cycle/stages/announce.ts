/** What may be charged for being late and given for being early is written on each bill when it leaves: nothing applies that its bill has not announced. */

import { copyToTemporary, type Tx } from '../../database/index.ts';
import { addDays, type HolderId, type PlainDate } from '../../kernel/index.ts';
import { announcedOf, type DiscountTier, mayOfferDiscount, readTerms } from '../../relief/index.ts';
import { type HolderRange, type StageContext } from '../stage.ts';

/** What a person released by day is announced the next night; older bills stay without. */
const LOOKS_BACK_DAYS = 4;

type Row = {
  readonly holder_id: HolderId; readonly bill_id: number; readonly market: string; readonly subdivision: string | null; readonly line: string; readonly currency: string;
  readonly premium_minor: bigint; readonly amount_minor: bigint; readonly issued_on: PlainDate; readonly due_on: PlainDate;
};

/** What a bill says of late fees and discounts, as the row keeps it, and the day of its first fee; null: nothing. */
export type Announcement = { readonly announced: string; readonly nextFeeOn: PlainDate | null };
export type Announcer = (bill: Omit<Parameters<typeof announcedOf>[1], 'issuedOn'>, issuedOn: PlainDate) => Announcement | null;

/** The insurer's terms of the day and the law's answers to them, each asked once; null: the insurer has no terms. A bill that is due already announces nothing. */
export async function announcerOf(tx: Tx, { insurer: { insurerId }, businessDate, packs }: StageContext): Promise<Announcer | null> {
  const terms = await readTerms(tx, insurerId);
  if (terms.late_fees.terms.scales.length === 0 && terms.early_discount.terms.tiers.length === 0) return null;
  const answers = new Map<string, boolean>();
  return (bill, issuedOn) => {
    if (bill.dueOn <= businessDate) return null;
    const lawful = (tier: DiscountTier): boolean => {
      const key = `${tier.market} ${tier.subdivision ?? ''} ${bill.line} ${tier.in_contract}`;
      let known = answers.get(key);
      if (known === undefined) answers.set(key, (known = mayOfferDiscount(packs, tier, bill.line, businessDate).answer === 'allow'));
      return known;
    };
    const says = announcedOf(terms, { ...bill, issuedOn }, lawful);
    const first = says?.late_fees?.steps[0]?.days;
    return says === null ? null : { announced: JSON.stringify(says), nextFeeOn: first === undefined ? null : addDays(bill.dueOn, first) };
  };
}

/** Bills that have left since without saying it: released by a person, or made by a change. Those of tonight say it when they are written. */
export async function announceLeft(tx: Tx, { insurer: { insurerId }, businessDate }: StageContext, { from, to }: HolderRange, announcer: Announcer | null): Promise<number> {
  if (announcer === null) return 0;
  const rows = await tx<Row[]>`
    select b.holder_id, b.bill_id, b.market, p.subdivision, p.line, b.currency, b.premium_minor, b.amount_minor, b.issued_on, b.due_on
    from bills b join policies p on p.insurer_id = ${insurerId} and p.holder_id between ${from} and ${to} and p.holder_id = b.holder_id and p.policy_id = b.policy_id
    where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.state = 'open' and b.announced is null
      and b.issued_on between ${addDays(businessDate, -LOOKS_BACK_DAYS)} and ${businessDate} and b.due_on > ${businessDate} and b.paid_minor = 0
    order by b.holder_id, b.bill_id`;
  const announced = rows.flatMap((row) => {
    const says = announcer({
      market: row.market, subdivision: row.subdivision, line: row.line, currency: row.currency, premiumMinor: row.premium_minor, amountMinor: row.amount_minor, dueOn: row.due_on,
    }, row.issued_on);
    return says === null ? [] : [[row.holder_id, row.bill_id, says.announced, says.nextFeeOn] as const];
  });
  if (announced.length === 0) return 0;
  await copyToTemporary(tx, 'announced_now', ['holder_id bigint', 'bill_id bigint', 'announced jsonb', 'next_fee_on date'], announced);
  await tx`
    update bills b set announced = a.announced, next_fee_on = a.next_fee_on from announced_now a
    where b.insurer_id = ${insurerId} and b.holder_id between ${from} and ${to} and b.holder_id = a.holder_id and b.bill_id = a.bill_id`;
  return announced.length;
}
