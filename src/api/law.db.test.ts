import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FastifyInstance } from 'fastify';
import { inInsurer } from '../database/index.ts';
import { addDays, localDate } from '../kernel/index.ts';
import { logIn, read as readOf, type Client } from './client.ts';
import { NOW, openHouse, seedInsurer, serverOf, type TestHouse, type TestInsurer } from './fixture.ts';
import { type Wire } from './wire.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
const YESTERDAY = addDays(TODAY, -1);
const MARK = 'ZZB';
let house: TestHouse;
let app: FastifyInstance;
let insurer: TestInsurer;
let other: TestInsurer;
let auditor: Client;

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  other = await seedInsurer(house.database, 'beacon', MARK);
  // A day before, of which the other insurer knows nothing: two answers by rules that today's did not meet, one beyond the days that are counted.
  await inInsurer(house.database.app, insurer.insurerId, (tx) => tx`
    insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, deferred_until, rule, article, law_version)
    select ${insurer.insurerId}, ${insurer.holders[0] ?? 0}, key, on_day::date, null, 'contact', 'marketing', 'sms', ${new Date(NOW)}, 'refuse', null, rule, '=s. 35', '2026-11'
    from (values ('m1', ${YESTERDAY}, 'HK-consent-direct-marketing'), ('m2', ${addDays(TODAY, -40)}, 'HK-opt-out-direct-marketing')) asked (key, on_day, rule)`);
  app = await serverOf(house);
  auditor = await logIn(app, 'harbour', 'auditor');
});
after(async () => {
  await app.close();
  await house.close();
});

const read = <T>(url: string, client = auditor): Promise<T> => readOf<T>(client, url, MARK);
const actions = (query = ''): Promise<Wire['actions']> => read(`/api/actions${query}`);
const gate = (query = ''): Promise<Wire['gate']> => read(`/api/gate${query}`);
const code = async (url: string): Promise<[number, string]> => {
  const answer = await auditor.get(url);
  return [answer.statusCode, answer.json<{ code: string }>().code];
};

describe('actions', () => {
  test('are those of the latest day, by currency, and each page goes on where the one before ended', async () => {
    const { on, actions: all } = await actions();
    assert.equal(on, TODAY);
    assert.deepEqual(all.map(({ currency }) => currency), ['PHP', 'HKD', 'EUR', 'CNY']);
    const paged: Wire['actions']['actions'] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: Wire['actions'] = await actions(`?limit=1${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`);
      paged.push(...page.actions);
      after = page.next_after;
    }
    assert.deepEqual(paged, all);
    const [first] = all;
    assert.deepEqual([first?.holder_name, first?.reference, first?.due_on, first?.amount_minor, first?.value_minor, first?.reason],
      ['Jose Santos', `${insurer.holders[3]}-${insurer.bills[3]}`, TODAY, 250_120, 4_210, 'best_value']);
  });
  test('are found by action, tier, market and currency', async () => {
    const names = async (query: string): Promise<string[]> => (await actions(query)).actions.map(({ holder_name }) => holder_name);
    assert.deepEqual(await names('?action=call'), ['Anna Müller']);
    assert.deepEqual(await names('?market=CN'), ['王小明']);
    assert.deepEqual(await names('?currency=HKD'), ['陳美玲']);
    assert.deepEqual(await names('?tier=low'), []);
    assert.deepEqual(await names(`?on=${YESTERDAY}`), []);
  });
  test('are summed as plain SQL sums them', async () => {
    const day = await read<Wire['action_day']>('/api/actions/day');
    const [plain] = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ decisions: number; minutes: number; sms: number }[]>`
      select count(*)::int as decisions, sum(minutes)::float8 as minutes, count(*) filter (where action = 'sms')::int as sms from decisions where decided_on = ${TODAY}`);
    assert.deepEqual([day.on, day.previous, day.next, day.decisions], [TODAY, null, null, plain?.decisions]);
    assert.deepEqual(day.by_action.map(({ action, decisions }) => [action, decisions]), [['sms', plain?.sms], ['call', 1]]);
    assert.deepEqual(day.worth.map(({ currency, value_minor, cost_minor }) => [currency, value_minor, cost_minor]),
      ['CNY', 'EUR', 'HKD', 'PHP'].map((currency) => [currency, 4_210, 35]));
    assert.deepEqual([day.call_minutes, day.messages], [{ used: plain?.minutes, budget: null }, { used: plain?.sms, budget: null }]);
    assert.deepEqual(day.stopped, [{ rule: 'HK-opt-out-channel', answer: 'refuse', answers: 4 }, { rule: 'HOUSE-contact-hours-default', answer: 'defer', answers: 4 }]
      .sort((a, b) => (a.rule < b.rule ? -1 : 1)));
  });
  test('are opened one by one, with what else was possible and what the law said', async () => {
    const view = await read<Wire['action']>(`/api/actions/${insurer.holders[2]}/${insurer.bills[2]}?on=${TODAY}`);
    assert.deepEqual([view.action.action, view.action.minutes, view.time_zone], ['call', 6, 'Europe/Berlin']);
    assert.deepEqual(view.alternatives.map(({ action, why }) => [action, why]), [['email', 'lower_value'], ['call', 'budget_used_up'], ['wechat', 'no_channel']]);
    assert.deepEqual(view.gate.map(({ answer }) => answer).sort(), ['allow', 'defer', 'refuse']);
    assert.deepEqual(await code(`/api/actions/${insurer.holders[2]}/${insurer.bills[2]}?on=${YESTERDAY}`), [404, 'not_found']);
    assert.deepEqual(await code(`/api/actions/${other.holders[2]}/${other.bills[2]}`), [404, 'not_found']);
  });
  test('refuse a date, a page or a filter that cannot be', async () => {
    for (const query of ['on=2026-02-30', 'on=yesterday', 'after=0', 'after=HKD:1:2', 'tier=worst', 'market=hongkong', 'limit=5000']) {
      assert.deepEqual(await code(`/api/actions?${query}`), [400, 'request_invalid'], query);
    }
  });
  test('are seen by every role, and by nobody without a log-in', async () => {
    for (const role of ['manager', 'agent']) await read('/api/actions', await logIn(app, 'harbour', role));
    assert.equal((await app.inject('/api/actions')).statusCode, 401);
  });
});

describe('the gate log', () => {
  test('shows a day’s answers, refusals first, page by page', async () => {
    const { on, answers } = await gate();
    assert.deepEqual([on, answers.map(({ answer }) => answer).join()], [TODAY, [...Array(4).fill('refuse'), ...Array(4).fill('defer'), ...Array(4).fill('allow')].join()]);
    const first = await gate('?limit=5');
    const rest = await gate(`?limit=50&after=${encodeURIComponent(first.next_after ?? '')}`);
    assert.deepEqual([...first.answers, ...rest.answers], answers);
    assert.equal(rest.next_after, null);
    assert.deepEqual([answers[0]?.rule, answers[0]?.article, answers[0]?.law_version, answers[0]?.time_zone], ['HK-opt-out-channel', 'PDPO s.35C', '2026-11', 'Asia/Manila']);
  });
  test('is found by answer, rule, market and day', async () => {
    assert.equal((await gate('?answer=defer')).answers.length, 4);
    assert.equal((await gate('?rule=HK-opt-out-channel&market=DE')).answers.length, 1);
    const before = await gate(`?on=${YESTERDAY}`);
    assert.deepEqual(before.answers.map(({ rule, reference }) => [rule, reference]), [['HK-consent-direct-marketing', null]]);
  });
  test('counts as plain SQL counts', async () => {
    const day = await read<Wire['gate_day']>('/api/gate/day');
    const plain = await inInsurer(house.database.app, insurer.insurerId, (tx) => tx<{ answer: string; answers: number }[]>`
      select answer, count(*)::int as answers from gate_answers where asked_on = ${TODAY} group by answer order by answer`);
    assert.deepEqual(plain.map(({ answer, answers }) => [answer, answers]), [['allow', day.allow], ['defer', day.defer], ['refuse', day.refuse]]);
    assert.deepEqual([day.previous, day.next, day.by_rule.reduce((sum, { answers }) => sum + answers, 0)], [YESTERDAY, null, day.defer + day.refuse]);
  });
  test('opens one answer, and none of another insurer', async () => {
    assert.equal((await read<Wire['gate_answer']>(`/api/gate/answer?holder_id=${insurer.holders[1]}&ask_key=k3`)).answer, 'refuse');
    assert.deepEqual(await code(`/api/gate/answer?holder_id=${other.holders[1]}&ask_key=k3`), [404, 'not_found']);
  });
  test('leaves as a file that no spreadsheet runs', async () => {
    const file = await auditor.get('/api/gate/csv?answer=refuse');
    assert.match(String(file.headers['content-type']), /^text\/csv/);
    assert.equal(file.body.trim().split('\r\n').length, 5);
    assert.ok(!file.body.includes(MARK));
    assert.match((await auditor.get(`/api/gate/csv?on=${YESTERDAY}`)).body, /"'=s\. 35"/);
  });
  test('refuses a date, a page or a filter that cannot be', async () => {
    for (const url of ['/api/gate?on=2026-13-01', '/api/gate?after=refuse', '/api/gate?answer=perhaps', '/api/gate/day?on=1', '/api/gate/csv?on=1', '/api/gate/answer?holder_id=0&ask_key=k']) {
      assert.deepEqual(await code(url), [400, 'request_invalid'], url);
    }
  });
});

describe('the rules', () => {
  test('are told in the asker’s language, and beside a translation stands the English text that decides', async () => {
    const inLanguage = async (language: string): Promise<Wire['rules']> => (await auditor.get('/api/rules', { 'accept-language': language })).json<Wire['rules']>();
    const [english, mainland, hongKong] = await Promise.all(['en', 'zh-Hans', 'zh-HK'].map(inLanguage));
    const grace = (answer: Wire['rules'] | undefined): (string | null)[] => answer?.rules.filter(({ id }) => id === 'HK-lapse-life').flatMap(({ text, original }) => [text, original]) ?? [];
    assert.deepEqual(grace(english), ['Unless a non-forfeiture option keeps it up, the policy lapses the day after the grace period by contract.', null]);
    assert.deepEqual(grace(mainland), ['除不丧失价值选择权使保单维持有效外，按合同约定，保单自宽限期届满次日失效。', grace(english)[0]]);
    assert.deepEqual(grace(hongKong), ['除不喪失價值選擇權使保單維持有效外，按合約，保單於寬限期屆滿翌日失效。', grace(english)[0]]);
    assert.ok(english?.rules.every(({ original }) => original === null));
    assert.deepEqual(hongKong?.rules.map(({ original }) => original), english?.rules.map(({ text }) => text));
    assert.deepEqual(hongKong?.rules.map(({ id, law, article, source }) => [id, law, article, source]), english?.rules.map(({ id, law, article, source }) => [id, law, article, source]));
  });
});

describe('the use of rules', () => {
  test('counts what each has stopped in 30 days and the policies it applies to', async () => {
    const use = await read<Wire['rule_use']>('/api/rules/use');
    assert.deepEqual([use.to, use.defer, use.refuse], [TODAY, 4, 5]);
    assert.deepEqual(use.rules, [
      { rule: 'HK-consent-direct-marketing', defer: 0, refuse: 1, last_on: YESTERDAY },
      { rule: 'HK-opt-out-channel', defer: 0, refuse: 4, last_on: TODAY },
      { rule: 'HOUSE-contact-hours-default', defer: 4, refuse: 0, last_on: TODAY },
    ]);
    const affected = new Map(use.affected.map(({ rule, policies }) => [rule, policies]));
    const { rules } = await read<Wire['rules']>('/api/rules');
    assert.equal(affected.size, rules.length);
    assert.deepEqual([affected.get('HK-opt-out-channel'), affected.get('HOUSE-contact-hours-default'), use.policies], [1, 4, 4]);
    // The four markets have one policy each, of one line; of the law of a market without policies nobody is affected.
    for (const rule of rules.filter(({ market }) => market === 'HK')) {
      assert.equal(affected.get(rule.id), rule.lines.includes('*') || rule.lines.includes('life') ? 1 : 0, rule.id);
    }
    assert.ok(rules.filter(({ market }) => market === 'JP').every(({ id }) => affected.get(id) === 0));
    assert.ok(rules.some(({ market, id }) => market === 'EU' && affected.get(id) === 1), 'the Union’s law reaches the policy in Germany');
  });
});
