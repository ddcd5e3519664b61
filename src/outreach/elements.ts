/** What the templates contain, for the gate's question whether a message has what the law asks for. A test lints every template against it. */

import { type Channel, type Purpose } from './message.ts';

const REMINDER = ['insurer_name', 'amount', 'due_date', 'consequence', 'contact', 'pay_link'] as const;
const WITH_OPT_OUT = [...REMINDER, 'opt_out'] as const;
const RECEIPT = ['insurer_name', 'amount', 'contact'] as const;
/** What the script of a call has a person say. */
const SCRIPT = ['insurer_name', 'amount', 'due_date', 'consequence', 'contact'] as const;
/** Others may hear it: who calls and where to call back, nothing of what is owed. */
const VOICEMAIL = ['insurer_name', 'contact'] as const;

export function elementsOf(purpose: Purpose, channel: Channel): readonly string[] {
  if (channel === 'call') return SCRIPT;
  if (channel === 'voicemail') return VOICEMAIL;
  switch (purpose) {
    case 'receipt': return RECEIPT;
    case 'legal_notice': case 'bill': return REMINDER;
    case 'premium_reminder': case 'welcome': case 'marketing': return channel === 'email' || channel === 'sms' ? WITH_OPT_OUT : REMINDER;
  }
}
