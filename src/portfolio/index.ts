/** Who is insured and by whom: insurers, holders, policies, and how they come in. */

export { importPolicies, type ImportOptions, type ImportProgress, type ImportResult } from './import/import.ts';
export { readImportMapping } from './import/mapping.ts';
export { allInsurers, businessDateOf, clockOf, type Insurer, insurerByCode, insurerById, insurerIn, type NewInsurer, registerInsurer, setClockOffset } from './insurers.ts';
export { initialsOf } from './initials.ts';
