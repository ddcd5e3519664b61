/** One bound SMPP session (3.4) that comes back by itself: window, time-outs, enquire_link, reconnection. */

import smpp, { type Pdu, type PduOptions, type Session } from 'smpp';

const BIND_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 30_000;
const ENQUIRE_EVERY_MS = 30_000;
const RECONNECT_MS_MAX = 15_000;
/** Submits that wait for their answer at a time; operators allow 10 to 100. */
const WINDOW = 60;

/** A vendor's field (SMPP 3.4 §5.3.2: 0x1400–0x3FFF) that tells a receiver of ours which contact a text belongs to. */
const CONTACT_TLV = 0x1401;
smpp.addTLV('inforce_contact', { id: CONTACT_TLV, type: smpp.types.tlv.cstring });

export type SubmitAnswer = { readonly kind: 'answered'; readonly pdu: Pdu } | { readonly kind: 'not_connected' } | { readonly kind: 'lost' };
export type SmppLink = { readonly submit: (options: PduOptions) => Promise<SubmitAnswer>; readonly close: () => Promise<void> };

export function openSmppLink(smppUrl: string, onDeliver: (pdu: Pdu) => void): SmppLink {
  const url = new URL(smppUrl);
  const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port === '' ? 2775 : url.port), ...(url.protocol === 'ssmpp:' ? { tls: true } : {}) };
  const login = { system_id: decodeURIComponent(url.username), password: decodeURIComponent(url.password), system_type: '', interface_version: 0x34 };
  const pending = new Set<(answer: SubmitAnswer) => void>();
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let session: Session | null = null;
  let binding: Promise<Session | null> | null = null;
  let failures = 0;
  let notBefore = 0;
  let closed = false;

  const connect = (): Promise<Session | null> => new Promise((resolve) => {
    const opened = smpp.connect(target);
    const timer = setTimeout(() => opened.destroy(), BIND_TIMEOUT_MS);
    const enquire = setInterval(() => opened.enquire_link(), ENQUIRE_EVERY_MS);
    enquire.unref();
    const gone = (): void => {
      clearTimeout(timer);
      clearInterval(enquire);
      if (session === opened) {
        session = null;
        for (const lose of pending) lose({ kind: 'lost' });
      }
      failures += 1;
      notBefore = Date.now() + Math.min(RECONNECT_MS_MAX, 250 * 2 ** Math.min(failures, 8));
      resolve(null);
    };
    opened.on('close', gone);
    opened.on('error', () => opened.destroy());
    opened.on('enquire_link', (pdu: Pdu) => opened.send(pdu.response()));
    opened.on('unbind', (pdu: Pdu) => { opened.send(pdu.response()); opened.close(); });
    opened.on('deliver_sm', (pdu: Pdu) => { opened.send(pdu.response()); onDeliver(pdu); });
    opened.on('connect', () => opened.bind_transceiver(login, (pdu) => {
      clearTimeout(timer);
      if (pdu.command_status !== 0) return opened.destroy();
      failures = 0;
      session = opened;
      resolve(opened);
    }));
  });

  const bound = async (): Promise<Session | null> => {
    if (session !== null) return session;
    if (closed || Date.now() < notBefore) return null;
    binding ??= connect().finally(() => { binding = null; });
    return binding;
  };

  const submit = async (options: PduOptions): Promise<SubmitAnswer> => {
    if (inFlight >= WINDOW) await new Promise<void>((resolve) => waiting.push(resolve));
    inFlight += 1;
    try {
      const through = await bound();
      if (through === null) return { kind: 'not_connected' };
      return await new Promise<SubmitAnswer>((resolve) => {
        const settle = (answer: SubmitAnswer): void => { clearTimeout(timer); pending.delete(settle); resolve(answer); };
        const timer = setTimeout(() => settle({ kind: 'lost' }), ANSWER_TIMEOUT_MS);
        pending.add(settle);
        if (!through.submit_sm(options, (pdu) => settle({ kind: 'answered', pdu }))) settle({ kind: 'not_connected' });
      });
    } finally {
      inFlight -= 1;
      waiting.shift()?.();
    }
  };

  // Receipts and replies come whether or not we have something to send.
  void bound();
  const alive = setInterval(() => void bound(), 1_000);
  alive.unref();
  return {
    submit,
    close: async () => {
      closed = true;
      clearInterval(alive);
      const last = session ?? (await binding);
      if (last === null) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => last.destroy(), 1_000);
        last.on('close', () => { clearTimeout(timer); resolve(); });
        last.unbind({}, () => last.close());
      });
    },
  };
}
