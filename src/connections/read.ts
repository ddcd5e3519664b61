/** What the page of connections shows: each connection with its last run, what was set aside, and how complete the data of each source is. */

import { type Tx } from '../database/index.ts';
import { fail, ok, type HolderId, type InsurerId, type Result } from '../kernel/index.ts';
import { CONTACT_FIELDS, SOURCES, type ContactField, type Source } from './contact.ts';
import { KINDS, type Kind } from './settings.ts';

export type RunRow = {
  readonly kind: Kind; readonly started_at: Date; readonly finished_at: Date | null; readonly pulled: number; readonly pushed: number; readonly conflicts: number; readonly failed: number;
  readonly skipped: number; readonly reason: string | null; readonly reason_detail: string | null;
};
export type ConnectionRow = {
  readonly kind: Kind; readonly base_url: string; readonly enabled: boolean; readonly version: number; readonly failures: number; readonly failing_since: Date | null;
  readonly next_try_at: Date | null; readonly last_run_at: Date | null; readonly reason: string | null; readonly reason_detail: string | null; readonly changed_by: string;
  readonly changed_at: Date; readonly waiting: number;
};
export type ConnectionView = ConnectionRow & { readonly running: boolean; readonly runs: readonly RunRow[] };

const RUNS_SHOWN = 10;
/** Counting further tells nobody more. */
const WAITING_COUNTED_MAX = 10_000;

export async function listConnections(tx: Tx): Promise<readonly ConnectionView[]> {
  const rows = await tx<ConnectionRow[]>`
    select kind, base_url, enabled, version, failures, failing_since, next_try_at, last_run_at, reason, reason_detail, changed_by, changed_at,
      (select count(*) from (select from sync_items i where i.insurer_id = c.insurer_id and i.kind = c.kind and i.dead_at is null limit ${WAITING_COUNTED_MAX}) w)::int as waiting
    from connections c order by kind`;
  const runs = await tx<RunRow[]>`
    select r.* from unnest(${[...KINDS]}::text[]) k(kind) cross join lateral (
      select kind, started_at, finished_at, pulled, pushed, conflicts, failed, skipped, reason, reason_detail from sync_runs s where s.kind = k.kind
      order by run_id desc limit ${RUNS_SHOWN}) r order by r.started_at desc`;
  return rows.map((row) => {
    const own = runs.filter(({ kind }) => kind === row.kind);
    return { ...row, running: own[0]?.finished_at === null, runs: own };
  });
}

export type DeadLetter = {
  readonly item_id: number; readonly kind: Kind; readonly task: string; readonly key: string; readonly holder_id: HolderId | null; readonly name: string | null;
  readonly fields: readonly string[]; readonly tries: number; readonly dead_at: Date | null; readonly next_try_at: Date | null; readonly reason: string | null; readonly reason_detail: string | null;
};
const LETTERS_MAX = 200;

/** What was set aside, and what is failing and will be tried again. */
export async function deadLetters(tx: Tx): Promise<readonly DeadLetter[]> {
  return tx<DeadLetter[]>`
    select i.item_id, i.kind, i.task, i.key, i.holder_id, holder_name(h.family_name, h.given_name) as name, i.fields, i.tries, i.dead_at, i.next_try_at, i.reason, i.reason_detail
    from sync_items i left join holders h using (insurer_id, holder_id)
    where i.dead_at is not null or i.reason is not null order by i.dead_at nulls last, i.item_id limit ${LETTERS_MAX}`;
}

/** Problem: `not_found`. */
export async function retryLetter(tx: Tx, insurerId: InsurerId, itemId: number): Promise<Result<Kind>> {
  const [row] = await tx<{ kind: Kind }[]>`
    update sync_items set tries = 0, dead_at = null, next_try_at = null where insurer_id = ${insurerId} and item_id = ${itemId} returning kind`;
  return row === undefined ? fail('not_found') : ok(row.kind);
}

export type Completeness = {
  readonly sampled: number;
  /** Share of the sampled holders of whom the field is known at all. */
  readonly profile: Readonly<Record<ContactField, number>>;
  readonly sources: readonly { readonly source: Source; readonly holders: number; readonly fields: Readonly<Record<ContactField, number>> }[];
};

/** A share of so many is true to one in a hundred. */
const SAMPLE_HOLDERS = 10_000;

/** Of a sample of pages, so that it costs the same for a small and a large insurer. */
export async function completeness(tx: Tx): Promise<Completeness> {
  const [size] = await tx<{ rows: number }[]>`select reltuples::float8 as rows from pg_class where oid = 'holders'::regclass`;
  const share = Math.min(100, (100 * SAMPLE_HOLDERS) / Math.max(1, size?.rows ?? 1));
  const rows = await tx<{ source: Source | null; field: ContactField | null; holders: number; sampled: number }[]>`
    with sampled as materialized (
      select insurer_id, holder_id, family_name, given_name, phone, email, address, language, consents from holders tablesample system (${share}) repeatable (1) limit ${SAMPLE_HOLDERS}),
    profile as (
      select v.field, count(*) filter (where v.there)::int as holders from sampled, lateral (values
        ('family_name', family_name <> ''), ('given_name', given_name <> ''), ('phone', phone is not null), ('email', email is not null), ('address', address is not null),
        ('language', true), ('consents', consents <> '{}')) v(field, there) group by 1),
    said as (
      select v.source, v.field, count(*)::int as holders from sampled s join source_values v using (insurer_id, holder_id) where v.value <> '' group by 1, 2),
    people as (select v.source, count(distinct v.holder_id)::int as holders from sampled s join source_values v using (insurer_id, holder_id) group by 1)
    select null as source, field, holders, (select count(*) from sampled)::int as sampled from profile
    union all select source, field, holders, 0 from said
    union all select source, null, holders, 0 from people`;
  const sampled = Math.max(0, ...rows.map((row) => row.sampled));
  const shares = (source: Source | null, of: number): Record<ContactField, number> => Object.fromEntries(CONTACT_FIELDS.map((field) =>
    [field, of === 0 ? 0 : (rows.find((row) => row.source === source && row.field === field)?.holders ?? 0) / of])) as Record<ContactField, number>;
  const sources = SOURCES.flatMap((source) => {
    const people = rows.find((row) => row.source === source && row.field === null)?.holders ?? 0;
    return people === 0 ? [] : [{ source, holders: people, fields: shares(source, sampled) }];
  });
  return { sampled, profile: shares(null, sampled), sources };
}
