/** Sends signed webhooks until they are taken: again after 1 s, 2 s, 4 s … up to an hour, twelve times, as real providers do. */

import { type Sql } from '../../src/database/index.ts';
import { type Moment } from '../../src/kernel/index.ts';
import { SANDBOX_SIGNATURE_HEADER, signatureHeader } from '../../src/payments/index.ts';
import { markDone, nextDue, type QueuedEvent, takeDue, tryAgainAt } from './store.ts';

export type Chaos = { /** How often each event is sent at once. */ readonly copies: number; /** Newest first. */ readonly reversed: boolean; /** Sent only when asked for. */ readonly held?: boolean };

export type Delivery = {
  /** Sends the named events now and waits until each was taken or `wait_ms` is over; never throws. */
  readonly send: (eventIds: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

const TRIES_MAX = 12;
const BACKOFF_MS = 1_000;
const BACKOFF_MS_MAX = 3_600_000;
const TIMEOUT_MS = 10_000;
const AT_ONCE = 8;
/** A process that dies while sending leaves its events to the next one after this time. */
const CLAIM_MS = 30_000;
/** Looks again at least so often: another process may have written events. */
const IDLE_MS = 5_000;

type Options = { readonly sql: Sql; readonly webhookUrl: () => string; readonly webhookSecret: string; readonly now: () => Moment; readonly chaos: () => Chaos };

export function startDelivery({ sql, webhookUrl, webhookSecret, now, chaos }: Options): Delivery {
  let closed = false;
  let timer: NodeJS.Timeout | null = null;
  const running = new Set<Promise<void>>();

  const post = async (body: string): Promise<boolean> => {
    try {
      const response = await fetch(webhookUrl(), {
        method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { 'content-type': 'application/json', [SANDBOX_SIGNATURE_HEADER]: signatureHeader(webhookSecret, body, now()) },
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  };
  const one = async ({ eventId, body, tries }: QueuedEvent): Promise<void> => {
    const taken = await Promise.all(Array.from({ length: chaos().copies }, () => post(body)));
    if (taken.some(Boolean)) return markDone(sql, eventId, 'delivered');
    if (tries >= TRIES_MAX) return markDone(sql, eventId, 'given_up');
    return tryAgainAt(sql, eventId, now() + Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (tries - 1)));
  };
  const inOrder = (events: readonly QueuedEvent[]): QueuedEvent[] => (chaos().reversed ? events.toReversed() : [...events]);
  const look = async (): Promise<void> => {
    const due = chaos().held === true ? [] : await takeDue(sql, now(), now() + CLAIM_MS, AT_ONCE, null);
    await Promise.all(due.map(one));
    if (closed) return;
    const next = due.length === AT_ONCE ? now() : await nextDue(sql);
    plan(Math.min(IDLE_MS, Math.max(50, (next ?? Infinity) - now())));
  };
  const track = async (work: Promise<void>): Promise<void> => {
    running.add(work);
    // The database went away: it is looked for again.
    await work.catch(() => plan(IDLE_MS));
    running.delete(work);
  };
  const plan = (ms: number): void => {
    if (closed) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void track(look()), ms);
    timer.unref();
  };
  plan(0);
  return {
    send: (eventIds) => track((async () => {
      const events = await takeDue(sql, now(), now() + CLAIM_MS, eventIds.length, eventIds);
      const byId = new Map(events.map((event) => [event.eventId, event]));
      for (const event of inOrder(eventIds.flatMap((id) => byId.get(id) ?? []))) await one(event);
      plan(BACKOFF_MS);
    })()),
    close: async () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await Promise.allSettled(running);
    },
  };
}
