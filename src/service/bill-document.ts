/** What stands on a bill's document, read in one statement for any number of bills; and that it was made, opened, clicked. */

import { type Tx } from '../database/index.ts';
import { type BillDocument, chargeName, type Design, designFor, payeeDetails, payeeOf, premiumName, qrFor } from '../document/index.ts';
import { type BillId, type HolderId, type InsurerId, type Language, type Moment, type PlainDate } from '../kernel/index.ts';
import { maskName, methodsOf } from '../payments/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { type Announced, standingOf } from '../relief/index.ts';
import { designsInUse } from './bill-designs.ts';
import { billReference } from './masking.ts';

export type BillKey = { readonly holderId: HolderId; readonly billId: BillId };
export type MadeDocument = BillKey & { readonly bill: BillDocument; readonly design: Design; /** The holder's own. */ readonly language: Language };

type Charges = { kind: string; rule?: string | null; amount_minor: number }[] | null;
type Row = {
  holder_id: HolderId; bill_id: BillId; name: string; family_name: string; given_name: string; language: Language; address: string | null; city: string | null; postal_code: string | null; market: string; policy_number: string; product: string;
  line: string; period_from: PlainDate; period_to: PlainDate; issued_on: PlainDate; due_on: PlainDate; grace_ends_on: PlainDate | null; state: BillDocument['state']; stage: string; currency: string; premium_minor: bigint;
  amount_minor: bigint; paid_minor: bigint; charges: Charges; announced: Announced | null; design_id: string | null; design_version: number | null;
  before_due_on: PlainDate | null; before_premium_minor: bigint | null; before_amount_minor: bigint | null; before_charges: Charges;
};

export type DocumentAsk = {
  readonly insurer: Insurer; readonly today: PlainDate;
  /** Anybody with the link may read it: the name is masked and no address shown. */
  readonly masked: boolean;
  /** Null: no link stands on it. */
  readonly payUrlOf: ((key: BillKey) => string) | null;
};

/** In the order of the keys; a key of no bill is left out. Each with the design that it was made with, or would be. */
export async function billDocuments(tx: Tx, ask: DocumentAsk, keys: readonly BillKey[]): Promise<readonly MadeDocument[]> {
  const [designs, rows] = await Promise.all([designsInUse(tx), tx<Row[]>`
    with asked as (select * from unnest(${keys.map(({ holderId }) => holderId)}::bigint[], ${keys.map(({ billId }) => billId)}::bigint[]) with ordinality as a (holder_id, bill_id, place))
    select b.holder_id, b.bill_id, holder_name(h.family_name, h.given_name) as name, h.family_name, h.given_name, h.language, h.address, h.city, h.postal_code, p.market, p.policy_number, p.product, p.line,
      b.period_from, b.period_to, b.issued_on, b.due_on, b.grace_ends_on, b.state, b.stage, b.currency, b.premium_minor, b.amount_minor, b.paid_minor, b.charges, b.announced, d.design_id, d.design_version,
      o.due_on as before_due_on, o.premium_minor as before_premium_minor, o.amount_minor as before_amount_minor, o.charges as before_charges
    from asked a
      join bills b on b.insurer_id = ${ask.insurer.insurerId} and b.holder_id = a.holder_id and b.bill_id = a.bill_id
      join policies p on p.insurer_id = b.insurer_id and p.holder_id = b.holder_id and p.policy_id = b.policy_id
      join holders h on h.insurer_id = b.insurer_id and h.holder_id = b.holder_id
      left join bill_documents d on d.insurer_id = b.insurer_id and d.holder_id = b.holder_id and d.bill_id = b.bill_id
      left join lateral (
        select o.due_on, o.premium_minor, o.amount_minor, o.charges from bills o
        where o.insurer_id = b.insurer_id and o.holder_id = b.holder_id and o.policy_id = b.policy_id and o.due_on < b.due_on and o.state not in ('cancelled', 'held') and o.kind = b.kind and o.currency = b.currency
        order by o.due_on desc, o.bill_id desc limit 1) o on true
    order by a.place`]);
  return rows.map((row) => {
    const known = designs.find(({ id, version }) => id === row.design_id && version === row.design_version);
    const design = known ?? designs.find(({ id, latest }) => latest && id === row.design_id) ?? designFor(designs.filter(({ latest }) => latest), ask.insurer.insurerId, row.holder_id);
    return { holderId: row.holder_id, billId: row.bill_id, language: row.language, design, bill: documentOf(row, ask) };
  });
}

function documentOf(row: Row, { insurer, today, masked, payUrlOf }: DocumentAsk): BillDocument {
  const reference = billReference(row.holder_id, row.bill_id);
  const key = { holderId: row.holder_id, billId: row.bill_id };
  const outstandingMinor = row.amount_minor - row.paid_minor;
  const owed = row.state === 'open' && outstandingMinor > 0n;
  const payUrl = payUrlOf === null || !owed ? null : payUrlOf(key);
  const payee = payeeOf(insurer, row.market);
  return {
    insurer: { names: { en: insurer.name, 'zh-Hans': insurer.nameZhHans, 'zh-Hant': insurer.nameZhHant }, address: '', phone: insurer.contactPhone, email: insurer.contactEmail, simulated: insurer.simulated },
    holder: masked ? { name: maskName(row.family_name, row.given_name), addressLines: [] } : { name: row.name, addressLines: addressOf(row) },
    reference, market: row.market, policy: { number: masked ? `…${row.policy_number.slice(-4)}` : row.policy_number, product: row.product, line: row.line }, period: { from: row.period_from, to: row.period_to },
    issuedOn: row.issued_on, dueOn: row.due_on, graceEndsOn: row.grace_ends_on, today, state: row.state, stage: row.stage, currency: row.currency, ...linesOf(row),
    totalMinor: row.amount_minor, paidMinor: row.paid_minor, outstandingMinor: row.state === 'open' || row.state === 'held' ? outstandingMinor : 0n,
    ...standingOf(row.announced, { dueOn: row.due_on, today, owed, outstandingMinor }),
    ways: methodsOf(row.market).map(({ label }) => label), payees: payeeDetails(payee), payUrl, qr: owed ? qrFor(payee, { amountMinor: outstandingMinor, currency: row.currency, reference, payUrl }) : null,
  };
}

function addressOf({ address, city, postal_code: code }: Row): readonly string[] {
  const town = [code, city].filter((text) => text !== null && text !== '').join(' ');
  return [...(address ?? '').split('\n').map((text) => text.trim()), town].filter((text) => text !== '');
}

type Lines = Pick<BillDocument, 'lines' | 'previous'>;

/** Each charge beside the one of the same rule on the bill before; two of one rule on a bill are one line. */
function linesOf(row: Row): Lines {
  const now = summed(row.charges);
  const before = summed(row.before_charges);
  const compared = row.before_due_on !== null && row.before_amount_minor !== null;
  return {
    lines: [
      { name: premiumName(), amountMinor: row.premium_minor, beforeMinor: compared ? row.before_premium_minor : null },
      ...[...now.values()].map(({ kind, rule, amountMinor }) => ({ name: chargeName(kind, rule), amountMinor, beforeMinor: before.get(`${kind} ${rule ?? ''}`)?.amountMinor ?? null })),
    ],
    previous: row.before_due_on === null || row.before_amount_minor === null ? null : {
      dueOn: row.before_due_on, totalMinor: row.before_amount_minor,
      gone: [...before].filter(([name]) => !now.has(name)).map(([, { kind, rule, amountMinor }]) => ({ name: chargeName(kind, rule), amountMinor })),
    },
  };
}

function summed(charges: Charges): Map<string, { readonly kind: string; readonly rule: string | null; readonly amountMinor: bigint }> {
  const sums = new Map<string, { kind: string; rule: string | null; amountMinor: bigint }>();
  for (const { kind, rule = null, amount_minor: amount } of charges ?? []) {
    const name = `${kind} ${rule ?? ''}`;
    sums.set(name, { kind, rule, amountMinor: BigInt(amount) + (sums.get(name)?.amountMinor ?? 0n) });
  }
  return sums;
}

export type DocumentEvent = 'delivered' | 'opened' | 'clicked';
const WITH: Readonly<Record<DocumentEvent, readonly DocumentEvent[]>> = { delivered: ['delivered'], opened: ['delivered', 'opened'], clicked: ['delivered', 'clicked'] };

/** That documents were made, and what happened to them. The first time counts; done again it changes nothing. `event` null: made, by nobody's doing yet. */
export async function noteDocuments(tx: Tx, insurerId: InsurerId, documents: readonly Pick<MadeDocument, 'holderId' | 'billId' | 'design'>[], event: DocumentEvent | null, at: Moment, on: PlainDate): Promise<void> {
  if (documents.length === 0) return;
  const [holders, bills] = [documents.map(({ holderId }) => holderId), documents.map(({ billId }) => billId)];
  await tx`
    insert into bill_documents (insurer_id, holder_id, bill_id, design_id, design_version, made_on, made_at)
    select ${insurerId}, d.holder_id, d.bill_id, d.design_id, d.design_version, ${on}::date, ${new Date(at)}::timestamptz
    from unnest(${holders}::bigint[], ${bills}::bigint[], ${documents.map(({ design }) => design.id)}::text[], ${documents.map(({ design }) => design.version)}::int[]) as d (holder_id, bill_id, design_id, design_version)
    on conflict do nothing`;
  if (event === null) return;
  await tx`
    insert into bill_document_events (insurer_id, holder_id, bill_id, kind, occurred_at)
    select ${insurerId}, d.holder_id, d.bill_id, k.kind, ${new Date(at)}::timestamptz
    from unnest(${holders}::bigint[], ${bills}::bigint[]) as d (holder_id, bill_id) cross join unnest(${[...WITH[event]]}::text[]) as k (kind)
    on conflict do nothing`;
}

/** The way to pay was opened; counts where the bill's document was made before. */
export const noteClick = (tx: Tx, { holderId, billId }: BillKey, at: Moment) => tx`
  insert into bill_document_events (insurer_id, holder_id, bill_id, kind, occurred_at)
  select d.insurer_id, d.holder_id, d.bill_id, k.kind, ${new Date(at)}::timestamptz from bill_documents d cross join unnest(${[...WITH.clicked]}::text[]) as k (kind)
  where d.holder_id = ${holderId} and d.bill_id = ${billId}
  on conflict do nothing`;

/** Bills issued in a span of days that still ask for money, by pages along their keys. */
export async function billsToPrint(tx: Tx, from: PlainDate, to: PlainDate, after: BillKey | null, limit: number): Promise<readonly BillKey[]> {
  const rows = await tx<{ holder_id: HolderId; bill_id: BillId }[]>`
    select holder_id, bill_id from bills
    where state = 'open' and issued_on between ${from} and ${to} and (holder_id, bill_id) > (${after?.holderId ?? 0}::bigint, ${after?.billId ?? 0}::bigint)
    order by holder_id, bill_id limit ${limit}`;
  return rows.map((row) => ({ holderId: row.holder_id, billId: row.bill_id }));
}
