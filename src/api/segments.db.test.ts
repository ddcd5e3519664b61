import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { inInsurer, type Tx } from '../database/index.ts';
import { localDate, type PlainDate } from '../kernel/index.ts';
import {
  addSegment, AGE_BANDS, allSegments, archiveSegment, BEHAVIOURS, changeSegment, LATEST_SCORE_SQL, matchesSegment, PREFERRED_CHANNELS, SEGMENT_LINES, segmentConditions, type SegmentConditions, segmentFacts,
  segmentSql, type SegmentEditor, type SegmentRow,
} from '../portfolio/index.ts';
import { TIERS } from '../risk/index.ts';
import { NOW, openHouse, seedInsurer, type TestHouse, type TestInsurer } from './fixture.ts';

const TODAY = localDate(NOW, 'Asia/Hong_Kong');
let house: TestHouse;
let insurer: TestInsurer;

const inside = <T>(work: (tx: Tx) => Promise<T>, whose = insurer): Promise<T> => inInsurer(house.database.app, whose.insurerId, work);

before(async () => {
  house = await openHouse();
  insurer = await seedInsurer(house.database, 'harbour', '');
  await seedInsurer(house.database, 'beacon', 'ZZB');
  await inside(seedBook);
});
after(() => house.close());

/** 300 holders of every age, also on their birthdays, with one to three policies each, of which some were scored more than once. */
async function seedBook(tx: Tx): Promise<void> {
  await tx`
    insert into holders (insurer_id, external_ref, family_name, language, time_zone, market, born_on, preferred_channel)
    select ${insurer.insurerId}, 'S-' || n, 'Segment', 'en', 'Asia/Hong_Kong', (array['HK', 'CN', 'SG'])[1 + n % 3],
      case when n % 7 > 0 then (${TODAY}::date - make_interval(years => 18 + n % 60, days => n % 3 - 1))::date end, (array['email', 'sms', 'call', 'voicemail', null])[1 + n % 5]::contact_channel
    from generate_series(1, 300) n`;
  await tx`
    insert into policies (insurer_id, holder_id, policy_number, market, line, currency, premium_minor, mode, cover_from, due_day, state, premiums_paid, late_1_to_30_days, late_31_to_90_days, late_over_90_days)
    select ${insurer.insurerId}, h.holder_id, h.external_ref || '-' || k, h.market, (array['life', 'health', 'motor'])[1 + (h.holder_id + k) % 3], (array['HKD', 'CNY'])[1 + k % 2],
      (array[100000, 100001, 1200000, 50000])[1 + h.holder_id % 4], (array['monthly', 'quarterly', 'half_yearly', 'annual', 'single'])[1 + (h.holder_id + k) % 5], '2024-01-01', 1, 'in_force',
      (h.holder_id % 4)::int, (h.holder_id % 5 / 4)::int, (h.holder_id % 9 / 8)::int, (h.holder_id % 11 / 10)::int
    from holders h cross join generate_series(1, 3) k where h.family_name = 'Segment' and k <= 1 + h.holder_id % 3`;
  await tx`
    insert into scores (insurer_id, holder_id, policy_id, due_on, horizon_days, scored_on, model_id, probability_late, tier, reason_features, reason_values, reason_contributions)
    select p.insurer_id, p.holder_id, p.policy_id, ${TODAY}::date + days, horizon, ${TODAY}::date, 1, 0.1 * (1 + (p.policy_id + 20 + days + horizon) % 9), (array['low', 'medium_low', 'medium_high', 'high'])[1 + (p.policy_id + 20 + days + horizon) % 4],
      '{}', '{}', '{}'
    from policies p cross join (values (-20, 0), (10, 30), (10, 7)) asked (days, horizon) where p.policy_id % 6 > 0 and p.policy_number like 'S-%'`;
}

const some = <T>(of: readonly T[]): fc.Arbitrary<readonly T[]> => fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.subarray([...of], { minLength: 1 }) });
const bound = fc.constantFrom(null, 100_000, 400_000, 1_200_000, 1_200_012);
const anyConditions: fc.Arbitrary<SegmentConditions> = fc.record({
  premium: fc.uniqueArray(fc.record({ currency: fc.constantFrom('HKD', 'CNY'), at_least_minor: bound, below_minor: bound }), { selector: ({ currency }) => currency, maxLength: 2 }),
  tiers: some(TIERS), behaviours: some(BEHAVIOURS), ages: some(AGE_BANDS), channels: some(PREFERRED_CHANNELS), markets: some(['HK', 'CN', 'SG', 'DE']), lines: some(SEGMENT_LINES),
}).filter((conditions) => segmentConditions.safeParse(conditions).success);

type BookRow = SegmentRow & { readonly policy_id: number };
const policiesWhere = (tx: Tx, condition: string): Promise<readonly BookRow[]> => tx.unsafe<BookRow[]>(`
  select p.policy_id, p.premium_minor, p.mode, p.currency, p.market, p.line, p.premiums_paid, p.late_1_to_30_days, p.late_31_to_90_days, p.late_over_90_days, h.born_on, h.preferred_channel, s.tier
  from policies p join holders h using (insurer_id, holder_id) ${LATEST_SCORE_SQL} where ${condition} order by p.policy_id`);

const editor = (name = 'Mei Chan'): SegmentEditor => ({ insurerId: insurer.insurerId, name, at: NOW });
const codeOf = (result: { readonly ok: boolean; readonly problem?: { readonly code: string } }): string => (result.ok ? 'ok' : result.problem?.code ?? '');
const UNDER_35 = segmentConditions.parse({ ages: ['under_35'] });

describe('the conditions of a segment', () => {
  test('pick the same policies as a function and as SQL', async () => {
    const book = await inside((tx) => policiesWhere(tx, 'true'));
    assert.ok(book.length > 500);
    await fc.assert(fc.asyncProperty(anyConditions, fc.constantFrom(TODAY, '2027-03-01' as PlainDate), async (conditions, on) => {
      const bySql = await inside((tx) => policiesWhere(tx, segmentSql(conditions, on)));
      assert.deepEqual(bySql.map((row) => row.policy_id), book.filter((row) => matchesSegment(conditions, segmentFacts(row, on))).map((row) => row.policy_id));
    }), { numRuns: 120 });
  });
});

describe('segments', () => {
  test('are added, changed on the version that was seen, archived, and taken back into use', async () => {
    const added = await inside((tx) => addSegment(tx, editor(), { name: 'Under 35', conditions: UNDER_35 }));
    assert.ok(added.ok);
    assert.equal(codeOf(await inside((tx) => addSegment(tx, editor(), { name: 'Everybody', conditions: segmentConditions.parse({}) }))), 'segment_empty');
    assert.equal(codeOf(await inside((tx) => addSegment(tx, editor(), { name: 'UNDER 35', conditions: UNDER_35 }))), 'segment_name_taken');
    const to = { name: 'Young', conditions: segmentConditions.parse({ ages: ['under_35'], channels: ['sms'] }) };
    assert.deepEqual(await inside((tx) => changeSegment(tx, editor(), added.value, 1, to)), { ok: true, value: 2 });
    const late = await inside((tx) => changeSegment(tx, editor('Ines Roth'), added.value, 1, to));
    assert.ok(!late.ok);
    assert.deepEqual([late.problem.code, late.problem.details?.['by']], ['changed_meanwhile', 'Mei Chan']);
    assert.deepEqual(await inside((tx) => archiveSegment(tx, editor(), added.value, 2, true)), { ok: true, value: 3 });
    const again = await inside((tx) => addSegment(tx, editor(), { name: 'young', conditions: UNDER_35 }));
    assert.ok(again.ok, 'an archived segment gives its name back');
    assert.equal(codeOf(await inside((tx) => archiveSegment(tx, editor(), added.value, 3, false))), 'segment_name_taken');
    const shown = await inside(allSegments);
    assert.deepEqual(shown.map(({ name, version, conditions, archived_at: archived }) => [name, version, conditions.channels, archived !== null]), [['young', 1, [], false], ['Young', 3, ['sms'], true]]);
  });
});
