/** Where two systems say different things of a person: shown with source and moment, chosen by a person, once. */

import { type Tx } from '../database/index.ts';
import { fail, ok, type HolderId, type InsurerId, type Result } from '../kernel/index.ts';
import { isListField, listOf, type ContactField, type Source } from './contact.ts';
import { contactOf, noteSaid, queuePush } from './take-in.ts';

export const CHOICES = ['ours', 'theirs'] as const;
export type Choice = (typeof CHOICES)[number];
export type Conflict = {
  readonly conflict_id: number; readonly holder_id: HolderId; readonly name: string; readonly external_ref: string; readonly field: ContactField; readonly version: number;
  readonly source: Source; readonly ours: string | null; readonly theirs: string | null; readonly found_at: Date;
  /** Where our value came from, and when; null where nobody has written it down. */
  readonly our_source: Source | null; readonly ours_as_of: Date | null; readonly theirs_as_of: Date | null;
};

const LISTED_MAX = 200;
const COLUMNS = `c.conflict_id, c.holder_id, holder_name(h.family_name, h.given_name) as name, h.external_ref, c.field, c.version, c.source, c.ours, c.theirs, c.found_at,
  o.source as our_source, o.as_of as ours_as_of, t.as_of as theirs_as_of
  from conflicts c join holders h using (insurer_id, holder_id)
  left join source_values t on t.insurer_id = c.insurer_id and t.holder_id = c.holder_id and t.source = c.source and t.field = c.field
  left join lateral (
    select source, as_of from source_values v where v.insurer_id = c.insurer_id and v.holder_id = c.holder_id and v.field = c.field and v.source <> c.source
      and v.value is not distinct from c.ours order by as_of desc limit 1) o on true`;

/** The newest first. */
export async function openConflicts(tx: Tx): Promise<readonly Conflict[]> {
  return tx<Conflict[]>`select ${tx.unsafe(COLUMNS)} where c.resolved_at is null order by c.conflict_id desc limit ${LISTED_MAX}`;
}
export async function conflictsOf(tx: Tx, holderId: HolderId): Promise<readonly Conflict[]> {
  return tx<Conflict[]>`select ${tx.unsafe(COLUMNS)} where c.holder_id = ${holderId} and c.resolved_at is null order by c.conflict_id limit ${LISTED_MAX}`;
}

type Asked = { readonly insurerId: InsurerId; readonly holderId: HolderId; readonly conflictId: number; readonly version: number; readonly choice: Choice; readonly by: string; readonly at: Date };
type Row = { source: Source; field: ContactField; theirs: string | null; version: number; resolved_by: string | null };

/** Problems: `not_found`; `changed_meanwhile` where somebody else chose first, or a value has changed since it was seen. */
export async function chooseValue(tx: Tx, { insurerId, holderId, conflictId, version, choice, by, at }: Asked): Promise<Result<null>> {
  const [holder] = await tx<Parameters<typeof contactOf>[0][]>`
    select family_name, given_name, phone, email, address, language, consents, opted_out from holders where insurer_id = ${insurerId} and holder_id = ${holderId} for update`;
  const [row] = await tx<Row[]>`
    select source, field, theirs, version, resolved_by from conflicts where insurer_id = ${insurerId} and holder_id = ${holderId} and conflict_id = ${conflictId} for update`;
  if (row === undefined || holder === undefined) return fail('not_found');
  if (row.resolved_by !== null || row.version !== version) return fail('changed_meanwhile', { by: row.resolved_by ?? row.source.toUpperCase() });
  const { source, field, theirs } = row;
  if (choice === 'theirs') await adopt(tx, insurerId, holderId, source, field, theirs);
  else {
    const ours = contactOf(holder)[field] ?? null;
    await noteSaid(tx, insurerId, 'holder', [{ holder_id: holderId, field, value: ours, as_of: at }]);
    if (source === 'crm') await queuePush(tx, insurerId, [{ holder_id: holderId, fields: [field] }], at);
  }
  await tx`
    update conflicts set resolved_at = ${at}, resolved_by = ${by}, choice = ${choice}
    where insurer_id = ${insurerId} and holder_id = ${holderId} and conflict_id = ${conflictId}`;
  return ok(null);
}

/** Their value becomes ours, and of what waits to be sent the field is taken out. */
async function adopt(tx: Tx, insurerId: InsurerId, holderId: HolderId, source: Source, field: ContactField, theirs: string | null): Promise<void> {
  await tx`select set_config('inforce.source', ${source}, true)`;
  const value = isListField(field) ? [...listOf(theirs)] : theirs ?? (field === 'family_name' || field === 'given_name' ? '' : null);
  await tx`update holders set ${tx({ [field]: value })} where insurer_id = ${insurerId} and holder_id = ${holderId}`;
  if (source !== 'crm') return;
  await tx`
    update sync_items set fields = array_remove(fields, ${field}), revision = revision + 1
    where insurer_id = ${insurerId} and kind = 'crm' and task = 'push_contact' and key = ${String(holderId)}`;
}
