/** The CRM, as docs/connections.md describes it: customers who have changed come in by pages, our changes go out on the version that we have seen. */

import { z } from 'zod';
import { fail, ok, type Result } from '../kernel/index.ts';
import { isListField, listOf, listText, type Contact, type ContactField } from './contact.ts';
import { ask, type Peer } from './http.ts';

export const PAGE_CUSTOMERS = 200;

const text = z.string().max(2_000).nullable();
const customerShape = z.object({
  external_ref: z.string().min(1).max(200), version: z.string().min(1).max(200), changed_at: z.iso.datetime({ offset: true }),
  family_name: text.optional(), given_name: text.optional(), phone: text.optional(), email: text.optional(), address: text.optional(), language: z.string().max(35).optional(),
  consents: z.array(z.string().max(40)).max(20).optional(), opted_out: z.array(z.string().max(40)).max(20).optional(),
});
const pageShape = z.object({ customers: z.array(customerShape).max(PAGE_CUSTOMERS), next_cursor: z.string().max(500), more: z.boolean() });

export type Customer = { readonly externalRef: string; readonly version: string; readonly changedAt: Date; readonly contact: Contact };
export type CustomerPage = { readonly customers: readonly Customer[]; readonly nextCursor: string; readonly more: boolean };

export async function changedCustomers(peer: Peer, cursor: string): Promise<Result<CustomerPage>> {
  const asked = await ask(peer, { method: 'GET', path: `/customers?${new URLSearchParams({ cursor, limit: String(PAGE_CUSTOMERS) }).toString()}` });
  if (!asked.ok) return asked;
  const page = pageShape.safeParse(asked.value.body);
  if (!page.success) return fail('sync_not_understood', { detail: faultOf(page.error) });
  return ok({ customers: page.data.customers.map(customerOf), nextCursor: page.data.next_cursor, more: page.data.more });
}

const addressOf = (externalRef: string): string => `/customers/${encodeURIComponent(externalRef)}`;

export async function oneCustomer(peer: Peer, externalRef: string): Promise<Result<Customer>> {
  const asked = await ask(peer, { method: 'GET', path: addressOf(externalRef) });
  return asked.ok ? parsed(asked.value.body) : asked;
}

/** Problem `sync_version_refused` where they have changed it since. */
export async function changeCustomer(peer: Peer, customer: Customer, change: Contact, idempotencyKey: string): Promise<Result<Customer>> {
  const body = Object.fromEntries(Object.entries(change).map(([field, value]) => [field, isListField(field as ContactField) ? listOf(value) : value]));
  const asked = await ask(peer, { method: 'PATCH', path: addressOf(customer.externalRef), body, ifMatch: customer.version, idempotencyKey });
  return asked.ok ? parsed(asked.value.body) : asked;
}

function parsed(body: unknown): Result<Customer> {
  const customer = customerShape.safeParse(body);
  return customer.success ? ok(customerOf(customer.data)) : fail('sync_not_understood', { detail: faultOf(customer.error) });
}

function customerOf({ external_ref: externalRef, version, changed_at: changedAt, consents, opted_out: optedOut, ...fields }: z.output<typeof customerShape>): Customer {
  const lists = { ...(consents === undefined ? {} : { consents: listText(consents) }), ...(optedOut === undefined ? {} : { opted_out: listText(optedOut) }) };
  const names = Object.fromEntries((['family_name', 'given_name'] as const).flatMap((field) => (fields[field] === undefined ? [] : [[field, fields[field] ?? '']])));
  const rest = Object.fromEntries((['phone', 'email', 'address'] as const).flatMap((field) => (fields[field] === undefined ? [] : [[field, fields[field] === '' ? null : fields[field]]])));
  return { externalRef, version, changedAt: new Date(changedAt), contact: { ...names, ...rest, ...(fields.language === undefined ? {} : { language: fields.language }), ...lists } };
}

const faultOf = (error: z.ZodError): string => error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
