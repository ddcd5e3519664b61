/** A thread that asks a server over so many connections that stay open, and says how long each answer took. */

import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

export type LoadRequest = { readonly method: 'GET' | 'POST'; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | null };
export type LoadOrder = { readonly port: number; readonly connections: number; readonly requests: readonly LoadRequest[] };
export type LoadAnswer = { readonly milliseconds: Float64Array; readonly statuses: Readonly<Record<string, number>>; readonly seconds: number };

function ask(agent: http.Agent, port: number, { method, path, headers, body }: LoadRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, host: '127.0.0.1', port, method, path, headers: body === null ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

async function load({ port, connections, requests }: LoadOrder): Promise<LoadAnswer> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const milliseconds = new Float64Array(requests.length);
  const statuses: Record<string, number> = {};
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, async () => {
    for (let i = next++; i < requests.length; i = next++) {
      const begun = performance.now();
      const status = await ask(agent, port, requests[i]!);
      milliseconds[i] = performance.now() - begun;
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }));
  agent.destroy();
  return { milliseconds, statuses, seconds: (performance.now() - started) / 1000 };
}

if (parentPort !== null && workerData !== null) {
  const answer = await load(workerData as LoadOrder);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort.postMessage(answer);
}
