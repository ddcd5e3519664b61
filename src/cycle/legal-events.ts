/** What was sent about a bill, as events of its policy's legal timeline. */

import { type LegalEvent } from '../compliance/index.ts';
import { addDays, type PlainDate } from '../kernel/index.ts';

/** A letter posted today is taken to have arrived after so many days: a day more than § 41 Abs. 2 VwVfG presumes, so never too early. */
const POST_DAYS = 5;
/** What one notice by post is, in the words of the markets' rules: our letter names amount, due date, grace and consequence, as each of them asks. */
const NOTICE_SENT = ['notice_sent', 'cancellation_notice_sent', 'lapse_notice_sent', 'premium_notice_sent', 'secondary_notice_sent'];
const NOTICE_ARRIVED = ['reminder_arrived', 'notice_arrived', 'default_notice_received', 'notice_received'];

export type SentContact = { readonly purpose: string; readonly channel: string; readonly sent_on: PlainDate };

/** Events that follow from what was sent about a bill, up to a date. */
export function legalEventsOf(contacts: readonly SentContact[], until: PlainDate): LegalEvent[] {
  const events: LegalEvent[] = [];
  for (const { purpose, channel, sent_on: on } of contacts) {
    if (purpose === 'premium_reminder' || purpose === 'legal_notice') events.push({ on, what: 'reminder_sent', by: channel });
    if (purpose !== 'legal_notice') continue;
    for (const what of NOTICE_SENT) events.push({ on, what, by: channel });
    const arrived = addDays(on, POST_DAYS);
    if (arrived <= until) for (const what of NOTICE_ARRIVED) events.push({ on: arrived, what, by: channel });
  }
  return events;
}
