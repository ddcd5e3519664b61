/** An insurer's bill designs: the house's, or its own versions of them; a version is a draft until it is published, and is never changed. */

import { z } from 'zod';
import { type Tx } from '../database/index.ts';
import { checkDesign, type Design, type DesignCheck, designTerms, type DesignTerms, HOUSE_DESIGNS, houseDesign, mayBePublished, sampleBill } from '../document/index.ts';
import { fail, type InsurerId, type Moment, ok, type Result } from '../kernel/index.ts';

type Row = { design_id: string; version: number; latest: boolean; terms: unknown; share: number; state: 'draft' | 'published'; changed_by: string; changed_at: Date };
export type StoredDesign = Design & {
  readonly state: 'draft' | 'published';
  /** The newest version that holders may get. */ readonly latest: boolean;
  /** The newest of all, on which the next is made. */ readonly newest: boolean;
  readonly changedBy: string | null; readonly changedAt: Date | null;
};

/** Every version that a bill may have been made with, drafts included; the house's are version 1. */
export async function allDesigns(tx: Tx): Promise<readonly StoredDesign[]> {
  const rows = await tx<Row[]>`select design_id, version, latest, terms, share, state, changed_by, changed_at from bill_designs order by design_id, version`;
  return HOUSE_DESIGNS.flatMap((house): StoredDesign[] => {
    const own = rows.filter((row) => row.design_id === house.id).map((row): Omit<StoredDesign, 'latest' | 'newest'> => ({
      ...house, ...designTerms.parse(row.terms), version: row.version, share: row.share, state: row.state, changedBy: row.changed_by, changedAt: row.changed_at,
    }));
    const versions: Omit<StoredDesign, 'latest' | 'newest'>[] = [{ ...house, state: 'published', changedBy: null, changedAt: null }, ...own];
    const published = versions.findLast(({ state }) => state === 'published');
    return versions.map((one) => ({ ...one, latest: one === published, newest: one === versions.at(-1) }));
  });
}

export const designsInUse = async (tx: Tx): Promise<readonly StoredDesign[]> => (await allDesigns(tx)).filter(({ state }) => state === 'published');

/** Every reader of the page asks for the same few. */
const CHECKED_MAX = 200;
const checked = new Map<string, DesignCheck>();

/** A usual bill says whether a design's sentences are plain. */
export function checkOf(terms: DesignTerms): DesignCheck {
  const key = JSON.stringify([terms.layout, terms.accent, terms.headline, terms.consequence, terms.changed, terms.first, terms.wording]);
  let check = checked.get(key);
  if (check === undefined) {
    if (checked.size >= CHECKED_MAX) checked.clear();
    checked.set(key, (check = checkDesign(terms, sampleBill('usual', 'en'))));
  }
  return check;
}

export const designDraft = z.object({ terms: designTerms, share: z.int().min(0).max(100), publish: z.boolean(), version: z.int().min(1).describe('The newest version that the person has seen') });
export type DesignEditor = { readonly insurerId: InsurerId; readonly name: string; readonly at: Moment };

/** The next version. Problems: `not_found`, `changed_meanwhile`, `design_incomplete`, `design_not_plain`, `design_pale`, `design_place_unknown`, `design_nobody`. */
export async function saveDesign(tx: Tx, editor: DesignEditor, id: string, { terms, share, publish, version }: z.output<typeof designDraft>): Promise<Result<{ readonly design_id: string; readonly version: number; readonly score: number }>> {
  if (houseDesign(id) === undefined) return fail('not_found');
  const check = checkOf(terms);
  const may = publish ? mayBePublished(check) : ok(null);
  if (!may.ok) return may;
  // Of two who save at once the second sees what the first has written.
  await tx`select pg_advisory_xact_lock(hashtextextended('inforce bill designs', ${editor.insurerId}))`;
  const designs = await allDesigns(tx);
  const newest = designs.find((one) => one.id === id && one.newest);
  if (newest === undefined) return fail('not_found');
  if (newest.version !== version) return fail('changed_meanwhile', { by: newest.changedBy ?? '—', at: newest.changedAt?.toISOString() ?? '—', version: newest.version });
  const others = designs.filter((one) => one.latest && one.id !== id).reduce((sum, one) => sum + one.share, 0);
  if (publish && share + others === 0) return fail('design_nobody');
  await tx`update bill_designs set latest = false where design_id = ${id} and latest`;
  await tx`
    insert into bill_designs (insurer_id, design_id, version, terms, share, state, score, changed_by, changed_at)
    values (${editor.insurerId}, ${id}, ${version + 1}, ${tx.json(terms as never)}, ${share}, ${publish ? 'published' : 'draft'}, ${check.score}, ${editor.name}, ${new Date(editor.at)})`;
  return ok({ design_id: id, version: version + 1, score: check.score });
}

