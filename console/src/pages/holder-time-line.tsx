/** What happened, newest first, of one kind or of all. */

import { Button } from '@mantine/core';
import {
  IconArrowsExchange,
  IconArrowsSplit2,
  IconCash,
  IconFileInvoice,
  IconFilePencil,
  IconGavel,
  IconHandStop,
  IconMessage,
  IconMessageReport,
  IconMoodSmile,
  IconReceipt,
  IconUserCheck,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { day, moment, money } from '../parts/format.ts';
import { RuleName } from '../parts/rule.tsx';
import { Empty } from '../parts/states.tsx';
import own from './holder.module.css';

type Entry = Data['holder']['time_line'][number];
const ICONS = {
  bill_issued: IconFileInvoice,
  bill_paid: IconReceipt,
  payment: IconCash,
  contact: IconMessage,
  gate: IconGavel,
  decision: IconArrowsSplit2,
  dispute_opened: IconMessageReport,
  dispute_closed: IconUserCheck,
  promise: IconHandStop,
  hand_over: IconArrowsExchange,
  hand_over_closed: IconUserCheck,
  survey: IconMoodSmile,
  bill_corrected: IconFilePencil,
} as const satisfies Record<Entry['kind'], unknown>;
const GROUPS = {
  all: null,
  money: ['bill_issued', 'bill_corrected', 'bill_paid', 'payment'],
  contacts: ['contact', 'promise', 'dispute_opened', 'dispute_closed', 'hand_over', 'hand_over_closed', 'survey'],
  reasons: ['decision', 'gate'],
} as const;
type Group = keyof typeof GROUPS;
const GROUP_NAMES = ['all', 'money', 'contacts', 'reasons'] as const satisfies readonly Group[];
const SHOWN = 25;

/** The word group that explains an entry's state. */
const STATE_GROUPS: Readonly<Record<Entry['kind'], string>> = {
  bill_issued: 'bill_state',
  bill_paid: 'bill_state',
  payment: 'payment_state',
  contact: 'contact_state',
  gate: 'gate',
  decision: 'tier',
  dispute_opened: 'dispute_state',
  dispute_closed: 'dispute_state',
  promise: 'promise_state',
  hand_over: 'role',
  hand_over_closed: 'role',
  survey: 'survey_grade',
  bill_corrected: 'bill_state',
};

export function TimeLine({ entries, timeZone }: { entries: readonly Entry[]; timeZone: string }) {
  const { t } = useTranslation();
  const [group, setGroup] = useState<Group>('all');
  const [all, setAll] = useState(false);
  const kinds: readonly string[] | null = GROUPS[group];
  const shown = kinds === null ? entries : entries.filter((entry) => kinds.includes(entry.kind));
  return (
    <Card title={t('time_line.title')}>
      <div className={own['filter']}>
        {GROUP_NAMES.map((name) => (
          <Button
            key={name}
            size="compact-sm"
            variant={name === group ? 'light' : 'subtle'}
            color={name === group ? 'harbour' : 'gray'}
            aria-pressed={name === group}
            onClick={() => setGroup(name)}
          >
            {t(`time_line.${name}`)}
          </Button>
        ))}
      </div>
      {shown.length === 0 ? <Empty title={t('time_line.none')} /> : null}
      <ol className={own['line']}>
        {(all ? shown : shown.slice(0, SHOWN)).map((entry) => (
          <Row key={`${entry.id} ${entry.kind}`} entry={entry} timeZone={timeZone} />
        ))}
      </ol>
      {!all && shown.length > SHOWN ? (
        <Button mt="sm" variant="default" onClick={() => setAll(true)}>
          {t('time_line.more', { count: shown.length - SHOWN })}
        </Button>
      ) : null}
    </Card>
  );
}

function Row({ entry, timeZone }: { entry: Entry; timeZone: string }) {
  const Icon = ICONS[entry.kind];
  const [title, detail] = wordsOf(entry);
  return (
    <li>
      <time dateTime={entry.at ?? entry.on}>{entry.at === null ? day(entry.on) : moment(entry.at, timeZone)}</time>
      <Icon size={17} stroke={1.6} />
      <div className={own['what']}>
        <span>{title}</span>
        {detail === '' ? null : <small>{detail}</small>}
        {entry.rule === null ? null : (
          <small>
            <RuleName rule={entry.rule} article={entry.article} />
          </small>
        )}
      </div>
      <div className={own['figure']}>
        {entry.amount_minor === null || entry.currency === null ? null : <span>{money(entry.amount_minor, entry.currency)}</span>}
        <StateBadge group={STATE_GROUPS[entry.kind]} value={entry.state} />
      </div>
    </li>
  );
}

/** A holder's own choice on the pay page is kept as its code, with what they added behind it. */
export function disputeReason(text: string): string {
  const [, code = '', more = ''] = /^(amount|paid|policy|other)(?:: (.*))?$/s.exec(text) ?? [];
  return code === '' ? text : [word('dispute_reason', code), more].filter((part) => part !== '').join(': ');
}

function wordsOf(entry: Entry): readonly [string, string] {
  const kind = word('event', entry.kind);
  switch (entry.kind) {
    case 'bill_issued':
      return [kind, `${entry.title} · ${word('label', 'due')} ${day(entry.detail ?? entry.on)}`];
    case 'bill_paid':
      return [kind, `${entry.title}${entry.detail === null ? '' : ` · ${word('method', entry.detail)}`}`];
    case 'payment':
      return [kind, `${word('method', entry.title)}${entry.detail === null ? '' : ` · ${entry.detail}`}`];
    case 'contact':
      return [
        `${word('channel', entry.channel ?? '')} · ${word('template', entry.title)}`,
        entry.detail === null ? '' : word('outcome', entry.detail),
      ];
    case 'gate':
      return [`${kind}: ${word('channel', entry.channel ?? entry.title)}`, ''];
    case 'decision':
      return [`${kind}: ${word('action', entry.title)}`, entry.detail === null ? '' : word('reason', entry.detail)];
    case 'dispute_opened':
      return [kind, disputeReason(entry.title)];
    case 'dispute_closed':
      return [entry.detail === null ? kind : `${kind}: ${word('dispute_resolution', entry.detail)}`, disputeReason(entry.title)];
    case 'promise':
      return [`${kind}: ${day(entry.title)}`, entry.detail ?? ''];
    case 'bill_corrected':
    case 'hand_over':
    case 'hand_over_closed':
      return [`${kind}: ${entry.title}`, entry.detail ?? ''];
    case 'survey':
      return [kind, entry.detail === null ? '' : `${word('label', 'clarity')}: ${word('survey_grade', entry.detail)}`];
  }
}
