/** Contacts of another system become ours, a page at a time, in the caller's transaction: read as a set, decided in memory, written as a set. */

import { type Tx } from '../database/index.ts';
import { type HolderId, type InsurerId } from '../kernel/index.ts';
import { initialsOf } from '../portfolio/index.ts';
import { CONTACT_FIELDS, contactFault, listText, mergeContact, type Contact, type ContactField, type Source } from './contact.ts';

export type Incoming = { readonly externalRef: string; readonly changedAt: Date; readonly contact: Contact };
/** Our side of one holder after the merge. */
export type TakenIn = { readonly holderId: HolderId; readonly externalRef: string; readonly ours: Contact; readonly open: ReadonlySet<ContactField>; readonly push: readonly ContactField[] };
export type Invalid = { readonly externalRef: string; readonly field: ContactField; readonly value: string };
export type TakeIn = {
  readonly holders: readonly TakenIn[]; readonly changed: number; readonly conflicts: number;
  /** Who hold no policy of ours. */
  readonly skipped: number; readonly invalid: readonly Invalid[];
};

type HolderRow = {
  holder_id: HolderId; external_ref: string; family_name: string; given_name: string; phone: string | null; email: string | null; address: string | null; language: string;
  consents: string[]; opted_out: string[]; known_since: Date;
};
type Decided = { readonly taken: TakenIn; readonly theirs: Incoming; readonly take: Contact; readonly before: Contact; readonly conflicts: readonly ContactField[]; readonly same: readonly ContactField[] };

export async function takeIn(tx: Tx, insurerId: InsurerId, source: Source, incoming: readonly Incoming[], at: Date): Promise<TakeIn> {
  const invalid: Invalid[] = [];
  const theirs = new Map<string, Incoming>();
  for (const one of incoming) {
    const fault = contactFault(one.contact);
    if (fault === null) theirs.set(one.externalRef, one);
    else invalid.push({ externalRef: one.externalRef, field: fault, value: one.contact[fault] ?? '' });
  }
  const decided = await decide(tx, insurerId, source, theirs);
  await write(tx, insurerId, source, decided, at);
  const conflicts = await noteConflicts(tx, insurerId, source, decided, at);
  return {
    holders: decided.map(({ taken }) => taken), changed: decided.filter(({ take }) => Object.keys(take).length > 0).length, conflicts,
    skipped: theirs.size - decided.length, invalid,
  };
}

export const contactOf = (row: Omit<HolderRow, 'holder_id' | 'external_ref' | 'known_since'>): Contact => ({
  family_name: row.family_name, given_name: row.given_name, phone: row.phone, email: row.email, address: row.address, language: row.language,
  consents: listText(row.consents), opted_out: listText(row.opted_out),
});

/** Locks the holders, so that nobody changes them between reading and writing. */
async function decide(tx: Tx, insurerId: InsurerId, source: Source, theirs: ReadonlyMap<string, Incoming>): Promise<Decided[]> {
  if (theirs.size === 0) return [];
  const rows = await tx<HolderRow[]>`
    select holder_id, external_ref, family_name, given_name, phone, email, address, language, consents, opted_out, created_at as known_since from holders
    where insurer_id = ${insurerId} and external_ref = any(${[...theirs.keys()]}::text[]) order by holder_id for update`;
  const ids = rows.map((row) => row.holder_id);
  const known = await tx<{ holder_id: HolderId; field: ContactField; value: string | null }[]>`
    select holder_id, field, value from source_values where insurer_id = ${insurerId} and holder_id = any(${ids}::bigint[]) and source = ${source}`;
  const open = await tx<{ holder_id: HolderId; field: ContactField }[]>`
    select holder_id, field from conflicts where insurer_id = ${insurerId} and holder_id = any(${ids}::bigint[]) and source = ${source} and resolved_at is null`;
  const bases = new Map<number, Contact>();
  for (const { holder_id: id, field, value } of known) bases.set(id, { ...bases.get(id), [field]: value });
  return rows.flatMap((row): Decided[] => {
    const one = theirs.get(row.external_ref);
    if (one === undefined) return [];
    const ours = contactOf(row);
    const waiting = new Set(open.flatMap(({ holder_id: id, field }) => (id === row.holder_id ? [field] : [])));
    const { take, push, conflicts, same } = mergeContact(ours, one.contact, bases.get(row.holder_id) ?? {}, waiting);
    const taken = { holderId: row.holder_id, externalRef: row.external_ref, ours: { ...ours, ...take }, open: new Set(conflicts), push };
    return [{ taken, theirs: one, take, before: ours, conflicts, same }];
  });
}

async function write(tx: Tx, insurerId: InsurerId, source: Source, decided: readonly Decided[], at: Date): Promise<void> {
  const changed = decided.filter(({ take }) => Object.keys(take).length > 0).map(({ taken: { holderId, ours }, take }) => ({
    holder_id: holderId, take, initials: take.family_name === undefined && take.given_name === undefined ? null : initialsOf(ours.family_name ?? '', ours.given_name ?? ''),
  }));
  await tx`select set_config('inforce.source', ${source}, true)`;
  if (changed.length > 0) {
    await tx`
      update holders h set
        family_name = case when r.take ? 'family_name' then coalesce(r.take->>'family_name', '') else h.family_name end,
        given_name = case when r.take ? 'given_name' then coalesce(r.take->>'given_name', '') else h.given_name end,
        phone = case when r.take ? 'phone' then r.take->>'phone' else h.phone end,
        email = case when r.take ? 'email' then r.take->>'email' else h.email end,
        address = case when r.take ? 'address' then r.take->>'address' else h.address end,
        language = case when r.take ? 'language' then r.take->>'language' else h.language end,
        consents = case when r.take ? 'consents' then coalesce(string_to_array(nullif(r.take->>'consents', ''), ','), '{}') else h.consents end,
        opted_out = case when r.take ? 'opted_out' then coalesce(string_to_array(nullif(r.take->>'opted_out', ''), ','), '{}') else h.opted_out end,
        initials = coalesce(r.initials, h.initials)
      from jsonb_to_recordset(${tx.json(changed)}::jsonb) as r(holder_id bigint, take jsonb, initials text)
      where h.insurer_id = ${insurerId} and h.holder_id = r.holder_id`;
  }
  const said = decided.flatMap(({ taken: { holderId }, theirs }) =>
    CONTACT_FIELDS.flatMap((field) => (theirs.contact[field] === undefined ? [] : [{ holder_id: holderId, field, value: theirs.contact[field], as_of: theirs.changedAt }])));
  if (said.length > 0) await noteSaid(tx, insurerId, source, said);
  if (source !== 'crm') return;
  const told = decided.flatMap(({ taken: { holderId, push } }) => (push.length === 0 ? [] : [{ holder_id: holderId, fields: [...push] }]));
  if (told.length > 0) await queuePush(tx, insurerId, told, at);
}

type Said = { readonly holder_id: number; readonly field: ContactField; readonly value: string | null; readonly as_of: Date };

/** What a source says now; of the CRM, also what both sides have agreed on. */
export async function noteSaid(tx: Tx, insurerId: InsurerId, source: Source, said: readonly Said[]): Promise<void> {
  await tx`
    insert into source_values as v (insurer_id, holder_id, source, field, value, as_of)
    select ${insurerId}::int, holder_id, ${source}, field, value, as_of
    from jsonb_to_recordset(${tx.json(said.map((one) => ({ ...one, as_of: one.as_of.toISOString() })))}::jsonb) as r(holder_id bigint, field text, value text, as_of timestamptz)
    on conflict (insurer_id, holder_id, source, field) do update set value = excluded.value, as_of = excluded.as_of
    where v.value is distinct from excluded.value`;
}

/** What the CRM is to be told; fields that wait already are not written again. */
export async function queuePush(tx: Tx, insurerId: InsurerId, told: readonly { readonly holder_id: number; readonly fields: readonly string[] }[], at: Date): Promise<void> {
  await tx`
    insert into sync_items as i (insurer_id, kind, task, key, holder_id, fields, created_at)
    select ${insurerId}::int, 'crm', 'push_contact', r.holder_id::text, r.holder_id, r.fields, ${at}
    from jsonb_to_recordset(${tx.json(told.map((one) => ({ holder_id: one.holder_id, fields: [...one.fields] })))}::jsonb) as r(holder_id bigint, fields text[])
    on conflict (insurer_id, kind, task, key) do update set fields = (select array_agg(distinct f) from unnest(i.fields || excluded.fields) f), revision = i.revision + 1
    where not i.fields @> excluded.fields`;
}

/** Returns how many are new. What both sides have come to say alike needs nobody's choice any more. */
async function noteConflicts(tx: Tx, insurerId: InsurerId, source: Source, decided: readonly Decided[], at: Date): Promise<number> {
  const settled = decided.flatMap(({ taken, same }) => same.map((field) => ({ holder_id: taken.holderId, field })));
  if (settled.length > 0) {
    await tx`
      update conflicts c set resolved_at = ${at}, resolved_by = ${source}, choice = 'same'
      from jsonb_to_recordset(${tx.json(settled)}::jsonb) as r(holder_id bigint, field text)
      where c.insurer_id = ${insurerId} and c.holder_id = r.holder_id and c.field = r.field and c.source = ${source} and c.resolved_at is null`;
  }
  const found = decided.flatMap(({ taken, before, theirs, conflicts }) =>
    conflicts.map((field) => ({ holder_id: taken.holderId, field, ours: before[field] ?? null, theirs: theirs.contact[field] ?? null })));
  if (found.length === 0) return 0;
  const rows = await tx<{ fresh: boolean }[]>`
    insert into conflicts as c (insurer_id, holder_id, source, field, ours, theirs, found_at)
    select ${insurerId}::int, r.holder_id, ${source}, r.field, r.ours, r.theirs, ${at}
    from jsonb_to_recordset(${tx.json(found)}::jsonb) as r(holder_id bigint, field text, ours text, theirs text)
    on conflict (insurer_id, holder_id, source, field) where resolved_at is null
      do update set version = c.version + 1, ours = excluded.ours, theirs = excluded.theirs
      where c.ours is distinct from excluded.ours or c.theirs is distinct from excluded.theirs
    returning version = 1 as fresh`;
  // Our side of the difference, where no source of it is known: it came with the policies.
  await tx`
    insert into source_values (insurer_id, holder_id, source, field, value, as_of)
    select ${insurerId}::int, r.holder_id, 'import', r.field, r.ours, h.created_at
    from jsonb_to_recordset(${tx.json(found)}::jsonb) as r(holder_id bigint, field text, ours text) join holders h on h.insurer_id = ${insurerId} and h.holder_id = r.holder_id
    where not exists (
      select from source_values v where v.insurer_id = ${insurerId} and v.holder_id = r.holder_id and v.field = r.field and v.source <> ${source} and v.value is not distinct from r.ours)
    on conflict do nothing`;
  return rows.filter(({ fresh }) => fresh).length;
}
