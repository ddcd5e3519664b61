/** The HTTP server, for whoever starts it. */

export { buildServer } from './server.ts';
export { type Access, type Asker, type ServerOptions } from './world.ts';
export { type Wire } from './wire.ts';
