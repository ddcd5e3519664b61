export { buildServer } from './server.ts';
export { askerIn } from './asker.ts';
export { sendProblem } from './problems.ts';
export { type Access, type Asker, type ServerOptions } from './world.ts';
export { type Wire } from './wire.ts';
