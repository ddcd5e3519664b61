/** Bills as documents: who gets them and how, which design, what is noted of it, and the funnel worked out again from the rows. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { STAGES } from '../cycle/index.ts';
import { inInsurer, type Tx } from '../database/index.ts';
import { designFor, HOUSE_DESIGNS } from '../document/index.ts';
import { addDays, expectOk, type HolderId, localDate, type PlainDate } from '../kernel/index.ts';
import { type Insurer, insurerById } from '../portfolio/index.ts';
import { logIn, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const ZONE = 'Asia/Hong_Kong';
const TODAY = localDate(NOW, ZONE);
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;
let known: Insurer;
let manager: Client;

const inside = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, insurer.insurerId, work);
const [holder, bill] = [(): number => insurer.holders[0] ?? 0, (): number => insurer.bills[0] ?? 0];

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', 'ZZB');
  known = expectOk(await insurerById(house.database, insurer.insurerId));
  app = await serverOf(house);
  manager = await logIn(app, 'harbour', 'manager');
});
after(async () => {
  await app?.close();
  await house?.close();
});

const address = (as: 'pdf' | 'html', more = ''): string => `/api/bills/${bill()}/document.${as}?holder_id=${holder()}${more}`;
const noted = (billId: number) => inside(async (tx) => {
  const made = await tx<{ design_id: string; design_version: number }[]>`select design_id, design_version from bill_documents where bill_id = ${billId}`;
  const events = await tx<{ kind: string }[]>`select kind from bill_document_events where bill_id = ${billId} order by kind`;
  return { made: [...made], events: events.map(({ kind }) => kind) };
});

describe('a bill’s document for staff', () => {
  test('is a page in the holder’s language, or in the one that is asked for, with a way to pay', async () => {
    const own = await manager.get(address('html'));
    assert.equal(own.statusCode, 200);
    assert.match(own.body, /lang="zh-Hant"/);
    assert.match(own.body, /陳美玲/);
    assert.match(own.body, /HK\$1,201\.20/);
    assert.match(own.body, /保監局徵費|徵費/);
    assert.match(own.body, /\/pay\//);
    assert.match((await manager.get(address('html', '&language=en'))).body, /Premium/);
    // Shown in our own pages, and in nobody else's.
    assert.match(String(own.headers['content-security-policy']), /frame-ancestors 'self'/);
    assert.deepEqual(await noted(bill()), { made: [], events: [] });
  });

  test('is a PDF, which is kept in the design that it was first printed with', async () => {
    const pdf = await manager.get(address('pdf'));
    assert.equal(pdf.statusCode, 200);
    assert.equal(pdf.headers['content-type'], 'application/pdf');
    assert.match(pdf.rawPayload.subarray(0, 8).toString('latin1'), /^%PDF-1\.7/);
    await manager.get(address('pdf', '&language=zh-Hans'));
    const expected = designFor(HOUSE_DESIGNS, insurer.insurerId, holder() as HolderId);
    assert.deepEqual(await noted(bill()), { made: [{ design_id: expected.id, design_version: 1 }], events: [] });
  });

  test('carries no pay link for a role that may give out none, and is no other insurer’s or holder’s', async () => {
    const auditor = await logIn(app, 'harbour', 'auditor');
    const page = await auditor.get(address('html'));
    assert.equal(page.statusCode, 200);
    assert.doesNotMatch(page.body, /\/pay\//);
    assert.equal((await manager.get(`/api/bills/${other.bills[0]}/document.pdf?holder_id=${other.holders[0]}`)).statusCode, 404);
    assert.equal((await manager.get(`/api/bills/${bill()}/document.pdf?holder_id=${insurer.holders[1]}`)).statusCode, 404);
    assert.equal((await manager.get(address('pdf', '&language=fr'))).statusCode, 400);
    assert.equal((await app.inject({ url: address('pdf') })).statusCode, 401);
  });
});

describe('a bill’s document behind the signed link', () => {
  test('is masked, leads to payment, and notes that it was opened once and that the way to pay was', async () => {
    const second = { holder_id: insurer.holders[1] ?? 0, bill_id: insurer.bills[1] ?? 0 };
    const link = (await manager.send('POST', `/api/holders/${second.holder_id}/pay-link`, { bill_id: second.bill_id })).json<{ url: string }>();
    const path = new URL(link.url).pathname;
    assert.match((await app.inject({ url: path })).body, /\/bill\.pdf\?lang=/);
    const page = await app.inject({ url: `${path}/bill?lang=en` });
    assert.equal(page.statusCode, 200);
    assert.doesNotMatch(page.body, /小明|Harbour Road|@mail/);
    assert.ok(page.body.includes(`href="${path}?lang=en"`));
    await app.inject({ url: `${path}/bill?lang=zh-Hans` });
    assert.deepEqual((await noted(second.bill_id)).events, ['delivered', 'opened']);
    const pdf = await app.inject({ url: `${path}/bill.pdf` });
    assert.equal(pdf.headers['content-type'], 'application/pdf');
    await app.inject({ url: path });
    assert.deepEqual((await noted(second.bill_id)).events, ['clicked', 'delivered', 'opened']);
    assert.equal((await app.inject({ url: `${path.slice(0, -2)}xx/bill` })).statusCode, 403);
  });
});

type Designs = Wire['designs'];
const designs = async (): Promise<Designs> => (await manager.get('/api/bill-designs?days=90')).json<Designs>();
const newest = async (id: string): Promise<Designs['designs'][number]> => {
  const found = (await designs()).designs.find((one) => one.design_id === id && one.newest);
  assert.ok(found);
  return found;
};

describe('bill designs', () => {
  test('are two, both plain and published, until the insurer makes its own', async () => {
    const { designs: all } = await designs();
    assert.deepEqual(all.map(({ design_id, version, state, latest, share }) => [design_id, version, state, latest, share]), [['amount-first', 1, 'published', true, 50], ['cover-first', 1, 'published', true, 50]]);
    assert.ok(all.every(({ check }) => check.score >= 90 && check.problem === null));
  });

  test('are looked at as made-up bills, and checked without being kept', async () => {
    for (const sample of ['usual', 'shortest', 'longest']) {
      assert.equal((await manager.get(`/api/bill-designs/cover-first/sample.html?language=zh-Hant&sample=${sample}`)).statusCode, 200);
      assert.equal((await manager.get(`/api/bill-designs/cover-first/sample.pdf?language=en&sample=${sample}`)).headers['content-type'], 'application/pdf');
    }
    assert.equal((await manager.get('/api/bill-designs/no-such/sample.pdf?language=en')).statusCode, 404);
    const { terms } = await newest('cover-first');
    const bad = { ...terms, wording: { headline: { en: 'Kindly remit the outstanding balance forthwith, pursuant to the terms hereinafter.', 'zh-Hans': '请缴费。', 'zh-Hant': '請繳費。' } } };
    const check = (await manager.send('POST', '/api/bill-designs/check', bad)).json<Wire['designCheck']>();
    assert.ok(check.score < 70);
    assert.match(check.problem ?? '', /not plain enough/);
    assert.ok(check.scores.en.findings.some(({ text, instead }) => text === 'remit' && instead === 'pay'));
    assert.equal((await designs()).designs.length, 2);
  });

  test('are refused to whoever is no manager, and where they are not plain, not whole, or seen by somebody else first', async () => {
    const { terms, version } = await newest('cover-first');
    const put = (body: object, client = manager) => client.send('PUT', '/api/bill-designs/cover-first', { terms, share: 50, publish: true, version, ...body });
    assert.equal((await put({}, await logIn(app, 'harbour', 'agent'))).statusCode, 403);
    assert.equal((await put({ terms: { ...terms, first: ['amount', 'due', 'pay'] } })).json<{ code: string }>().code, 'design_incomplete');
    assert.equal((await put({ terms: { ...terms, accent: '#ffe08a' } })).json<{ code: string }>().code, 'design_pale');
    assert.equal((await put({ version: 9 })).json<{ code: string }>().code, 'changed_meanwhile');
    assert.equal((await put({ terms: { ...terms, layout: 'spiral' } })).statusCode, 400);
    assert.equal((await manager.send('PUT', '/api/bill-designs/no-such', { terms, share: 50, publish: true, version })).statusCode, 404);
    const both = [await put({ share: 60 }), await put({ share: 70 })];
    assert.deepEqual(both.map(({ statusCode }) => statusCode), [200, 409]);
  });

  test('a draft reaches nobody; published with all of the share it reaches everybody whose bill was not made before', async () => {
    const first = await newest('amount-first');
    assert.equal((await manager.send('PUT', '/api/bill-designs/amount-first', { terms: first.terms, share: 100, publish: false, version: first.version })).statusCode, 200);
    assert.deepEqual((await designs()).designs.filter(({ latest }) => latest).map(({ design_id, version }) => [design_id, version]), [['amount-first', 1], ['cover-first', 2]]);
    const draft = await newest('amount-first');
    assert.deepEqual([draft.state, draft.version], ['draft', 2]);
    assert.equal((await manager.send('PUT', '/api/bill-designs/amount-first', { terms: { ...draft.terms, accent: '#7a1f4b' }, share: 100, publish: true, version: 2 })).statusCode, 200);
    const cover = await newest('cover-first');
    assert.equal((await manager.send('PUT', '/api/bill-designs/cover-first', { terms: cover.terms, share: 0, publish: true, version: cover.version })).statusCode, 200);
    const before = (await noted(bill())).made;
    await manager.get(address('pdf'));
    assert.deepEqual((await noted(bill())).made, before);
    const [third, fourth] = [insurer.bills[2] ?? 0, insurer.bills[3] ?? 0];
    for (const [at, one] of [[2, third], [3, fourth]] as const) {
      assert.match((await manager.get(`/api/bills/${one}/document.html?holder_id=${insurer.holders[at]}`)).body, /#7a1f4b/);
      await manager.get(`/api/bills/${one}/document.pdf?holder_id=${insurer.holders[at]}`);
      assert.deepEqual((await noted(one)).made, [{ design_id: 'amount-first', design_version: 3 }]);
    }
    assert.equal((await manager.send('PUT', '/api/bill-designs/amount-first', { terms: draft.terms, share: 0, publish: true, version: 3 })).json<{ code: string }>().code, 'design_nobody');
  });
});

describe('the funnel of designs', () => {
  const MINUTES = [0, 1, 7, 30, 90, 600, 1_500, 4_000];

  /** Eighty bills of eighty holders, made over forty days in two designs; every third delivered only by its message. */
  async function seedFunnel(tx: Tx): Promise<void> {
    const id = insurer.insurerId;
    await tx`insert into holders (insurer_id, external_ref, family_name, language, time_zone, market) select ${id}, 'F-' || n, 'Funnel', 'en', ${ZONE}, case when n % 4 = 0 then 'DE' else 'HK' end from generate_series(1, 80) n`;
    await tx`
      insert into policies (insurer_id, holder_id, policy_number, market, line, currency, premium_minor, mode, cover_from, due_day)
      select ${id}, holder_id, external_ref, market, 'life', 'HKD', 100000, 'monthly', '2024-01-01', 1 from holders where family_name = 'Funnel'`;
    await tx`
      insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor, paid_minor, state, paid_on)
      select ${id}, p.holder_id, p.policy_id, 1, due, due + 30, due, due - 30, 'HKD', 100000, 100000, case when n % 3 < 2 then 100000 else 0 end, case when n % 3 < 2 then 'paid' when n % 11 = 5 then 'cancelled' else 'open' end, case when n % 3 < 2 then due - 3 + n % 7 end
      from (select p.*, substr(policy_number, 3)::int as n, ${TODAY}::date - 20 + substr(policy_number, 3)::int % 30 as due from policies p join holders h using (insurer_id, holder_id) where h.family_name = 'Funnel') p`;
    await tx`
      insert into bill_documents (insurer_id, holder_id, bill_id, design_id, design_version, made_on, made_at)
      select b.insurer_id, b.holder_id, b.bill_id, case when b.holder_id % 2 = 0 then 'amount-first' else 'cover-first' end, 1 + (b.holder_id % 3)::int, ((made at time zone ${ZONE})::date), made
      from (select b.*, (${TODAY}::date - 1 - (b.holder_id % 40)::int)::timestamp at time zone ${ZONE} + interval '9 hours' as made from bills b join holders h using (insurer_id, holder_id) where h.family_name = 'Funnel') b`;
    await tx`
      insert into bill_document_events (insurer_id, holder_id, bill_id, kind, occurred_at)
      select d.insurer_id, d.holder_id, d.bill_id, k.kind, d.made_at + case k.kind when 'delivered' then interval '1 minute' when 'opened' then interval '20 minutes' else interval '1 minute' + (${MINUTES}::int[])[1 + (d.holder_id % 8)::int] * interval '1 minute' end
      from bill_documents d join holders h using (insurer_id, holder_id) cross join (values ('delivered', 9), ('opened', 6), ('clicked', 4)) k (kind, part)
      where h.family_name = 'Funnel' and d.holder_id % 10 <= k.part and d.holder_id % 10 <> 0`;
    await tx`
      insert into payments (insurer_id, holder_id, provider, method, amount_minor, currency, state, bill_id, created_at, settled_at)
      select b.insurer_id, b.holder_id, 'sandbox', 'card', 100000, 'HKD', 'succeeded', b.bill_id, s.at, s.at
      from bills b join holders h using (insurer_id, holder_id) join bill_documents d using (insurer_id, holder_id, bill_id)
        cross join lateral (select d.made_at + (${[-30, 2, 20, 30, 100, 160, 200]}::int[])[1 + (b.holder_id % 7)::int] * interval '1 hour' as at) s
      where h.family_name = 'Funnel' and b.state = 'paid'`;
    await tx`
      insert into allocations (insurer_id, holder_id, payment_id, bill_id, amount_minor, currency, booked_on)
      select y.insurer_id, y.holder_id, y.payment_id, y.bill_id, y.amount_minor, y.currency, ${TODAY} from payments y join holders h using (insurer_id, holder_id) where h.family_name = 'Funnel'`;
    await tx`
      insert into disputes (insurer_id, holder_id, bill_id, reason, opened_at, answer_by)
      select d.insurer_id, d.holder_id, d.bill_id, 'amount', d.made_at + (case when d.holder_id % 2 = 0 then 1 else -1 end) * interval '1 hour', ${TODAY} from bill_documents d join holders h using (insurer_id, holder_id)
      where h.family_name = 'Funnel' and d.holder_id % 9 < 2`;
  }

  type Fact = { design_id: string; design_version: number; made_on: PlainDate; made_at: Date; due_on: PlainDate; paid_on: PlainDate | null; state: string; delivered: Date | null; opened: Date | null; clicked: Date | null; settled: Date | null; asked: Date[] };

  /** One bill after the other, in JavaScript. */
  function fromScratch(facts: readonly Fact[]): Map<string, number[]> {
    const until = Date.parse(`${TODAY}T00:00:00+08:00`);
    const sums = new Map<string, number[]>();
    for (const fact of facts) {
      const key = `${fact.design_id} ${fact.design_version}`;
      const sum = sums.get(key) ?? Array.from({ length: 11 }, () => 0);
      sums.set(key, sum);
      const happened = (at: Date | null): at is Date => at !== null && at.getTime() < until;
      const counts = happened(fact.delivered) && fact.state !== 'cancelled' && (fact.state !== 'paid' || (fact.settled !== null && fact.settled >= fact.delivered));
      const ripe = (hours: number): boolean => counts && happened(fact.delivered) && fact.delivered.getTime() < until - hours * 3_600_000;
      const paid = (hours: number): boolean => ripe(hours) && fact.state === 'paid' && fact.settled !== null && fact.delivered !== null && fact.settled.getTime() - fact.delivered.getTime() <= hours * 3_600_000;
      const due = fact.due_on < TODAY && fact.state !== 'cancelled';
      [true, happened(fact.delivered), happened(fact.opened), happened(fact.clicked), ripe(24), paid(24), ripe(168), paid(168), due, due && fact.paid_on !== null && fact.paid_on <= fact.due_on, fact.asked.some((at) => at >= fact.made_at && at.getTime() < until)]
        .forEach((yes, place) => { sum[place] = (sum[place] ?? 0) + Number(yes); });
    }
    return sums;
  }

  async function report(): Promise<void> {
    const stage = STAGES.find(({ name }) => name === 'report');
    assert.ok(stage);
    const shared = { previousDate: addDays(TODAY, -1), modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0 };
    await inside((tx) => stage.work(tx, { insurer: known, businessDate: TODAY, shared } as never, { from: 1, to: Number.MAX_SAFE_INTEGER } as never));
  }

  test('is what a count of every bill by itself finds, and a report that runs again writes the same', async () => {
    await inside(seedFunnel);
    await report();
    const facts = await inside((tx) => tx<Fact[]>`
      select d.design_id, d.design_version, d.made_on, d.made_at, b.due_on, b.paid_on, b.state,
        (select occurred_at from bill_document_events e where e.bill_id = d.bill_id and e.holder_id = d.holder_id and kind = 'delivered') as delivered, (select occurred_at from bill_document_events e where e.bill_id = d.bill_id and e.holder_id = d.holder_id and kind = 'opened') as opened,
        (select occurred_at from bill_document_events e where e.bill_id = d.bill_id and e.holder_id = d.holder_id and kind = 'clicked') as clicked,
        (select max(settled_at) from payments y join allocations a using (insurer_id, holder_id, payment_id) where a.bill_id = d.bill_id and a.holder_id = d.holder_id and y.state = 'succeeded') as settled,
        array(select opened_at from disputes q where q.bill_id = d.bill_id and q.holder_id = d.holder_id) as asked
      from bill_documents d join bills b using (insurer_id, holder_id, bill_id) where d.made_on < ${TODAY}`);
    assert.ok(facts.length >= 78);
    const expected = fromScratch(facts);
    const read = () => inside((tx) => tx<{ key: string; counts: number[] }[]>`
      select design_id || ' ' || design_version as key, array[sum(made), sum(delivered), sum(opened), sum(clicked), sum(ripe_24h), sum(paid_24h), sum(ripe_7d), sum(paid_7d), sum(due), sum(due_paid), sum(questions)]::int[] as counts
      from bill_design_cells group by 1 order by 1`);
    const cells = await read();
    assert.deepEqual(Object.fromEntries(cells.map(({ key, counts }) => [key, counts])), Object.fromEntries([...expected].toSorted(([a], [b]) => (a < b ? -1 : 1))));
    assert.ok(cells.reduce((sum, { counts }) => sum + (counts[5] ?? 0), 0) > 0 && cells.reduce((sum, { counts }) => sum + (counts[10] ?? 0), 0) > 0);
    await report();
    assert.deepEqual(await read(), cells);
    const { funnels } = await designs();
    for (const funnel of funnels) {
      const [made = 0, delivered = 0, opened = 0] = expected.get(`${funnel.design_id} ${funnel.version}`) ?? [];
      assert.deepEqual([funnel.made, funnel.delivered?.good, funnel.opened?.of, funnel.opened?.good], [made, delivered, delivered, opened]);
      assert.ok(funnel.opened === null || (funnel.opened.low <= funnel.opened.share && funnel.opened.share <= funnel.opened.high));
      const waits = facts.filter((one) => one.design_id === funnel.design_id && one.design_version === funnel.version && one.clicked !== null && one.delivered !== null && one.clicked.getTime() < Date.parse(`${TODAY}T00:00:00+08:00`))
        .map((one) => ((one.clicked?.getTime() ?? 0) - (one.delivered?.getTime() ?? 0)) / 60_000).toSorted((a, b) => a - b);
      const median = waits[Math.ceil(waits.length / 2) - 1];
      if (median === undefined) assert.equal(funnel.median_minutes_to_click, null);
      else assert.ok(Math.abs((funnel.median_minutes_to_click ?? 0) + 1 - (median + 1)) <= (median + 1) * 0.06, `${funnel.median_minutes_to_click} for ${median}`);
    }
  });

  test('what left with a link to its bill gets the design that its holder would get, worked out by SQL as by the program', async () => {
    for (const [id, share] of [['amount-first', 30], ['cover-first', 70]] as const) {
      const { terms, version } = await newest(id);
      assert.equal((await manager.send('PUT', `/api/bill-designs/${id}`, { terms, share, publish: true, version })).statusCode, 200);
    }
    const at = new Date(NOW - 86_400_000);
    await inside(async (tx) => {
      await tx`insert into holders (insurer_id, external_ref, family_name, language, time_zone, market) select ${insurer.insurerId}, 'S-' || n, 'Sent', 'en', ${ZONE}, 'HK' from generate_series(1, 40) n`;
      await tx`
        insert into policies (insurer_id, holder_id, policy_number, market, line, currency, premium_minor, mode, cover_from, due_day)
        select insurer_id, holder_id, external_ref, 'HK', 'life', 'HKD', 100000, 'monthly', '2024-01-01', 1 from holders where family_name = 'Sent'`;
      await tx`
        insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, amount_minor)
        select p.insurer_id, p.holder_id, p.policy_id, 1, ${addDays(TODAY, 20)}, ${addDays(TODAY, 50)}, ${addDays(TODAY, 20)}, ${TODAY}, 'HKD', 100000, 100000 from policies p join holders h using (insurer_id, holder_id) where h.family_name = 'Sent'`;
      await tx`
        insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
        select b.insurer_id, b.holder_id, 'S' || b.bill_id, ${addDays(TODAY, -1)}, b.bill_id, 'contact', 'premium_reminder', 'sms', ${at}, 'allow', '2026-11' from bills b join holders h using (insurer_id, holder_id) where h.family_name = 'Sent'`;
      await tx`
        insert into contacts (insurer_id, holder_id, ask_key, bill_id, policy_id, purpose, channel, template, tone, language, queued_on, not_before, state, sent_at)
        select b.insurer_id, b.holder_id, 'S' || b.bill_id, b.bill_id, b.policy_id, 'premium_reminder', 'sms', 'first_solution', 'friendly', 'en', ${addDays(TODAY, -1)}, ${at}, 'sent', ${at}
        from bills b join holders h using (insurer_id, holder_id) where h.family_name = 'Sent'`;
      await tx`
        insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
        select c.insurer_id, c.holder_id, c.contact_id, k.kind, ${at}::timestamptz + k.later from contacts c join holders h using (insurer_id, holder_id) cross join (values ('delivered', interval '1 minute'), ('clicked', interval '8 minutes')) k (kind, later)
        where h.family_name = 'Sent'`;
    });
    await report();
    const made = await inside((tx) => tx<{ holder_id: HolderId; design_id: string; events: string[] }[]>`
      select d.holder_id, d.design_id, array(select kind from bill_document_events e where e.insurer_id = d.insurer_id and e.holder_id = d.holder_id and e.bill_id = d.bill_id order by kind) as events
      from bill_documents d join holders h using (insurer_id, holder_id) where h.family_name = 'Sent'`);
    assert.equal(made.length, 40);
    const shares = [{ id: 'amount-first', share: 30 }, { id: 'cover-first', share: 70 }];
    for (const one of made) {
      assert.equal(one.design_id, designFor(shares, insurer.insurerId, one.holder_id).id);
      assert.deepEqual(one.events, ['clicked', 'delivered']);
    }
    assert.ok(new Set(made.map(({ design_id }) => design_id)).size === 2);
  });
});
