/** Who is not yet due and likely to be late, the nearest due date first, each with the reasons of the latest score. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { type Language, type PlainDate } from '../kernel/index.ts';
import { reasonText } from '../risk/index.ts';
import { dayCursor, type DayKey } from './key-cursor.ts';
import { billReference } from './masking.ts';
import { amountMinor, plainDate, risk } from './shapes.ts';

const highRiskRow = z.object({
  holder_id: z.int(), policy_id: z.int(), bill_id: z.int().nullable(), reference: z.string().nullable(), holder_name: z.string(), policy_number: z.string(), market: z.string(), line: z.string(),
  due_on: plainDate, currency: z.string(), amount_minor: amountMinor, probability_late: z.number(), reasons: risk.shape.reasons,
});
export const highRiskShape = z.object({ policies: z.array(highRiskRow), next_after: dayCursor.nullable() });
type HighRiskView = z.output<typeof highRiskShape>;

export type HighRiskFilter = { readonly today: PlainDate; readonly market: string | null; readonly language: Language; readonly after: DayKey | null; readonly limit: number };

/** No index knows a score's market or whether a later score is lower: a page looks at so many at most, and may then be shorter than asked. */
const WALK_MAX = 2_000;
type Row = Omit<HighRiskView['policies'][number], 'reasons' | 'reference'> & { reason_features: string[]; reason_values: string[]; reason_contributions: number[] };

export async function listHighRisk(tx: Tx, { today, market, language, after, limit }: HighRiskFilter): Promise<HighRiskView> {
  const { day = null, holderId = null, id = null } = after ?? {};
  const walked = tx`
    select * from scores s where s.tier = 'high' and s.due_on > ${today}
      and (${day}::date is null or (s.due_on, s.holder_id, s.policy_id) > (${day}::date, ${holderId}::bigint, ${id}::bigint))
    order by s.due_on, s.holder_id, s.policy_id limit ${WALK_MAX}`;
  const rows = await tx<Row[]>`
    with page as (
      select s.*, p.policy_number, p.market, p.line, p.currency, b.bill_id, coalesce(b.amount_minor - b.paid_minor, p.premium_minor)::bigint as amount_minor
      from (${walked}) s join policies p using (insurer_id, holder_id, policy_id)
        left join bills b on b.insurer_id = s.insurer_id and b.holder_id = s.holder_id and b.policy_id = s.policy_id and b.due_on = s.due_on
      -- The latest score counts, and a bill that is still owed or not yet issued.
      where (${market}::text is null or p.market = ${market}) and coalesce(b.state, 'open') = 'open' and p.state in ('in_force', 'grace', 'pending')
        and not exists (select from scores n where n.insurer_id = s.insurer_id and n.holder_id = s.holder_id and n.policy_id = s.policy_id and n.due_on = s.due_on and n.horizon_days < s.horizon_days)
      order by s.due_on, s.holder_id, s.policy_id limit ${limit})
    select s.holder_id, s.policy_id, s.bill_id, holder_name(h.family_name, h.given_name) as holder_name, s.policy_number, s.market, s.line, s.due_on, s.currency, s.amount_minor, s.probability_late,
      s.reason_features, s.reason_values, s.reason_contributions
    from page s join holders h using (insurer_id, holder_id) order by s.due_on, s.holder_id, s.policy_id`;
  const [end] = rows.length === limit ? [] : await tx<{ due_on: PlainDate; holder_id: number; policy_id: number }[]>`select due_on, holder_id, policy_id from (${walked}) w offset ${WALK_MAX - 1}`;
  const last = rows.length === limit ? rows.at(-1) : end;
  return {
    policies: rows.map(({ reason_features: features, reason_values: values, reason_contributions: contributions, ...row }) => ({
      ...row, reference: row.bill_id === null ? null : billReference(row.holder_id, row.bill_id),
      reasons: features.map((feature, i) => {
        const [value = '', contribution = 0] = [values[i], contributions[i]];
        return { feature, value, contribution, text: reasonText(feature, value === '' ? null : value, contribution, language) };
      }),
    })),
    next_after: last === undefined ? null : { day: last.due_on, holderId: last.holder_id, id: last.policy_id },
  };
}
