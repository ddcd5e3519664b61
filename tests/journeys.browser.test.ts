/** Whole journeys of the people who work with it, each in a browser from the first page to the end of the work. A holder's own journey: tests/pay.browser.test.ts. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type Browser, type Page } from 'playwright-core';
import { NOW, type TestHouse, type TestInsurer } from '../src/api/fixture.ts';
import { inInsurer, type Tx } from '../src/database/index.ts';
import { type InsurerId, type PlainDate } from '../src/kernel/index.ts';
import { billPostings, writePostings } from '../src/ledger/index.ts';
import { DEMO_PASSWORD } from '../src/service/index.ts';
import { openPage } from './browser.ts';
import { go, openConsole, type ConsoleHouse } from './console-house.ts';

const CALLS = 10;
let opened: ConsoleHouse;
let house: TestHouse;
let browser: Browser;
let insurer: TestInsurer;
let origin: string;

before(async () => {
  opened = await openConsole();
  ({ house, insurer, origin, browser } = opened);
});
after(() => opened?.close());

const inHarbour = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inInsurer(house.database.app, insurer.insurerId, work);

/** The page of somebody who is logged in already. */
async function as(role: string, address: string): Promise<{ page: Page; leave: () => Promise<void>; changes: string[] }> {
  const { page, context } = await openPage(browser, { width: 1280 });
  const loggedIn = await context.request.post(`${origin}/api/session`, { data: { insurer: 'harbour', email: `${role}@harbour.example`, password: DEMO_PASSWORD } });
  assert.equal(loggedIn.status(), 200);
  /** What the page asked of the server beyond reading. */
  const changes: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') changes.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  await page.goto(origin + address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, leave: () => context.close(), changes };
}

/** Ten people of Hong Kong with a late bill whom the day wants called now. */
async function queueCalls(tx: Tx, insurerId: InsurerId): Promise<void> {
  for (let n = 0; n < CALLS; n += 1) {
    const [holder] = await tx<{ holder_id: number }[]>`
      insert into holders (insurer_id, external_ref, family_name, given_name, language, time_zone, market, phone, consents)
      values (${insurerId}, ${`J-${n}`}, 'Journey', ${`No ${n}`}, 'en', 'Asia/Hong_Kong', 'HK', ${`+85255502${100 + n}`}, '{email,sms}') returning holder_id`;
    const holderId = holder?.holder_id ?? 0;
    const [policy] = await tx<{ policy_id: number }[]>`
      insert into policies (insurer_id, holder_id, policy_number, market, line, product, currency, premium_minor, mode, cover_from, due_day, next_due_on, state)
      values (${insurerId}, ${holderId}, ${`HL-J-${n}`}, 'HK', 'life', 'Evergreen Life', 'HKD', 100000, 'monthly', '2024-01-15', 15, '2026-12-15', 'grace') returning policy_id`;
    const [bill] = await tx<{ bill_id: number }[]>`
      insert into bills (insurer_id, holder_id, policy_id, instalment_no, period_from, period_to, due_on, issued_on, currency, premium_minor, charges, amount_minor, state, stage, stage_since, grace_ends_on)
      values (${insurerId}, ${holderId}, ${policy?.policy_id ?? 0}, 22, '2026-11-15', '2026-12-15', '2026-11-15', '2026-10-25', 'HKD', 100000, '[{"kind":"levy","rule":"hk-ia-levy-life","amount_minor":100}]', 100100, 'open', 'grace', '2026-11-15', '2026-12-16')
      returning bill_id`;
    await tx`insert into gate_answers (insurer_id, holder_id, ask_key, asked_on, bill_id, action, purpose, channel, asked_for_at, answer, law_version)
      values (${insurerId}, ${holderId}, 'j', '2026-11-24', ${bill?.bill_id ?? 0}, 'contact', 'premium_reminder', 'call', ${new Date(NOW - 3_600_000)}, 'allow', '2026-11')`;
    await tx`insert into contacts (insurer_id, holder_id, ask_key, bill_id, policy_id, purpose, channel, template, tone, language, queued_on, not_before, state)
      values (${insurerId}, ${holderId}, 'j', ${bill?.bill_id ?? 0}, ${policy?.policy_id ?? 0}, 'premium_reminder', 'call', 'first_solution', 'friendly', 'en', '2026-11-24', ${new Date(NOW - 3_000_000)}, 'queued')`;
  }
}

/** The open bills stand in the books as they were issued. */
async function bookOpenBills(tx: Tx, insurerId: InsurerId): Promise<void> {
  type Bill = Omit<Parameters<typeof billPostings>[0], 'charges'> & { charges: { kind: 'levy'; rule: string; amount_minor: number }[] | null };
  const bills = await tx<Bill[]>`
    select bill_id as "billId", holder_id as "holderId", policy_id as "policyId", premium_minor as "premiumMinor", currency, charges from bills where state = 'open'`;
  await writePostings(tx, insurerId, bills.flatMap(({ charges, ...bill }) => billPostings({
    ...bill, charges: (charges ?? []).map(({ kind, rule, amount_minor: amount }) => ({ kind, rule, amountMinor: BigInt(amount) })) }, '2026-11-23' as PlainDate)));
}

/** October as a report would have summed it: life is paid on time, motor in Germany is not. */
const sumOctober = (tx: Tx, insurerId: InsurerId): Promise<unknown> => tx`
  insert into bill_cells (insurer_id, due_month, market, line, currency, segment, outcome, as_of, bills, amount_minor, paid_minor, days_late, days_to_pay, digital_bills, digital_days_to_pay)
  select ${insurerId}::int, '2026-10-01', market, line, currency, 'late_1_30', outcome, '2026-11-24', bills, bills * 1000, case outcome when 'open_31_60' then 0 else bills * 1000 end, 0, 0, 0, 0
  from (values ('HK', 'life', 'HKD', 'on_time', 90), ('HK', 'life', 'HKD', 'late_1_7', 10), ('DE', 'motor', 'EUR', 'on_time', 30), ('DE', 'motor', 'EUR', 'open_31_60', 70)) cells (market, line, currency, outcome, bills)`;

describe('a day’s work', () => {
  test('an agent works ten calls by the keyboard alone', { timeout: 120_000 }, async () => {
    await inHarbour((tx) => queueCalls(tx, insurer.insurerId));
    const { page, leave } = await as('agent', '/');
    await page.keyboard.press('/');
    await page.keyboard.type('calls');
    await page.getByRole('option', { name: /Calls/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
    for (let n = 0; n < CALLS; n += 1) {
      await page.getByText(/Journey/).first().waitFor();
      // Every other one promises for tomorrow; nobody answers at the rest.
      const promised = n % 2 === 0;
      await page.keyboard.press(promised ? '1' : '3');
      await page.getByRole('heading', { level: 2, name: promised ? /: promised to pay/i : /: no answer/i }).waitFor();
      await page.keyboard.press('1');
      // Who promises also says why it is late.
      if (promised) {
        await page.getByText('Short of money').waitFor();
        await page.keyboard.press('1');
      }
      await page.getByRole('status').getByText(/Journey/).first().waitFor();
      await page.waitForFunction((left) => document.querySelectorAll('main tbody tr').length === left, CALLS - 1 - n);
    }
    const [told] = await inHarbour((tx) => tx<{ done: number; promises: number }[]>`
      select (select count(*) from contacts c join holders h using (insurer_id, holder_id) where h.external_ref like 'J-%' and c.state = 'done')::int as done,
        (select count(*) from promises p join holders h using (insurer_id, holder_id) where h.external_ref like 'J-%' and p.pay_by = '2026-11-25')::int as promises`);
    assert.deepEqual(told, { done: CALLS, promises: CALLS / 2 });
    await leave();
  });

  test('an agent hands what finance must look at to finance, who answers it and finds the books balanced', { timeout: 60_000 }, async () => {
    const agent = await as('agent', `/holders/${insurer.holders[0]}`);
    await agent.page.getByRole('button', { name: 'Hand over' }).click();
    await agent.page.getByLabel('What is needed').fill('The levy on this bill looks too high');
    await agent.page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click();
    await agent.page.getByText('1 handed over to Finance').waitFor();
    await agent.leave();

    const finance = await as('finance', '/');
    await finance.page.getByRole('link', { name: /handed over to me/ }).click();
    await finance.page.getByText('The levy on this bill looks too high').click();
    await finance.page.getByRole('link', { name: 'Open the holder' }).waitFor();
    await finance.page.getByRole('textbox', { name: 'Answer' }).fill('Right: 0.1 % of the premium, Insurance (Levy) Regulation');
    await finance.page.getByRole('button', { name: 'Close', exact: true }).last().click();
    await finance.page.getByText(/陳美玲: closed/).waitFor();
    await finance.page.goto(`${origin}/ledger`);
    await finance.page.getByText('0.00').first().waitFor();
    await finance.leave();
  });

  test('finance finds a wrong bill, puts it right, and closes the day', { timeout: 60_000 }, async () => {
    await inHarbour((tx) => bookOpenBills(tx, insurer.insurerId));
    const { page, leave } = await as('finance', '/');
    await page.getByRole('link', { name: 'Bills', exact: true }).click();
    await page.getByText('陳美玲').click();
    await page.getByRole('button', { name: 'Put this bill right' }).click();
    await page.getByLabel('Premium it should ask for').fill('1100');
    // Premium and levy, worked out before anything changes.
    await page.getByRole('cell', { name: 'HK$1,101.10' }).waitFor();
    await page.getByRole('combobox', { name: 'What was wrong' }).click();
    await page.getByRole('option', { name: 'Wrong premium' }).click();
    await page.getByLabel('What happened, for the record').fill('Rates of last year were used');
    await page.getByRole('button', { name: 'Put right', exact: true }).click();
    await page.getByText('HK$1,201.20 → HK$1,101.10').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Ledger', exact: true }).click();
    await page.getByText('0.00').first().waitFor();
    await page.getByRole('button', { name: 'Close to 24 Nov 2026' }).click();
    await page.getByRole('form').or(page.locator('form')).getByRole('button', { name: 'Close to 24 Nov 2026' }).click();
    await page.getByRole('heading', { name: 'Closed to 24 Nov 2026' }).waitFor();
    const [books] = await inHarbour((tx) => tx<{ closed_to: string; amount_minor: bigint }[]>`
      select closed_to::text, amount_minor from ledger_state, bills where bill_id = ${insurer.bills[0] ?? 0}`);
    assert.deepEqual(books, { closed_to: '2026-11-24', amount_minor: 110_110n });
    await leave();
  });

  test('a manager follows a fallen figure down to its cause', { timeout: 60_000 }, async () => {
    await inHarbour((tx) => sumOctober(tx, insurer.insurerId));
    const { page, leave } = await as('manager', '/');
    await page.locator('section', { hasText: 'Paid on time' }).first().getByText(/misses target/).waitFor();
    await page.getByRole('link', { name: 'Dashboard' }).click();
    const heat = page.locator('section', { hasText: 'Weakest: motor' }).last();
    await heat.getByText('Table', { exact: true }).click();
    await heat.getByRole('row', { name: /motor/i }).click();
    await page.getByRole('heading', { level: 1, name: 'Holders' }).waitFor();
    assert.match(page.url(), /line=motor/);
    await page.getByRole('link', { name: 'Anna Müller' }).click();
    await page.getByRole('heading', { level: 1, name: 'Anna Müller' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Holders' }).waitFor();
    assert.match(page.url(), /line=motor/, 'the filter is still there');
    await leave();
  });

  test('a manager makes the month’s pack, takes it away and writes down a decision, which its owner finds and finishes', { timeout: 60_000 }, async () => {
    const manager = await as('manager', '/dashboard');
    await manager.page.getByRole('link', { name: 'Make the meeting pack' }).click();
    await manager.page.getByRole('heading', { name: 'Cost of delay' }).waitFor();
    await manager.page.getByLabel('What is to be done').fill('Offer autopay with every call to Manila');
    await manager.page.getByLabel('Owner').first().click();
    await manager.page.getByRole('option', { name: /Ben Ortiz/ }).click();
    await manager.page.getByRole('button', { name: 'Write down' }).click();
    await manager.page.getByRole('cell', { name: 'Offer autopay with every call to Manila' }).waitFor();
    const [file] = await Promise.all([manager.page.waitForEvent('download'), manager.page.getByRole('button', { name: 'Download' }).click()]);
    assert.equal(file.suggestedFilename(), 'meeting-2026-11.html');
    const pack = fs.readFileSync(await file.path(), 'utf8');
    for (const part of ['Monthly meeting · Nov 2026', 'Targets', 'Alerts and what is not as usual', 'Offer autopay with every call to Manila', 'Ben Ortiz']) assert.ok(pack.includes(part), part);
    await manager.leave();

    const agent = await as('agent', '/hand-overs');
    await agent.page.getByText('Offer autopay with every call to Manila').waitFor();
    await agent.page.getByRole('button', { name: 'Done' }).click();
    await agent.page.getByText('Decision done').waitFor();
    await agent.leave();
  });

  test('an auditor reads everything and is offered nothing to change', { timeout: 120_000 }, async () => {
    const { page, leave, changes } = await as('auditor', '/');
    const offers = /^(Hand over|Record the call|Create.*link|Open a dispute|Save(?! picture)|Run(?! all checks)|Start|Invite|Import|Acknowledge|Sync|Retry|Close)\b/;
    for (const address of ['/', '/holders', `/holders/${insurer.holders[2]}`, '/actions', '/promises', '/disputes', '/hand-overs', '/bills', '/payments', '/ledger', '/delivery', '/rules', '/gate', '/dashboard', '/dashboard?part=results', '/meeting', '/jobs', '/people']) {
      await go(page, address);
      const buttons = await page.locator('main').getByRole('button').allInnerTexts();
      assert.deepEqual([address, buttons.filter((name) => offers.test(name.trim()))], [address, []]);
      assert.equal(await page.getByRole('alert').count(), 0, `${address} tells of an error`);
    }
    assert.deepEqual(changes, []);
    await leave();
  });
});
