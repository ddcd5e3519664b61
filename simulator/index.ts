/** The simulator: an insurer with holders who behave. The product knows nothing of it; it uses the product through its doors. */

export { BEHAVIOUR, type Behaviour, readBehaviour, readBehaviourFile } from './behaviour.ts';
export { type OpenDatabase, type OpenHouse, registerSimulator } from './cli.ts';
export { openPlayHouse, type PlayHouse } from './house.ts';
export { type PlayedDay, playDays, type PlayOptions, type PlayWorld } from './play/play-days.ts';
export { DEMO_CODE, POLICIES_DEFAULT, type Progress, simulate, type SimulateOptions, type Simulated } from './simulate.ts';
