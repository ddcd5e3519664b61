/** The receiving side that comes with `npm start`: a real SMTP server and a real SMPP operator on this machine, and what they took in. */

import { type Database } from '../../src/database/index.ts';
import { startMailServer } from './mail-server.ts';
import { startTextServer } from './text-server.ts';
import { openStore } from './store.ts';

export type StartInbox = {
  readonly database: Database;
  /** 0, the default: any free port. */
  readonly smtpPort?: number;
  readonly smppPort?: number;
};

export type RunningInbox = {
  /** For INFORCE_SMTP_URL and INFORCE_SMPP_URL, or `openChannels`. */
  readonly smtpUrl: string;
  readonly smppUrl: string;
  /** A holder answers a text, e.g. STOP. `to` is the sender that the text came from. */
  readonly reply: (from: string, to: string, text: string) => void;
  readonly close: () => Promise<void>;
};

export async function startInbox({ database, smtpPort = 0, smppPort = 0 }: StartInbox): Promise<RunningInbox> {
  const store = await openStore(database);
  const mail = await startMailServer(store, smtpPort);
  const text = await startTextServer(store, smppPort).catch(async (error: unknown) => {
    await mail.close();
    throw error;
  });
  return {
    smtpUrl: mail.url, smppUrl: text.url, reply: text.reply,
    close: async () => {
      await Promise.all([mail.close(), text.close()]);
      await store.close();
    },
  };
}

