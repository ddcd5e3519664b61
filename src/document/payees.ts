/** `payees.json`, checked when it is loaded: the accounts that bills of each market may be paid into, and the QR code that a bank's app reads. */

import { isValidBIC, isValidIBAN } from 'ibantools';
import { z } from 'zod';
import { type PayeeDetail, type QrCode } from './bill-document.ts';
import { fpsPayload, qrPhPayload } from './qr/emv.ts';
import { epcPayload } from './qr/epc.ts';
import file from './payees.json' with { type: 'json' };

const common = { name: z.string().min(1).max(70), origin: z.string().min(1), verified: z.boolean() };
const iban = z.string().refine((text) => isValidIBAN(text), 'not an IBAN');
const bic = z.string().refine((text) => isValidBIC(text), 'not a BIC');
const payee = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fps'), proxy: z.string().regex(/^(\d{7,9}|\+852-\d{8}|[^@\s]+@[^@\s]+)$/), ...common }),
  z.strictObject({ kind: z.literal('qr_ph'), bic: z.string().regex(/^[A-Z]{4}PH[A-Z0-9]{5}$/), account: z.string().regex(/^\d{6,19}$/), city: z.string().min(1).max(15), ...common }),
  z.strictObject({ kind: z.literal('sepa'), iban, bic: bic.nullable(), ...common }),
  z.strictObject({ kind: z.literal('bank'), bank: z.string().min(1), account: z.string().min(1), ...common }),
]);
export type Payee = z.infer<typeof payee>;
const schema = z.strictObject({ about: z.string(), insurers: z.record(z.string(), z.record(z.string().regex(/^[A-Z]{2}$/), payee)) });

const { insurers: INSURERS } = schema.parse(file);

/** Null where bills of this market are paid by the pay page alone. */
export function payeeOf(insurer: { readonly code: string; readonly simulated: boolean }, market: string): Payee | null {
  return INSURERS[insurer.code]?.[market] ?? (insurer.simulated ? INSURERS['simulated']?.[market] : undefined) ?? null;
}

type Asked = { readonly amountMinor: bigint; readonly currency: string; readonly reference: string; readonly payUrl: string | null };

/** What a bank's app of the market reads; elsewhere, and in other currencies, the pay link. Null where there is neither. */
export function qrFor(to: Payee | null, asked: Asked): QrCode | null {
  const link = (): QrCode | null => (asked.payUrl === null ? null : { kind: 'link', payload: asked.payUrl });
  const or = (kind: QrCode['kind'], payload: string | null): QrCode | null => (payload === null ? link() : { kind, payload });
  switch (to?.kind) {
    case 'fps': return or('fps', fpsPayload({ ...asked, proxy: to.proxy, name: to.name }));
    case 'qr_ph': return or('qr_ph', qrPhPayload({ ...asked, bic: to.bic, account: to.account, name: to.name, city: to.city }));
    case 'sepa': return or('epc', epcPayload({ ...asked, name: to.name, iban: to.iban, bic: to.bic }));
    case 'bank':
    case undefined: return link();
  }
}

export function payeeDetails(to: Payee | null): readonly PayeeDetail[] {
  if (to === null) return [];
  const details: PayeeDetail[] = [{ kind: 'payee', value: to.name }];
  switch (to.kind) {
    case 'fps': return [...details, { kind: 'fps_id', value: to.proxy }];
    case 'qr_ph': return [...details, { kind: 'bank', value: to.bic }, { kind: 'account', value: to.account }];
    case 'sepa': return [...details, { kind: 'iban', value: to.iban.replace(/(.{4})(?=.)/g, '$1 ') }, ...(to.bic === null ? [] : [{ kind: 'bic' as const, value: to.bic }])];
    case 'bank': return [...details, { kind: 'bank', value: to.bank }, { kind: 'account', value: to.account }];
  }
}
