/** Listens to the server's events while a page is open: what has changed is read again, by the reader's own rights. */

import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

const STALE_AFTER: Readonly<Record<string, readonly string[]>> = {
  cycle: ['cycle', 'jobs', 'today', 'inbox', 'actions', 'calls', 'promises', 'disputes', 'bills', 'bill-review', 'gate', 'ledger', 'dashboard', 'delivery', 'segments', 'strategies', 'bill-designs', 'fees'],
  payment: ['today', 'holder', 'inbox', 'calls', 'promises', 'disputes', 'bills', 'payments', 'ledger'],
  // Whom one may call now, what the day has become.
  minute: ['today', 'calls', 'cycle'],
  clock: ['session', 'today', 'calls', 'cycle', 'promises', 'disputes', 'hand-overs'],
  payments: ['payments'], groups: ['groups'], producers: ['producers'], approvals: ['approvals'],
  'bill-review': ['bill-review', 'bills'], imports: ['imports'], jobs: ['jobs'], connections: ['connections'], 'hand-overs': ['hand-overs'], alerts: ['dashboard'], ledger: ['ledger'], bills: ['bills', 'holder'],
};

/** A page is read once at a time: what happens meanwhile has it read once more afterwards, instead of beginning anew with every payment and never ending. */
function reader(client: QueryClient): (key: string) => Promise<void> {
  const reading = new Set<string>();
  const again = new Set<string>();
  return async (key) => {
    again.add(key);
    if (reading.has(key)) return;
    reading.add(key);
    while (again.delete(key)) await client.invalidateQueries({ queryKey: [key] });
    reading.delete(key);
  };
}

export function useLiveData(): void {
  const client = useQueryClient();
  useEffect(() => {
    const read = reader(client);
    const source = new EventSource('/api/cycle/events');
    for (const [event, keys] of Object.entries(STALE_AFTER)) source.addEventListener(event, () => { for (const key of keys) void read(key); });
    // After a line that was down: what was told meanwhile is not told again.
    let before = false;
    source.addEventListener('ready', () => {
      if (before) for (const key of new Set(Object.values(STALE_AFTER).flat())) void read(key);
      before = true;
    });
    return () => source.close();
  }, [client]);
}
