/** `inforce policy change`: what a change of a policy would bill, credit and book; with `--apply` it is done. */

import { type Command } from 'commander';
import { CANCELLATION_METHODS, CHANGE_KINDS, type ChangeOrder, type ChangeKind } from '../billing/index.ts';
import { applyChange, previewChange, type ChangePreview } from '../cycle/index.ts';
import { inInsurer } from '../database/index.ts';
import { type Currency, decimalText, fail, type HolderId, ok, parseAmount, parsePlainDate, type PlainDate, type PolicyId, type Result } from '../kernel/index.ts';
import { businessDateOf, clockOf } from '../portfolio/index.ts';
import { insurerOption, withInsurer } from './house.ts';

type Options = {
  readonly insurer?: string; readonly policy: string; readonly kind: string; readonly premium?: string; readonly from?: string; readonly to?: string; readonly dueDay?: string; readonly mode?: string; readonly method?: string;
  readonly note?: string; readonly apply?: boolean;
};
const MODES = ['annual', 'half_yearly', 'quarterly', 'monthly'] as const;

export function registerPolicy(program: Command): void {
  const policy = program.command('policy').description('policies and their changes');
  insurerOption(policy.command('change')).description('Show what a change of a policy would bill, credit and book; --apply does it')
    .requiredOption('--policy <number>', 'the policy’s number').requiredOption('--kind <kind>', CHANGE_KINDS.join(', '))
    .option('--premium <amount>', 'increase, reduction: the new premium of one instalment').option('--from <date>', 'from this day; today where absent').option('--to <date>', 'premium_holiday: the first day after it')
    .option('--due-day <day>', 'due_day: 1 to 31').option('--mode <mode>', `mode: ${MODES.join(', ')}`).option('--method <method>', `cancellation: ${CANCELLATION_METHODS.join(', ')}`, 'pro_rata')
    .option('--note <text>', 'why; needed with --apply').option('--apply', 'do it')
    .addHelpText('after', '\nExample: inforce policy change --policy HL-HK-0000012 --kind increase --premium 1300.00 --from 2026-12-01 --insurer harbour-life')
    .action((options: Options) => withInsurer(options.insurer, (database, insurer) => inInsurer(database.app, insurer.insurerId, async (tx): Promise<Result<unknown>> => {
      const [found] = await tx<{ holder_id: HolderId; policy_id: PolicyId; currency: Currency }[]>`select holder_id, policy_id, currency from policies where policy_number = ${options.policy} limit 1`;
      if (found === undefined) return fail('policy_unknown', { policy: options.policy });
      const at = clockOf(insurer).now();
      const on = businessDateOf(insurer, at);
      const order = orderOf(options, found.currency, on);
      if (!order.ok) return order;
      const asked = { insurerId: insurer.insurerId, holderId: found.holder_id, policyId: found.policy_id, order: order.value, on };
      const preview = await previewChange(tx, asked);
      if (!preview.ok) return preview;
      show(preview.value);
      if (options.apply !== true) return ok(null);
      if ((options.note ?? '').trim() === '') return fail('note_needed');
      const done = await applyChange(tx, { ...asked, version: preview.value.version, note: options.note ?? '', by: who(), at });
      if (done.ok) console.log(`Done: change ${done.value.changeId}.`);
      return done;
    })));
}

const who = (): string => `command line (${process.env['USER'] ?? 'unknown'})`;

function orderOf({ kind, premium, from, to, dueDay, mode, method }: Options, currency: Currency, today: PlainDate): Result<ChangeOrder> {
  const date = (text: string | undefined): PlainDate | null => (text === undefined ? today : parsePlainDate(text));
  const effectiveOn = date(from);
  if (effectiveOn === null) return fail('date_invalid', { value: from ?? '' });
  switch (kind as ChangeKind) {
    case 'increase': case 'reduction': {
      const amount = parseAmount(premium ?? '', currency);
      return amount.ok ? ok({ kind: kind as 'increase' | 'reduction', effectiveOn, premiumMinor: amount.value }) : amount;
    }
    case 'cancellation': {
      const known = CANCELLATION_METHODS.find((one) => one === method);
      return known === undefined ? fail('option_unknown', { option: '--method', value: method ?? '', known: CANCELLATION_METHODS.join(', ') }) : ok({ kind: 'cancellation', effectiveOn, method: known });
    }
    case 'due_day': {
      const day = Number(dueDay);
      return Number.isSafeInteger(day) && day >= 1 && day <= 31 ? ok({ kind: 'due_day', dueDay: day }) : fail('option_unknown', { option: '--due-day', value: dueDay ?? '', known: '1 … 31' });
    }
    case 'mode': {
      const known = MODES.find((one) => one === mode);
      return known === undefined ? fail('option_unknown', { option: '--mode', value: mode ?? '', known: MODES.join(', ') }) : ok({ kind: 'mode', mode: known, effectiveOn: from === undefined ? null : effectiveOn });
    }
    case 'premium_holiday': {
      const until = to === undefined ? null : parsePlainDate(to);
      return until === null ? fail('date_invalid', { value: to ?? '' }) : ok({ kind: 'premium_holiday', from: effectiveOn, to: until, cover: 'continues' });
    }
    case 'reinstatement': case 'backdated': return ok({ kind: kind as 'reinstatement' | 'backdated', effectiveOn });
    default: return fail('option_unknown', { option: '--kind', value: kind, known: CHANGE_KINDS.join(', ') });
  }
}

function show({ currency, plan, corrections, entries, yearPremiumBeforeMinor: before, yearPremiumAfterMinor: after, billedMinor, creditedMinor }: ChangePreview): void {
  const amount = (minor: bigint): string => decimalText(minor, currency).padStart(16);
  console.log(`Premium of a year ${decimalText(before, currency)} → ${decimalText(after, currency)} ${currency}; billed now ${decimalText(billedMinor, currency)}, credited ${decimalText(creditedMinor, currency)}`);
  for (const bill of plan.bills) console.log(`New bill       ${bill.dueOn}  ${bill.periodFrom} – ${bill.periodTo}  ${amount(bill.amountMinor)}`);
  for (const { before: was, after: is } of corrections) console.log(`${is === null ? 'Bill withdrawn' : 'Bill corrected'} ${was.dueOn}  ${was.periodFrom} – ${is?.periodTo ?? was.periodTo}  ${amount(was.amountMinor)} → ${amount(is?.amountMinor ?? 0n)}`);
  for (const { rule, debit, credit, amountMinor } of entries) console.log(`Entry          ${rule.padEnd(24)} ${debit.padEnd(20)} ${credit.padEnd(20)} ${amount(amountMinor)}`);
}
