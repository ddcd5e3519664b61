/** Who may ask what: every route with every role against `docs/routes-and-roles.md`, and what a person who is bound to a market never sees. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { ROLES } from '../service/index.ts';
import { rolesOf } from './asker.ts';
import { logIn, type Client } from './client.ts';
import { openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';

const TABLE = path.join(import.meta.dirname, '..', '..', 'docs', 'routes-and-roles.md');
/** Files of the console and of the description; an open stream never ends. */
const SKIPPED = /^\/(?!api\/)|^\/api\/(docs|cycle\/events)/;

let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  app = await serverOf(house);
  await app.ready();
});
after(async () => {
  await app.close();
  await house.close();
});

const routes = () => app.routeList.filter(({ method, url }) => !SKIPPED.test(url) && method !== 'HEAD' && method !== 'OPTIONS')
  .toSorted((a, b) => a.url.localeCompare(b.url) || a.method.localeCompare(b.method));

function markdown(): string {
  const lines = routes().map(({ method, url, access }) =>
    `| ${method} | ${url} | ${ROLES.map((role) => (access === 'public' ? 'open' : rolesOf(method, access).includes(role) ? 'yes' : '–')).join(' | ')} |`);
  return [
    '# Routes and roles', '',
    'Written by `npm run access`; a test compares it with the server and asks every route in every role. “open”: no log-in. What a role may ask still shows only the rows of',
    'its insurer and, for a person who is bound to some markets, of the holders of these markets.', '',
    `| | route | ${ROLES.join(' | ')} |`, `|---|---|${ROLES.map(() => '---|').join('')}`, ...lines, '',
  ].join('\n');
}

describe('roles', () => {
  test('docs/routes-and-roles.md says what the server does', () => {
    if (process.env['INFORCE_WRITE_ACCESS'] === '1') fs.writeFileSync(TABLE, markdown());
    assert.equal(fs.readFileSync(TABLE, 'utf8'), markdown(), 'write it anew: npm run access');
  });

  for (const role of ROLES) {
    test(`every route lets in or refuses the role ${role} as its table says`, async () => {
      const client = await logIn(app, 'harbour', role);
      for (const { method, url, access } of routes()) {
        // Logging out would end the test; the log-in is for those without a session.
        if (url === '/api/session' && method !== 'GET' && method !== 'PATCH') continue;
        const address = url.replace(/:\w+/g, '999999');
        const answer = method === 'GET' ? await client.get(address) : await client.send(method as 'POST', address, {});
        const refused = answer.statusCode === 403 && answer.json<{ code: string }>().code === 'role_not_allowed';
        assert.equal(refused, access !== 'public' && !rolesOf(method, access).includes(role), `${method} ${url}: ${answer.statusCode}`);
        assert.ok(answer.statusCode < 500, `${method} ${url}: ${answer.body}`);
      }
    });
  }
});

describe('a person who is bound to a market', () => {
  /** Names, references, policies and prices of everybody else. */
  const OTHERS = /王|小明|Müller|Santos|C-100[123]|HL-(CN|DE|PH)|安心医疗|Kfz Komfort|Home Shield/;

  /** Each reading route, for each holder and bill there is. */
  async function answers(client: Client): Promise<string[]> {
    const told: string[] = [];
    for (const [index, holderId] of insurer.holders.entries()) {
      const values: Readonly<Record<string, string>> = {
        holder_id: String(holderId), bill_id: String(insurer.bills[index]), contact_id: String(insurer.callId), q: ['美玲', '小明', 'müller', 'santos'][index] ?? '',
        from: '2026-01-01', to: '2026-12-31', ask_key: 'k1', on: '2026-11-24',
      };
      for (const { url } of routes().filter(({ method }) => method === 'GET')) {
        const query = new URLSearchParams(Object.entries(values)).toString();
        const answer = await client.get(`${url.replace(/:(\w+)/g, (_, name: string) => values[name] ?? String(holderId))}?${query}`);
        // Packed bytes may spell any name by chance; of a PDF it counts that it was given out, and whose bill it is.
        if (answer.statusCode === 200) told.push(`${url} ${answer.headers['content-type'] === 'application/pdf' ? `${answer.headers['content-disposition']} ${holderId === insurer.holders[0] ? '' : '小明 Müller Santos'}` : answer.body}`);
      }
    }
    return told;
  }

  test('sees nobody else through any route', async () => {
    const told = await answers(await logIn(app, 'harbour', 'regional'));
    for (const one of told) assert.doesNotMatch(one, OTHERS);
    assert.ok(told.filter((one) => one.includes('陳')).length >= 5, 'their own they do see');
  });

  test('and everybody else is seen by who is not bound, so the test above can fail', async () => {
    const told = await answers(await logIn(app, 'harbour', 'manager'));
    for (const name of ['小明', 'Müller', 'Santos']) assert.ok(told.filter((one) => one.includes(name)).length >= 5, name);
  });

  test('cannot change what they do not see, nor write for somebody of another market', async () => {
    const client = await logIn(app, 'harbour', 'regional');
    const answer = await client.send('POST', `/api/holders/${insurer.holders[1]}/disputes`, { bill_id: insurer.bills[1], reason: 'The amount is wrong' });
    assert.equal(answer.statusCode, 404, answer.body);
    await assert.rejects(inInsurer(house.database.app, { insurerId: insurer.insurerId, markets: ['HK'] }, (tx) => tx`
      insert into promises (insurer_id, holder_id, bill_id, promised_on, pay_by, amount_minor, currency, made_by)
      values (${insurer.insurerId}, ${insurer.holders[1] ?? 0}, ${insurer.bills[1] ?? 0}, '2026-11-24', '2026-11-25', 1, 'CNY', 'x')`), /row-level security/);
  });

  test('does nothing that concerns the whole insurer: people, keys, files, jobs', async () => {
    const client = await logIn(app, 'harbour', 'regional');
    for (const [method, url] of [['POST', '/api/people'], ['POST', '/api/keys'], ['POST', '/api/imports?name=x.csv'], ['GET', '/api/jobs'], ['POST', '/api/cycle']] as const) {
      const answer = method === 'GET' ? await client.get(url) : await client.send(method, url, {});
      assert.deepEqual([url, answer.statusCode, answer.json<{ code: string }>().code], [url, 403, 'markets_bound']);
    }
  });

  test('every table of an insurer that names a holder or a market is bound', async () => {
    const open = await house.database.owner<{ name: string }[]>`
      select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'insurer_id')
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('holder_id', 'market'))
        and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'own_markets' and not p.polpermissive)`;
    assert.deepEqual(open.map(({ name }) => name), []);
  });
});
