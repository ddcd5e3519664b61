/** Insurers of this installation, and the clock of each. */

import { type Database, inInsurer, type Tx } from '../database/index.ts';
import { type Clock, fail, type InsurerId, localDate, type Moment, ok, type PlainDate, type Result } from '../kernel/index.ts';

export type Insurer = {
  readonly insurerId: InsurerId;
  readonly code: string;
  readonly name: string;
  readonly nameZhHans: string;
  readonly nameZhHant: string;
  readonly reportingCurrency: string;
  readonly timeZone: string;
  readonly contactPhone: string;
  readonly contactEmail: string;
  /** Its holders are the simulator's; its clock may be moved. */
  readonly simulated: boolean;
  /** Milliseconds that its clock is ahead of the machine's. */
  readonly clockOffsetMs: number;
  readonly simulationSeed: number | null;
};

export type NewInsurer = Omit<Insurer, 'insurerId' | 'clockOffsetMs'> & { readonly clockOffsetMs?: number };

/** Registers an insurer: an act of whoever runs the installation, so with the owner's connection. Problem: `insurer_exists`. */
export async function registerInsurer(database: Database, insurer: NewInsurer): Promise<Result<InsurerId>> {
  const [row] = await database.owner<{ insurer_id: InsurerId }[]>`
    insert into insurers (code, name, name_zh_hans, name_zh_hant, reporting_currency, time_zone, contact_phone, contact_email, simulated, clock_offset_ms, simulation_seed)
    values (${insurer.code}, ${insurer.name}, ${insurer.nameZhHans}, ${insurer.nameZhHant}, ${insurer.reportingCurrency}, ${insurer.timeZone},
      ${insurer.contactPhone}, ${insurer.contactEmail}, ${insurer.simulated}, ${insurer.clockOffsetMs ?? 0}, ${insurer.simulationSeed})
    on conflict (code) do nothing returning insurer_id`;
  return row === undefined ? fail('insurer_exists', { code: insurer.code }) : ok(row.insurer_id);
}

/** Problem: `insurer_unknown` with the codes that there are. */
export async function insurerByCode(database: Database, code: string): Promise<Result<Insurer>> {
  const [found] = await database.app<{ insurer_id: InsurerId }[]>`select insurer_id from insurer_by_code(${code})`;
  if (found === undefined) {
    const known = await database.app<{ code: string }[]>`select code from insurer_codes()`;
    return fail('insurer_unknown', { code, known: known.map((row) => row.code).join(', ') || '—' });
  }
  return insurerById(database, found.insurer_id);
}

/** The transaction's own insurer, or undefined. */
export async function insurerIn(tx: Tx, insurerId: InsurerId): Promise<Insurer | undefined> {
  const [row] = await tx<Insurer[]>`
    select insurer_id as "insurerId", code, name, name_zh_hans as "nameZhHans", name_zh_hant as "nameZhHant", reporting_currency as "reportingCurrency",
      time_zone as "timeZone", contact_phone as "contactPhone", contact_email as "contactEmail", simulated, clock_offset_ms as "clockOffsetMs",
      simulation_seed as "simulationSeed"
    from insurers where insurer_id = ${insurerId}`;
  return row;
}

/** Problem: `insurer_unknown`. */
export async function insurerById(database: Database, insurerId: InsurerId): Promise<Result<Insurer>> {
  const insurer = await inInsurer(database.app, insurerId, (tx) => insurerIn(tx, insurerId));
  return insurer === undefined ? fail('insurer_unknown', { code: String(insurerId), known: '—' }) : ok(insurer);
}

/** Every insurer of the installation, in the order of their registration. */
export async function allInsurers(database: Database): Promise<Insurer[]> {
  const rows = await database.app<{ insurer_id: InsurerId }[]>`select insurer_id from insurer_codes()`;
  const insurers: Insurer[] = [];
  for (const row of rows) {
    const insurer = await insurerById(database, row.insurer_id);
    if (insurer.ok) insurers.push(insurer.value);
  }
  return insurers;
}

/** Moves a simulated insurer's clock. Problem: `clock_not_movable` for a real one. */
export async function setClockOffset(database: Database, insurer: Insurer, offsetMs: number): Promise<Result<null>> {
  if (!insurer.simulated) return fail('clock_not_movable', { code: insurer.code });
  await inInsurer(database.app, insurer.insurerId, (tx) => tx`update insurers set clock_offset_ms = ${Math.round(offsetMs)} where insurer_id = ${insurer.insurerId}`);
  return ok(null);
}

/** The insurer's clock: the machine's, or as far ahead of it as it was moved. */
export const clockOf = (insurer: { readonly clockOffsetMs: number }): Clock => ({ now: () => Date.now() + insurer.clockOffsetMs });

export const businessDateOf = (insurer: { readonly timeZone: string }, now: Moment): PlainDate => localDate(now, insurer.timeZone);
