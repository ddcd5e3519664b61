/**
 * EMV QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1: a tree of objects (two digits id, two digits length in characters, value), closed by a
 * CRC-16/CCITT-FALSE over everything before it. Hong Kong: HKMA, Common QR Code Specification (FPS). Philippines: BSP, National QR Code Standard (QR Ph).
 */

import { decimalText } from '../../kernel/index.ts';

export type EmvObject = readonly [id: string, value: string | readonly EmvObject[]];

const LENGTH_MAX = 99;
const NUMERIC_CURRENCY: Readonly<Record<string, string>> = { HKD: '344', CNY: '156', PHP: '608' };

export function emvText(objects: readonly EmvObject[]): string {
  const body = `${objects.map(objectText).join('')}6304`;
  return body + crc16(body);
}

function objectText([id, value]: EmvObject): string {
  const text = typeof value === 'string' ? value : value.map(objectText).join('');
  const length = Array.from(text).length;
  if (!/^\d\d$/.test(id) || length === 0 || length > LENGTH_MAX) throw new Error(`EMV object ${id} of ${length} characters`);
  return `${id}${String(length).padStart(2, '0')}${text}`;
}

/** CRC-16/CCITT-FALSE (polynomial 0x1021, begun with 0xFFFF) of the text's UTF-8 bytes, as four hexadecimal digits. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, 'utf8')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

type Asked = { readonly amountMinor: bigint; readonly currency: string; readonly reference: string };
const REFERENCE_MAX = 25;
/** Letters that every bank's reader takes; longer names are cut. */
const plain = (text: string, most: number): string => text.normalize('NFKD').replace(/[^\x20-\x7e]/g, '').trim().slice(0, most).trim();
const orNot = (text: string): string => (text === '' ? 'NA' : text);

/** `proxy`: the payee's FPS identifier, mobile number (`+852-…`) or e-mail address. Null in a currency that the FPS does not carry. */
export function fpsPayload({ proxy, name, amountMinor, currency, reference }: Asked & { readonly proxy: string; readonly name: string }): string | null {
  const code = NUMERIC_CURRENCY[currency];
  if (code === undefined || currency === 'PHP' || amountMinor <= 0n) return null;
  const kind = proxy.startsWith('+') ? '03' : proxy.includes('@') ? '04' : '02';
  const bill = reference.slice(0, REFERENCE_MAX);
  return emvText([
    ['00', '01'], ['01', '12'], ['26', [['00', 'hk.com.hkicl'], [kind, proxy]]], ['52', '0000'], ['53', code], ['54', decimalText(amountMinor, currency)], ['58', 'HK'],
    ['59', orNot(plain(name, 25))], ['60', 'HK'], ['62', [['01', bill], ['05', bill]]],
  ]);
}

/** A person-to-person transfer by InstaPay: what every wallet and bank of the country reads without a contract with an acquirer. */
export function qrPhPayload({ bic, account, name, city, amountMinor, currency, reference }: Asked & { readonly bic: string; readonly account: string; readonly name: string; readonly city: string }): string | null {
  if (currency !== 'PHP' || amountMinor <= 0n) return null;
  return emvText([
    ['00', '01'], ['01', '12'], ['27', [['00', 'com.p2pqrpay'], ['01', bic], ['02', '99964403'], ['04', account]]], ['52', '6016'], ['53', '608'],
    ['54', decimalText(amountMinor, currency)], ['58', 'PH'], ['59', orNot(plain(name, 25))], ['60', orNot(plain(city, 15))], ['62', [['01', reference.slice(0, REFERENCE_MAX)]]],
  ]);
}
