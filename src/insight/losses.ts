/** The policies behind the loss from late premium: capital, collection and write-offs of each, the dearest first. */

import { type Tx } from '../database/index.ts';
import { type PlainDate } from '../kernel/index.ts';
import { ratesOf } from './cost-of-delay.ts';

const LOSSES_MAX = 100;
const YEAR_DAYS = 365;

export type LossRow = {
  readonly holder_id: number; readonly policy_id: number; readonly policy_number: string; readonly holder_name: string; readonly market: string; readonly line: string; readonly currency: string;
  readonly late_minor: bigint; readonly capital_minor: number; readonly operating_minor: bigint; readonly written_off_minor: bigint; readonly loss_minor: number;
};
export type Losses = { readonly as_of: PlainDate | null; readonly policies: readonly LossRow[] };
export type LossAsk = { readonly market: string | null; readonly line: string | null; readonly currency: string };

export async function losses(tx: Tx, { market, line, currency }: LossAsk): Promise<Losses> {
  const rates = await ratesOf(tx);
  const rows = await tx<(LossRow & { as_of: PlainDate })[]>`
    with dear as (
      select l.*, c.capital, c.capital + l.operating_minor + l.written_off_minor as loss
      from loss_policies l cross join lateral (select (l.late_days_minor * ${rates.capital_annual}::numeric / ${YEAR_DAYS}::int)::float8 as capital) c
      where l.currency = ${currency} and (${market}::text is null or l.market = ${market}) and (${line}::text is null or l.line = ${line})
      order by loss desc, l.holder_id, l.policy_id limit ${LOSSES_MAX})
    select d.as_of, d.holder_id, d.policy_id, p.policy_number, holder_name(h.family_name, h.given_name) as holder_name, d.market, d.line, d.currency, d.late_minor, round(d.capital)::float8 as capital_minor,
      d.operating_minor, d.written_off_minor, round(d.loss)::float8 as loss_minor
    from dear d join policies p using (insurer_id, holder_id, policy_id) join holders h using (insurer_id, holder_id)
    order by d.loss desc, d.holder_id, d.policy_id`;
  return { as_of: rows[0]?.as_of ?? null, policies: rows.map(({ as_of: _asOf, ...row }) => row) };
}
