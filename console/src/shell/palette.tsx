/** One box for everything: holders, policies, bills, payments, pages and acts. */

import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowRight, IconBolt, IconCash, IconFileInvoice, IconFileText, IconSearch, IconUser } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { searchQuery } from '../data/queries.ts';
import { word, type TextKey } from '../language.ts';
import { Empty, Failed } from '../parts/states.tsx';
import { roomsOf, type Room } from './rooms.ts';
import css from './shell.module.css';

const TYPING_MS = 150;
const ICONS = { holder: IconUser, policy: IconFileText, bill: IconFileInvoice, payment: IconCash } as const;
type Hit = Data['search']['hits'][number];
/** What is done at once; `act` does it or leads to where it is done. */
export type PaletteAct = { readonly name: TextKey; readonly act: () => void };
type Choice = { readonly kind: 'page'; readonly room: Room } | { readonly kind: 'act'; readonly act: PaletteAct } | { readonly kind: 'hit'; readonly hit: Hit };

export function Palette({ session, acts, close }: { session: Data['session']; acts: readonly PaletteAct[]; close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [selected, setSelected] = useState(0);
  const [wanted] = useDebouncedValue(typed, TYPING_MS);
  const found = useQuery({ ...searchQuery(wanted), placeholderData: keepPreviousData });
  const named = ({ name }: { readonly name: TextKey }): boolean => t(name).toLowerCase().includes(typed.trim().toLowerCase());
  const pages = roomsOf(session).filter(named);
  const hits = typed.trim() === '' ? [] : (found.data?.hits ?? []);
  const choices: Choice[] = [
    ...pages.map((room): Choice => ({ kind: 'page', room })),
    ...(typed.trim() === '' ? [] : acts.filter(named)).map((act): Choice => ({ kind: 'act', act })),
    ...hits.map((hit): Choice => ({ kind: 'hit', hit })),
  ];

  const open = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    close();
    if (choice.kind === 'page') void navigate({ to: choice.room.to });
    else if (choice.kind === 'act') choice.act.act();
    else if (choice.hit.kind === 'bill' || choice.hit.kind === 'payment') void navigate({ to: '/bills', search: { open: `${choice.hit.holder_id}-${choice.hit.bill_id}` } });
    else void navigate({ to: '/holders/$holderId', params: { holderId: String(choice.hit.holder_id) } });
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setSelected((now) => Math.max(0, Math.min(choices.length - 1, now + step)));
    }
    if (event.key === 'Enter') open(choices[selected]);
  };
  return (
    // No transition: what is typed right behind the key that opens the box must land in it.
    <Modal opened onClose={close} withCloseButton={false} padding="xs" size="lg" yOffset="12vh" title={undefined} transitionProps={{ duration: 0 }}>
      <TextInput
        autoFocus
        data-autofocus
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setSelected(0);
        }}
        onKeyDown={onKey}
        size="md"
        leftSection={<IconSearch size={18} />}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.open')}
        mb="xs"
        maxLength={80}
      />
      {found.error === null ? null : <Failed error={found.error} />}
      <div role="listbox" aria-label={t('palette.results')}>
        {choices.map((choice, index) => (
          <Row key={keyOf(choice)} choice={choice} selected={index === selected} open={() => open(choice)} />
        ))}
      </div>
      {choices.length === 0 && !found.isFetching ? <Empty title={t('palette.nothing')} hint={t('palette.hint')} /> : null}
    </Modal>
  );
}

const keyOf = (choice: Choice): string =>
  choice.kind === 'page' ? choice.room.to : choice.kind === 'act' ? choice.act.name : `${choice.hit.kind} ${choice.hit.holder_id} ${choice.hit.label}`;

function Row({ choice, selected, open }: { choice: Choice; selected: boolean; open: () => void }) {
  const { t } = useTranslation();
  if (choice.kind === 'page') {
    return (
      <button type="button" role="option" aria-selected={selected} className={css['hit']} data-selected={selected} onClick={open}>
        <IconArrowRight size={16} />
        <span>{t(choice.room.name)}</span>
        <small>{t('palette.page')}</small>
      </button>
    );
  }
  if (choice.kind === 'act') {
    return (
      <button type="button" role="option" aria-selected={selected} className={css['hit']} data-selected={selected} onClick={open}>
        <IconBolt size={16} />
        <span>{t(choice.act.name)}</span>
        <small>{t('palette.act')}</small>
      </button>
    );
  }
  const Icon = ICONS[choice.hit.kind];
  return (
    <button type="button" role="option" aria-selected={selected} className={css['hit']} data-selected={selected} onClick={open}>
      <Icon size={16} />
      <span>{choice.hit.holder_name}</span>
      <small>
        {choice.hit.label} · {word('market', choice.hit.market)}
      </small>
    </button>
  );
}
