/**
 * postgres.js, with defects of its version 3.4.9 mended while it is loaded; all of them show only when a server goes away. What the driver still had to
 * write is written to a socket that is gone, an exception that nobody can catch, and the whole process ends (porsager/postgres issues 1154, 1208; pull
 * request 1209 has the same remedy). Connections are lost to the pool, statements wait for ever, and a transaction that has died goes on speaking on a
 * connection that serves somebody else by then. A version that has mended it itself is left as it is.
 */

import module from 'node:module';
import type postgres from 'postgres';

type Remedies = readonly (readonly [defect: string, remedy: string])[];

const CONNECTION: Remedies = [
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
  // A connection that was cut off while it was being made begins anew, and with it what it was asking.
  ['    if (initial)\n      return reconnect()\n', `    if (initial) {
      query = results = errorResponse = null
      result = new Result()
      while (sent.length) sent.shift()
      return reconnect()
    }
`],
  // A connection that was made for somebody who waits for one is a success too; without that, each later attempt waits longer, for 20 seconds in the end. Nobody
  // asks for the types, so nobody is told that the connection broke meanwhile: whoever waits learns it by himself.
  ['        initial.reserve && (initial = null)\n        return fetchArrayTypes()\n', `        initial.reserve && (initial = null, options.shared.retries = retries = 0)
        return fetchArrayTypes().catch(noop)
`],
  // A statement that is given to a connection without a socket is refused; `true` says that the connection may stay where it is, among the closed ones.
  ['  function execute(q) {\n', `  function execute(q) {
    if (socket === null)
      return queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true

`],
];

const POOL: Remedies = [
  ['    move(c, closed)\n    c.reserved = null\n', '    move(c, closed)\n    c.closings = (c.closings || 0) + 1\n    c.reserved = null\n'],
  // Who waits for a connection of his own is not asked for by the connection's first statement, and leaves the queue when he is told no.
  ['    queries.length && connect(c, queries.shift())\n', `    if (queries.length) {
      const query = queries.shift()
      query.reserve && queries.push(query)
      connect(c, query)
    }
`],
  ['const query = { reserve: resolve, reject }\n', 'const query = { reserve: resolve, reject: e => (queries.remove(query), reject(e)) }\n'],
  // What was reserved, by hand or by a transaction, is so until its connection closes: what waits then is refused, and so is what comes later.
  ['    c.reserved.release = true\n', `    c.reserved.release = true
    const closings = c.closings
        , isClosed = () => c.closings !== closings
    c.onclose = e => { while (queue.length) queue.shift().reject(e) }
`],
  ['    sql.release = () => {\n', '    sql.release = () => {\n      if (isClosed()) return\n      c.onclose = null\n'],
  ['      c.queue === full\n        ? queue.push(q)\n', `      isClosed()
        ? q.reject(Errors.connection('CONNECTION_CLOSED', options))
        : c.queue === full
        ? queue.push(q)
`],
  ['      , connection\n', '      , connection\n      , closings\n'],
  ['      connection = c\n', '      connection = c\n      closings = c.closings\n'],
  ['        new Promise((_, reject) => connection.onclose = reject)\n', `        new Promise((_, reject) => connection.onclose = e => {
          while (queries.length) queries.shift().reject(e)
          reject(e)
        })
`],
  ['        c.queue === full\n          ? queries.push(q)\n', `        c.closings !== closings
          ? q.reject(Errors.connection('CONNECTION_CLOSED', options))
          : c.queue === full
          ? queries.push(q)
`],
];
const FILES: readonly (readonly [RegExp, Remedies])[] = [[/\/node_modules\/postgres\/src\/connection\.js$/, CONNECTION], [/\/node_modules\/postgres\/src\/index\.js$/, POOL]];

const hooks = module.registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const remedies = FILES.find(([file]) => file.test(url))?.[1];
    if (remedies === undefined || loaded.source === undefined || loaded.source === null) return loaded;
    const source = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8');
    return { ...loaded, source: remedies.reduce((text, [defect, remedy]) => text.replaceAll(defect, remedy), source) };
  },
});
export const driver: typeof postgres = (await import('postgres')).default;
hooks.deregister();
