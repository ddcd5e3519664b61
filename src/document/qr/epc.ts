/** EPC069-12 (version 2.1): a SEPA credit transfer as a QR code, twelve lines of which the last empty ones are left out. Error correction M, at most 331 bytes. */

import { decimalText } from '../../kernel/index.ts';

const NAME_MAX = 70;
const STRUCTURED_MAX = 35;
const TEXT_MAX = 140;
const AMOUNT_MAX = 99_999_999_999n;
const BYTES_MAX = 331;

export type EpcTransfer = {
  readonly name: string; readonly iban: string; readonly bic: string | null; readonly amountMinor: bigint; readonly currency: string;
  /** An ISO 11649 creditor reference goes into its own line, anything else (a bill's number, by which bank files are matched) is free text. */
  readonly reference: string;
  readonly purpose?: string;
};

/** Null where the transfer cannot be a SEPA one. */
export function epcPayload({ name, iban, bic, amountMinor, currency, reference, purpose = '' }: EpcTransfer): string | null {
  if (currency !== 'EUR' || amountMinor <= 0n || amountMinor > AMOUNT_MAX) return null;
  const structured = isCreditorReference(reference);
  const lines = [
    'BCD', '002', '1', 'SCT', bic ?? '', Array.from(name).slice(0, NAME_MAX).join(''), iban, `EUR${decimalText(amountMinor, currency)}`, purpose,
    structured ? reference.slice(0, STRUCTURED_MAX) : '', structured ? '' : Array.from(reference).slice(0, TEXT_MAX).join(''),
  ];
  while (lines.at(-1) === '') lines.pop();
  const text = lines.join('\n');
  return Buffer.byteLength(text) > BYTES_MAX ? null : text;
}

/** ISO 11649: `RF`, two check digits, up to 21 letters and digits; the whole is 1 modulo 97. */
export function isCreditorReference(text: string): boolean {
  return /^RF\d{2}[A-Z0-9]{1,21}$/.test(text) && mod97(text.slice(4) + text.slice(0, 4)) === 1;
}

function mod97(text: string): number {
  let rest = 0;
  for (const letter of text) for (const digit of String(Number.parseInt(letter, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
