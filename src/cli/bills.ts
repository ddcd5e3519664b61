/** `inforce bills …`: what the review holds, and its release. */

import { type Command } from 'commander';
import { answerHeld, releaseAll } from '../cycle/index.ts';
import { inInsurer } from '../database/index.ts';
import { type BillId, decimalText, fail, type HolderId, localDate, ok } from '../kernel/index.ts';
import { clockOf } from '../portfolio/index.ts';
import { billReview, checkId, heldView, listHeld } from '../service/index.ts';
import { registerBillPrinting } from './bills-print.ts';
import { insurerOption, withInsurer } from './house.ts';

const LISTED_MAX = 200;
/** In whose name the command line acts. */
const BY = 'command line';

export function registerBills(program: Command): void {
  const bills = program.command('bills').description('bills as paper, and those that must not leave yet: what the review holds, and its release');
  registerBillPrinting(bills);
  insurerOption(bills.command('held')).description('Held bills by reason, or those of one reason').option('--check <check>', 'only bills with this finding')
    .addHelpText('after', '\nExample: inforce bills held --check unexplained_jump --insurer harbour-life')
    .action((options: { readonly insurer?: string; readonly check?: string }) => withInsurer(options.insurer, async (database, insurer) => {
      const check = options.check === undefined ? null : checkId.safeParse(options.check);
      if (check !== null && !check.success) return fail('check_unknown', { check: options.check ?? '', known: checkId.options.join(', ') });
      await inInsurer(database.app, insurer.insurerId, async (tx) => {
        const review = await billReview(tx, 'en');
        for (const one of review.checks) console.log(`${one.check.padEnd(24)} ${String(one.bills).padStart(7)}  ${one.reason}`);
        console.log(`${review.waiting} bills wait, ${review.asked} of them for a second person.`);
        const listed = check === null ? [] : (await listHeld(tx, { check: check.data, market: null, after: null, limit: LISTED_MAX }, 'en')).bills;
        for (const bill of listed) console.log(`${bill.reference.padEnd(24)} ${decimalText(bill.amount_minor, bill.currency).padStart(16)} ${bill.currency}  due ${bill.due_on}  ${bill.holder_name}`);
      });
      return ok(null);
    }));
  insurerOption(bills.command('release')).description('Release one held bill, or all that wait for one reason alone').argument('[reference]', 'the bill as `held` names it')
    .option('--check <check>', 'all bills that wait for this finding alone').requiredOption('--note <note>', 'why they are right')
    .addHelpText('after', '\nExample: inforce bills release --check unexplained_jump --note "Rates of 2027" --insurer harbour-life')
    .action((reference: string | undefined, options: { readonly insurer?: string; readonly check?: string; readonly note: string }) => withInsurer(options.insurer, async (database, insurer) => {
      const at = clockOf(insurer).now();
      const who = { insurerId: insurer.insurerId, note: options.note, by: BY, at, on: localDate(at, insurer.timeZone) };
      if (options.check !== undefined) {
        const check = checkId.safeParse(options.check);
        if (!check.success) return fail('check_unknown', { check: options.check, known: checkId.options.join(', ') });
        return inInsurer(database.app, insurer.insurerId, async (tx) => {
          const count = (await billReview(tx, 'en')).checks.find((one) => one.check === check.data)?.alone ?? 0;
          const done = count === 0 ? ok({ released: 0 }) : await releaseAll(tx, { ...who, check: check.data, count });
          if (done.ok) console.log(`${done.value.released} bills have left.`);
          return done;
        });
      }
      const [holderId, billId] = (reference ?? '').split('-').map(Number);
      if (holderId === undefined || billId === undefined || !Number.isSafeInteger(holderId) || !Number.isSafeInteger(billId)) return fail('not_found');
      return inInsurer(database.app, insurer.insurerId, async (tx) => {
        const view = await heldView(tx, holderId as HolderId, billId as BillId, 'en');
        if (view === null) return fail('not_found');
        const done = await answerHeld(tx, { ...who, holderId: holderId as HolderId, billId: billId as BillId, act: 'release', mending: null, version: view.version, minutes: null });
        if (done.ok) console.log(done.value.hold === 'asked' ? 'It is above the limit of one person: a second one is asked.' : `${view.reference} has left.`);
        return done;
      });
    }));
}
