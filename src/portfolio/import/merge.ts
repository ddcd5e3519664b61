/** Puts a batch of checked rows beside what is there: new holders and policies in, newer values over older ones, nothing where nothing changed. */

import { copyLines, copyText, type CopyValue, type Tx } from '../../database/index.ts';
import { type InsurerId, type PlainDate } from '../../kernel/index.ts';
import { type RowReader } from './rows.ts';

export type MergeCounts = { readonly rowsNew: number; readonly rowsChanged: number; readonly rowsSame: number; readonly changes: readonly Change[] };
export type Change = { readonly policy_number: string; readonly field: string; readonly before: string | null; readonly after: string | null };

export type MergeOptions = {
  readonly insurerId: InsurerId;
  readonly today: PlainDate;
  readonly columns: RowReader['columns'];
  readonly constants: RowReader['constants'];
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
  initials: ['i.initials', 'family_name', 'given_name', 'full_name'],
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
/** From the first bill on these are the product's own to keep; a file does not turn them back. A holder keeps the place of the first policy. */
const OURS = new Set(['next_due_on', 'state', 'cover_from', 'due_day', 'premiums_paid', 'late_1_to_30_days', 'late_31_to_90_days', 'late_over_90_days', 'last_days_late', 'digital_share', 'cash_share', 'currency',
  'market', 'income_currency']);
const HOLDERS_OWN = new Set(['subdivision']);

type Pairs = readonly (readonly [column: string, expression: string])[];

/** Rows in COPY's text form: a million small arrays would outlive the youngest generation and cost the collector more than their making. */
export type Batch = { readonly rows: number; readonly add: (values: readonly CopyValue[]) => void; readonly chunks: () => readonly string[] };

const CHUNK_CHARACTERS = 128 * 1024;

export function newBatch(): Batch {
  const chunks: string[] = [];
  let [chunk, rows] = ['', 0];
  return {
    get rows() { return rows; },
    add: (values) => {
      let line = copyText(values[0]);
      for (let i = 1; i < values.length; i += 1) line += `\t${copyText(values[i])}`;
      chunk += `${line}\n`;
      if (chunk.length > CHUNK_CHARACTERS) {
        chunks.push(chunk);
        chunk = '';
      }
      rows += 1;
    },
    chunks: () => (chunk === '' ? chunks : [...chunks, chunk]),
  };
}

/** One batch in the caller's transaction; at most nine statements whatever its size. */
export async function mergeBatch(tx: Tx, options: MergeOptions, batch: Batch): Promise<MergeCounts> {
  const { insurerId, columns, given, fresh } = options;
  // Where each policy is a holder of its own, numbers already known to be new need no look-up.
  const alone = !given.has('holder_ref');
  const direct = fresh && alone;
  const numbered = direct ? ["holder_id bigint default nextval('holders_holder_id_seq')"] : [];
  await tx.unsafe(`create temporary table incoming (${[...columns.map(({ name, type }) => `${name} ${type}`), ...numbered].join(', ')}) on commit drop`);
  await copyLines(tx, `copy incoming (${columns.map(({ name }) => name).join(', ')}) from stdin`, batch.chunks());
  const [holder, policy] = [expressions(HOLDER, options), expressions(POLICY, options)];
  const list = (pairs: Pairs, part: 0 | 1): string => pairs.map((pair) => pair[part]).join(', ');
  const reference = alone ? 'i.policy_number' : 'i.holder_ref';
  if (direct) {
    await tx.unsafe(`insert into holders (insurer_id, holder_id, external_ref, ${list(holder, 0)}) select ${insurerId}, i.holder_id, ${reference}, ${list(holder, 1)} from incoming i`);
    const { count } = await tx.unsafe(`insert into policies (insurer_id, holder_id, policy_number, ${list(policy, 0)}) select ${insurerId}, i.holder_id, i.policy_number, ${list(policy, 1)} from incoming i`);
    return { rowsNew: count, rowsChanged: 0, rowsSame: 0, changes: [] };
  }
  // Without it the planner takes the staging table for tiny and walks it once for every policy.
  await tx.unsafe('analyze incoming');
  const unknown = fresh ? '' : `not exists (select from policies p where p.insurer_id = ${insurerId} and p.policy_number = i.policy_number)`;
  // The rows of a holder agree (`rowReader` sees to it) but for the place of the policy: the first row in the file decides.
  await tx.unsafe(`
    insert into holders (insurer_id, external_ref, ${list(holder, 0)})
    select distinct on (${reference}) ${insurerId}, ${reference}, ${list(holder, 1)} from incoming i
    where not exists (select from holders h where h.insurer_id = ${insurerId} and h.external_ref = ${reference}) ${unknown === '' ? '' : `and ${unknown}`}
    order by ${reference}, i.ctid`);
  const { changed, changes } = fresh ? { changed: 0, changes: [] } : await overwrite(tx, options, holder, policy);
  const inserted = await tx.unsafe(`
    insert into policies (insurer_id, holder_id, policy_number, ${list(policy, 0)})
    select ${insurerId}, h.holder_id, i.policy_number, ${list(policy, 1)} from incoming i join holders h on h.insurer_id = ${insurerId} and h.external_ref = ${reference}
    ${unknown === '' ? '' : `where ${unknown}`}`);
  return { rowsNew: inserted.count, rowsChanged: changed, rowsSame: batch.rows - inserted.count - changed, changes };
}

/** What the file or its mapping says something about: column of the table and its expression, with constants as literals and absent fields as null. */
function expressions(table: typeof HOLDER, { columns, constants, today }: MergeOptions): Pairs {
  const staged = new Set(columns.map((column) => column.name));
  const operand = (whole: string, name: string): string => {
    const constant = constants.get(name);
    if (constant !== undefined) return `'${constant.value.replaceAll("'", "''")}'::${constant.type}`;
    return staged.has(name) ? whole : 'null';
  };
  return Object.entries(table).filter(([, [, ...needs]]) => needs.some((name) => staged.has(name) || constants.has(name)))
    .map(([column, [expression]]) => [column, expression.replace(/i\.(\w+)/g, operand).replace('$today', `'${today}'`)] as const);
}

/** Writes what differs. Whether it differs is asked once, so that a row counts as changed by itself or by its holder, and the same file again writes nothing. */
async function overwrite(tx: Tx, { insurerId, given, changesMax }: MergeOptions, holder: Pairs, policy: Pairs): Promise<{ readonly changed: number; readonly changes: Change[] }> {
  const overwritable = (pairs: Pairs, table: typeof HOLDER): Pairs => pairs.filter(([column]) => !OURS.has(column) && (table[column] ?? []).slice(1).some((name) => given.has(name)));
  const [h, p] = [overwritable(holder, HOLDER).filter(([column]) => !HOLDERS_OWN.has(column)), overwritable(policy, POLICY)];
  const differs = (alias: string, pairs: Pairs): string[] => pairs.map(([column, expression]) => `${alias}.${column} is distinct from ${expression}`);
  const sets = (pairs: Pairs): string => pairs.map(([column, expression]) => `${column} = ${expression}`).join(', ');
  if (h.length + p.length === 0) return { changed: 0, changes: [] };
  const { count } = await tx.unsafe(`
    create temporary table touched on commit drop as
    select i.policy_number, p.policy_id, h.holder_id
    from incoming i join policies p on p.insurer_id = ${insurerId} and p.policy_number = i.policy_number join holders h on h.insurer_id = ${insurerId} and h.holder_id = p.holder_id
    where ${[...differs('h', h), ...differs('p', p)].join(' or ')}`);
  if (count === 0) return { changed: 0, changes: [] };
  const changes = changesMax <= 0 ? [] : await changesOf(tx, insurerId, changesMax, h, p);
  if (h.length > 0) {
    await tx`select set_config('inforce.source', 'import', true)`;
    await tx.unsafe(`
      update holders h set ${sets(h)} from touched t join incoming i using (policy_number)
      where h.insurer_id = ${insurerId} and h.holder_id = t.holder_id and (${differs('h', h).join(' or ')})`);
  }
  if (p.length > 0) {
    await tx.unsafe(`
      update policies p set ${sets(p)} from touched t join incoming i using (policy_number)
      where p.insurer_id = ${insurerId} and p.holder_id = t.holder_id and p.policy_id = t.policy_id and (${differs('p', p).join(' or ')})`);
  }
  return { changed: count, changes };
}

/** The first changes in the order of the file, field by field, as a person reads them. */
function changesOf(tx: Tx, insurerId: InsurerId, changesMax: number, holder: Pairs, policy: Pairs): Promise<Change[]> {
  const cases = [...holder.map(([column, expression]) => ['h', column, expression] as const), ...policy.map(([column, expression]) => ['p', column, expression] as const)];
  const values = cases.map(([alias, column, expression], order) => `(${order}, '${column}', ${alias}.${column}::text, (${expression})::text)`).join(', ');
  return tx.unsafe<Change[]>(`
    select i.policy_number, v.field, v.before, v.after
    from touched t join incoming i using (policy_number)
      join policies p on p.insurer_id = ${insurerId} and p.holder_id = t.holder_id and p.policy_id = t.policy_id
      join holders h on h.insurer_id = ${insurerId} and h.holder_id = t.holder_id
      cross join lateral (values ${values}) v(place, field, before, after)
    where v.before is distinct from v.after order by i.ctid, v.place limit ${changesMax}`);
}
