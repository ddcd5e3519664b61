/** A thread with open screens and a provider that sends webhooks at a steady pace, whatever the server does. */

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
// As a type alone: the file begins to work as soon as a thread loads it.
import type { LoadRequest } from './load.ts';

export type LiveOrder = { readonly port: number; readonly cookie: string; readonly screens: number; readonly requests: readonly LoadRequest[]; readonly gapMs: number };
/** `delays`: of each payment on each screen, in milliseconds. `lost`: payments that a screen had not counted at the end, the worst screen's. */
export type LiveAnswer = { readonly delays: Float64Array; readonly lost: number; readonly sent: number; readonly answers: number; readonly seconds: number };

const SETTLE_MS = 15_000;

type Screen = { counted: number; readonly shownAt: Float64Array; readonly close: () => void };

async function run({ port, cookie, screens, requests, gapMs }: LiveOrder): Promise<LiveAnswer> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 400 });
  let answers = 0;
  const once = (request: LoadRequest): Promise<string> => new Promise((resolve, reject) => {
    const asked = http.request({ agent, host: '127.0.0.1', port, method: request.method, path: request.path, headers: request.headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${request.path}: ${response.statusCode} ${text}`))));
    });
    asked.on('error', reject);
    asked.end(request.body ?? undefined);
  });
  /** A connection that the server has ended while it was taken up again: providers and browsers begin anew. */
  const ask = (request: LoadRequest): Promise<string> => once(request).catch((error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? once(request) : Promise.reject(error)));
  const countNow = async (): Promise<number> => {
    answers += 1;
    const view = JSON.parse(await ask({ method: 'GET', path: '/api/today', headers: { cookie }, body: null })) as { cash: { payments: number }[] };
    return view.cash.reduce((sum, { payments }) => sum + payments, 0);
  };
  const before = await countNow();

  /** As the console does it: told to look again, it reads once at a time, and once more if it was told meanwhile. */
  const open = (): Promise<Screen> => new Promise((resolve, reject) => {
    const screen: { counted: number; readonly shownAt: Float64Array; close: () => void } = { counted: 0, shownAt: new Float64Array(requests.length), close: () => {} };
    let [reading, again] = [false, false];
    const read = async (): Promise<void> => {
      again = true;
      if (reading) return;
      reading = true;
      while (again) {
        again = false;
        const counted = Math.min(requests.length, (await countNow()) - before);
        const now = performance.now();
        for (; screen.counted < counted; screen.counted += 1) screen.shownAt[screen.counted] = now;
      }
      reading = false;
    };
    const stream = http.get({ host: '127.0.0.1', port, path: '/api/cycle/events', headers: { cookie }, agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (chunk: string) => {
        if (chunk.includes('event: ready')) resolve(screen);
        if (chunk.includes('event: payment')) void read();
      });
      response.on('error', () => {});
    });
    stream.on('error', reject);
    screen.close = () => stream.destroy();
  });
  const opened = await Promise.all(Array.from({ length: screens }, open));

  const started = performance.now();
  const done = await Promise.all(requests.map(async (request, index) => {
    await sleep(Math.max(0, started + index * gapMs - performance.now()));
    await ask(request);
    return performance.now();
  }));
  const deadline = performance.now() + SETTLE_MS;
  while (performance.now() < deadline && opened.some(({ counted }) => counted < requests.length)) await sleep(50);
  const delays: number[] = [];
  // Payments are counted, not named: the k-th that a screen counts is held against the k-th that was to be sent.
  for (const { counted, shownAt } of opened) for (let k = 0; k < counted; k += 1) delays.push(shownAt[k]! - (started + k * gapMs));
  for (const { close } of opened) close();
  agent.destroy();
  return {
    delays: Float64Array.from(delays), lost: Math.max(...opened.map(({ counted }) => requests.length - counted)), sent: requests.length, answers,
    seconds: (Math.max(...done) - started) / 1000,
  };
}

if (parentPort !== null && workerData !== null) {
  const answer = await run(workerData as LiveOrder);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort.postMessage(answer);
}
