/** Mailboxes of all holders: takes every message, except for addresses whose local part contains "bounce". */

import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { type Received } from './received.ts';
import { type InboxStore } from './store.ts';

/** A reminder has some 12 KB. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

/** Of one sender at a time; each waits for the commit that keeps its message, so more of them share one. */
const CONNECTIONS = 24;

export type MailServer = { readonly url: string; readonly close: () => Promise<void> };

export async function startMailServer(store: InboxStore, port: number): Promise<MailServer> {
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true, size: MESSAGE_BYTES_MAX, banner: 'Inforce demonstration mailboxes', logger: false,
    onRcptTo: ({ address }, _session, answer) => {
      const bounces = (address.split('@')[0] ?? '').includes('bounce');
      answer(bounces ? Object.assign(new Error('5.1.1 No such mailbox'), { responseCode: 550 }) : null);
    },
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      stream.on('error', (error: Error) => answer(error));
      stream.on('end', () => {
        if (stream.sizeExceeded) return answer(Object.assign(new Error('5.3.4 Too large'), { responseCode: 552 }));
        keep(store, Buffer.concat(chunks), session.envelope.rcptTo.map(({ address }) => address)).then(() => answer(null), () => answer(Object.assign(new Error('4.3.0 Not kept'), { responseCode: 451 })));
      });
    },
  });
  // A client that goes away in the middle is its own affair.
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.server.address();
  return {
    url: `smtp://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}?connections=${CONNECTIONS}`,
    close: () => new Promise((resolve) => { server.close(() => resolve()); }),
  };
}

async function keep(store: InboxStore, raw: Buffer, recipients: readonly string[]): Promise<void> {
  const mail = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true });
  await Promise.all(recipients.map((to) => store.keep(receivedOf(mail, to))));
}

function receivedOf(mail: ParsedMail, to: string): Received {
  const header = (name: string): string => {
    const value = mail.headers.get(name);
    return typeof value === 'string' ? value : '';
  };
  const id = (name: string): number | null => (/^\d{1,15}$/.test(header(name)) ? Number(header(name)) : null);
  return {
    insurerCode: header('x-inforce-insurer'), holderId: id('x-inforce-holder'), contactId: id('x-inforce-contact'), channel: 'email', to, from: mail.from?.text ?? '',
    subject: mail.subject ?? null, receivedAt: mail.date?.getTime() ?? Date.now(), language: header('content-language') || 'en', text: mail.text ?? '',
    html: typeof mail.html === 'string' ? mail.html : null, messageId: mail.messageId ?? '',
  };
}
