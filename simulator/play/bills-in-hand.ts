/** The bills that holders have in hand, with what each knows of the own policy. Reading is all that is done here. */

import { type Database, inInsurer } from '../../src/database/index.ts';
import { dayNumber, type DayNumber, type InsurerId, type PlainDate } from '../../src/kernel/index.ts';
import { type Behaviour, type Line, LINES, type Market, MARKETS, type PayingMode, type Sourcing } from '../behaviour.ts';
import { type OwnPolicy } from '../paying.ts';
import { burdenOf } from '../products.ts';
import { COMPANY, type Traits, traitsOf } from '../traits.ts';

export type BillInHand = {
  readonly holderId: number;
  readonly billId: number;
  readonly policyId: number;
  readonly instalmentNo: number;
  readonly dueOn: PlainDate;
  readonly due: DayNumber;
  readonly issuedOn: DayNumber;
  readonly currency: string;
  readonly owedMinor: bigint;
  readonly timeZone: string;
  readonly preferredChannel: string | null;
  readonly phone: string | null;
  readonly name: string;
  readonly deceased: boolean;
  /** Our dispute of it is not answered yet. */
  readonly disputed: boolean;
  readonly policy: OwnPolicy;
  readonly traits: Traits;
};

type Row = {
  holder_id: number; bill_id: number; policy_id: number; instalment_no: number; due_on: PlainDate; issued_on: PlainDate; currency: string; owed_minor: bigint; market: string; line: string;
  mode: string; autopay: boolean; sourcing_channel: string | null; area_type: string | null; premium_minor: bigint; cover_from: PlainDate; kind: string; born_on: PlainDate | null;
  payday: number | null; income_monthly_minor: bigint | null; time_zone: string; preferred_channel: string | null; phone: string | null; flags: string[]; disputed: boolean; name: string;
};

/** Numbers of the first holder and policy: traits follow from the number within the insurer, not from the id. */
export type FirstIds = { readonly holder: number; readonly policy: number };
export const firstIdsOf = (database: Database, insurerId: InsurerId): Promise<FirstIds> => inInsurer(database.app, insurerId, async (tx) => {
  const [row] = await tx<{ holder: number | null; policy: number | null }[]>`
    select (select min(holder_id) from holders where insurer_id = ${insurerId}) as holder, (select min(policy_id) from policies where insurer_id = ${insurerId}) as policy`;
  return { holder: row?.holder ?? 1, policy: row?.policy ?? 1 };
});

/** Traits cost some microseconds; a holder is met on many days. */
const TRAITS_KEPT_MAX = 100_000;

export function readerOf(database: Database, insurerId: InsurerId, behaviour: Behaviour, seed: number, first: FirstIds): () => Promise<BillInHand[]> {
  const known = new Map<number, Traits>();
  const traitsFor = (holderId: number, market: Market, born: DayNumber): Traits => {
    let traits = known.get(holderId);
    if (traits === undefined) {
      if (known.size >= TRAITS_KEPT_MAX) known.clear();
      known.set(holderId, (traits = traitsOf(behaviour, seed, holderId - first.holder, market, born)));
    }
    return traits;
  };
  return async () => {
    const rows = await inInsurer(database.app, insurerId, (tx) => tx<Row[]>`
      select b.holder_id, b.bill_id, b.policy_id, b.instalment_no, b.due_on, b.issued_on, b.currency, (b.amount_minor - b.paid_minor)::bigint as owed_minor, p.market, p.line, p.mode, p.autopay,
        p.sourcing_channel, p.area_type, p.premium_minor, p.cover_from, h.kind, h.born_on, h.payday, h.income_monthly_minor, h.time_zone, h.preferred_channel, h.phone, h.flags, b.disputed,
        h.family_name || h.given_name as name
      from bills b join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id)
      where b.insurer_id = ${insurerId} and b.state = 'open' and not b.in_flight order by b.holder_id, b.policy_id, b.instalment_no`);
    return rows.flatMap((row) => inHand(row, first, traitsFor));
  };
}

/** People whom the simulator did not make (imported ones) live in any market; it plays those that it knows. */
function inHand(row: Row, first: FirstIds, traitsFor: (holderId: number, market: Market, born: DayNumber) => Traits): BillInHand[] {
  const market = MARKETS.find((one) => one === row.market);
  if (market === undefined) return [];
  const line: Line = LINES.find((one) => one === row.line) ?? 'property';
  const born = row.born_on === null ? COMPANY.born : dayNumber(row.born_on);
  const mode = row.mode as PayingMode;
  const income = row.income_monthly_minor === null ? 0 : Number(row.income_monthly_minor);
  return [{
    holderId: row.holder_id, billId: row.bill_id, policyId: row.policy_id, instalmentNo: row.instalment_no, dueOn: row.due_on, due: dayNumber(row.due_on), issuedOn: dayNumber(row.issued_on),
    currency: row.currency, owedMinor: row.owed_minor, timeZone: row.time_zone, preferredChannel: row.preferred_channel, phone: row.phone, name: row.name, deceased: row.flags.includes('deceased'), disputed: row.disputed,
    traits: traitsFor(row.holder_id, market, born),
    policy: {
      number: row.policy_id - first.policy, market, line, mode, autopay: row.autopay, sourcing: (row.sourcing_channel ?? 'agent') as Sourcing, rural: row.area_type === 'rural',
      company: row.kind === 'company', burden: income > 0 ? burdenOf(market, line, mode, Number(row.premium_minor), income) : 1, coverFrom: dayNumber(row.cover_from), born,
      payday: row.payday ?? COMPANY.payday,
    },
  }];
}
