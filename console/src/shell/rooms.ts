/** The rooms of the house that exist, by group. A new room is one line here and one in the router. */

import {
  IconBook2,
  IconCalendarCheck,
  IconCash,
  IconFileInvoice,
  IconGavel,
  IconInbox,
  IconMessageReport,
  IconPhone,
  IconScale,
  IconSunHigh,
  IconTargetArrow,
  IconUsers,
  type IconProps,
} from '@tabler/icons-react';
import type { FunctionComponent } from 'react';
import type { Data } from '../data/api.ts';
import type { TextKey } from '../language.ts';

export type Role = Data['session']['user']['role'];
export type Room = {
  readonly to: '/' | '/holders' | '/inbox' | '/actions' | '/calls' | '/promises' | '/disputes' | '/bills' | '/payments' | '/ledger' | '/rules' | '/gate';
  readonly name: TextKey;
  readonly group: TextKey | null;
  readonly icon: FunctionComponent<IconProps>;
  /** Has its own place at the foot of a phone; the others are behind “More”. */
  readonly primary?: boolean;
  readonly onlySimulated?: boolean;
  /** Who works there; absent: everybody. */
  readonly roles?: readonly Role[];
};

const ROOMS: readonly Room[] = [
  { to: '/', name: 'room.today', group: null, icon: IconSunHigh, primary: true },
  { to: '/holders', name: 'room.holders', group: null, icon: IconUsers, primary: true },
  { to: '/actions', name: 'room.actions', group: 'group.collect', icon: IconTargetArrow },
  { to: '/calls', name: 'room.calls', group: 'group.collect', icon: IconPhone, primary: true, roles: ['manager', 'agent'] },
  { to: '/promises', name: 'room.promises', group: 'group.collect', icon: IconCalendarCheck },
  { to: '/disputes', name: 'room.disputes', group: 'group.collect', icon: IconMessageReport },
  { to: '/bills', name: 'room.bills', group: 'group.money', icon: IconFileInvoice, primary: true },
  { to: '/payments', name: 'room.payments', group: 'group.money', icon: IconCash },
  { to: '/ledger', name: 'room.ledger', group: 'group.money', icon: IconBook2, roles: ['manager', 'finance', 'compliance', 'auditor', 'it'] },
  { to: '/rules', name: 'room.rules', group: 'group.law', icon: IconScale },
  { to: '/gate', name: 'room.gate', group: 'group.law', icon: IconGavel },
  { to: '/inbox', name: 'room.inbox', group: null, icon: IconInbox, onlySimulated: true },
];

export const roomsOf = ({ insurer, user }: Data['session']): readonly Room[] =>
  ROOMS.filter((room) => (insurer.simulated || room.onlySimulated !== true) && (room.roles?.includes(user.role) ?? true));
