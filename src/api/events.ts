/**
 * What happens now, for screens that are open: PostgreSQL's NOTIFY reaches every server process over one listening connection, which is opened
 * by the first screen that listens. Events say only "look again"; the rows are read by the asker's own rights.
 */

import { type Database } from '../database/index.ts';

type Channel = 'inforce_cycle' | 'inforce_payment' | 'inforce_change';
/** `what`: `cycle`, `payment`, or the name that a table gives its changes. */
export type LiveEvent = { readonly what: string; readonly insurerId: number };
type Listener = (event: LiveEvent) => void;

export type EventHub = {
  /** Calls back for each event of one insurer until the returned function is called. */
  readonly subscribe: (insurerId: number, listener: Listener) => () => void;
  readonly close: () => Promise<void>;
};

const CHANNELS: readonly Channel[] = ['inforce_cycle', 'inforce_payment', 'inforce_change'];

export function openEventHub(database: Database): EventHub {
  const listeners = new Map<number, Set<Listener>>();
  let listening: Promise<(() => Promise<void>)[]> | null = null;

  const publish = (channel: Channel, payload: string): void => {
    const event = eventOf(channel, payload);
    if (event === null) return;
    for (const listener of listeners.get(event.insurerId) ?? []) listener(event);
  };
  const listen = (): void => {
    listening ??= Promise.all(
      CHANNELS.map(async (channel) => {
        const subscription = await database.app.listen(channel, (payload) => publish(channel, payload));
        return async (): Promise<void> => {
          await subscription.unlisten();
        };
      }),
    );
    // A lost database shows on every other request; a screen without live events still reads by itself.
    listening.catch(() => {
      listening = null;
    });
  };
  return {
    subscribe: (insurerId, listener) => {
      listen();
      const own = listeners.get(insurerId) ?? new Set<Listener>();
      listeners.set(insurerId, own.add(listener));
      return () => {
        own.delete(listener);
      };
    },
    close: async () => {
      const stops = await (listening ?? Promise.resolve([])).catch(() => []);
      await Promise.all(stops.map((stop) => stop().catch(() => {})));
    },
  };
}

function eventOf(channel: Channel, payload: string): LiveEvent | null {
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value !== 'object' || value === null || !('insurer_id' in value) || typeof value.insurer_id !== 'number') return null;
    const named = 'what' in value && typeof value.what === 'string' && /^[a-z-]{1,40}$/.test(value.what) ? value.what : null;
    const what = channel === 'inforce_change' ? named : channel.replace('inforce_', '');
    return what === null ? null : { what, insurerId: value.insurer_id };
  } catch {
    // Somebody else's notification on our channel.
    return null;
  }
}
