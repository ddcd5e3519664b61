/** Puts a batch of checked rows beside what is there: new holders and policies in, newer values over older ones, nothing where nothing changed. */

import { copyToTemporary, type CopyValue, type Tx } from '../../database/index.ts';
import { type InsurerId, type PlainDate } from '../../kernel/index.ts';
import { type RowReader } from './rows.ts';

export type MergeCounts = { readonly rowsNew: number; readonly rowsChanged: number; readonly rowsSame: number; readonly changes: readonly Change[] };
export type Change = { readonly policy_number: string; readonly field: string; readonly before: string | null; readonly after: string | null };

export type MergeOptions = {
  readonly insurerId: InsurerId;
  readonly today: PlainDate;
  readonly columns: RowReader['columns'];
  /** Fields that the file itself gives; only these are written over what is there. */
  readonly given: ReadonlySet<string>;
  /** True where the insurer had no policies when the import began: there is nothing to look up. */
  readonly fresh: boolean;
  readonly changesMax: number;
};

/** Column of `holders` → expression over a row `i` of the staging table, and the fields that it needs. */
const HOLDER: Readonly<Record<string, readonly [expression: string, ...needs: string[]]>> = {
  family_name: [`coalesce(i.family_name, case when i.full_name ~ '[\\u3400-\\u9fff]' then i.full_name else regexp_replace(i.full_name, '^.*\\s', '') end, '')`, 'family_name', 'full_name'],
  given_name: [`coalesce(i.given_name, case when i.full_name ~ '[\\u3400-\\u9fff]' or i.full_name !~ '\\s' then '' else regexp_replace(i.full_name, '\\s+\\S+$', '') end, '')`, 'given_name', 'full_name'],
  kind: [`coalesce(i.kind, 'person')`, 'kind'],
  language: ['i.language', 'language'], time_zone: ['i.time_zone', 'time_zone'], market: ['i.market', 'market'], subdivision: ['i.subdivision', 'subdivision'],
  email: ['i.email', 'email'], phone: ['i.phone', 'phone'], address: ['i.address', 'address'], city: ['i.city', 'city'], postal_code: ['i.postal_code', 'postal_code'],
  born_on: ['coalesce(i.born_on, $today::date - i.age_in_days)', 'born_on', 'age_in_days'],
  income_monthly_minor: ['i.income_monthly', 'income_monthly'], income_currency: ['case when i.income_monthly is not null then i.currency end', 'income_monthly'],
  payday: ['i.payday', 'payday'], preferred_channel: ['i.preferred_channel', 'preferred_channel'],
  consents: [`coalesce(i.consents, '{}')`, 'consents'], opted_out: [`coalesce(i.opted_out, '{}')`, 'opted_out'], flags: [`coalesce(i.flags, '{}')`, 'flags'],
};
const POLICY: Readonly<Record<string, readonly [expression: string, ...needs: string[]]>> = {
  market: ['i.market', 'market'], subdivision: ['i.subdivision', 'subdivision'], line: ['i.line', 'line'], product: [`coalesce(i.product, '')`, 'product'], currency: ['i.currency', 'currency'],
  premium_minor: ['i.premium', 'premium'], mode: ['i.mode', 'mode'], cover_from: ['i.cover_from', 'cover_from'], cover_to: ['i.cover_to', 'cover_to'], due_day: ['i.due_day', 'due_day'],
  next_due_on: ['i.next_due_on', 'next_due_on'], state: [`coalesce(i.state, 'in_force')`, 'state'], autopay: ['coalesce(i.autopay, false)', 'autopay'],
  contract_grace_days: ['i.contract_grace_days', 'contract_grace_days'], premiums_paid: ['coalesce(i.premiums_paid, 0)', 'premiums_paid'],
  late_1_to_30_days: ['coalesce(i.late_1_to_30_days, 0)', 'late_1_to_30_days'], late_31_to_90_days: ['coalesce(i.late_31_to_90_days, 0)', 'late_31_to_90_days'],
  late_over_90_days: ['coalesce(i.late_over_90_days, 0)', 'late_over_90_days'], late_3_to_6_months: ['i.late_3_to_6_months', 'late_3_to_6_months'],
  late_6_to_12_months: ['i.late_6_to_12_months', 'late_6_to_12_months'], late_over_12_months: ['i.late_over_12_months', 'late_over_12_months'],
  last_days_late: ['i.last_days_late', 'last_days_late'], cash_share: ['i.cash_share', 'cash_share'], digital_share: ['i.digital_share', 'digital_share'],
  underwriting_score: ['i.underwriting_score', 'underwriting_score'], sourcing_channel: ['i.sourcing_channel', 'sourcing_channel'], area_type: ['i.area_type', 'area_type'],
};
/** From the first bill on these are the product's own to keep; a file does not turn them back. */
const OURS = new Set(['next_due_on', 'state', 'cover_from', 'due_day', 'premiums_paid', 'late_1_to_30_days', 'late_31_to_90_days', 'late_over_90_days', 'last_days_late', 'digital_share', 'cash_share', 'currency', 'market']);

/** One batch in the caller's transaction; about a dozen statements whatever its size. */
export async function mergeBatch(tx: Tx, options: MergeOptions, rows: readonly (readonly CopyValue[])[]): Promise<MergeCounts> {
  const { insurerId, today, columns, given, fresh } = options;
  const staged = new Set(columns.map((column) => column.name));
  await copyToTemporary(tx, 'incoming', columns.map((column) => `${column.name} ${column.type}`), rows, ["holder_id bigint default nextval('holders_holder_id_seq')"]);
  // Without it the planner takes the staging table for tiny and walks it once for every policy.
  await tx.unsafe('analyze incoming');
  const known = (table: typeof HOLDER): [string, string][] => Object.entries(table)
    .filter(([, [, ...needs]]) => needs.some((name) => staged.has(name)))
    // A field that is not in the file is no column of the staging table.
    .map(([column, [expression]]) => [column, expression.replace(/i\.(\w+)/g, (whole, name: string) => (staged.has(name) ? whole : 'null')).replace('$today', `'${today}'`)]);
  const [holder, policy] = [known(HOLDER), known(POLICY)];
  const list = (pairs: readonly [string, string][], part: 0 | 1): string => pairs.map((pair) => pair[part]).join(', ');
  // Where each policy is a holder of its own, numbers already known to be new need no look-up.
  const alone = !given.has('holder_ref');
  if (fresh && alone) {
    await tx.unsafe(`insert into holders (insurer_id, holder_id, external_ref, ${list(holder, 0)}) select ${insurerId}, i.holder_id, i.holder_ref, ${list(holder, 1)} from incoming i`);
  } else {
    await tx.unsafe(`
      insert into holders (insurer_id, external_ref, ${list(holder, 0)})
      select distinct on (i.holder_ref) ${insurerId}, i.holder_ref, ${list(holder, 1)} from incoming i
      where not exists (select from holders h where h.insurer_id = ${insurerId} and h.external_ref = i.holder_ref)
        and not exists (select from policies p where p.insurer_id = ${insurerId} and p.policy_number = i.policy_number)
      order by i.holder_ref`);
  }
  const changes = fresh ? [] : await changesOf(tx, options, holder, policy);
  const changed = fresh ? 0 : await overwrite(tx, options, holder, policy);
  const unknown = fresh ? '' : `where not exists (select from policies p where p.insurer_id = ${insurerId} and p.policy_number = i.policy_number)`;
  const holders = fresh && alone ? '' : `join holders h on h.insurer_id = ${insurerId} and h.external_ref = i.holder_ref`;
  const inserted = await tx.unsafe(`
    insert into policies (insurer_id, holder_id, policy_number, ${list(policy, 0)})
    select ${insurerId}, ${holders === '' ? 'i' : 'h'}.holder_id, i.policy_number, ${list(policy, 1)} from incoming i ${holders} ${unknown}`);
  return { rowsNew: inserted.count, rowsChanged: changed, rowsSame: rows.length - inserted.count - changed, changes };
}

type Pairs = readonly [string, string][];
const overwritable = (pairs: Pairs, table: typeof HOLDER, given: ReadonlySet<string>): Pairs => (
  pairs.filter(([column]) => !OURS.has(column) && (table[column] ?? []).slice(1).some((name) => given.has(name)))
);

/** Writes what differs; returns how many policies were touched, themselves or their holders. */
async function overwrite(tx: Tx, { insurerId, given }: MergeOptions, holder: Pairs, policy: Pairs): Promise<number> {
  const [h, p] = [overwritable(holder, HOLDER, given), overwritable(policy, POLICY, given)];
  await tx.unsafe('create temporary table touched (policy_number text) on commit drop');
  const differs = (alias: string, pairs: Pairs): string => pairs.map(([column, expression]) => `${alias}.${column} is distinct from ${expression}`).join(' or ');
  const sets = (pairs: Pairs): string => pairs.map(([column, expression]) => `${column} = ${expression}`).join(', ');
  if (h.length > 0) {
    await tx.unsafe(`
      with done as (
        update holders h set ${sets(h)} from incoming i join policies p on p.insurer_id = ${insurerId} and p.policy_number = i.policy_number
        where h.insurer_id = ${insurerId} and h.holder_id = p.holder_id and (${differs('h', h)}) returning i.policy_number)
      insert into touched select policy_number from done`);
  }
  if (p.length > 0) {
    await tx.unsafe(`
      with done as (
        update policies p set ${sets(p)} from incoming i where p.insurer_id = ${insurerId} and p.policy_number = i.policy_number and (${differs('p', p)}) returning i.policy_number)
      insert into touched select policy_number from done`);
  }
  const [count] = await tx.unsafe<{ n: number }[]>('select count(distinct policy_number)::int as n from touched');
  return count?.n ?? 0;
}

/** The first changes, field by field, as a person reads them. */
async function changesOf(tx: Tx, { insurerId, given, changesMax }: MergeOptions, holder: Pairs, policy: Pairs): Promise<Change[]> {
  const cases = [
    ...overwritable(holder, HOLDER, given).map(([column, expression]) => [`h.${column}`, expression, column] as const),
    ...overwritable(policy, POLICY, given).map(([column, expression]) => [`p.${column}`, expression, column] as const),
  ];
  if (cases.length === 0 || changesMax <= 0) return [];
  const values = cases.map(([before, after, name]) => `('${name}', ${before}::text, (${after})::text)`).join(', ');
  return tx.unsafe<Change[]>(`
    select i.policy_number, v.field, v.before, v.after
    from incoming i join policies p on p.insurer_id = ${insurerId} and p.policy_number = i.policy_number
      join holders h on h.insurer_id = ${insurerId} and h.holder_id = p.holder_id
      cross join lateral (values ${values}) v(field, before, after)
    where v.before is distinct from v.after limit ${changesMax}`);
}
