/** E-mail by SMTP (RFC 5321) over a pool of connections. */

import { createTransport } from 'nodemailer';
import { type OpenChannel, type Parcel, type Sent } from './channel.ts';

/** `?connections=` of the URL; relays commonly allow ten. */
const CONNECTIONS = 10;
const CONNECTIONS_MAX = 50;
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 30_000;
/** Below what servers wait, so that no message meets a connection that is being closed. */
const IDLE_MS = 20_000;

/** `INFORCE_SMTP_URL`. Messages are never queued again by the pool: a connection that broke after DATA may have delivered. */
export function openEmail(smtpUrl: string): OpenChannel {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const transport = createTransport({
    pool: true, host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port === '' ? (secure ? 465 : 587) : url.port), secure,
    ...(url.username === '' ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    maxConnections: connectionsOf(url), maxMessages: Number.POSITIVE_INFINITY, maxRequeues: 0, idleTimeout: IDLE_MS,
    connectionTimeout: CONNECT_TIMEOUT_MS, greetingTimeout: CONNECT_TIMEOUT_MS, socketTimeout: ANSWER_TIMEOUT_MS, disableFileAccess: true, disableUrlAccess: true,
    // A server on this machine has no certificate that anybody could check.
    ...(isLoopback(url.hostname) ? { ignoreTLS: true } : {}),
  });
  return { names: ['email'], send: (parcel) => sendMail(transport, parcel), close: async () => { transport.close(); } };
}

const connectionsOf = (url: URL): number => Math.min(CONNECTIONS_MAX, Math.max(1, Math.floor(Number(url.searchParams.get('connections') ?? CONNECTIONS)) || CONNECTIONS));
const isLoopback = (host: string): boolean => host === 'localhost' || host.startsWith('127.') || host === '[::1]';

/** The same contact always has the same Message-ID, so that a receiver can see a duplicate if one ever left. */
export const messageIdOf = ({ insurerCode, contactId, holderId, sender }: Pick<Parcel, 'insurerCode' | 'contactId' | 'holderId' | 'sender'>): string =>
  `<${insurerCode}.${holderId}.${contactId}@${/@([\w.-]+)$/.exec(sender.email)?.[1] ?? 'inforce.invalid'}>`;

async function sendMail(transport: ReturnType<typeof createTransport>, parcel: Parcel): Promise<Sent> {
  const { message, sender, optOutLink } = parcel;
  // Until the insurer has an address to write from, its letters wait rather than count as refused.
  if (sender.email === '') return { kind: 'retry', reason: 'insurer has no contact e-mail' };
  const messageId = messageIdOf(parcel);
  try {
    await transport.sendMail({
      messageId, date: new Date(parcel.at), from: { name: sender.name, address: sender.email }, to: { name: '', address: parcel.to }, subject: message.subject, text: message.text,
      ...(message.html === null ? {} : { html: message.html }),
      // Chinese in quoted-printable takes three letters for each octet.
      textEncoding: parcel.language === 'en' ? 'quoted-printable' : 'base64',
      headers: {
        'Content-Language': parcel.language, 'Auto-Submitted': 'auto-generated',
        'X-Inforce-Insurer': parcel.insurerCode, 'X-Inforce-Holder': String(parcel.holderId), 'X-Inforce-Contact': String(parcel.contactId),
        // RFC 2369 and RFC 8058: one click, no log-in.
        ...(optOutLink === null ? {} : { 'List-Unsubscribe': { prepared: true, foldLines: false, value: `<${optOutLink}>` }, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
      },
    });
    return { kind: 'sent', ref: messageId };
  } catch (error) {
    return outcomeOf(error);
  }
}

type SmtpError = { readonly code?: string; readonly responseCode?: number; readonly command?: string; readonly syscall?: string };

function outcomeOf(error: unknown): Sent {
  const { code = '', responseCode, command = '', syscall = '' } = error as SmtpError;
  if (responseCode !== undefined) {
    const reason = `smtp ${responseCode}`;
    // 421 is the server closing down; 4yz is "not now", said instead of accepting.
    if (responseCode < 500) return { kind: 'retry', reason };
    return command === 'RCPT TO' || /^55[0-4]$/.test(String(responseCode)) ? { kind: 'bounced', reason } : { kind: 'failed', reason };
  }
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return { kind: 'bounced', reason: code };
  if (syscall === 'connect' || code === 'EDNS' || code === 'EAUTH' || code === 'ETLS' || code === 'ECONNREFUSED') return { kind: 'retry', reason: code };
  return { kind: 'unconfirmed', reason: code === '' ? 'smtp' : code };
}
