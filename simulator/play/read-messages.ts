/** What a message does to who reads it. Pure: the effects are those of `behaviour.json`, bent by channel, hour, tone and offer. */

import { addDays, localMinutes, mixSeed, type PlainDate } from '../../src/kernel/index.ts';
import { type Behaviour } from '../behaviour.ts';
import { shockOn } from '../traits.ts';
import { type BillInHand } from './bills-in-hand.ts';
import { type Memory } from './memory.ts';
import { meantDay } from './plan-day.ts';

export type Reminder = {
  readonly bill: BillInHand;
  readonly channel: string;
  readonly tone: string;
  readonly offer: boolean;
  readonly link: string | null;
  readonly receivedAt: number;
};
export type Reaction = { readonly stops: boolean; readonly disputes: boolean };

const STREAM_MESSAGE = 51;
const HOUR_DISTANCE = 3;
const NOTHING: Reaction = { stops: false, disputes: false };

/** Changes what the holder has in mind. `date` is the insurer's today. */
export function readReminder(behaviour: Behaviour, { bill, channel, tone, offer, link, receivedAt }: Reminder, memory: Memory, date: PlainDate): Reaction {
  const { traits, policy, instalmentNo, due, dueOn } = bill;
  const { reading, reminders, events } = behaviour;
  memory.received += 1;
  const h1 = mixSeed(traits.key, STREAM_MESSAGE, policy.number, instalmentNo, memory.received);
  const h2 = mixSeed(h1, 1);
  const h3 = mixSeed(h2, 2);
  const h4 = mixSeed(h3, 3);
  const chance = (channel === 'email' ? reading.email : channel === 'sms' ? reading.sms : reading.other) * (traits.disengaged ? reading.disengaged : 1);
  if (bill.deceased || unit(h1) >= chance) return NOTHING;
  if (link !== null) memory.link = link;
  const late = date > dueOn;
  const shock = shockOn(behaviour, traits, due);
  let factor = reminders.repeat ** memory.touches;
  memory.touches += 1;
  if (channel === bill.preferredChannel) factor *= reminders.preferred_channel;
  if (Math.abs(localMinutes(receivedAt, bill.timeZone) / 60 - traits.hour) <= HOUR_DISTANCE) factor *= reminders.liked_hour;
  if (tone === fittingTone(traits.disengaged, shock.hardUp)) factor *= reminders.fitting_tone;
  if (offer && shock.hardUp) factor *= reminders.offer_when_hard_up;
  if (!late) {
    memory.shift += reminders.before_due * factor;
    const meant = meantDay(behaviour, bill, memory);
    if (!policy.autopay && traits.way === 'online' && link !== null && meant !== null && meant <= due && unit(h2) < reading.pays_at_once) memory.payOn ??= date;
  } else if (unit(h2) < reminders.after_due * factor) memory.payOn = addDays(date, unit(h3) < 0.5 ? 0 : 1);
  const disputes = !memory.disputed && link !== null && unit(h4) < (late ? events.dispute_late : events.dispute);
  if (disputes) {
    memory.disputed = true;
    memory.payOn = null;
  }
  return { stops: channel === 'sms' && unit(mixSeed(h4, 4)) < reading.stop, disputes };
}

const unit = (hash: number): number => hash / 4_294_967_296;
const fittingTone = (disengaged: boolean, hardUp: boolean): string => (hardUp ? 'empathetic' : disengaged ? 'urgent' : 'friendly');
