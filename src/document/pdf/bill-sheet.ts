/**
 * One bill on one page of A4, in either layout. The first third has a fixed place for what nobody may have to look for; below it the same contents flow, and where they are long they are
 * set smaller until they end on the page.
 */

import { type Language } from '../../kernel/index.ts';
import { type BillDocument, isLate, isOwed } from '../bill-document.ts';
import { altText, changesOf, consequenceOf, type DesignTerms, headlineOf, helpTexts, insurerName, lateTexts, payUrlText, scanText, valuesOf } from '../designs.ts';
import { date, money, say, textOf } from '../texts.ts';
import { tinted } from './colour.ts';
import { widthOf } from './fonts.ts';
import { box, FIRST_THIRD, fitted, INK, LEADING, linesOf, mark, type Mark, PAGE, paragraph, part, type Part, QUIET, rightMark, rule, type Sheet, type Style } from './sheet.ts';

const LEFT = 48;
const RIGHT = PAGE.width - 48;
const WIDTH = RIGHT - LEFT;
const BOTTOM = 800;
const FOOT = 818;
const LINE = '#ccd3d9';
const BASE = 9.6;
/** Sizes of what flows, tried from the first on. Below the last one the longest sentences are cut. */
const SCALES = [1.12, 1.06, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7] as const;
/** What an envelope's window shows. */
const ADDRESS_HEIGHT = 54;
const ADDRESS_SIZES = [9.6, 8.6, 7.7, 6.9, 6.2] as const;

export function billSheet(bill: BillDocument, terms: DesignTerms, language: Language): Sheet {
  const compose = terms.layout === 'box' ? boxSheet : columnSheet;
  let made = compose(bill, terms, language, SCALES[0]);
  for (const scale of SCALES.slice(1)) {
    if (made.bottom <= BOTTOM) break;
    made = compose(bill, terms, language, scale);
  }
  const name = insurerName(bill, language);
  return {
    title: `${say(language, 'title')} ${bill.reference} – ${name}`, author: name, subject: bill.policy.number, language, on: bill.issuedOn, decor: [...made.decor, ...footDecor(terms)],
    parts: [...made.parts, foot(bill, terms, language)],
  };
}

type Made = { readonly decor: readonly Mark[]; readonly parts: readonly Part[]; readonly bottom: number };
type Compose = (bill: BillDocument, terms: DesignTerms, language: Language, scale: number) => Made;

// ---- box: one light box over the whole width ----

const HERO = { top: 156, bottom: 277, padding: 15 } as const;

const boxSheet: Compose = (bill, terms, language, scale) => {
  const { accent, first } = terms;
  const soft = tinted(accent, 0.1);
  const hero = { x: LEFT, width: WIDTH, ...HERO };
  const decor = [rule(LEFT, 68, WIDTH, accent, 1.4), box(hero.x, hero.top, hero.width, hero.bottom - hero.top, soft, { radius: 8 })];
  const head = letterhead(bill, terms, language, { left: LEFT, right: RIGHT, nameWidth: 300, side: true });
  const address = addressPart(bill, LEFT, 90, 230, language);
  const facts = factsPart(bill, language, { x: 322, right: RIGHT, y: 90, labelWidth: 84, step: 12.4 });
  const left = hero.x + HERO.padding;
  const qrSize = bill.qr === null || !first.includes('pay') ? 0 : 97;
  const qrLeft = RIGHT - HERO.padding - qrSize + 3;
  const middle = hero.x + 246;
  const wide = qrSize === 0 && !isOwed(bill) ? WIDTH - 2 * HERO.padding : 216;
  const parts: Part[] = [...head, address, ...facts];
  const title = owedLabel(bill, language);
  parts.push(part('H1', [mark(`${say(language, 'title')} · ${title}`, left, hero.top + 20, { size: 9.6, colour: QUIET })]));
  let y = hero.top + 20;
  if (first.includes('amount')) {
    const amount = fitted(money(bill.outstandingMinor, bill.currency), wide, { size: 31, weight: 'bold', colour: accent }, 14, language);
    y += 34;
    parts.push(part('P', [mark(amount.text, left, y, amount.style)]));
  }
  if (first.includes('due') && isOwed(bill)) {
    const due = fitted(dueText(bill, language), wide, { size: 13, weight: 'bold' }, 8, language);
    y += 21;
    parts.push(part('P', [mark(due.text, left, y, due.style)]));
  }
  const own = terms.wording.headline !== undefined || !isOwed(bill) ? [headlineOf(terms, bill, language)] : [];
  const sentences = [...own, ...(first.includes('consequence') && isOwed(bill) ? [consequenceOf(terms, bill, language)] : [])];
  y += 17;
  for (const sentence of sentences) {
    const text = paragraph(sentence, left, y, wide, { size: sentences.length > 1 ? 8.2 : 8.8 }, language, { most: sentences.length > 1 ? 2 : 3 });
    parts.push(part('P', text.marks));
    y = text.next;
  }
  if (first.includes('pay') && isOwed(bill)) {
    const pay = payParts(bill, language, { x: middle, y: hero.top + 20, width: (qrSize === 0 ? RIGHT - HERO.padding : qrLeft - 8) - middle, accent, ink: INK });
    parts.push(...pay.parts);
    if (qrSize > 0 && bill.qr !== null) parts.push(part('Figure', [{ kind: 'qr', x: qrLeft, y: hero.top + (hero.bottom - hero.top - qrSize) / 2, size: qrSize, payload: bill.qr.payload }], { alt: altText(bill, language) }));
  }
  const flow = newFlow(LEFT, WIDTH, 302, scale, accent, language);
  linesTable(flow, bill, terms);
  changes(flow, bill, terms);
  announced(flow, bill);
  const gap = 24;
  const half = (WIDTH - gap) / 2;
  const one = newFlow(LEFT, half, flow.y + 6 * scale, scale, accent, language);
  waysSection(one, bill);
  const two = newFlow(LEFT + half + gap, half, flow.y + 6 * scale, scale, accent, language);
  lateSection(two, bill, terms);
  helpSection(two, bill);
  return { decor: [...decor, ...flow.decor], parts: [...parts, ...flow.parts, ...one.parts, ...two.parts], bottom: Math.max(flow.y, one.y, two.y) };
};

// ---- column: a dark column at the side ----

const COLUMN = { x: 372, padding: 20 } as const;

const columnSheet: Compose = (bill, terms, language, scale) => {
  const { accent, first } = terms;
  const white = '#ffffff';
  const decor: Mark[] = [box(COLUMN.x, 0, PAGE.width - COLUMN.x, PAGE.height, tinted(accent, 0.09)), box(COLUMN.x, 0, PAGE.width - COLUMN.x, FIRST_THIRD, accent)];
  const left = LEFT;
  const width = COLUMN.x - LEFT - 26;
  const inside = COLUMN.x + COLUMN.padding;
  const insideWidth = PAGE.width - COLUMN.padding - inside;
  const parts: Part[] = [...letterhead(bill, terms, language, { left, right: left + width, nameWidth: width, side: false }), addressPart(bill, left, 104, width - 40, language)];
  const headline = headlineOf(terms, bill, language);
  const size = linesOf(headline, width, { size: 19, weight: 'bold' }, language).length <= 2 ? 19 : 15;
  const head = paragraph(headline, left, 208, width, { size, weight: 'bold', colour: accent }, language, { most: 3, leading: 1.22 });
  parts.push(part('H1', head.marks));
  if (first.includes('consequence') && isOwed(bill)) parts.push(part('P', paragraph(consequenceOf(terms, bill, language), left, head.next + 1, width, { size: 10 }, language, { most: 2 }).marks));

  parts.push(part('P', [mark(owedLabel(bill, language), inside, 44, { size: 10, colour: white })]));
  let y = 44;
  if (first.includes('amount')) {
    const amount = fitted(money(bill.outstandingMinor, bill.currency), insideWidth, { size: 29, weight: 'bold', colour: white }, 12, language);
    y += 33;
    parts.push(part('P', [mark(amount.text, inside, y, amount.style)]));
  }
  if (first.includes('due') && isOwed(bill)) {
    const due = fitted(dueText(bill, language), insideWidth, { size: 12.5, weight: 'bold', colour: white }, 8, language);
    y += 20;
    parts.push(part('P', [mark(due.text, inside, y, due.style)]));
  }
  if (first.includes('pay') && isOwed(bill)) {
    const qrSize = 110;
    y += 13;
    if (bill.qr !== null) {
      parts.push(part('Figure', [{ kind: 'qr', x: inside, y, size: qrSize, payload: bill.qr.payload }], { alt: altText(bill, language) }));
      y += qrSize + 15;
    } else y += 8;
    parts.push(...payParts(bill, language, { x: inside, y, width: insideWidth, accent: white, ink: white, short: true }).parts);
  }
  const flow = newFlow(left, width, 300, scale, accent, language);
  factsFlow(flow, bill);
  const told: DesignTerms = { ...terms, changed: 'sentences' };
  linesTable(flow, bill, told);
  changes(flow, bill, told);
  lateSection(flow, bill, terms);
  const side = newFlow(inside, insideWidth, 304, scale, accent, language);
  waysSection(side, bill);
  announced(side, bill);
  helpSection(side, bill);
  return { decor: [...decor, ...flow.decor], parts: [...parts, ...side.parts, ...flow.parts], bottom: Math.max(flow.y, side.y) };
};

// ---- first third ----

/** A bill that is still being checked shows the amount that it would ask for. */
const owedLabel = (bill: BillDocument, language: Language): string => say(language, isOwed(bill) || bill.state === 'held' ? 'to_pay' : 'nothing_to_pay');
const dueText = (bill: BillDocument, language: Language): string => say(language, isLate(bill) ? 'was_due' : 'by_date', { date: date(bill.dueOn, language) });

/** The insurer's name, and where to ask. */
function letterhead(bill: BillDocument, terms: DesignTerms, language: Language, { left, right, nameWidth, side }: { readonly left: number; readonly right: number; readonly nameWidth: number; readonly side: boolean }): Part[] {
  const style: Style = { size: 16, weight: 'bold', colour: terms.accent };
  const name = insurerName(bill, language);
  const one = fitted(name, nameWidth, style, 12, language);
  const two = [11, 10, 9].find((size) => linesOf(name, nameWidth, { ...style, size }, language).length <= 2) ?? 9;
  const marks = one.text === name ? [mark(one.text, left, 53, one.style)] : paragraph(name, left, 42, nameWidth, { ...style, size: two }, language, { most: 2, leading: 1.25 }).marks;
  if (!terms.first.includes('contact')) return [part('P', marks)];
  const { phone, email } = bill.insurer;
  const contact = [phone, email].filter((text) => text !== '');
  if (side) {
    const lines = [say(language, 'help_title'), ...contact].map((text) => fitted(text, right - left - nameWidth - 12, { size: 8.8, colour: QUIET }, 6.5, language));
    return [part('P', marks), part('P', lines.map((text, at) => rightMark(text.text, right, 36 + at * 11.6, { ...text.style, ...(at === 1 ? { weight: 'bold', colour: INK } : {}) }, language)))];
  }
  const line = fitted([say(language, 'help_title'), ...contact].join('  '), right - left, { size: 8.8, colour: QUIET }, 6.5, language);
  return [part('P', marks), part('P', [mark(line.text, left, 70, line.style)])];
}

/** Every line of it, for a letter without its town comes back: many lines are set smaller. */
function addressPart({ holder }: BillDocument, x: number, y: number, width: number, language: Language): Part {
  const at = (size: number): readonly { readonly text: string; readonly style: Style }[] => {
    const bold: Style = { size: size * 1.06, weight: 'bold' };
    return [...linesOf(holder.name, width, bold, language).map((text) => ({ text, style: bold })), ...holder.addressLines.flatMap((text) => linesOf(text, width, { size }, language).map((line) => ({ text: line, style: { size } })))];
  };
  const size = ADDRESS_SIZES.find((one) => (at(one).length - 1) * one * 1.3 <= ADDRESS_HEIGHT) ?? 6.2;
  return part('P', at(size).map(({ text, style }, line) => mark(text, x, y + line * size * 1.3, style)));
}

function factRows(bill: BillDocument, language: Language): readonly (readonly [string, string])[] {
  const { reference, policy, period, issuedOn } = bill;
  return [
    [say(language, 'reference'), reference], [say(language, 'policy'), policy.number], ...(policy.product === '' ? [] : [[say(language, 'cover'), policy.product] as const]),
    [say(language, 'period'), say(language, 'from_to', { from: date(period.from, language), to: date(period.to, language) })], [say(language, 'issued'), date(issuedOn, language)],
  ];
}

function factsPart(bill: BillDocument, language: Language, at: { readonly x: number; readonly right: number; readonly y: number; readonly labelWidth: number; readonly step: number }): Part[] {
  const width = at.right - at.x - at.labelWidth;
  return factRows(bill, language).map(([label, value], row) => {
    const name = fitted(label, at.labelWidth - 6, { size: 8.6, colour: QUIET }, 6.5, language);
    const text = fitted(value, width, { size: 8.6 }, 6.5, language);
    const y = at.y + row * at.step;
    return part('P', [mark(name.text, at.x, y, name.style), mark(text.text, at.x + at.labelWidth, y, text.style)]);
  });
}

type Place = { readonly x: number; readonly y: number; readonly width: number; readonly accent: string; readonly ink: string; readonly short?: boolean };
function payParts(bill: BillDocument, language: Language, { x, y, width, accent, ink, short = false }: Place): { readonly parts: readonly Part[]; readonly next: number } {
  const style: Style = { size: 8.8, colour: ink };
  const parts: Part[] = [];
  let next = y;
  if (!short) {
    parts.push(part('H2', [mark(say(language, 'how_title'), x, next, { size: 10.4, weight: 'bold', colour: accent })]));
    next += 15;
  }
  const scan = scanText(bill, language);
  if (scan !== null) {
    const text = paragraph(scan, x, next, width, { ...style, weight: 'bold' }, language, { most: 3 });
    parts.push(part('P', text.marks));
    next = text.next + 2;
  }
  if (bill.payUrl !== null) {
    const text = paragraph(say(language, scan === null ? 'online_only' : 'online_text', valuesOf(bill, language)), x, next, width, style, language, { most: short ? 3 : 4 });
    parts.push(part('Link', text.marks, { url: bill.payUrl }));
    next = text.next;
  } else if (scan === null) {
    const text = paragraph(say(language, 'transfer_text'), x, next, width, style, language, { most: 4 });
    parts.push(part('P', text.marks));
    next = text.next;
  }
  return { parts, next };
}

// ---- below ----

type Flow = { readonly x: number; readonly width: number; y: number; readonly scale: number; readonly accent: string; readonly language: Language; readonly parts: Part[]; readonly decor: Mark[] };
const newFlow = (x: number, width: number, y: number, scale: number, accent: string, language: Language): Flow => ({ x, width, y, scale, accent, language, parts: [], decor: [] });

function heading(flow: Flow, text: string): void {
  flow.y += 4 * flow.scale;
  const head = paragraph(text, flow.x, flow.y, flow.width, { size: 11 * flow.scale, weight: 'bold', colour: flow.accent }, flow.language, { most: 2 });
  flow.parts.push(part('H2', head.marks));
  flow.y = head.next + 2 * flow.scale;
}

function sentence(flow: Flow, text: string, style: Partial<Style> = {}): void {
  const body = paragraph(text, flow.x, flow.y, flow.width, { size: BASE * flow.scale, ...style }, flow.language);
  flow.parts.push(part('P', body.marks));
  flow.y = body.next + 1.5 * flow.scale;
}

const space = (flow: Flow, points: number): void => { flow.y += points * flow.scale; };

function pairs(flow: Flow, rows: readonly (readonly [string, string])[]): void {
  const size = 9 * flow.scale;
  const label = flow.width * 0.34;
  for (const [name, value] of rows) {
    const shown = fitted(name, label - 6, { size, colour: QUIET }, 6, flow.language);
    const text = paragraph(value, flow.x + label, flow.y, flow.width - label, { size, weight: 'bold' }, flow.language, { most: 2 });
    flow.parts.push(part('P', [mark(shown.text, flow.x, flow.y, shown.style), ...text.marks]));
    flow.y = text.next + 1 * flow.scale;
  }
}

function factsFlow(flow: Flow, bill: BillDocument): void {
  pairs(flow, factRows(bill, flow.language).map(([name, value]) => [name, value] as const));
  space(flow, 8);
}

type Cell = { readonly text: string; readonly weight?: 'bold'; readonly colour?: string };
type Row = { readonly cells: readonly Cell[]; readonly head?: boolean; readonly strong?: boolean };

function linesTable(flow: Flow, bill: BillDocument, terms: DesignTerms): void {
  const { language, scale, x, width } = flow;
  const { currency, previous } = bill;
  const amount = (minor: bigint | null): string => (minor === null ? '–' : money(minor, currency));
  const signed = (minor: bigint): string => `${minor > 0n ? '+' : ''}${money(minor, currency)}`;
  const withChange = previous !== null && terms.changed === 'table';
  const row = (name: string, before: bigint | null, now: bigint | null, strong = false): Row => ({
    strong, cells: [{ text: name }, ...(previous === null ? [] : [{ text: amount(before), colour: QUIET }]), { text: amount(now) }, ...(withChange ? [{ text: (now ?? 0n) === (before ?? 0n) ? '–' : signed((now ?? 0n) - (before ?? 0n)) }] : [])],
  });
  const blank = previous === null ? [] : [{ text: '' }];
  const last = withChange ? [{ text: '' }] : [];
  const rows: Row[] = [
    { head: true, cells: [{ text: say(language, 'item') }, ...(previous === null ? [] : [{ text: say(language, 'before') }]), { text: say(language, 'now') }, ...(withChange ? [{ text: say(language, 'change') }] : [])] },
    ...bill.lines.map((line) => row(line.name[language], line.beforeMinor, line.amountMinor)), ...(previous?.gone ?? []).map((line) => row(line.name[language], line.amountMinor, null)),
    row(say(language, 'total'), previous?.totalMinor ?? null, bill.totalMinor, true),
    ...(bill.paidMinor === 0n ? [] : [{ cells: [{ text: say(language, 'already_paid') }, ...blank, { text: money(-bill.paidMinor, currency) }, ...last] }]),
    ...(bill.paidMinor === 0n || !isOwed(bill) ? [] : [{ strong: true, cells: [{ text: say(language, 'to_pay') }, ...blank, { text: money(bill.outstandingMinor, currency) }, ...last] }]),
  ];
  heading(flow, say(language, 'lines_title'));
  const columns = (rows[0]?.cells.length ?? 2) - 1;
  const size = BASE * scale;
  const amountWidth = Math.min(width * 0.26, Math.max(...rows.flatMap((one) => one.cells.slice(1).map((cell) => widthOf(cell.text, language, 'bold', size)))) + 12);
  const nameWidth = width - columns * amountWidth - 4;
  const parts: Part[] = [];
  let y = flow.y + 2 * scale;
  for (const { cells, head = false, strong = false } of rows) {
    const style: Style = { size: head ? 8.4 * scale : size, ...(strong ? { weight: 'bold' } : {}), ...(head ? { colour: QUIET } : {}) };
    const name = paragraph(cells[0]?.text ?? '', x, y, nameWidth, style, language, { most: 2, leading: 1.2 });
    const rest = cells.slice(1).map((cell, at) => {
      const right = x + width - (columns - 1 - at) * amountWidth;
      const shown = fitted(cell.text, amountWidth - 6, { ...style, ...(cell.colour === undefined ? {} : { colour: cell.colour }) }, 6, language);
      return part(head ? 'TH' : 'TD', [rightMark(shown.text, right, y, shown.style, language)], head ? { scope: 'Column' } : {});
    });
    parts.push(part('TR', [], { parts: [part('TH', name.marks, { scope: head ? 'Column' : 'Row' }), ...rest] }));
    const end = y + (name.marks.length - 1) * style.size * 1.2 + 4.6 * scale;
    flow.decor.push(rule(x, end, width, strong ? flow.accent : LINE, strong ? 1 : 0.5));
    y = end + size * 1.22;
  }
  flow.parts.push(part('Table', [], { parts }));
  flow.y = y + 5 * scale;
}

/** Beside a table that has the changes one sentence is enough. */
function changes(flow: Flow, bill: BillDocument, terms: DesignTerms): void {
  const { summary, parts } = changesOf(bill, flow.language);
  if (bill.previous === null) {
    sentence(flow, summary, { colour: QUIET });
    space(flow, 6);
    return;
  }
  heading(flow, say(flow.language, 'changed_title'));
  sentence(flow, summary, { weight: 'bold' });
  if (terms.changed === 'table') {
    space(flow, 6);
    return;
  }
  const text = parts.join(flow.language === 'en' ? '. ' : '；');
  if (text !== '') sentence(flow, `${text}${flow.language === 'en' ? '.' : '。'}`);
  space(flow, 6);
}

function announced(flow: Flow, { discounts = [], lateFees = [], currency, ...bill }: BillDocument): void {
  const { language } = flow;
  if (!isOwed(bill)) return;
  if (discounts.length > 0) {
    heading(flow, say(language, 'discount_title'));
    for (const { until, amountMinor } of discounts) sentence(flow, say(language, 'discount_row', { date: date(until, language), amount: money(amountMinor, currency) }));
    space(flow, 5);
  }
  if (lateFees.length > 0) {
    heading(flow, say(language, 'fees_title'));
    for (const { from, amountMinor } of lateFees) sentence(flow, say(language, 'fees_row', { date: date(from, language), amount: money(amountMinor, currency) }));
    space(flow, 5);
  }
}

function waysSection(flow: Flow, bill: BillDocument): void {
  const { language } = flow;
  if (!isOwed(bill) || (bill.payees.length === 0 && bill.payUrl === null)) return;
  heading(flow, say(language, 'ways_title'));
  if (bill.payees.length > 0) {
    sentence(flow, say(language, 'transfer_text'));
    space(flow, 2);
    pairs(flow, [...bill.payees.map(({ kind, value }) => [textOf(language, kind), value] as const), [say(language, 'reference'), bill.reference]]);
    space(flow, 5);
  }
  if (bill.payUrl !== null) {
    sentence(flow, say(language, 'pay_link'));
    const text = paragraph(payUrlText(bill.payUrl), flow.x, flow.y, flow.width, { size: 8 * flow.scale, colour: flow.accent }, language);
    flow.parts.push(part('Link', text.marks, { url: bill.payUrl }));
    flow.y = text.next;
  }
  space(flow, 8);
}

function lateSection(flow: Flow, bill: BillDocument, terms: DesignTerms): void {
  if (!isOwed(bill)) return;
  heading(flow, say(flow.language, 'late_title'));
  for (const text of lateTexts(terms, bill, flow.language)) sentence(flow, text);
  space(flow, 8);
}

function helpSection(flow: Flow, bill: BillDocument): void {
  heading(flow, say(flow.language, 'help_title'));
  for (const text of helpTexts(bill, flow.language)) sentence(flow, text);
}

const footDecor = (terms: DesignTerms): readonly Mark[] => (terms.layout === 'box' ? [rule(LEFT, FOOT - 13, WIDTH, LINE, 0.5)] : []);

function foot(bill: BillDocument, terms: DesignTerms, language: Language): Part {
  const text = [insurerName(bill, language), bill.insurer.address, ...(bill.insurer.simulated ? [say(language, 'simulated')] : [])].filter((one) => one !== '').join(' · ');
  const lines = linesOf(text, terms.layout === 'box' ? WIDTH : COLUMN.x - LEFT - 26, { size: 7, colour: QUIET }, language, 3);
  return part('P', lines.map((line, at) => mark(line, LEFT, FOOT - 2 + at * 7 * LEADING, { size: 7, colour: QUIET })));
}
