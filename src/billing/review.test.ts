import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, type BillId, type HolderId, LANGUAGES, plainDateOf, type PlainDate, type PolicyId } from '../kernel/index.ts';
import {
  type BillablePolicy, type BillFacts, type Check, checkedAccount, CHECKS, checkText, decideHeld, type HeldBill, issueBills, leavingWindow, type NewBill, type PastBill, type PremiumMode,
  reviewBills, type ReviewedBill, severityOf,
} from './index.ts';

const date = (text: string): PlainDate => text as PlainDate;
const TODAY = date('2026-11-24');

type Case = { readonly bill: ReviewedBill; readonly facts: BillFacts };
const aPast = (no: number, changes: Partial<PastBill> = {}): PastBill => ({
  billId: (28_672 + no) as BillId, instalmentNo: no, periodFrom: date(`2026-${String(no).padStart(2, '0')}-15`), periodTo: date(`2026-${String(no + 1).padStart(2, '0')}-15`), dueOn: date(`2026-${String(no).padStart(2, '0')}-15`),
  premiumMinor: 120_000n, amountMinor: 120_120n, ...changes,
});
/** A sound bill of a monthly life policy in Hong Kong, its twelfth. */
function aCase({ bill = {}, policy = {}, payer = {}, account = null, past }: { bill?: Partial<ReviewedBill>; policy?: Partial<NonNullable<BillFacts['policy']>>; payer?: Partial<NonNullable<BillFacts['payer']>>; account?: BillFacts['account']; past?: readonly PastBill[] } = {}): Case {
  return {
    bill: {
      billId: 28_684 as BillId, holderId: 1 as HolderId, policyId: 7 as PolicyId, kind: 'instalment', instalmentNo: 12, periodFrom: date('2026-12-15'), periodTo: date('2027-01-15'), dueOn: date('2026-12-15'), issuedOn: TODAY, market: 'HK',
      currency: 'HKD', premiumMinor: 120_000n, charges: [{ kind: 'levy', rule: 'hk-ia-levy-life', amountMinor: 120n }], amountMinor: 120_120n, ...bill,
    },
    facts: {
      policy: {
        policyId: 7 as PolicyId, holderId: 1 as HolderId, market: 'HK', line: 'life', product: 'whole life', currency: 'HKD', mode: 'monthly', premiumMinor: 120_000n, coverFrom: date('2026-01-15'), coverTo: null, dueDay: 15,
        state: 'in_force', scheduleFrom: null, scheduleNo: null, autopay: false, ...policy,
      },
      payer: { holderId: 1 as HolderId, deceased: false, reachable: true, ...payer }, account, past: past ?? [11, 10, 9, 8].map((no) => aPast(no)),
    },
  };
}
/** What is found, without the sample that chance draws. */
const found = (...cases: readonly Case[]): Check[] => [...new Set(reviewBills(cases.map(({ bill }) => bill), cases.map(({ facts }) => facts), 1).map(({ check }) => check).filter((check) => check !== 'sample'))];

describe('the review', () => {
  test('finds nothing on a sound bill, and agrees with what the stage makes of any policy', () => {
    assert.deepEqual(found(aCase()), []);
    fc.assert(fc.property(
      fc.constantFrom<PremiumMode>('annual', 'half_yearly', 'quarterly', 'monthly'), fc.integer({ min: 15_500, max: 20_600 }), fc.integer({ min: 1, max: 31 }), fc.option(fc.integer({ min: 1, max: 4_000 })),
      fc.constantFrom(['HK', 'life', 'HKD'], ['PH', 'motor', 'PHP'], ['DE', 'property', 'EUR'], ['US', 'life', 'USD'], ['JP', 'life', 'JPY']), fc.bigInt({ min: 1_000n, max: 2_000_000n }),
      (mode, from, dueDay, days, [market = '', line = '', currency = ''], premiumMinor) => {
        const coverFrom = plainDateOf(from);
        const policy: BillablePolicy = { holderId: 1 as HolderId, policyId: 7 as PolicyId, market, line, currency, mode, premiumMinor, coverFrom, coverTo: days === null ? null : addDays(coverFrom, days), dueDay, nextDueOn: coverFrom };
        const { bills } = issueBills([policy], addDays(coverFrom, 500));
        const of = aCase({ policy: { ...policy, holderId: 1 as HolderId, scheduleFrom: null, scheduleNo: null }, past: [] }).facts;
        const sound = bills.map((bill): ReviewedBill => ({ ...bill, kind: 'instalment', issuedOn: leavingWindow(market, bill.dueOn).latest }));
        const held = reviewBills(sound, sound.map(() => of), 1).filter(({ severity, check }) => severity === 'hold' && check !== 'four_eyes');
        assert.deepEqual(held.map(({ check, at }) => [check, sound[at]?.instalmentNo]), []);
      }));
  });

  test('says what each fault is', () => {
    const first = { instalmentNo: 1, periodFrom: date('2026-12-15'), dueOn: date('2026-12-15') };
    const cases: readonly (readonly [Check, readonly Case[]])[] = [
      ['premium_differs', [aCase({ bill: { premiumMinor: 121_000n, amountMinor: 121_121n, charges: [{ kind: 'levy', rule: 'hk-ia-levy-life', amountMinor: 121n }] } })]],
      ['amount_is_not_its_lines', [aCase({ bill: { amountMinor: 120_119n } })]],
      ['currency_differs', [aCase({ bill: { currency: 'USD' } })]],
      ['due_date_differs', [aCase({ bill: { dueOn: date('2026-12-16') } })]],
      ['number_differs', [aCase({ policy: { coverTo: date('2026-12-15') } })]],
      ['period_differs', [aCase({ bill: { periodTo: date('2027-01-14') } })]],
      ['gap_before', [aCase({ past: [aPast(11, { periodTo: date('2026-12-10') })] })]],
      ['overlap_before', [aCase({ past: [aPast(11, { periodTo: date('2026-12-20') })] })]],
      ['period_inverted', [aCase({ bill: { periodTo: date('2026-12-01') } })]],
      ['due_before_issue', [aCase({ bill: { issuedOn: date('2026-12-16') } })]],
      ['after_notice_date', [aCase({ bill: { issuedOn: date('2026-12-02') } })]],
      ['date_far_away', [aCase({ bill: { dueOn: date('2028-12-15') } })]],
      ['billed_twice', [aCase(), aCase({ bill: { billId: 99 as BillId } })]],
      ['alike_within_days', [aCase({ past: [aPast(3, { dueOn: date('2026-12-10'), periodFrom: date('2025-01-01'), periodTo: date('2025-02-01') })] })]],
      ['tax_missing', [aCase({ bill: { charges: [], amountMinor: 120_000n } })]],
      ['tax_wrong', [aCase({ bill: { charges: [{ kind: 'premium_tax', rule: 'hk-ia-levy-life', amountMinor: 120n }] } })]],
      ['tax_unknown', [aCase({ bill: { charges: [{ kind: 'levy', rule: 'hk-ia-levy-life', amountMinor: 120n }, { kind: 'levy', rule: 'xx', amountMinor: 5n }], amountMinor: 120_125n } })]],
      ['tax_over_cap', [aCase({ policy: { premiumMinor: 5_000_000n }, past: [], bill: { premiumMinor: 5_000_000n, charges: [{ kind: 'levy', rule: 'hk-ia-levy-life', amountMinor: 5_000n }], amountMinor: 5_005_000n } })]],
      ['no_payer', [{ ...aCase(), facts: { ...aCase().facts, payer: null } }]],
      ['wrong_payer', [aCase({ bill: { holderId: 2 as HolderId } })]],
      ['payer_deceased', [aCase({ payer: { deceased: true } })]],
      ['unreachable', [aCase({ payer: { reachable: false } })]],
      ['bank_details_wrong', [aCase({ account: { scheme: 'iban', last4: '0000', checkPassed: false } })]],
      ['policy_not_billable', [aCase({ policy: { state: 'lapsed' } })]],
      ['unexplained_jump', [aCase({ past: [11, 10, 9].map((no) => aPast(no, { premiumMinor: 70_000n })) })]],
      ['decimal_slip', [aCase({ past: [11, 10, 9].map((no) => aPast(no, { premiumMinor: 12_000n })) })]],
      ['four_eyes', [aCase({ policy: { premiumMinor: 40_000_000n }, past: [], bill: { premiumMinor: 40_000_000n, charges: [{ kind: 'levy', rule: 'hk-ia-levy-life', amountMinor: 833n }], amountMinor: 40_000_833n } })]],
      ['outlier', Array.from({ length: 50 }, (_, i) => {
        const premiumMinor = i === 0 ? 30_000_000n : BigInt(100_000 + i * 500);
        return aCase({ past: [], policy: { policyId: (700 + i) as PolicyId, premiumMinor, coverFrom: date('2026-12-15') }, bill: { ...first, policyId: (700 + i) as PolicyId, billId: (9_000 + i) as BillId, premiumMinor, charges: [{ kind: 'levy', rule: 'hk-ia-levy-life', amountMinor: premiumMinor / 1_000n > 833n ? 833n : premiumMinor / 1_000n }], amountMinor: premiumMinor + (premiumMinor / 1_000n > 833n ? 833n : premiumMinor / 1_000n) } });
      })],
    ];
    for (const [check, bills] of cases) assert.ok(found(...bills).includes(check), `${check}: ${found(...bills).join(', ')}`);
    assert.deepEqual(CHECKS.filter((check) => check !== 'sample' && !cases.some(([one]) => one === check)), [], 'each check has its example');
  });

  test('does not doubt what is explained: a change of the policy, an odd first period, a smaller yearly rise', () => {
    assert.deepEqual(found(aCase({ policy: { scheduleFrom: date('2026-12-15'), scheduleNo: 12 }, past: [11, 10, 9].map((no) => aPast(no, { premiumMinor: 50_000n })) })), []);
    assert.deepEqual(found(aCase({ past: [11, 10, 9].map((no) => aPast(no, { premiumMinor: 112_000n })) })), []);
    // Cover from 20 November, due on the 15th: 25 of the 30 days from the 15th.
    const odd = { instalmentNo: 1, periodFrom: date('2026-11-20'), periodTo: date('2026-12-15'), dueOn: date('2026-11-20'), issuedOn: date('2026-11-20') };
    assert.equal(found(aCase({ past: [], policy: { coverFrom: date('2026-11-20') }, bill: { ...odd, premiumMinor: 100_000n, charges: [{ kind: 'levy', rule: 'hk-ia-levy-life', amountMinor: 100n }], amountMinor: 100_100n } })).includes('premium_differs'), false);
  });

  test('samples the same bills for the same seed, about one in 500', () => {
    const cases = Array.from({ length: 20_000 }, (_, i) => aCase({ past: [], bill: { billId: (i * 7 + 1) as BillId, policyId: i as PolicyId }, policy: { policyId: i as PolicyId } }));
    const drawn = (seed: number): number[] => reviewBills(cases.map(({ bill }) => bill), cases.map(({ facts }) => facts), seed).filter(({ check }) => check === 'sample').map(({ at }) => at);
    assert.deepEqual(drawn(5), drawn(5));
    assert.notDeepEqual(drawn(5), drawn(6));
    assert.ok(drawn(5).length > 20 && drawn(5).length < 70, String(drawn(5).length));
    assert.equal(severityOf('sample'), 'note');
  });

  test('has its words in three languages', () => {
    for (const check of CHECKS) for (const language of LANGUAGES) for (const text of Object.values(checkText(check, language))) assert.ok(text.length > 3, `${check} ${language}`);
  });
});

describe('a number of an account', () => {
  test('passes or fails its own check digits, and is not kept', () => {
    const check = (scheme: Parameters<typeof checkedAccount>[0], typed: string): boolean => checkedAccount(scheme, typed, 'key').checkPassed;
    assert.deepEqual(['DE89 3704 0044 0532 0130 00', 'GB82 WEST 1234 5698 7654 32', 'FR14 2004 1010 0505 0001 3M02 606'].map((iban) => check('iban', iban)), [true, true, true]);
    assert.deepEqual(['DE89 3704 0044 0532 0130 01', 'DE88370400440532013000', 'DE8937040044053201300', 'XX89370400440532013000', ''].map((iban) => check('iban', iban)), [false, false, false, false, false]);
    assert.deepEqual(['021000021', '011401533', '091000019'].map((routing) => check('us_routing', routing)), [true, true, true]);
    assert.deepEqual(['021000022', '999999992', '000000000', '12345678'].map((routing) => check('us_routing', routing)), [false, false, false, false]);
    assert.deepEqual(['6222 0212 3456 7890 128', '4111111111111111'].map((card) => check('cn_card', card)), [true, true]);
    assert.deepEqual(['6222021234567890129', '411111111111111', '1111111111111117'].map((card) => check('cn_card', card)), [false, false, false]);
    assert.deepEqual(['20-00-00', '200000', '2000001'].map((code) => check('gb_sort_code', code)), [true, true, false]);
    const kept = JSON.stringify(checkedAccount('iban', 'DE89 3704 0044 0532 0130 00', 'key'));
    assert.ok(!kept.includes('0532013000') && kept.includes('3000'), kept);
    assert.equal(checkedAccount('iban', 'de89370400440532013000', 'key').token, checkedAccount('iban', 'DE89 3704 0044 0532 0130 00', 'key').token);
  });

  test('with one digit wrong never passes', () => {
    const numbers = [['iban', 'DE89370400440532013000', 4], ['us_routing', '021000021', 0], ['cn_card', '6222021234567890128', 0]] as const;
    fc.assert(fc.property(fc.constantFrom(...numbers), fc.nat(), fc.integer({ min: 1, max: 9 }), ([scheme, number, from], place, by) => {
      const at = from + (place % (number.length - from));
      const wrong = number.slice(0, at) + String((Number(number[at]) + by) % 10) + number.slice(at + 1);
      assert.equal(checkedAccount(scheme, wrong, 'key').checkPassed, false, wrong);
    }));
  });
});

describe('a held bill', () => {
  const LIMIT = 10_000_000n;
  const bill = (changes: Partial<NewBill> = {}): NewBill => ({
    billId: 1 as BillId, holderId: 1 as HolderId, policyId: 7 as PolicyId, instalmentNo: 12, periodFrom: date('2026-12-15'), periodTo: date('2027-01-15'), dueOn: date('2026-12-15'), market: 'HK', currency: 'HKD', premiumMinor: 120_000n,
    charges: [], amountMinor: 120_000n, ...changes,
  });
  const held = (changes: Partial<HeldBill> = {}): HeldBill => ({ bill: bill(), state: 'held', version: 1, askedBy: null, lastBy: null, ...changes });
  const outcome = (of: HeldBill, act: 'release' | 'correct' | 'withdraw', by = 'Amy', after: NewBill | null = null, version = 1): string => {
    const decided = decideHeld(of, { act, after, by, version, aloneUpTo: () => LIMIT });
    return decided.ok ? `${decided.value.state} ${decided.value.hold}` : decided.problem.code;
  };
  const large = LIMIT + 1n;

  test('leaves as it is, put right, or never', () => {
    assert.deepEqual([outcome(held(), 'release'), outcome(held(), 'withdraw'), outcome(held(), 'correct', 'Amy', bill({ premiumMinor: 1n, amountMinor: 1n }))], ['open released', 'cancelled withdrawn', 'open corrected']);
    assert.equal(outcome(held(), 'correct', 'Amy', bill()), 'correction_changes_nothing');
  });

  test('above the limit waits for another person, who says yes to the same figures', () => {
    const one = held({ bill: bill({ amountMinor: large, premiumMinor: large }) });
    assert.equal(outcome(one, 'release'), 'held asked');
    const asked = { ...one, state: 'asked', askedBy: 'Amy', version: 2 } as const;
    assert.deepEqual([outcome(asked, 'release', 'Amy', null, 2), outcome(asked, 'release', 'Ben', null, 2), outcome(asked, 'withdraw', 'Ben', null, 2)], ['second_person_needed', 'open released', 'cancelled withdrawn']);
    assert.equal(outcome(asked, 'correct', 'Ben', bill({ premiumMinor: large + 5n, amountMinor: large + 5n }), 2), 'held asked', 'who corrects asks anew');
  });

  test('is answered once, by who has seen it as it is', () => {
    assert.deepEqual([outcome(held({ state: 'released', lastBy: 'Ben' }), 'release'), outcome(held({ version: 3 }), 'release')], ['bill_not_held', 'changed_meanwhile']);
  });
});
