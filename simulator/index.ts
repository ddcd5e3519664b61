/** The simulator: an insurer with holders who behave. The product knows nothing of it; it uses the product through its doors. */

export { registerSimulator } from './cli.ts';
export { openPlayHouse } from './house.ts';
export { playDays } from './play/play-days.ts';
export { DEMO_CODE, POLICIES_DEFAULT, simulate } from './simulate.ts';
