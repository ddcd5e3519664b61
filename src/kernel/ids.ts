/** Branded ids: a policy's id cannot stand where a holder's belongs. In SQL they are `bigint`; in JavaScript safe integers. */

declare const brand: unique symbol;
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

export type InsurerId = Branded<number, 'InsurerId'>;
export type HolderId = Branded<number, 'HolderId'>;
export type PolicyId = Branded<number, 'PolicyId'>;
export type BillId = Branded<number, 'BillId'>;
export type PaymentId = Branded<number, 'PaymentId'>;
