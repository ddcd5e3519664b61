/** The filters of a list under a name: chosen, kept, forgotten (and the forgetting undone). */

import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { forgetView, savedViewsQuery, saveView, type SavedView } from '../data/desks.ts';
import { toast, toastFailed } from './toast.tsx';
import css from './parts.module.css';

type Search = Readonly<Record<string, string | number | undefined>>;
type Kept = Readonly<Record<string, string | number>>;

/** @param search what stands in the page's address; what is open beside the list is not kept */
export function SavedViews({ page, search, choose }: { page: string; search: Search; choose: (search: Kept) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const views = useQuery(savedViewsQuery(page)).data?.views ?? [];
  const kept = keptOf(search);
  const current = views.find((view) => sameSearch(view.search, kept));
  const refresh = () => client.invalidateQueries({ queryKey: savedViewsQuery(page).queryKey });
  const save = (): void => {
    saveView(page, name, kept).then(() => {
      setName('');
      toast(t('views.saved', { name }));
      return refresh();
    }).catch(toastFailed);
  };
  const forget = (view: SavedView): void => {
    forgetView(view.view_id).then(() => {
      toast(t('views.forgotten', { name: view.name }), {
        label: t('toast.undo'), undone: t('views.saved', { name: view.name }), act: () => saveView(page, view.name, view.search).then(refresh),
      });
      return refresh();
    }).catch(toastFailed);
  };
  return (
    <Menu position="bottom-start" width={260} closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="default" size="sm" leftSection={<IconBookmark size={15} />} className={css['views']}>{current?.name ?? t('views.title')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {views.length === 0 ? <Menu.Label>{t('views.none')}</Menu.Label> : null}
        {views.map((view) => (
          <div key={view.view_id} className={css['view']}>
            <Menu.Item closeMenuOnClick onClick={() => choose(view.search)} fw={view === current ? 600 : 400}>{view.name}</Menu.Item>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('views.forget', { name: view.name })} onClick={() => forget(view)}><IconTrash size={15} /></ActionIcon>
          </div>
        ))}
        <Menu.Divider />
        <form className={css['view']} onSubmit={(event) => {
          event.preventDefault();
          save();
        }}>
          <TextInput size="xs" required maxLength={60} placeholder={t('views.name')} aria-label={t('views.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} onKeyDown={(event) => event.stopPropagation()} />
          <Button size="xs" type="submit" variant="light">{t('views.save')}</Button>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}

const keptOf = (search: Search): Kept => Object.fromEntries(Object.entries(search).flatMap(([key, value]) => (value === undefined || key === 'open' ? [] : [[key, value]])));
const textOf = (search: Kept): string => JSON.stringify(Object.entries(search).toSorted(([a], [b]) => a.localeCompare(b)));
const sameSearch = (a: Kept, b: Kept): boolean => textOf(a) === textOf(b);
