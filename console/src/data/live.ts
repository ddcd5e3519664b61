/** Listens to the server's events while a page is open: what has changed is read again, by the reader's own rights. */

import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

const STALE_AFTER: Readonly<Record<string, readonly string[]>> = {
  cycle: ['cycle', 'today', 'inbox', 'actions', 'calls', 'promises', 'disputes', 'bills', 'gate', 'ledger', 'dashboard', 'delivery'],
  payment: ['today', 'holder', 'inbox', 'calls', 'promises', 'disputes', 'bills', 'payments', 'ledger'],
};

export function useLiveData(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource('/api/cycle/events');
    for (const [event, keys] of Object.entries(STALE_AFTER)) {
      source.addEventListener(event, () => {
        for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
      });
    }
    return () => source.close();
  }, [client]);
}
