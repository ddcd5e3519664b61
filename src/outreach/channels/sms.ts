/** Text messages by SMPP: GSM 7-bit where the text allows it, UCS-2 otherwise; long texts as one payload that the operator cuts into parts. */

import { type Pdu, type PduOptions } from 'smpp';
import { smsLength } from '../sms-length.ts';
import { type ChannelEvent, type ContactAddress, type OpenChannel, type Parcel, type Sent } from './channel.ts';
import { openSmppLink } from './smpp-link.ts';

const GSM7 = 0;
const UCS2 = 8;
const TON_ALPHANUMERIC = 5;
const TON_INTERNATIONAL = 1;
const NPI_ISDN = 1;
/** Final delivery receipt asked for (SMPP 3.4 §5.2.17). */
const RECEIPT_WANTED = 1;
const RECEIPT_CLASS = 0x04;
const STATE_DELIVERED = 2;
const STATE_ENROUTE = 1;
const STATE_ACCEPTED = 6;
/** ESME_RMSGQFUL, ESME_RTHROTTLED, ESME_RSYSERR: not taken, later perhaps. */
const LATER = new Set([0x14, 0x58, 0x08]);
/** ESME_RINVDSTADR, ESME_RINVDSTTON, ESME_RINVDSTNPI: this number never works. */
const NO_SUCH_NUMBER = new Set([0x0b, 0x50, 0x51]);
/** Receipts come within days; older ones are found by their reference in the database. */
const REMEMBERED_MAX = 50_000;

/** A sender's name: letters and digits, at most 11 (GSM 03.38 alphanumeric address). */
export const senderIdOf = (insurerCode: string): string => insurerCode.replace(/[^a-z0-9]/gi, '').slice(0, 11).toUpperCase();

export function openSms(smppUrl: string, onEvent: (event: ChannelEvent) => void): OpenChannel {
  const tellContact = new URL(smppUrl).searchParams.has('contact_tlv');
  const remembered = new Map<string, ContactAddress>();
  const link = openSmppLink(smppUrl, (pdu) => {
    const event = eventOf(pdu, remembered);
    if (event !== null) onEvent(event);
  });
  const send = async (parcel: Parcel): Promise<Sent> => {
    const answer = await link.submit(submitOf(parcel, tellContact));
    if (answer.kind === 'not_connected') return { kind: 'retry', reason: 'smpp not connected' };
    if (answer.kind === 'lost') return { kind: 'unconfirmed', reason: 'smpp connection lost' };
    const { command_status: status, message_id: ref = '' } = answer.pdu;
    if (status !== 0) return { kind: LATER.has(status) ? 'retry' : NO_SUCH_NUMBER.has(status) ? 'bounced' : 'failed', reason: `smpp ${status}` };
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(ref, { insurerId: parcel.insurerId, holderId: parcel.holderId, contactId: parcel.contactId });
    return { kind: 'sent', ref };
  };
  return { names: ['sms'], send, close: link.close };
}

/** A part holds 140 octets; anything longer goes as `message_payload`. */
const OCTETS_MAX = 140;

function submitOf(parcel: Parcel, tellContact: boolean): PduOptions {
  const { text } = parcel.message;
  const { encoding, units } = smsLength(text);
  const octets = encoding === 'gsm7' ? Math.ceil((units * 7) / 8) : units * 2;
  return {
    source_addr_ton: TON_ALPHANUMERIC, source_addr_npi: 0, source_addr: senderIdOf(parcel.insurerCode),
    dest_addr_ton: TON_INTERNATIONAL, dest_addr_npi: NPI_ISDN, destination_addr: parcel.to.replace(/[^\d]/g, ''),
    registered_delivery: RECEIPT_WANTED, data_coding: encoding === 'gsm7' ? GSM7 : UCS2,
    ...(octets <= OCTETS_MAX ? { short_message: { message: text } } : { short_message: { message: '' }, message_payload: { message: text } }),
    ...(tellContact ? { inforce_contact: `${parcel.insurerCode}/${parcel.holderId}/${parcel.contactId}/${parcel.language}/${parcel.at}` } : {}),
  };
}

function eventOf(pdu: Pdu, remembered: Map<string, ContactAddress>): ChannelEvent | null {
  const text = textOf(pdu);
  if (((pdu.esm_class ?? 0) & 0x3c) !== RECEIPT_CLASS) return { kind: 'reply', from: pdu.source_addr ?? '', to: pdu.destination_addr ?? '', text };
  // Receipts name the message in a field, older operators in the text alone (SMPP 3.4 appendix B).
  const ref = pdu.receipted_message_id ?? /id:(\S+)/.exec(text)?.[1] ?? '';
  const state = pdu.message_state ?? (/stat:DELIVRD/.test(text) ? STATE_DELIVERED : /stat:(?:ENROUTE|ACCEPTD)/.test(text) ? STATE_ENROUTE : 0);
  if (ref === '' || state === STATE_ENROUTE || state === STATE_ACCEPTED) return null;
  const contact = remembered.get(ref) ?? null;
  remembered.delete(ref);
  return { kind: state === STATE_DELIVERED ? 'delivered' : 'undelivered', ref, contact };
}

export function textOf(pdu: Pdu): string {
  const message = pdu.message_payload?.message ?? pdu.short_message?.message ?? '';
  return typeof message === 'string' ? message : message.toString('utf8');
}
