/** What two systems know of a person, and what follows where they differ. Pure: the values of both sides and of the last sync go in, what to do comes out. */

import { LANGUAGES } from '../kernel/index.ts';

/** The fields that travel; a list (`consents`, `opted_out`) is written as its sorted words with commas between. */
export const CONTACT_FIELDS = ['family_name', 'given_name', 'phone', 'email', 'address', 'language', 'consents', 'opted_out'] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];
export const SOURCES = ['crm', 'erp', 'import', 'holder'] as const;
export type Source = (typeof SOURCES)[number];
/** A field that is absent is not spoken of; null is known to be empty. */
export type Contact = Partial<Readonly<Record<ContactField, string | null>>>;

export type Merged = {
  /** What becomes ours. */
  readonly take: Contact;
  /** What they are to be told. */
  readonly push: readonly ContactField[];
  /** Where both sides have changed, differently: neither is overwritten. */
  readonly conflicts: readonly ContactField[];
  /** What both sides say alike. */
  readonly same: readonly ContactField[];
};

const LISTS: ReadonlySet<ContactField> = new Set(['consents', 'opted_out']);
/** Marketing is no channel, but a consent of its own. */
const WORDS = new Set(['marketing', 'email', 'sms', 'push', 'wechat', 'call', 'voicemail', 'letter', 'registered_letter']);
export const isListField = (field: ContactField): boolean => LISTS.has(field);

export const listOf = (text: string | null): readonly string[] => (text === null || text === '' ? [] : text.split(','));
export const listText = (list: readonly string[]): string => [...new Set(list)].toSorted().join(',');

/**
 * Field by field: one side changed, the change goes over; both changed alike, nothing is to be done; both changed differently, a person chooses. What a person has yet
 * to choose (`open`) stays as it is.
 */
export function mergeContact(ours: Contact, theirs: Contact, base: Contact, open: ReadonlySet<ContactField> = new Set()): Merged {
  const take: Partial<Record<ContactField, string | null>> = {};
  const [push, conflicts, same]: [ContactField[], ContactField[], ContactField[]] = [[], [], []];
  for (const field of CONTACT_FIELDS) {
    const [our, their, known] = [ours[field] ?? null, theirs[field], base[field]];
    if (their === undefined) continue;
    if ((our ?? '') === (their ?? '')) same.push(field);
    else if (open.has(field)) conflicts.push(field);
    else if (LISTS.has(field) && (known !== undefined || field === 'opted_out')) {
      const merged = mergeLists(our, their, known ?? null);
      if (merged !== (our ?? '')) take[field] = merged;
      if (merged !== (their ?? '')) push.push(field);
    } else if (known === undefined) firstMeeting(field, our, their, take, conflicts);
    else if (our === known) take[field] = their;
    else if (their === known) push.push(field);
    else conflicts.push(field);
  }
  return { take, push, conflicts, same };
}

/** Two systems that never agreed on anything before: what we lack we take; a language, which is never lacking, stays. */
function firstMeeting(field: ContactField, our: string | null, their: string | null, take: Partial<Record<ContactField, string | null>>, conflicts: ContactField[]): void {
  if (our === null || our === '') take[field] = their;
  else if (their !== null && their !== '' && field !== 'language') conflicts.push(field);
}

/** Each word by itself: whoever has changed it since the last sync is right. Where nothing is known of before, an opt-out on either side holds. */
function mergeLists(our: string | null, their: string | null, known: string | null): string {
  const [ours, theirs, before] = [our, their, known].map((text) => new Set(listOf(text)));
  const all = new Set([...(ours ?? []), ...(theirs ?? []), ...(before ?? [])]);
  return listText([...all].filter((one) => (before?.has(one) === ours?.has(one) ? theirs?.has(one) : ours?.has(one))));
}

export type ContactFault = 'phone' | 'email' | 'language' | 'consents' | 'opted_out' | 'family_name' | 'given_name' | 'address';
const TEXT_MAX = 300;

/** The first field that cannot be taken in as it is, or null. */
export function contactFault(contact: Contact): ContactFault | null {
  const { phone, email, language, consents, opted_out: optedOut } = contact;
  if (typeof phone === 'string' && !/^\+[1-9]\d{5,14}$/.test(phone)) return 'phone';
  if (typeof email === 'string' && !/^[^\s@]{1,64}@[^\s@]{1,189}$/.test(email)) return 'email';
  if (language !== undefined && LANGUAGES.every((one) => one !== language)) return 'language';
  if (!listOf(consents ?? null).every((one) => WORDS.has(one))) return 'consents';
  if (!listOf(optedOut ?? null).every((one) => WORDS.has(one))) return 'opted_out';
  for (const field of ['family_name', 'given_name', 'address'] as const) if ((contact[field]?.length ?? 0) > TEXT_MAX) return field;
  return null;
}
