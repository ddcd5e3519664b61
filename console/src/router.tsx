/** Every page has an address that can be shared, filters included. Pages are loaded when first opened. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { isApiError, type HolderQuery } from './data/api.ts';
import { queryClient, sessionQuery } from './data/queries.ts';
import { Failed } from './parts/states.tsx';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: lazyRouteComponent(() => import('./pages/login.tsx'), 'LoginPage'),
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => {
    const { next } = search;
    // Only an address of our own: never lead a person who has just logged in to somebody else's page. Said as undefined, because the router keeps
    // what a validator leaves out.
    return { next: typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : undefined };
  },
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  errorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (isApiError(error) && error.status === 401) throw redirect({ to: '/login', search: { next: location.href } });
      throw error;
    }
  },
});

const today = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/today.tsx'), 'TodayPage'),
});
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const holders = createRoute({
  getParentRoute: () => inside,
  path: '/holders',
  component: lazyRouteComponent(() => import('./pages/holders.tsx'), 'HoldersPage'),
  validateSearch: (search: Record<string, unknown>): HolderQuery => ({
    market: text(search['market']),
    line: text(search['line']),
    tier: text(search['tier']),
    stage: text(search['stage']),
  }),
});
const holder = createRoute({
  getParentRoute: () => inside,
  path: '/holders/$holderId',
  component: lazyRouteComponent(() => import('./pages/holder.tsx'), 'HolderPage'),
});
const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  component: lazyRouteComponent(() => import('./pages/inbox.tsx'), 'InboxPage'),
  validateSearch: (search: Record<string, unknown>): { channel?: string | undefined; holder_id?: number | undefined } => ({
    channel: text(search['channel']),
    holder_id: Number.isInteger(Number(search['holder_id'])) && Number(search['holder_id']) > 0 ? Number(search['holder_id']) : undefined,
  }),
});

export const router = createRouter({
  routeTree: root.addChildren([login, inside.addChildren([today, holders, holder, inbox])]),
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
