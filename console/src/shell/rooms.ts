/** The rooms of the house that exist, by group. A new room is one line here and one in the router. */

import {
  IconArrowsExchange,
  IconBook2,
  IconBuildingCommunity,
  IconCalculator,
  IconCalendarCheck,
  IconCash,
  IconChartHistogram,
  IconChecklist,
  IconChartPie,
  IconFileImport,
  IconFileDescription,
  IconFileInvoice,
  IconGavel,
  IconLifebuoy,
  IconInbox,
  IconMailCheck,
  IconMessageReport,
  IconPercentage,
  IconPhone,
  IconPlugConnected,
  IconPresentation,
  IconScale,
  IconRoute,
  IconRosetteDiscount,
  IconSettingsCheck,
  IconSunHigh,
  IconTargetArrow,
  IconUserCheck,
  IconUsers,
  IconUsersGroup,
  IconZoomMoney,
  type IconProps,
} from '@tabler/icons-react';
import type { FunctionComponent } from 'react';
import type { Data } from '../data/api.ts';
import type { TextKey } from '../language.ts';

export type Role = Data['session']['user']['role'];
export type Room = {
  readonly to: '/' | '/holders' | '/inbox' | '/actions' | '/calls' | '/promises' | '/relief' | '/disputes' | '/hand-overs' | '/bills' | '/bill-review' | '/payments' | '/suspense' | '/groups' | '/producers' | '/approvals' | '/ledger' | '/delivery' | '/rules' | '/gate' | '/strategies' | '/bill-designs' | '/fees' | '/dashboard' | '/meeting' | '/quote' | '/segments' | '/import' | '/connections' | '/jobs' | '/people';
  readonly name: TextKey;
  readonly group: TextKey | null;
  readonly icon: FunctionComponent<IconProps>;
  /** Has its own place at the foot of a phone; the others are behind “More”. */
  readonly primary?: boolean;
  readonly onlySimulated?: boolean;
  /** Not for a person who is bound to some markets. */
  readonly wholeInsurer?: boolean;
  /** Who works there; absent: everybody. */
  readonly roles?: readonly Role[];
};

const ROOMS: readonly Room[] = [
  { to: '/', name: 'room.today', group: null, icon: IconSunHigh, primary: true },
  { to: '/holders', name: 'room.holders', group: null, icon: IconUsers, primary: true },
  { to: '/actions', name: 'room.actions', group: 'group.collect', icon: IconTargetArrow },
  { to: '/calls', name: 'room.calls', group: 'group.collect', icon: IconPhone, primary: true, roles: ['manager', 'agent'] },
  { to: '/promises', name: 'room.promises', group: 'group.collect', icon: IconCalendarCheck },
  { to: '/relief', name: 'room.relief', group: 'group.collect', icon: IconLifebuoy },
  { to: '/disputes', name: 'room.disputes', group: 'group.collect', icon: IconMessageReport },
  { to: '/hand-overs', name: 'room.hand_overs', group: 'group.collect', icon: IconArrowsExchange },
  { to: '/quote', name: 'room.quote', group: 'group.collect', icon: IconCalculator, roles: ['manager', 'agent'] },
  { to: '/bills', name: 'room.bills', group: 'group.money', icon: IconFileInvoice, primary: true },
  { to: '/bill-review', name: 'room.bill_review', group: 'group.money', icon: IconChecklist, roles: ['manager', 'finance', 'auditor'] },
  { to: '/payments', name: 'room.payments', group: 'group.money', icon: IconCash },
  { to: '/suspense', name: 'room.suspense', group: 'group.money', icon: IconZoomMoney, roles: ['manager', 'finance', 'compliance', 'auditor'] },
  { to: '/groups', name: 'room.groups', group: 'group.money', wholeInsurer: true, icon: IconBuildingCommunity, roles: ['manager', 'finance', 'auditor'] },
  { to: '/producers', name: 'room.producers', group: 'group.money', wholeInsurer: true, icon: IconPercentage, roles: ['manager', 'finance', 'auditor'] },
  { to: '/fees', name: 'room.fees', group: 'group.money', icon: IconRosetteDiscount, wholeInsurer: true, roles: ['manager', 'finance', 'compliance', 'auditor'] },
  { to: '/ledger', name: 'room.ledger', group: 'group.money', icon: IconBook2, roles: ['manager', 'finance', 'compliance', 'auditor', 'it'] },
  { to: '/strategies', name: 'room.strategies', group: 'group.foresee', icon: IconRoute },
  { to: '/bill-designs', name: 'room.bill_designs', group: 'group.reach', icon: IconFileDescription },
  { to: '/delivery', name: 'room.delivery', group: 'group.reach', icon: IconMailCheck },
  { to: '/inbox', name: 'room.inbox', group: 'group.reach', icon: IconInbox, onlySimulated: true },
  { to: '/rules', name: 'room.rules', group: 'group.law', icon: IconScale },
  { to: '/gate', name: 'room.gate', group: 'group.law', icon: IconGavel },
  { to: '/approvals', name: 'room.approvals', group: 'group.law', icon: IconUserCheck, roles: ['manager', 'finance', 'compliance', 'auditor'] },
  { to: '/dashboard', name: 'room.dashboard', group: 'group.know', icon: IconChartHistogram },
  { to: '/segments', name: 'room.segments', group: 'group.know', icon: IconChartPie },
  { to: '/meeting', name: 'room.meeting', group: 'group.know', icon: IconPresentation, wholeInsurer: true },
  { to: '/import', name: 'room.import', group: 'group.set_up', wholeInsurer: true, icon: IconFileImport, roles: ['manager', 'it'] },
  { to: '/connections', name: 'room.connections', group: 'group.set_up', wholeInsurer: true, icon: IconPlugConnected, roles: ['manager', 'it'] },
  { to: '/jobs', name: 'room.jobs', group: 'group.set_up', wholeInsurer: true, icon: IconSettingsCheck, roles: ['manager', 'it', 'auditor'] },
  { to: '/people', name: 'room.people', group: 'group.set_up', wholeInsurer: true, icon: IconUsersGroup, roles: ['manager', 'it', 'auditor'] },
];

export const roomsOf = ({ insurer, user }: Data['session']): readonly Room[] =>
  ROOMS.filter((room) => (insurer.simulated || room.onlySimulated !== true) && (room.roles?.includes(user.role) ?? true) && (user.markets === null || room.wholeInsurer !== true));
