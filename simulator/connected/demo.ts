/** The demonstration insurer's CRM and ERP: some of its holders are customers there, a few under another phone number, and the product is connected with both. */

import { createHmac } from 'node:crypto';
import { saveConnection } from '../../src/connections/index.ts';
import { type Database, inInsurer } from '../../src/database/index.ts';
import { localDate } from '../../src/kernel/index.ts';
import { type Insurer } from '../../src/portfolio/index.ts';
import { CRM_PREFIX, ERP_PREFIX, openConnected, type Connected } from './index.ts';

const CUSTOMERS = 200;
/** Of the first customers, so many have another phone number in the CRM, until somebody has chosen. */
const DIFFERENT = 3;

type Demo = { readonly database: Database; readonly insurer: Insurer; readonly secret: Buffer; readonly origin: string };
type Row = { external_ref: string; family_name: string; given_name: string; phone: string | null; email: string | null; address: string | null; language: string; consents: string[]; opted_out: string[] };

export async function openDemoConnected({ database, insurer, secret, origin }: Demo): Promise<Connected> {
  const secretOf = (name: string): string => createHmac('sha256', secret).update(`sandbox ${name}`).digest('base64url');
  const connected = openConnected({ crmSecret: secretOf('crm'), erpSecret: secretOf('erp') });
  const { rows, met, waiting } = await inInsurer(database.app, insurer.insurerId, async (tx) => {
    const found = await tx<Row[]>`
      select external_ref, family_name, given_name, phone, email, address, language, consents, opted_out from holders where phone is not null order by holder_id limit ${CUSTOMERS}`;
    const [known] = await tx<{ met: boolean }[]>`select exists (select from source_values where source = 'crm') as met`;
    const open = await tx<{ external_ref: string; theirs: string }[]>`
      select h.external_ref, c.theirs from conflicts c join holders h using (insurer_id, holder_id) where c.source = 'crm' and c.field = 'phone' and c.resolved_at is null`;
    return { rows: found, met: known?.met === true, waiting: new Map(open.map((one) => [one.external_ref, one.theirs])) };
  });
  for (const [place, row] of rows.entries()) {
    const phone = !met && place < DIFFERENT && row.phone !== null ? `${row.phone.slice(0, -1)}${(Number(row.phone.slice(-1)) + 1) % 10}` : row.phone;
    // What waits for a choice is still so after a start anew.
    connected.putCustomer({ ...row, phone: waiting.get(row.external_ref) ?? phone });
  }
  const today = localDate(Date.now() + insurer.clockOffsetMs, insurer.timeZone);
  for (const [kind, prefix] of [['crm', CRM_PREFIX], ['erp', ERP_PREFIX]] as const) {
    await inInsurer(database.app, insurer.insurerId, async (tx) => {
      const [before] = await tx<{ version: number }[]>`select version from connections where kind = ${kind}`;
      if (before !== undefined) return;
      const change = { baseUrl: `${origin}${prefix}`, secret: secretOf(kind), enabled: true, fromStart: false, version: null };
      await saveConnection(tx, { insurerId: insurer.insurerId, kind, key: secret, by: 'npm start', at: new Date(), today, change });
    });
  }
  return connected;
}
