/** What the mailboxes and the mobile operator take in. */

import { type Moment } from '../../src/kernel/index.ts';

/** One message as it came in. `receivedAt` is on the insurer's clock. */
export type Received = {
  readonly insurerCode: string;
  readonly holderId: number | null;
  readonly contactId: number | null;
  readonly channel: 'email' | 'sms';
  readonly to: string;
  readonly from: string;
  readonly subject: string | null;
  readonly receivedAt: Moment;
  readonly language: string;
  readonly text: string;
  readonly html: string | null;
  readonly messageId: string;
};
