/** Bill designs, `designs/*.json`: which layout, which wording, what stands in the first third, and who gets which. A design is data; two of them run against each other. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { addDays, fail, type HolderId, type InsurerId, type Language, LANGUAGES, ok, type Result } from '../kernel/index.ts';
import { type BillDocument, isLate, isOwed, type Words } from './bill-document.ts';
import { plainWords, type PlainWords } from './plain-words.ts';
import { contrast } from './pdf/colour.ts';
import { date, filled, lineName, listed, money, placesOf, say, type TextName, textOf, type Values } from './texts.ts';
import amountFirst from './designs/amount-first.json' with { type: 'json' };
import coverFirst from './designs/cover-first.json' with { type: 'json' };

/** What nobody may have to look for. */
export const FIRST_BLOCKS = ['amount', 'due', 'pay', 'consequence', 'contact'] as const;
export type FirstBlock = (typeof FIRST_BLOCKS)[number];
/** Below it a design is not published. */
export const SCORE_MIN = 70;
/** WCAG 2.2, 1.4.3 (AA): of text on its ground. */
const CONTRAST_MIN = 4.5;
const WORDING_LENGTH_MAX = 300;

/** Sentences that an insurer may say in its own words; `places` are the values that each may use. */
export const OWN_WORDS = {
  headline: ['line', 'amount', 'date', 'to'],
  consequence: ['grace', 'to', 'line'],
  late_help: ['phone'],
} as const satisfies Partial<Record<string, readonly string[]>>;
export type OwnWord = keyof typeof OWN_WORDS;
const OWN_WORD_NAMES = Object.keys(OWN_WORDS) as OwnWord[];

const words = z.strictObject({ en: z.string().trim().min(1).max(WORDING_LENGTH_MAX), 'zh-Hans': z.string().trim().min(1).max(WORDING_LENGTH_MAX), 'zh-Hant': z.string().trim().min(1).max(WORDING_LENGTH_MAX) });
const terms = {
  layout: z.enum(['box', 'column']).describe('box: one light box over the whole width; column: a dark column at the side'), accent: z.string().regex(/^#[0-9a-f]{6}$/), headline: z.enum(['amount', 'cover']),
  consequence: z.enum(['loss', 'gain']).describe('What is lost without the payment, or kept with it'), changed: z.enum(['table', 'sentences']), first: z.array(z.enum(FIRST_BLOCKS)).max(FIRST_BLOCKS.length),
  wording: z.strictObject({ headline: words.optional(), consequence: words.optional(), late_help: words.optional() }).describe('The insurer’s own words instead of ours'),
};
/** What a person may change of a design. */
export const designTerms = z.strictObject(terms);
export type DesignTerms = z.infer<typeof designTerms>;
const design = z.strictObject({ id: z.string().regex(/^[a-z][a-z-]{1,39}$/), version: z.int().positive(), names: words, about: z.string().min(1), share: z.int().min(0).max(100), ...terms });
export type Design = z.infer<typeof design>;

/** The house's own, in the order of their ids. */
export const HOUSE_DESIGNS: readonly Design[] = [amountFirst, coverFirst].map((file) => design.parse(file)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
export const houseDesign = (id: string): Design | undefined => HOUSE_DESIGNS.find((one) => one.id === id);

export const EXPERIMENT = 'bill-design';

/** Between 0 and 1, always the same for a holder: the first 32 bits of MD5, which SQL works out alike. */
export function pointOf(insurerId: InsurerId, holderId: HolderId, experiment: string = EXPERIMENT): number {
  return createHash('md5').update(`${insurerId}:${holderId}:${experiment}`).digest().readUInt32BE() / 2 ** 32;
}

type Shared = { readonly id: string; readonly share: number };

/** The design of a holder: shares are weights, laid end to end in the order of their ids. The first where nobody has a share. */
export function designFor<D extends Shared>(designs: readonly D[], insurerId: InsurerId, holderId: HolderId): D {
  const ordered = designs.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const whole = ordered.reduce((sum, { share }) => sum + share, 0);
  let left = pointOf(insurerId, holderId) * whole;
  for (const one of ordered) {
    if (left < one.share) return one;
    left -= one.share;
  }
  const first = ordered[0];
  if (first === undefined) throw new Error('no design');
  return first;
}

// ---- sentences ----

/** The values that a bill's sentences are filled with. */
export function valuesOf(bill: BillDocument, language: Language): Values {
  return {
    amount: money(bill.outstandingMinor, bill.currency), date: date(bill.dueOn, language), to: date(bill.period.to, language), grace: bill.graceEndsOn === null ? '' : date(bill.graceEndsOn, language),
    line: lineName(bill.policy.line, language), phone: bill.insurer.phone, email: bill.insurer.email, reference: bill.reference, ways: listed(bill.ways.slice(0, 4).map((way) => way[language]), language),
  };
}

/** A sentence in the insurer's own words where it has them and every value is known, else in ours. */
function own(terms: DesignTerms, name: OwnWord, bill: BillDocument, language: Language, ours: TextName): string {
  const values = valuesOf(bill, language);
  const text = terms.wording[name]?.[language];
  return text !== undefined && placesOf(text).every((place) => (values[place] ?? '') !== '') ? filled(text, values) : filled(textOf(language, ours), values);
}

export function headlineOf(terms: DesignTerms, bill: BillDocument, language: Language): string {
  if (bill.state === 'held') return say(language, 'held_text');
  if (bill.state === 'paid') return say(language, 'paid_text');
  if (!isOwed(bill)) return say(language, 'closed_text');
  if (isLate(bill)) return filled(textOf(language, terms.headline === 'amount' ? 'headline_amount_late' : 'headline_cover_late'), valuesOf(bill, language));
  return own(terms, 'headline', bill, language, terms.headline === 'amount' ? 'headline_amount' : 'headline_cover');
}

const ENDED = new Set(['suspended', 'lapsed']);

/** What happens to the cover, in one sentence. */
export function consequenceOf(terms: DesignTerms, bill: BillDocument, language: Language): string {
  if (ENDED.has(bill.stage)) return say(language, 'late_ended');
  const grace = bill.graceEndsOn !== null && bill.graceEndsOn >= bill.today;
  if (terms.consequence === 'gain') return own(terms, 'consequence', bill, language, isLate(bill) ? 'consequence_gain_late' : 'consequence_gain');
  return own(terms, 'consequence', bill, language, grace ? 'consequence_loss_grace' : 'consequence_loss');
}

export function lateTexts(terms: DesignTerms, bill: BillDocument, language: Language): readonly string[] {
  const grace = bill.graceEndsOn !== null && bill.graceEndsOn >= bill.today;
  const first = ENDED.has(bill.stage) ? 'late_ended' : grace ? 'late_grace' : 'late_soon';
  return [say(language, first, valuesOf(bill, language)), own(terms, 'late_help', bill, language, 'late_help')];
}

const SCAN = { fps: 'scan_fps', qr_ph: 'scan_qr_ph', epc: 'scan_epc', link: 'scan_link' } as const satisfies Record<NonNullable<BillDocument['qr']>['kind'], TextName>;
const ALT = { fps: 'alt_fps', qr_ph: 'alt_qr_ph', epc: 'alt_epc', link: 'alt_link' } as const satisfies Record<NonNullable<BillDocument['qr']>['kind'], TextName>;
export const scanText = (bill: BillDocument, language: Language): string | null => (bill.qr === null ? null : say(language, SCAN[bill.qr.kind]));
export const altText = (bill: BillDocument, language: Language): string => (bill.qr === null ? '' : say(language, ALT[bill.qr.kind], valuesOf(bill, language)));

export function changesOf(bill: BillDocument, language: Language): { readonly summary: string; readonly parts: readonly string[] } {
  const { previous, currency, totalMinor } = bill;
  if (previous === null) return { summary: say(language, 'changed_first'), parts: [] };
  const more = totalMinor - previous.totalMinor;
  const size = (minor: bigint): string => money(minor < 0n ? -minor : minor, currency);
  const parts = bill.lines.flatMap((line) => {
    const difference = line.amountMinor - (line.beforeMinor ?? 0n);
    if (difference === 0n) return [];
    return [say(language, line.beforeMinor === null ? 'change_new' : difference > 0n ? 'change_up' : 'change_down', { name: line.name[language], amount: size(difference) })];
  });
  const gone = previous.gone.map((line) => say(language, 'change_gone', { name: line.name[language], amount: size(line.amountMinor) }));
  const all = [...parts, ...gone];
  if (more === 0n && all.length === 0) return { summary: say(language, 'changed_none'), parts: [] };
  return { summary: more === 0n ? say(language, 'changed_none') : say(language, more > 0n ? 'changed_up' : 'changed_down', { amount: size(more) }), parts: all };
}

export const payUrlText = (url: string): string => url.replace(/^https?:\/\//, '');
export const helpTexts = (bill: BillDocument, language: Language): readonly string[] => [
  ...(bill.insurer.phone === '' ? [] : [say(language, 'help_call', { phone: bill.insurer.phone })]), ...(bill.insurer.email === '' ? [] : [say(language, 'help_write', { email: bill.insurer.email })]),
  say(language, 'help_wrong'),
];
export const insurerName = (bill: { readonly insurer: { readonly names: Words } }, language: Language): string => bill.insurer.names[language] === '' ? bill.insurer.names.en : bill.insurer.names[language];

// ---- before it is published ----

/** Every sentence that a bill of this design says, filled as a usual bill would fill it: before it is due, when it is late, when it was changed. */
export function sentencesOf(terms: DesignTerms, bill: BillDocument, language: Language): readonly string[] {
  const late: BillDocument = { ...bill, today: addDays(bill.dueOn, 5) };
  const values = valuesOf(bill, language);
  const both = [bill, late, { ...bill, graceEndsOn: null }].flatMap((one) => [headlineOf(terms, one, language), consequenceOf(terms, one, language), ...lateTexts(terms, one, language)]);
  const changes = changesOf(bill, language);
  return [...new Set([
    ...both, changes.summary, ...changes.parts, ...['scan_fps', 'scan_link', 'transfer_text', 'online_text'].map((name) => say(language, name as TextName, values)), ...helpTexts(bill, language),
    ...(['title', 'to_pay', 'how_title', 'lines_title', 'changed_title', 'late_title', 'ways_title', 'help_title', 'discount_title', 'fees_title'] as const).map((name) => say(language, name)),
  ])];
}

export type DesignCheck = {
  readonly scores: Readonly<Record<Language, PlainWords>>; readonly score: number; readonly missing: readonly FirstBlock[];
  /** Contrast of its colour on white, by WCAG. */
  readonly contrast: number;
  /** Own sentences with a place that no bill fills: `{foo}`. */
  readonly unknownPlaces: readonly string[];
};

/** `sample`: a bill that the sentences are filled with. */
export function checkDesign(terms: DesignTerms, sample: BillDocument): DesignCheck {
  const scores = Object.fromEntries(LANGUAGES.map((language) => [language, plainWords(sentencesOf(terms, sample, language), language)])) as Record<Language, PlainWords>;
  const unknownPlaces = OWN_WORD_NAMES.flatMap((name) => LANGUAGES.flatMap((language) => placesOf(terms.wording[name]?.[language] ?? '').filter((place) => !(OWN_WORDS[name] as readonly string[]).includes(place)).map((place) => `{${place}}`)));
  return { scores, score: Math.min(...LANGUAGES.map((language) => scores[language].score)), missing: FIRST_BLOCKS.filter((block) => !terms.first.includes(block)), contrast: contrast(terms.accent, '#ffffff'), unknownPlaces };
}

/** Problems: `design_incomplete`, `design_not_plain`, `design_pale`, `design_place_unknown`. */
export function mayBePublished({ score, missing, contrast: readable, unknownPlaces }: DesignCheck): Result<null> {
  if (missing.length > 0) return fail('design_incomplete', { missing: missing.join(', ') });
  if (unknownPlaces.length > 0) return fail('design_place_unknown', { places: unknownPlaces.join(', ') });
  if (readable < CONTRAST_MIN) return fail('design_pale', { contrast: readable.toFixed(1), least: CONTRAST_MIN });
  return score < SCORE_MIN ? fail('design_not_plain', { score, least: SCORE_MIN }) : ok(null);
}

