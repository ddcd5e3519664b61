import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { type InsurerId } from '../kernel/index.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';

/** In every name, reference and policy number of the other insurer: where it is seen, something leaked. */
const MARK = 'ZZB';
const SKIPPED = /^\/(assets\/|api\/docs|api\/cycle\/events)/;

let house: TestHouse;
let app: FastifyInstance;
let other: TestInsurer;

before(async () => {
  house = await openHouse();
  await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', MARK);
  app = await serverOf(house);
  await app.ready();
});
after(async () => {
  await app.close();
  await house.close();
});

type Probe = { readonly method: string; readonly url: string };

/** Every registered route, asked for the other insurer's rows. */
function probes(): Probe[] {
  const values: Readonly<Record<string, string>> = {
    holder_id: String(other.holders[2]),
    bill_id: String(other.bills[2]),
    contact_id: String(other.callId),
    insurer: other.code,
    provider: 'sandbox',
  };
  const query = new URLSearchParams({ ...values, q: MARK.toLowerCase(), from: '2026-01-01', to: '2026-12-31', after: '0' });
  return app.routeList
    .filter(({ method, url }) => !SKIPPED.test(url) && method !== 'HEAD' && method !== 'OPTIONS')
    .map(({ method, url }) => ({ method, url: `${url.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '1')}?${query.toString()}` }));
}

const BODY = {
  reason: 'probe',
  outcome: 'no_answer',
  language: 'zh-Hant',
  business_date: '2026-11-24',
  promise: null,
  method: 'card',
} as const;

const ask = (client: Client, { method, url }: Probe) =>
  method === 'GET'
    ? client.get(url)
    : client.send(method as 'POST', url, { ...BODY, holder_id: other.holders[2], bill_id: other.bills[2] });

/** One line of text for all rows of an insurer; changes when anything changes. */
async function fingerprint(insurerId: InsurerId): Promise<string> {
  const tables = await tablesOfInsurers();
  return inInsurer(house.database.app, insurerId, async (tx) => {
    const parts: string[] = [];
    for (const table of tables.filter((name) => name !== 'sessions')) {
      const [row] = await tx<
        { hash: string }[]
      >`select md5(coalesce(string_agg(t::text, ';' order by t::text), '')) || count(*) as hash from ${tx(table)} t`;
      parts.push(`${table} ${row?.hash ?? ''}`);
    }
    return parts.join('\n');
  });
}

async function tablesOfInsurers(): Promise<string[]> {
  const rows = await house.database.owner<{ table_name: string }[]>`
    select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'insurer_id' and t.table_type = 'BASE TABLE' order by 1`;
  return rows.map((row) => row.table_name);
}

describe('insurers are apart', () => {
  test('no route shows or changes a row of another insurer', async () => {
    const untouched = await fingerprint(other.insurerId);
    const all = probes();
    assert.ok(all.length >= 12, `only ${all.length} routes`);
    for (const probe of all) {
      const client = await logIn(app, 'harbour', 'manager');
      const answer = await ask(client, probe);
      assert.ok(answer.statusCode < 500, `${probe.method} ${probe.url} failed: ${answer.body}`);
      // What the asker sent may come back in an error; the mark is never among it but for the search's own words, which no answer repeats.
      assert.ok(!answer.body.includes(MARK), `${probe.method} ${probe.url} leaked: ${answer.body.slice(0, 400)}`);
    }
    assert.equal(await fingerprint(other.insurerId), untouched);
  });

  test('the same questions do find those rows when their own insurer asks, so the test above can fail', async () => {
    const client = await logIn(app, 'beacon', 'manager');
    const answers = await Promise.all(
      probes()
        .filter(({ method }) => method === 'GET')
        .map((probe) => ask(client, probe)),
    );
    assert.ok(answers.filter((answer) => answer.body.includes(MARK)).length >= 5);
  });

  test('the application’s role sees no row of any table before it has named an insurer', async () => {
    const tables = await tablesOfInsurers();
    assert.ok(tables.length >= 20);
    for (const table of tables) {
      const [row] = await house.database.app<{ rows: number }[]>`select count(*)::int as rows from ${house.database.app(table)}`;
      assert.equal(row?.rows, 0, table);
    }
  });

  test('a transaction that speaks for one insurer cannot write for another', async () => {
    const [harbour] = await house.database.app<{ insurer_id: InsurerId }[]>`select insurer_id from insurer_by_code('harbour')`;
    assert.ok(harbour);
    await assert.rejects(
      inInsurer(
        house.database.app,
        harbour.insurer_id,
        (tx) => tx`
      insert into users (insurer_id, email, name, role, password_hash) values (${other.insurerId}, 'x@x.example', 'X', 'it', 'x')`,
      ),
      /row-level security/,
    );
  });

  test('a session’s cookie does not open another insurer by a changed number', async () => {
    const client = await logIn(app, 'harbour', 'manager');
    const forged = client.cookie.replace(/=\d+\./, `=${other.insurerId}.`);
    const answer = await app.inject({ method: 'GET', url: '/api/today', headers: { cookie: forged } });
    assert.equal(answer.statusCode, 401);
  });
});
