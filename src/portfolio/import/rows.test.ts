import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expectOk, LANGUAGES } from '../../kernel/index.ts';
import { csvCell, reasonAndRemedy } from './errors-file.ts';
import { readDate } from './fields.ts';
import { aRow, readRow, TODAY } from './fixture.ts';
import { completeMapping, recognise } from './mapping.ts';
import { type RowError, rowReader } from './rows.ts';
import { seenTexts } from './seen.ts';

void describe('a bad value is refused with its field and reason', () => {
  const cases: readonly (readonly [field: string, value: string, code: string])[] = [
    ['premium', '-12.00', 'premium_not_positive'], ['premium', '(12.00)', 'premium_not_positive'], ['premium', '0', 'premium_not_positive'], ['premium', '0.00', 'premium_not_positive'],
    ['premium', '12.345', 'amount_too_precise'], ['premium', '1e9', 'amount_not_a_number'], ['premium', 'abc', 'amount_not_a_number'], ['premium', 'NaN', 'amount_not_a_number'], ['premium', '', 'value_missing'],
    ['premium', '12345678901234567890', 'amount_too_large'], ['premium', '99999999999', 'premium_improbable'], ['premium', '=1+1', 'amount_not_a_number'], ['premium', '1,23', 'amount_not_a_number'],
    ['currency', 'XYZ', 'currency_unknown'], ['currency', 'hkd', 'currency_unknown'], ['currency', 'HK$', 'currency_unknown'], ['currency', 'toString', 'currency_unknown'],
    ['next_due_on', '2027-02-29', 'date_not_real'], ['next_due_on', '2027-13-01', 'date_not_real'], ['next_due_on', '03/04/2027', 'date_ambiguous'], ['next_due_on', 'soon', 'date_invalid'],
    ['next_due_on', '2027-04-01', 'due_off_schedule'], ['next_due_on', '2019-03-01', 'due_before_cover'], ['next_due_on', '1027-03-01', 'date_not_real'], ['next_due_on', '45678', 'date_invalid'],
    ['mode', 'now and then', 'word_unknown'], ['line', 'pets', 'word_unknown'], ['policy_number', '', 'value_missing'], ['policy_number', 'P'.repeat(61), 'text_too_long'], ['policy_number', 'P\u00001', 'text_unreadable'],
    ['full_name', 'Chan\ufffd', 'text_unreadable'], ['email', 'nobody', 'email_invalid'], ['email', 'a@b.hk\nbcc: x@y.hk', 'email_invalid'], ['phone', 'call me', 'phone_invalid'], ['payday', '32', 'number_out_of_range'],
    ['premiums_paid', '-1', 'count_invalid'], ['cash_share', '1.5', 'number_out_of_range'], ['cover_to', '2019-01-01', 'cover_ends_before_it_begins'], ['time_zone', 'Mars/Olympus', 'time_zone_unknown'],
    ['consents', '<email>', 'word_unknown'],
  ];
  for (const [field, value, code] of cases) {
    test(`${field} “${value.slice(0, 20)}”: ${code}`, () => {
      const { values, errors } = readRow(aRow({ [field]: value }));
      assert.equal(values, null);
      assert.deepEqual(errors.map((error) => error.problem.code), [code]);
      for (const language of LANGUAGES) {
        const [reason, remedy] = reasonAndRemedy(errors[0]!, language);
        assert.ok(reason.length > 3 && remedy.length > 3, `${code} in ${language}: ${reason} | ${remedy}`);
        assert.doesNotMatch(reason + remedy, /\{\w+\}/);
      }
    });
  }
  test('every bad cell of a row is told, not the first alone', () => assert.deepEqual(readRow(aRow({ premium: '-1', currency: 'XYZ', mode: '?' })).errors.map((error) => error.field).sort(), ['currency', 'mode', 'premium']));
  test('a torn row says how many cells it has', () => {
    const header = Object.keys(aRow());
    const errors: RowError[] = [];
    const reader = expectOk(rowReader(header, expectOk(completeMapping(recognise(header, []), 'HK')), TODAY));
    assert.equal(reader.read({ line: 9, cells: ['P-1', 'life'] }, errors), null);
    assert.deepEqual(errors[0], { line: 9, field: '', value: 'P-1 life', problem: { code: 'row_torn', details: { cells: 2, columns: 7 } } });
  });
  test('a default that nobody can read is told once, before a row is read', () => {
    const header = Object.keys(aRow());
    const mapping = expectOk(completeMapping({ ...recognise(header, []), defaults: { kind: 'robot' } }, 'HK'));
    const compiled = rowReader(header, mapping, TODAY);
    assert.equal(!compiled.ok && compiled.problem.code, 'mapping_default_invalid');
  });
  test('a number that comes twice is refused the second time', () => {
    const header = Object.keys(aRow());
    const reader = expectOk(rowReader(header, expectOk(completeMapping(recognise(header, []), 'HK')), TODAY));
    const errors: RowError[] = [];
    const read = (line: number): boolean => reader.read({ line, cells: Object.values(aRow()) }, errors) !== null;
    assert.deepEqual([read(2), read(3)], [true, false]);
    assert.equal(errors[0]?.problem.code, 'policy_number_twice');
  });
  test('rows of one holder that say different things are refused', () => {
    const cells = (number: string, email: string): Record<string, string> => ({ ...aRow({ policy_number: number }), holder_ref: 'H-1', email });
    const header = Object.keys(cells('', ''));
    const reader = expectOk(rowReader(header, expectOk(completeMapping(recognise(header, []), 'HK')), TODAY));
    const errors: RowError[] = [];
    const read = (number: string, email: string): boolean => reader.read({ line: 2, cells: Object.values(cells(number, email)) }, errors) !== null;
    assert.deepEqual([read('1', 'a@b.hk'), read('2', 'a@b.hk'), read('3', 'c@d.hk'), read('4', 'a@b.hk')], [true, true, false, true]);
    assert.equal(errors[0]?.problem.code, 'holder_rows_disagree');
  });
});

void describe('a good value is read as it was meant', () => {
  const cases: readonly (readonly [field: string, value: string, becomes: string])[] = [
    ['premium', '1,234.50', '123450'], ['premium', 'HK$1,234.5', '123450'], ['premium', '１２００', '120000'], ['premium', '1234', '123400'], ['mode', '年缴', 'annual'], ['mode', 'Semi-Annual', 'half_yearly'],
    ['line', '壽險', 'life'], ['policy_number', '=cmd|calc', '=cmd|calc'], ['full_name', '+SUM(A1)', '+SUM(A1)'], ['phone', '+852 9123-4567', '+85291234567'], ['income', '51150.456', '5115046'],
    ['consents', 'email; SMS', '{email,sms}'], ['autopay', '是', 'true'],
  ];
  for (const [field, value, becomes] of cases) {
    test(`${field} “${value}” is ${becomes}`, () => {
      const { values, errors } = readRow(aRow({ [field]: value }));
      assert.deepEqual(errors, []);
      assert.equal(values?.[field === 'income' ? 'income_monthly' : field], becomes);
    });
  }
  test('amounts take the decimals of the row’s own currency', () => {
    assert.equal(readRow(aRow({ currency: 'JPY', premium: '1200' })).values?.['premium'], '1200');
    assert.equal(readRow(aRow({ currency: 'KWD', premium: '1.234' })).values?.['premium'], '1234');
    assert.deepEqual(readRow(aRow({ currency: 'JPY', premium: '1200.5' })).errors.map((error) => error.problem.code), ['amount_too_precise']);
  });
  test('dates in the ways people write them', () => {
    for (const text of ['2028-02-29', '2028/2/29', '20280229', '2028年2月29日', '29.02.2028', '29/02/2028', '2/29/2028', '2028-02-29 00:00:00', '2028-02-29T00:00:00Z']) assert.deepEqual(readDate(text), { ok: true, value: '2028-02-29' }, text);
  });
  test('cover from 29 February keeps its due day', () => {
    const row = readRow(aRow({ cover_from: '2024-02-29', next_due_on: '2027-02-28', mode: 'annual', due_day: '29' }));
    assert.deepEqual([row.errors, row.values?.['due_day'], row.values?.['next_due_on']], [[], 29, '2027-02-28']);
  });
  test('constants are not staged', () => {
    const header = ['policy_number', 'premium', 'next_due_on'];
    const reader = expectOk(rowReader(header, expectOk(completeMapping({ ...recognise(header, []), defaults: { line: 'life', consents: 'email' } }, 'HK')), TODAY));
    assert.deepEqual(reader.columns.map((column) => column.name).sort(), ['cover_from', 'due_day', 'next_due_on', 'policy_number', 'premium']);
    assert.deepEqual([reader.constants.get('market')?.value, reader.constants.get('consents')?.value, reader.constants.get('currency')?.value], ['HK', '{email}', 'HKD']);
  });
});

void describe('the file of errors', () => {
  test('neutralises what a spreadsheet would run', () => {
    assert.deepEqual(['=cmd|calc', '+1', '-1', '@SUM', '\tx', 'plain', 'a,"b"'].map(csvCell), ["'=cmd|calc", "'+1", "'-1", "'@SUM", "'\tx", 'plain', '"a,""b"""']);
  });
  test('cuts reason from remedy at the sentence, not inside the value', () => {
    assert.deepEqual(reasonAndRemedy({ line: 2, field: 'email', value: 'x. y', problem: { code: 'email_invalid', details: { value: 'x. y' } } }, 'en'), ['“x. y” is no e-mail address.', 'Correct it or leave it empty.']);
  });
});

test('a million seen texts are told apart', () => {
  const seen = seenTexts();
  for (let i = 0; i < 1_000_000; i += 1) {
    assert.ok(!seen.has(`HL-${i}`));
    seen.add(`HL-${i}`);
  }
  for (let i = 0; i < 1_000_000; i += 997) assert.ok(seen.has(`HL-${i}`));
  assert.ok(!seen.has('HL-1000000'));
});
