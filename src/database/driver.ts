/**
 * postgres.js, with one defect of its version 3.4.9 mended while it is loaded. When a server goes away, what the driver still had to write is written to
 * a socket that is gone: an exception that nobody can catch, and the whole process ends (porsager/postgres issues 1154, 1208; pull request 1209 has
 * the same remedy: the query is rejected like any other whose connection closed). A version that has mended it itself is left as it is.
 */

import module from 'node:module';
import type postgres from 'postgres';

const FILE = /\/node_modules\/postgres\/src\/connection\.js$/;
const REMEDIES: readonly (readonly [string, string])[] = [
  ['const x = socket.write(chunk, fn)\n', `if (socket === null) {
      nextWriteTimer !== null && clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
    const x = socket.write(chunk, fn)
`],
  // A write that is called off must not stand in the way of the next.
  ['\n    clearImmediate(nextWriteTimer)\n', '\n    clearImmediate(nextWriteTimer), (chunk = nextWriteTimer = null)\n'],
  // What was asked between the error and the end of the socket waits for ever otherwise.
  ['!hadError && (query || sent.length) && error(', '(query || sent.length) && error('],
  // The last words of a session that has ended are no answer to the first question of the next.
  ['    closedTime = performance.now()\n', '    query = results = errorResponse = null\n    result = new Result()\n    closedTime = performance.now()\n'],
];

const hooks = module.registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (!FILE.test(url) || loaded.source === undefined || loaded.source === null) return loaded;
    const source = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8');
    return { ...loaded, source: REMEDIES.reduce((text, [defect, remedy]) => text.replaceAll(defect, remedy), source) };
  },
});
export const driver: typeof postgres = (await import('postgres')).default;
hooks.deregister();
