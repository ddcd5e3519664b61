/** What the gate and the timeline are told. Named fields are what the product itself fills; rules may ask for more, which callers add. */

import { type Moment, type PlainDate } from '../kernel/index.ts';

export type FactValue = string | number | bigint | boolean | null | undefined | readonly FactValue[] | { readonly [key: string]: FactValue };
/** Facts by camelCase name. */
export type Facts = { readonly [key: string]: FactValue };

export type LegalPolicy = Facts & {
  readonly market: string;
  /** ISO 3166-2 without the country (`NY`). */
  readonly subdivision?: string | null;
  readonly line: string;
  readonly participants?: string;
  readonly coverFrom?: PlainDate;
  readonly state?: string;
  /** `monthly`, `quarterly`, `half_yearly`, `annual`, `single`. */
  readonly mode?: string;
};
export type LegalBill = Facts & { readonly dueOn?: PlainDate; readonly outstandingMinor?: number | bigint; readonly disputed?: boolean; readonly paymentInFlight?: boolean };
export type LegalHolder = Facts & {
  readonly timeZone: string;
  readonly language?: string;
  /** Channels (and `marketing`, `autodebit`) to which the holder consented. */
  readonly consents: readonly string[];
  /** Channels that the holder refused, `marketing`, or `all`. */
  readonly optedOut: readonly string[];
  readonly flags: readonly string[];
};
export type PastContact = { readonly at: Moment; readonly channel: string; readonly outcome?: string; readonly purpose?: string | null };
/** Something that happened to a policy or bill; `at` where the moment matters. */
export type LegalEvent = { readonly on: PlainDate; readonly what: string; readonly by?: string; readonly at?: Moment };

export type GateFacts = {
  readonly policy: LegalPolicy;
  readonly holder: LegalHolder;
  readonly bill: LegalBill;
  readonly history: readonly PastContact[];
  readonly events?: readonly LegalEvent[];
};
export type GateAsk = Facts & {
  readonly action: string;
  readonly at: Moment;
  readonly purpose?: string;
  readonly channel?: string;
  readonly recipient?: string;
  /** Elements that the message contains; not checked where absent. */
  readonly contains?: readonly string[];
};

const NONE: Facts = {};
const NO_EVENTS: readonly LegalEvent[] = [];

/** One evaluation: the facts, and the words of the timeline computed so far. */
export type Context = {
  readonly policy: Facts;
  readonly holder: Facts;
  readonly bill: Facts;
  readonly ask: Facts;
  readonly events: readonly LegalEvent[];
  /** The local date of the act, or null in a timeline. */
  readonly on: PlainDate | null;
  readonly zone: string;
  readonly invalidConsentSources: readonly string[];
  readonly words: ReadonlyMap<string, Word>;
};

/** A word of the timeline and the rule that gives it. */
export type Word = { readonly value: WordValue; readonly rule: string; readonly article: string; readonly level: number };
export type WordValue =
  | { readonly kind: 'date'; readonly date: PlainDate }
  | { readonly kind: 'moment'; readonly moment: Moment }
  | { readonly kind: 'flag'; readonly flag: boolean };

export const NO_WORDS: ReadonlyMap<string, Word> = new Map();

export const contextOf = (parts: Partial<Context> & { readonly policy: Facts; readonly zone: string }): Context => ({
  holder: NONE, bill: NONE, ask: NONE, events: NO_EVENTS, on: null, invalidConsentSources: [], words: NO_WORDS, ...parts,
});

/** `cash_value_suffices` → `cashValueSuffices`. */
export const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
