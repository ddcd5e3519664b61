/** The frame of every page: rooms on the left (below on a phone), the business date and search at the top. */

import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useHotkeys, useLocalStorage } from '@mantine/hooks';
import {
  IconCheck,
  IconDots,
  IconLanguage,
  IconLayoutSidebarLeftCollapse,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, rememberCsrfToken, type Data } from '../data/api.ts';
import { useLiveData } from '../data/live.ts';
import { rulesQuery, sessionQuery } from '../data/queries.ts';
import icon from '../icon.svg';
import { chooseLanguage, currentLanguage, LANGUAGES, word, type Language } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { day } from '../parts/format.ts';
import { toastFailed } from '../parts/toast.tsx';
import { Help } from './help.tsx';
import { Palette, type PaletteAct } from './palette.tsx';
import { roomsOf, type Room } from './rooms.ts';
import { Tour, useTour } from './tour.tsx';
import css from './shell.module.css';

export function Shell() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [narrow, setNarrow] = useLocalStorage({ key: 'inforce.rail-narrow', defaultValue: false });
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  useLiveData();
  const tour = useTour();
  const acts = usePaletteActs(session, () => setOpen('help'), tour.start);
  useHotkeys(
    [
      ['/', () => setOpen('palette')],
      ['mod+K', () => setOpen('palette')],
      ['shift+?', () => setOpen('help')],
      ['?', () => setOpen('help')],
    ],
    ['INPUT', 'TEXTAREA', 'SELECT'],
  );
  return (
    <div className={css['shell']} data-narrow={narrow}>
      <Link to="/" className={css['brand']}>
        <img src={icon} alt="" />
        {narrow ? null : 'Inforce'}
      </Link>
      <header className={css['top']}>
        <span className={css['date']}>{day(session.business_date)}</span>
        <span className={css['insurer']}>{session.insurer.names[currentLanguage()]}</span>
        <Simulated simulated={session.insurer.simulated} />
        <span className={css['spring']} />
        <button type="button" className={css['search']} onClick={() => setOpen('palette')} aria-label={t('palette.open')}>
          <IconSearch size={16} />
          <span>{t('palette.open')}</span>
          <kbd>/</kbd>
        </button>
        <LanguageMenu />
        <SchemeSwitch />
        <PersonMenu name={session.user.name} role={session.user.role} startTour={tour.start} />
      </header>
      <nav className={css['rail']} aria-label={t('shell.rooms')}>
        {roomsOf(session).map((room, index, rooms) => (
          <Fragment key={room.to}>
          {room.group === null || room.group === rooms[index - 1]?.group ? null : <span className={css['group']}>{narrow ? '' : t(room.group)}</span>}
          <Link
            to={room.to}
            data-primary={room.primary === true}
            className={css['room']}
            activeOptions={{ exact: room.to === '/' }}
            title={narrow ? t(room.name) : undefined}
          >
            <room.icon size={19} stroke={1.7} />
            <span hidden={narrow}>{t(room.name)}</span>
          </Link>
          </Fragment>
        ))}
        <MoreRooms rooms={roomsOf(session).filter((room) => room.primary !== true)} />
        <span className={css['spring']} />
        <button
          type="button"
          className={`${css['room'] ?? ''} ${css['collapse'] ?? ''}`}
          onClick={() => setNarrow(!narrow)}
          aria-expanded={!narrow}
          title={t('shell.collapse')}
        >
          <IconLayoutSidebarLeftCollapse size={19} stroke={1.7} />
          <span hidden={narrow}>{t('shell.collapse')}</span>
        </button>
      </nav>
      <main className={css['main']}>
        <Outlet />
      </main>
      {tour.running ? <Tour leave={tour.leave} /> : null}
      {open === 'palette' ? <Palette session={session} acts={acts} close={() => setOpen(null)} /> : null}
      <Help opened={open === 'help'} close={() => setOpen(null)} />
    </div>
  );
}

/** What the palette does besides finding; only what the person's role may. */
function usePaletteActs({ user }: Data['session'], help: () => void, startTour: () => void): readonly PaletteAct[] {
  const client = useQueryClient();
  const navigate = useNavigate();
  const choose = useLanguageChoice();
  const logOut = useLogOut();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const acts: PaletteAct[] = [
    { name: 'act.english', act: () => choose('en') },
    { name: 'act.simplified', act: () => choose('zh-Hans') },
    { name: 'act.traditional', act: () => choose('zh-Hant') },
    { name: 'shell.scheme', act: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark') },
    { name: 'help.title', act: help },
    { name: 'tour.start', act: startTour },
    { name: 'shell.log_out', act: logOut },
  ];
  if (user.role === 'manager' || user.role === 'it') {
    acts.unshift(
      { name: 'act.run_cycle', act: () => void api.runCycle().then(() => client.invalidateQueries({ queryKey: ['cycle'] }), toastFailed).then(() => navigate({ to: '/' })) },
      { name: 'act.import', act: () => void navigate({ to: '/import' }) },
    );
  }
  return acts;
}

/** On a phone: the rooms that have no place of their own at its foot. */
function MoreRooms({ rooms }: { rooms: readonly Room[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Menu position="top-end" width={200}>
      <Menu.Target>
        <button type="button" className={`${css['room'] ?? ''} ${css['more'] ?? ''}`}>
          <IconDots size={19} stroke={1.7} />
          <span>{t('shell.more')}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {rooms.map((room, index) => (
          <Fragment key={room.to}>
            {room.group === rooms[index - 1]?.group || index === 0 ? null : <Menu.Divider />}
            <Menu.Item leftSection={<room.icon size={17} stroke={1.7} />} onClick={() => void navigate({ to: room.to })}>
              {t(room.name)}
            </Menu.Item>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function useLanguageChoice(): (language: Language) => void {
  const client = useQueryClient();
  return (language) => {
    // Reasons, problems and rules are told by the server, so they are asked again in the new language.
    void chooseLanguage(language).then(() => Promise.all([['holder'], rulesQuery.queryKey].map((queryKey) => client.invalidateQueries({ queryKey }))));
    if (client.getQueryData(sessionQuery.queryKey) !== undefined) void api.chooseLanguage(language).catch(() => {});
  };
}

function useLogOut(): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  return () => {
    void api.logOut().finally(() => {
      rememberCsrfToken(null);
      client.clear();
      void navigate({ to: '/login' });
    });
  };
}

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const choose = useLanguageChoice();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('shell.language')}>
          <IconLanguage size={19} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map(({ tag, name }) => (
          <Menu.Item key={tag} lang={tag} onClick={() => choose(tag)} rightSection={i18n.language === tag ? <IconCheck size={14} /> : null}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={t('shell.scheme')}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      {scheme === 'dark' ? <IconSun size={19} stroke={1.7} /> : <IconMoon size={19} stroke={1.7} />}
    </ActionIcon>
  );
}

function PersonMenu({ name, role, startTour }: { name: string; role: string; startTour: () => void }) {
  const { t } = useTranslation();
  const logOut = useLogOut();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('shell.person')}>
          <IconUserCircle size={20} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name} · {word('role', role)}
        </Menu.Label>
        <Menu.Item onClick={startTour}>{t('tour.start')}</Menu.Item>
        <Menu.Item component="a" href="/api/docs" target="_blank">
          {t('shell.api')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={14} />} onClick={logOut}>
          {t('shell.log_out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
