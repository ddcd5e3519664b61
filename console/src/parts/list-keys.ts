/** j and k walk a list, Enter opens the row. */

import { useHotkeys } from '@mantine/hooks';
import { useEffect, useState } from 'react';

/** @param reach brings a row that is not in the page yet onto the screen */
export function useListKeys(length: number, open: (index: number) => void, reach?: (index: number) => void): number {
  const [selected, setSelected] = useState(-1);
  const move = (step: number): void => setSelected((now) => Math.max(0, Math.min(length - 1, now + step)));
  useHotkeys(
    [
      ['j', () => move(1)],
      ['k', () => move(-1)],
      [
        'Enter',
        () => {
          if (selected >= 0) open(selected);
        },
      ],
    ],
    ['INPUT', 'TEXTAREA', 'SELECT', 'BUTTON', 'A'],
  );
  useEffect(() => {
    if (selected >= 0) reach?.(selected);
    document.querySelector('[data-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    // What brings a row onto the screen is another function each time the list is drawn.
  }, [selected]); // oxlint-disable-line react/exhaustive-deps
  return selected;
}
