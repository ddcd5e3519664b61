/** A mobile operator: takes text messages by SMPP, reports their delivery, and brings replies. */

import { randomUUID } from 'node:crypto';
import smpp, { type Pdu, type Session } from 'smpp';
import { type Received } from './received.ts';
import { type InboxStore } from './store.ts';

export type TextServer = { readonly url: string; readonly reply: (from: string, to: string, text: string) => void; readonly close: () => Promise<void> };

const SYSTEM_ERROR = 0x08;
const NO_SUCH_NUMBER = 0x0b;
const RECEIPT_CLASS = 0x04;
const DELIVERED = 2;
const UCS2 = 8;
/** E.164 numbers have 7 to 15 digits. */
const NUMBER = /^\d{7,15}$/;

export async function startTextServer(store: InboxStore, port: number): Promise<TextServer> {
  const bound = new Set<Session>();
  const server = smpp.createServer((session) => {
    const leave = (): void => { bound.delete(session); };
    session.on('close', leave);
    session.on('error', () => { leave(); session.destroy(); });
    session.on('bind_transceiver', (pdu: Pdu) => { session.send(pdu.response({ system_id: 'inbox' })); bound.add(session); });
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => { session.send(pdu.response()); session.close(); });
    session.on('submit_sm', (pdu: Pdu) => void take(store, session, pdu));
  });
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    url: `smpp://inforce:inbox@127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}?contact_tlv=1`,
    reply: (from, to, text) => {
      // An operator hands a reply to one of the sessions of its receiver.
      const [session] = bound;
      session?.deliver_sm({ source_addr: from.replace(/\D/g, ''), source_addr_ton: 1, destination_addr: to, data_coding: /^[\x20-\x7e]*$/.test(text) ? 0 : UCS2, short_message: { message: text } });
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const session of server.sessions) session.destroy();
    }),
  };
}

async function take(store: InboxStore, session: Session, pdu: Pdu): Promise<void> {
  const to = pdu.destination_addr ?? '';
  if (!NUMBER.test(to)) return void session.send(pdu.response({ command_status: NO_SUCH_NUMBER }));
  const id = randomUUID();
  try {
    await store.keep(receivedOf(pdu, to, id));
  } catch {
    return void session.send(pdu.response({ command_status: SYSTEM_ERROR }));
  }
  session.send(pdu.response({ message_id: id }));
  if (((pdu.registered_delivery ?? 0) & 1) === 1) {
    session.deliver_sm({
      source_addr: to, destination_addr: pdu.source_addr ?? '', esm_class: RECEIPT_CLASS, receipted_message_id: id, message_state: DELIVERED,
      short_message: { message: `id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000` },
    });
  }
}

function receivedOf(pdu: Pdu, to: string, id: string): Received {
  const [code = '', holder = '', contact = '', language = 'en', at = ''] = (pdu.inforce_contact ?? '').split('/');
  const message = pdu.message_payload?.message ?? pdu.short_message?.message ?? '';
  return {
    insurerCode: code, holderId: holder === '' ? null : Number(holder), contactId: contact === '' ? null : Number(contact), channel: 'sms', to: `+${to}`, from: pdu.source_addr ?? '',
    subject: null, receivedAt: at === '' ? Date.now() : Number(at), language, text: typeof message === 'string' ? message : message.toString('utf8'), html: null, messageId: id,
  };
}
