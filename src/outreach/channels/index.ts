/** The channels of this installation. A new one is one file beside and one line in `openChannels`. */

import { openCalls } from './call.ts';
import { type ChannelEvent, type ChannelSettings, type OpenChannel } from './channel.ts';
import { openEmail } from './email.ts';
import { openLetters } from './letter.ts';
import { openSms } from './sms.ts';

export type Channels = {
  /** Names of the channels that send by themselves; contacts of others wait. */
  readonly sending: readonly string[];
  readonly of: (name: string) => OpenChannel | null;
  /** Receipts and replies; returns what ends it. */
  readonly onEvent: (listener: (event: ChannelEvent) => void) => () => void;
  readonly close: () => Promise<void>;
};

/** `INFORCE_SMTP_URL` and `INFORCE_SMPP_URL`, where the caller does not say otherwise. */
export function channelSettings(environment: Readonly<Record<string, string | undefined>> = process.env): ChannelSettings {
  return { smtpUrl: environment['INFORCE_SMTP_URL'], smppUrl: environment['INFORCE_SMPP_URL'] };
}

export function openChannels(settings: ChannelSettings): Channels {
  const listeners = new Set<(event: ChannelEvent) => void>();
  const tell = (event: ChannelEvent): void => { for (const listener of listeners) listener(event); };
  const open: readonly OpenChannel[] = [
    ...(isSet(settings.smtpUrl) ? [openEmail(settings.smtpUrl)] : []),
    ...(isSet(settings.smppUrl) ? [openSms(settings.smppUrl, tell)] : []),
    openLetters(),
    openCalls(),
  ];
  const byName = new Map(open.flatMap((channel) => channel.names.map((name): readonly [string, OpenChannel] => [name, channel])));
  return {
    sending: open.filter(({ send }) => send !== null).flatMap(({ names }) => names),
    of: (name) => byName.get(name) ?? null,
    onEvent: (listener) => { listeners.add(listener); return () => { listeners.delete(listener); }; },
    close: async () => { await Promise.all(open.map((channel) => channel.close())); },
  };
}

const isSet = (url: string | undefined): url is string => url !== undefined && url !== '';
