/** The rooms of the house that exist. A new room is one line here. */

import { IconInbox, IconSunHigh, IconUsers, type IconProps } from '@tabler/icons-react';
import type { FunctionComponent } from 'react';
import type { TextKey } from '../language.ts';

export type Room = {
  readonly to: '/' | '/holders' | '/inbox';
  readonly name: TextKey;
  readonly icon: FunctionComponent<IconProps>;
  readonly onlySimulated: boolean;
};

const ROOMS: readonly Room[] = [
  { to: '/', name: 'room.today', icon: IconSunHigh, onlySimulated: false },
  { to: '/holders', name: 'room.holders', icon: IconUsers, onlySimulated: false },
  { to: '/inbox', name: 'room.inbox', icon: IconInbox, onlySimulated: true },
];

export const roomsOf = (simulated: boolean): readonly Room[] => ROOMS.filter((room) => simulated || !room.onlySimulated);
