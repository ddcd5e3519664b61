/** Outreach: what is said to holders, by which channel, once, and what comes back. */

export { type AskedContact } from './answers.ts';
export { callsAllowedNow, type WaitingCall } from './calls.ts';
export { type ChannelEvent, type ChannelSettings, type Parcel, type Sent } from './channels/channel.ts';
export { channelSettings, openChannels, type Channels } from './channels/index.ts';
export { codeMessage } from './code-message.ts';
export { SMS_SEGMENTS_MAX, renderMessage } from './compose.ts';
export { deliverDue, settleInterrupted, type DeliveryCounts, type DeliveryWorld } from './delivery.ts';
export { elementsOf } from './elements.ts';
export { gateColumns, gateFactsOf, legalOutcome, loadGateFacts, type GateBill, type GateRow } from './gate-facts.ts';
export { type Channel, type Message, type MessageFacts, type Purpose, type Tone, TONES } from './message.ts';
export { optOut, optOutToken, readOptOut, type OptOut, type OptOutChannel } from './opt-out.ts';
export { cancelReminders, type QueuedContact } from './queue.ts';
export { queueReceipts, type PaidBill } from './receipts.ts';
export { followChannels, type FollowWorld } from './replies.ts';
export { firstKey, resend, RESEND_CHANNELS, resendChannels, type ResendFacts } from './resend.ts';
export { smsLength, type SmsLength } from './sms-length.ts';
