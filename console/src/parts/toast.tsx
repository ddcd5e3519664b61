/** A short word that something was done, with a way back where there is one. */

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { isApiError } from '../data/api.ts';

const SHOWN_MS = 7_000;
const READ_MS = 4_000;

/** @param undo takes the act back; what it says afterwards is `undone` */
export function toast(said: string, undo?: { readonly label: string; readonly undone: string; readonly act: () => Promise<unknown> }): void {
  const id = notifications.show({
    autoClose: undo === undefined ? READ_MS : SHOWN_MS,
    withBorder: true,
    message: undo === undefined ? said : (
      <>
        {said}
        <Button ml="sm" size="compact-xs" variant="light" onClick={() => {
          notifications.hide(id);
          undo.act().then(() => toast(undo.undone), toastFailed);
        }}>
          {undo.label}
        </Button>
      </>
    ),
  });
}

/** What the server said; for acts that have no place of their own for an error. */
export function toastFailed(error: unknown): void {
  notifications.show({ color: 'danger', autoClose: SHOWN_MS, withBorder: true, message: isApiError(error) || error instanceof Error ? error.message : String(error) });
}
