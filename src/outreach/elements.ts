/** What the templates contain, for the gate's question whether a message has what the law asks for. A test lints every template against it. */

import { type Channel, type Purpose } from './message.ts';

const REMINDER = ['insurer_name', 'amount', 'due_date', 'consequence', 'contact', 'pay_link'] as const;
const WITH_OPT_OUT = [...REMINDER, 'opt_out'] as const;
const RECEIPT = ['insurer_name', 'amount', 'contact'] as const;
const NOTHING: readonly string[] = [];

export function elementsOf(purpose: Purpose, channel: Channel): readonly string[] {
  if (channel === 'call' || channel === 'voicemail') return NOTHING;
  switch (purpose) {
    case 'receipt': return RECEIPT;
    case 'legal_notice': return REMINDER;
    case 'premium_reminder': case 'welcome': case 'marketing': return channel === 'email' || channel === 'sms' ? WITH_OPT_OUT : REMINDER;
  }
}
