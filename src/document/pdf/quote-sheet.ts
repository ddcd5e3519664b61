/** Payment terms of a policy that is offered: what is paid when in the first year, how, and what happens when it is late. One page; nothing of it is kept. */

import { type Currency, type Language, type PlainDate } from '../../kernel/index.ts';
import { type Letterhead, type Words } from '../bill-document.ts';
import { insurerName } from '../designs.ts';
import { date, lineName, listed, money, say, type TextName } from '../texts.ts';
import { tinted } from './colour.ts';
import { box, fitted, linesOf, mark, type Mark, PAGE, paragraph, part, type Part, QUIET, rightMark, rule, type Sheet, type Style } from './sheet.ts';

export type QuoteDocument = {
  readonly insurer: Letterhead; readonly madeOn: PlainDate; readonly line: string; readonly mode: 'annual' | 'half_yearly' | 'quarterly' | 'monthly' | 'single'; readonly currency: Currency;
  /** Null: nobody known. */
  readonly holder: string | null;
  readonly instalments: readonly { readonly no: number; readonly dueOn: PlainDate; readonly from: PlainDate; readonly to: PlainDate; readonly premiumMinor: bigint; readonly chargesMinor: bigint }[];
  readonly advance: { readonly instalments: number; readonly amountMinor: bigint; readonly autopay: boolean };
  readonly ways: readonly Words[];
};

const LEFT = 48;
const RIGHT = PAGE.width - 48;
const WIDTH = RIGHT - LEFT;
const ACCENT = '#0b625e';
const LINE = '#ccd3d9';
const BODY = 10;

export function quoteSheet(quote: QuoteDocument, language: Language): Sheet {
  const { insurer, currency, instalments, advance } = quote;
  const name = insurerName(quote, language);
  const amounts = instalments.map(({ premiumMinor, chargesMinor }) => premiumMinor + chargesMinor);
  const [each = 0n, year] = [amounts[0], amounts.reduce((sum, one) => sum + one, 0n)];
  const first = instalments[0]?.dueOn ?? quote.madeOn;
  const style: Style = { size: 16, weight: 'bold', colour: ACCENT };
  const head = fitted(name, 300, style, 12, language);
  const holder = fitted(quote.holder ?? '', WIDTH, { size: 10.5 }, 7, language);
  const contact = [insurer.phone, insurer.email].filter((text) => text !== '');
  const decor: Mark[] = [rule(LEFT, 68, WIDTH, ACCENT, 1.4), box(LEFT, 118, WIDTH, 104, tinted(ACCENT, 0.1), { radius: 8 })];
  const parts: Part[] = [
    part('P', head.text === name ? [mark(name, LEFT, 53, head.style)] : paragraph(name, LEFT, 42, 300, { ...style, size: 9.5 }, language, { most: 2, leading: 1.25 }).marks),
    part('P', contact.map((text) => fitted(text, WIDTH - 312, { size: 8.8, colour: QUIET }, 6.5, language)).map((text, at) => rightMark(text.text, RIGHT, 42 + at * 12, text.style, language))),
    part('H1', [mark(say(language, 'quote_title'), LEFT, quote.holder === null ? 99 : 92, { size: 17, weight: 'bold' })]), ...(quote.holder === null ? [] : [part('P', [mark(holder.text, LEFT, 108, holder.style)])]),
  ];
  const sum = (x: number, label: string, text: string, below: string, width: number): void => {
    const amount = fitted(text, width, { size: 24, weight: 'bold', colour: ACCENT }, 11, language);
    const note = fitted(below, width, { size: 10.5, weight: 'bold' }, 7, language);
    parts.push(part('P', [mark(label, x, 140, { size: 9.6, colour: QUIET }), mark(amount.text, x, 168, amount.style), mark(note.text, x, 188, note.style)]));
  };
  sum(LEFT + 16, say(language, 'quote_each'), money(each, currency), say(language, `mode_${quote.mode}` satisfies TextName), 220);
  sum(LEFT + 262, say(language, 'quote_first_year'), money(year, currency), say(language, 'quote_first_due', { date: date(first, language) }), 222);
  const cover = paragraph(`${say(language, 'quote_line')}: ${lineName(quote.line, language)}`, LEFT + 16, 209, WIDTH - 32, { size: 9.6 }, language, { most: 1 });
  parts.push(part('P', cover.marks));

  let y = 250;
  const heading = (text: string): void => {
    parts.push(part('H2', [mark(text, LEFT, y, { size: 12, weight: 'bold', colour: ACCENT })]));
    y += 18;
  };
  const sentence = (text: string): void => {
    const body = paragraph(text, LEFT, y, WIDTH, { size: BODY }, language);
    parts.push(part('P', body.marks));
    y = body.next + 2;
  };
  heading(say(language, 'quote_instalments'));
  y = table(quote, language, y, parts, decor);
  y += 12;
  if (advance.instalments > 0) {
    heading(say(language, 'quote_advance'));
    sentence(say(language, advance.instalments === 1 ? 'quote_advance_one' : 'quote_advance_text', { count: String(advance.instalments), amount: money(advance.amountMinor, currency) }));
    if (advance.autopay) sentence(say(language, 'quote_autopay'));
    y += 8;
  }
  heading(say(language, 'how_title'));
  sentence(say(language, 'online_only', { ways: listed(quote.ways.map((way) => way[language]), language) }));
  y += 8;
  heading(say(language, 'late_title'));
  sentence(say(language, 'quote_late'));
  sentence(say(language, 'late_help'));
  y += 26;
  const signed = paragraph(say(language, 'quote_signed'), LEFT, y, WIDTH * 0.52, { size: BODY }, language);
  parts.push(part('P', signed.marks));
  decor.push(rule(LEFT + WIDTH * 0.56, y + 2, WIDTH * 0.44, QUIET));
  const foot = [say(language, 'quote_for', { date: date(quote.madeOn, language) }), ...(insurer.simulated ? [say(language, 'simulated')] : [])].join(' ');
  parts.push(part('P', linesOf(foot, WIDTH, { size: 7.5 }, language, 2).map((text, at) => mark(text, LEFT, 812 + at * 10, { size: 7.5, colour: QUIET }))));
  return { title: `${say(language, 'quote_title')} – ${name}`, author: name, subject: say(language, 'quote_title'), language, on: quote.madeOn, decor, parts };
}

function table({ instalments, currency }: QuoteDocument, language: Language, top: number, parts: Part[], decor: Mark[]): number {
  const columns: readonly (readonly [x: number, right: boolean])[] = [[LEFT, false], [LEFT + 26, false], [LEFT + 124, false], [LEFT + 356, true], [LEFT + 428, true], [RIGHT, true]];
  const rows: { readonly cells: readonly string[]; readonly head: boolean }[] = [
    { head: true, cells: (['quote_number', 'due', 'quote_period', 'premium', 'quote_charges', 'total'] as const).map((name) => say(language, name)) },
    ...instalments.map(({ no, dueOn, from, to, premiumMinor, chargesMinor }) => ({
      head: false, cells: [String(no), date(dueOn, language), say(language, 'from_to', { from: date(from, language), to: date(to, language) }), money(premiumMinor, currency), money(chargesMinor, currency), money(premiumMinor + chargesMinor, currency)],
    })),
  ];
  let y = top;
  const made = rows.map(({ cells, head }) => {
    const style: Style = { size: 8.8, ...(head ? { colour: QUIET } : {}) };
    const row = cells.map((text, at) => {
      const [x = LEFT, right = false] = columns[at] ?? [];
      const width = right ? 68 : at === 2 ? 160 : at === 1 ? 94 : 24;
      const shown = fitted(text, width, { ...style, ...(at === 5 && !head ? { weight: 'bold' } : {}) }, 5.8, language);
      return part(head || at === 0 ? 'TH' : 'TD', [right ? rightMark(shown.text, x, y, shown.style, language) : mark(shown.text, x, y, shown.style)], head ? { scope: 'Column' } : at === 0 ? { scope: 'Row' } : {});
    });
    decor.push(rule(LEFT, y + 5, WIDTH, LINE, 0.5));
    y += 17;
    return part('TR', [], { parts: row });
  });
  parts.push(part('Table', [], { parts: made }));
  return y;
}
