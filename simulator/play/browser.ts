/**
 * A holder with a browser: follows links, fills forms, is led from page to page, as any visitor by HTTP. Every holder comes from an address of
 * the own within 127.0.0.0/8, where the machine allows it, because the server counts the visits of an address.
 */

import http from 'node:http';
import { mixSeed } from '../../src/kernel/index.ts';

export type Page = { readonly status: number; readonly location: string | null; readonly cookie: string | null; readonly body: string };

const TIMEOUT_MS = 20_000;
const AT_ONCE = 16;
const REDIRECTS_MAX = 4;

const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE, maxFreeSockets: AT_ONCE });
let ownAddresses = process.platform === 'linux';

const addressOf = (visitor: number): string => `127.${16 + (Math.floor(visitor / 62_500) % 100)}.${Math.floor(visitor / 250) % 250}.${1 + (visitor % 250)}`;

/** One request from a visitor's own address; its origin is the server's, whatever the link says. */
export async function ask(origin: string, visitor: number, address: string, body: string | null, headers: Readonly<Record<string, string>>): Promise<Page> {
  const url = new URL(address, origin);
  const target = new URL(url.pathname + url.search, origin);
  try {
    return await send(target, body, headers, ownAddresses ? addressOf(visitor) : null);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL')) throw error;
    ownAddresses = false;
    return send(target, body, headers, null);
  }
}

/** Browsers by their share of ten thousand payers: most open the link where they read the message. */
const BROWSERS = [
  [4_400, 'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36'],
  [7_200, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'],
  [7_700, 'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1'],
  [9_800, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'],
  [10_000, ''],
] as const;
const STREAM_DEVICE = 83;
/** Each visitor keeps the same device. */
function agentOf(visitor: number): string {
  const place = mixSeed(STREAM_DEVICE, visitor) % 10_000;
  return BROWSERS.find(([until]) => place < until)?.[1] ?? '';
}

const FORM = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
const open = (origin: string, visitor: number, address: string): Promise<Page> => ask(origin, visitor, address, null, { accept: 'text/html', 'user-agent': agentOf(visitor) });
const submit = (origin: string, visitor: number, address: string, form: Readonly<Record<string, string>>): Promise<Page> =>
  ask(origin, visitor, address, new URLSearchParams(form).toString(), { ...FORM, 'user-agent': agentOf(visitor) });

function send(target: URL, body: string | null, headers: Readonly<Record<string, string>>, localAddress: string | null): Promise<Page> {
  return new Promise((resolve, reject) => {
    const request = http.request(target, {
      agent, method: body === null ? 'GET' : 'POST', timeout: TIMEOUT_MS, ...(localAddress === null ? {} : { localAddress }),
      headers: { ...headers, ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }) },
    }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({
        status: response.statusCode ?? 0, location: response.headers.location ?? null, cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? null, body: Buffer.concat(chunks).toString('utf8'),
      }));
    });
    request.on('timeout', () => request.destroy(new Error(`${target.pathname}: no answer in ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

async function followed(origin: string, visitor: number, first: Page): Promise<Page> {
  let page = first;
  for (let hop = 0; hop < REDIRECTS_MAX && page.location !== null && page.status >= 300 && page.status < 400; hop += 1) page = await open(origin, visitor, page.location);
  return page;
}

export type Paid = 'paid' | 'failed' | 'not_offered' | 'busy';
export type PayWish = { readonly link: string; readonly visitor: number; /** The method that comes first to hand, where it is offered. */ readonly method: string; readonly how: 'confirm' | 'fail' };

/** Opens the link, chooses a way to pay, confirms on the provider's page, and comes back. */
export async function payByLink(origin: string, { link, visitor, method, how }: PayWish): Promise<Paid> {
  const page = await open(origin, visitor, link);
  if (page.status === 429) return 'busy';
  const offered = [...page.body.matchAll(/name="method" value="([a-z0-9_]+)"/g)].map((match) => match[1] ?? '');
  const chosen = offered.includes(method) ? method : offered[0];
  if (page.status !== 200 || chosen === undefined) return 'not_offered';
  const sent = await submit(origin, visitor, link, { method: chosen });
  if (sent.status === 429) return 'busy';
  if (sent.location === null) return 'not_offered';
  const hosted = await followed(origin, visitor, sent);
  if (hosted.status !== 200 || !hosted.body.includes('name="action" value="confirm"')) return 'not_offered';
  const done = await submit(origin, visitor, sent.location, { action: how });
  await followed(origin, visitor, done);
  return how === 'confirm' ? 'paid' : 'failed';
}

export type DisputeReason = 'amount' | 'paid' | 'policy' | 'other';

/** Says on the pay page that something is wrong with the bill. */
export async function disputeByLink(origin: string, link: string, visitor: number, reason: DisputeReason, more: string): Promise<boolean> {
  const form = await open(origin, visitor, `${link}/dispute`);
  if (form.status !== 200 || !form.body.includes('name="reason"')) return false;
  return (await submit(origin, visitor, `${link}/dispute`, { reason, more })).status === 200;
}

/** Works through a list, so many at once. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>, atOnce: number = AT_ONCE): Promise<void> {
  let at = 0;
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    while (at < items.length) await work(items[at++]!);
  }));
}
