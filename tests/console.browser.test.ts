import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, type Page } from 'playwright-core';
import { type TestInsurer } from '../src/api/fixture.ts';
import { inInsurer } from '../src/database/index.ts';
import { accessibilityProblems, fitsWidth, hiddenTexts, lowContrast, openPage, type Look } from './browser.ts';
import { go, openConsole, type ConsoleHouse } from './console-house.ts';

let opened: ConsoleHouse;
let browser: Browser;
let insurer: TestInsurer;
let origin: string;
/** Another due day of a holder's policy, tried out and not done. */
let policyTried: string;

before(async () => {
  opened = await openConsole();
  ({ insurer, origin, browser } = opened);
  const [policy] = await inInsurer(opened.house.database.app, insurer.insurerId, (tx) => tx<{ holder_id: number; policy_id: number }[]>`select holder_id, policy_id from policies where next_due_on is not null order by policy_id limit 1`);
  policyTried = `/holders/${policy?.holder_id ?? 0}/policies/${policy?.policy_id ?? 0}?kind=due_day&day=20`;
});
after(() => opened?.close());

/** Every page behind Today and Holders. */
const ROOMS = [
  '/actions', '/calls', '/promises', '/relief', '/disputes', '/hand-overs', '/bills', '/bill-review', '/bill-review?part=sample', '/bill-review?part=figures', '/payments', '/suspense', '/suspense?part=refunds', '/groups', '/producers', '/groups?open=new', '/approvals', '/ledger', '/delivery', '/rules?market=HK', '/gate', '/strategies', '/strategies?open=1', '/strategies?open=new', '/bill-designs', '/bill-designs?edit=cover-first', '/fees', '/fees?part=discounts', '/fees?part=points',
  '/dashboard', '/dashboard?part=paying', '/dashboard?part=targets', '/dashboard?part=results', '/dashboard?part=forecast', '/dashboard?part=ahead', '/dashboard?part=cost', '/dashboard?part=data',
  '/meeting', '/quote', '/segments', '/segments/1', '/segments?open=new', '/import', '/connections', '/jobs', '/people', '/design',
];

type Visit = { page: Page; refused: string[]; complaints: string[]; leave: () => Promise<void> };

/** Opens the console and logs in by the demo button of the manager. */
async function visit(look: Look, address = '/'): Promise<Visit> {
  const { page, context, refused, complaints } = await openPage(browser, look);
  await page.goto(origin + address);
  await page.getByRole('button', { name: /Mei Chan/ }).click();
  await page.getByRole('navigation').waitFor();
  return { page, refused, complaints, leave: () => context.close() };
}

/** Not having been logged in at first is no complaint. */
const isComplaint = (text: string): boolean => !/Failed to load resource.*(401|404)/.test(text);

describe('the console', () => {
  test('leads a person who is not logged in to the log-in and then to where they wanted to go', async () => {
    const { page, leave } = await visit({ width: 1280 }, `/holders/${insurer.holders[0]}`);
    await page.getByRole('heading', { level: 1, name: '陳美玲' }).waitFor();
    await leave();
  });

  test('does not lead to another site after the log-in', async () => {
    const { page, leave } = await visit({ width: 1280 }, '/login?next=//evil.invalid/');
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    assert.equal(page.url(), `${origin}/`);
    await leave();
  });

  test('finds a holder by the keyboard alone', async () => {
    const { page, complaints, leave } = await visit({ width: 1280 });
    await page.keyboard.press('/');
    await page.keyboard.type('santos');
    await page.getByRole('option', { name: /Jose Santos/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Jose Santos' }).waitFor();
    await page.keyboard.press('?');
    await page.getByText('Next row').waitFor();
    assert.deepEqual(complaints.filter(isComplaint), []);
    await leave();
  });

  test('walks the list with j and k and opens a row with Enter', async () => {
    const { page, leave } = await visit({ width: 1280 }, '/holders');
    await page.getByText('Anna Müller').waitFor();
    for (const key of ['j', 'j', 'j', 'k', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1, name: '王小明' }).waitFor();
    await leave();
  });

  test('shows the figures against their targets and says that they are simulated', async () => {
    const { page, leave } = await visit({ width: 1280 });
    const tile = page.locator('section', { hasText: 'Paid on time' }).first();
    await tile.getByText('90.9%').waitFor();
    await tile.getByText('misses target (92.0%)').waitFor();
    await tile.getByText('Yesterday 91.2%').waitFor();
    await tile.getByText('simulated').waitFor();
    await leave();
  });

  test('records a call and shows the promise on the time line', async () => {
    const { page, leave } = await visit({ width: 1280 }, `/holders/${insurer.holders[2]}`);
    await page.getByRole('button', { name: 'Record the call' }).click();
    await page.getByLabel('Promised for').fill('2026-11-28');
    await page.getByLabel('Why is it late?').first().click();
    await page.getByRole('option', { name: 'Forgot' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Promised to pay by: 28 Nov 2026').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Record the call' }).count(), 0);
    await leave();
  });

  test('refuses a strategy without a guard beside the field, and saves it with one', async () => {
    const { page, complaints, leave } = await visit({ width: 1280 }, '/strategies');
    await page.getByRole('button', { name: 'New strategy' }).click();
    await page.getByLabel('Name').fill('Health with care');
    await page.getByRole('combobox', { name: 'Line' }).click();
    await page.getByRole('option', { name: 'Health' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/needs a limit that protects the relationship/).waitFor();
    await page.getByRole('combobox', { name: 'Guard' }).click();
    await page.getByRole('option', { name: 'Complaints per 1,000 contacts' }).click();
    await page.getByLabel('At most', { exact: true }).fill('2');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Without hurting the relationship: Complaints per 1,000 contacts, at most 2.0.').waitFor();
    await page.getByRole('button', { name: 'Retire' }).click();
    await page.getByText('No. 2, version 2').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('No. 2, version 3').first().waitFor();
    assert.deepEqual(complaints.filter((text) => isComplaint(text) && !/422/.test(text)), []);
    await leave();
  });

  test('makes a segment, tells while it is written who matches, and leads to its holders', async () => {
    const { page, complaints, leave } = await visit({ width: 1280 }, '/segments');
    await page.getByRole('link', { name: 'Late before' }).waitFor();
    await page.getByRole('button', { name: 'New segment' }).click();
    await page.getByLabel('Name').fill('In danger');
    await page.getByRole('combobox', { name: 'Risk of late payment' }).click();
    await page.getByRole('option', { name: 'high', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.getByText('One holder (1 policies) of 4').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'In danger' }).waitFor();
    await page.getByText('being counted').waitFor();
    await page.getByRole('link', { name: 'See the holders' }).click();
    await page.getByRole('link', { name: 'Anna Müller' }).waitFor();
    assert.equal(await page.getByRole('link', { name: '王小明' }).count(), 0);
    assert.deepEqual(complaints.filter(isComplaint), []);
    await leave();
  });

  test('speaks three languages, and remembers', async () => {
    const { page, leave } = await visit({ width: 1280 });
    for (const [name, heading] of [
      ['简体中文', '今日流程'],
      ['繁體中文', '未收保費帳齡'],
      ['English', 'Outstanding, by days past due'],
    ] as const) {
      await page.locator('header button[aria-haspopup="menu"]').first().click();
      await page.getByRole('menuitem', { name }).click();
      await page.getByRole('heading', { name: heading }).waitFor();
    }
    await leave();
  });

  test('tells the rules in the reader’s language, finds them in it and in English, and shows the original that decides', async () => {
    const { page, complaints, leave } = await visit({ width: 1280, language: 'zh-Hans' }, `/rules?market=HK&q=${encodeURIComponent('宽限期届满次日')}`);
    await page.getByText('规则内容为译文，以英文原文为准').waitFor();
    await page.getByText('按合同约定，保单自宽限期届满次日失效。').click();
    const panel = page.getByRole('dialog');
    await panel.getByText('英文原文（以此为准）').click();
    await panel.getByText('the policy lapses the day after the grace period by contract.').waitFor();
    assert.deepEqual(await accessibilityProblems(page, false), []);
    await go(page, '/rules?market=HK&q=lapses%20non-forfeiture');
    await page.getByText('按合同约定，保单自宽限期届满次日失效。').waitFor();
    await page.locator('header button[aria-haspopup="menu"]').first().click();
    await page.getByRole('menuitem', { name: '繁體中文' }).click();
    await page.getByText('按合約，保單於寬限期屆滿翌日失效。').waitFor();
    assert.deepEqual(complaints.filter(isComplaint), []);
    await leave();
  });

  for (const look of [
    { language: 'en', widths: [1280, 360, 768] },
    { language: 'zh-Hant', dark: true, widths: [390, 1920] },
    { language: 'zh-Hans', widths: [390, 1280], some: true },
  ] as const satisfies readonly (Omit<Look, 'width'> & { widths: readonly number[]; some?: true })[]) {
    const some = 'some' in look;
    test(`${some ? 'pages with much text' : 'every page'} can be seen whole and can be read at ${look.widths.join(', ')} px in ${look.language}, by eye and by axe, and asks nobody else`, async () => {
      const { page, refused, complaints, leave } = await visit({ ...look, width: look.widths[0] });
      const bad: string[] = [];
      // What is long in one Chinese is long in the other: every page in one, those with most words in both.
      for (const address of some ? ['/', '/calls', '/rules?market=HK', '/dashboard', '/people'] : ['/', '/holders', `/holders/${insurer.holders[1]}`, policyTried, ...ROOMS]) {
        await go(page, address);
        for (const width of look.widths) {
          await page.setViewportSize({ width, height: width < 600 ? 844 : 800 });
          if (!(await fitsWidth(page))) bad.push(`${address} at ${width}: reaches beyond the width`);
          for (const text of await hiddenTexts(page)) bad.push(`${address} at ${width}: ${text}`);
        }
        for (const text of await lowContrast(page)) bad.push(`${address}: contrast ${text}`);
        // Names and roles do not depend on the language.
        if (look.language === 'en') for (const problem of await accessibilityProblems(page, false)) bad.push(`${address}: ${problem}`);
        if (await page.getByRole('alert').count() !== (address === '/design' ? 1 : 0)) bad.push(`${address} tells of an error`);
        await page.setViewportSize({ width: look.widths[0], height: 800 });
      }
      assert.deepEqual(bad, []);
      assert.deepEqual(refused, []);
      assert.deepEqual(complaints.filter(isComplaint), []);
      await leave();
    });
  }
});
