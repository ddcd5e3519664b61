/** Who may do what? People with their roles, markets and teams, and the keys of programs. */

import { Button, Title } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../data/queries.ts';
import { mayChange, peopleQuery, type Person } from '../data/set-up.ts';
import { LANGUAGES, word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, moment } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { Keys } from './people-keys.tsx';
import { Invite, PersonPanel } from './people-panel.tsx';
import { PersonWorkload } from './people-workload.tsx';
import own from './set-up.module.css';

const route = getRouteApi('/inside/people');
const NEW = 'new';

export function PeoplePage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(peopleQuery);
  const people = asked.data?.people ?? [];
  const mayInvite = mayChange(session.user.role);
  const show = (who: number | string | undefined): void => void navigate({ to: '/people', search: { open: who } });
  const opened = people.find(({ user_id: id }) => id === open);
  const active = people.filter(({ disabled_at: disabled }) => disabled === null);
  const timeZone = session.insurer.time_zone;
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.people')}</Title>
      {asked.isSuccess ? (
        <div className={own['counts']}>
          <div><span className={own['big']}>{count(active.length)}</span>{t('people.may')}</div>
          <div><span className={own['small']}>{count(active.filter(({ role }) => role === 'manager').length)}</span>{t('people.managers')}</div>
          {people.length === active.length ? null : <div><span className={own['small']}>{count(people.length - active.length)}</span>{t('people.disabled_now')}</div>}
        </div>
      ) : null}
      <Card
        title={t('people.list')}
        aside={mayInvite ? <Button size="compact-sm" leftSection={<IconUserPlus size={14} />} onClick={() => show(NEW)}>{t('people.invite')}</Button> : undefined}
      >
        {asked.isPending ? <Loading rows={6} /> : null}
        {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
        {asked.isSuccess && people.length === 0 ? <Empty title={t('people.none')} hint={t('people.none_hint')} /> : null}
        {people.length === 0 ? null : (
          <DataTable
            name="people" columns={columnsOf(t, timeZone)} rows={people} rowKey={({ user_id: id }) => id} open={({ user_id: id }) => show(id)}
            isOpen={({ user_id: id }) => id === open}
          />
        )}
      </Card>
      <Keys mayChange={mayInvite} timeZone={timeZone} />
      {open === NEW && mayInvite ? (
        <SidePanel title={t('people.invite')} close={() => show(undefined)}><Invite teams={asked.data?.teams ?? []} close={() => show(undefined)} /></SidePanel>
      ) : null}
      {opened === undefined ? null : (
        <SidePanel title={opened.name} close={() => show(undefined)}>
          <PersonPanel
            key={opened.user_id} person={opened} teams={asked.data?.teams ?? []} isSelf={opened.user_id === session.user.id} mayChange={mayInvite} timeZone={timeZone}
          />
          <PersonWorkload
            key={`work ${opened.user_id}`} person={opened} mayChange={mayInvite}
            others={people.filter(({ user_id: id, role, disabled_at: disabled }) => id !== opened.user_id && role !== 'auditor' && disabled === null)}
          />
        </SidePanel>
      )}
    </div>
  );
}

const marketsOf = (t: TFunction, markets: Person['markets']): string => (markets === null ? t('people.all_markets') : markets.map((market) => word('market', market)).join(', '));

const columnsOf = (t: TFunction, timeZone: string): readonly Column<Person>[] => [
  {
    key: 'name', title: t('people.name'), value: (one) => one.name,
    cell: (one) => <><strong>{one.name}</strong><div className={css['quiet']}>{one.email}</div></>,
  },
  { key: 'role', title: t('people.role'), value: (one) => word('role', one.role), cell: (one) => word('role', one.role) },
  { key: 'markets', title: t('people.markets'), wide: true, value: (one) => marketsOf(t, one.markets), cell: (one) => marketsOf(t, one.markets) },
  { key: 'team', title: t('people.team'), wide: true, value: (one) => one.team, cell: (one) => (one.team === '' ? '—' : one.team) },
  { key: 'language', title: t('people.language'), wide: true, value: (one) => one.language, cell: (one) => LANGUAGES.find(({ tag }) => tag === one.language)?.name ?? one.language },
  {
    key: 'last', title: t('people.last_login'), wide: true, value: (one) => one.last_login_at,
    cell: (one) => <span className={css['code']}>{one.last_login_at === null ? t('people.never') : moment(one.last_login_at, timeZone)}</span>,
  },
  {
    key: 'state', title: t('people.state'), value: (one) => t(one.disabled_at === null ? 'people.active' : 'people.disabled'),
    cell: (one) => <span className={one.disabled_at === null ? '' : own['bad']}>{t(one.disabled_at === null ? 'people.active' : 'people.disabled')}</span>,
  },
];
