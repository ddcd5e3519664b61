/** Who is insured and by whom: insurers, holders, policies, and how they come in. */

export { allInsurers, businessDateOf, clockOf, type Insurer, insurerByCode, insurerById, type NewInsurer, registerInsurer, setClockOffset } from './insurers.ts';
