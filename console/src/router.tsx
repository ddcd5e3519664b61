/** Every page has an address that can be shared, filters included. Pages are loaded when first opened. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { isApiError, type HolderQuery } from './data/api.ts';
import { type FeesSearch } from './data/fees.ts';
import { SAMPLES, type BillDesignSearch } from './data/bill-designs.ts';
import { type DisputeQuery, type PromiseQuery } from './data/collect.ts';
import type { HandOverQuery } from './data/desks.ts';
import type { ActionSearch, GateSearch, RuleSearch } from './data/law.ts';
import { STRATEGY_SQL, type StrategySearch } from './data/foresee.ts';
import { PARTS, type DashboardSearch } from './data/know.ts';
import type { DeliverySearch } from './data/reach.ts';
import { planSearch } from './data/plans.ts';
import { changeSearch } from './data/policy-change.ts';
import type { SegmentSearch } from './data/segments.ts';
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
const numbered = (value: unknown): number | undefined => (Number.isInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined);
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
    segment: numbered(search['segment']),
    age: text(search['age']),
    channel: text(search['channel']),
  }),
});
const holder = createRoute({
  getParentRoute: () => inside,
  path: '/holders/$holderId',
  component: lazyRouteComponent(() => import('./pages/holder.tsx'), 'HolderPage'),
});
const policy = createRoute({
  getParentRoute: () => inside,
  path: '/holders/$holderId/policies/$policyId',
  component: lazyRouteComponent(() => import('./pages/policy.tsx'), 'PolicyPage'),
  validateSearch: changeSearch,
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
const actions = createRoute({
  getParentRoute: () => inside,
  path: '/actions',
  component: lazyRouteComponent(() => import('./pages/actions.tsx'), 'ActionsPage'),
  validateSearch: (search: Record<string, unknown>): ActionSearch => ({
    on: text(search['on']),
    action: text(search['action']),
    tier: text(search['tier']),
    market: text(search['market']),
    currency: text(search['currency']),
    strategy: numbered(search['strategy']),
    reason: text(search['reason']),
    open: text(search['open']),
  }),
});
const calls = createRoute({
  getParentRoute: () => inside,
  path: '/calls',
  component: lazyRouteComponent(() => import('./pages/calls.tsx'), 'CallsPage'),
  validateSearch: (search: Record<string, unknown>): { open?: number | undefined } => ({
    open: Number.isInteger(Number(search['open'])) && Number(search['open']) > 0 ? Number(search['open']) : undefined,
  }),
});
const promises = createRoute({
  getParentRoute: () => inside,
  path: '/promises',
  component: lazyRouteComponent(() => import('./pages/promises.tsx'), 'PromisesPage'),
  validateSearch: ({ state }: Record<string, unknown>): PromiseQuery => ({ state: state === 'kept' || state === 'broken' ? state : undefined }),
});
const relief = createRoute({
  getParentRoute: () => inside,
  path: '/relief',
  component: lazyRouteComponent(() => import('./pages/relief.tsx'), 'ReliefPage'),
  validateSearch: planSearch,
});
const disputes = createRoute({
  getParentRoute: () => inside,
  path: '/disputes',
  component: lazyRouteComponent(() => import('./pages/disputes.tsx'), 'DisputesPage'),
  validateSearch: ({ state, open }: Record<string, unknown>): DisputeQuery => ({
    state: state === 'closed' ? state : undefined, open: typeof open === 'string' && /^\d{1,15}-\d{1,15}$/.test(open) ? open : undefined,
  }),
});
const handOvers = createRoute({
  getParentRoute: () => inside,
  path: '/hand-overs',
  component: lazyRouteComponent(() => import('./pages/hand-overs.tsx'), 'HandOversPage'),
  validateSearch: ({ whose, state, open }: Record<string, unknown>): HandOverQuery & { open?: number | undefined } => ({
    whose: whose === 'given' || whose === 'all' ? whose : undefined, state: state === 'closed' ? state : undefined, open: Number.isInteger(Number(open)) && Number(open) > 0 ? Number(open) : undefined,
  }),
});
const bills = createRoute({
  getParentRoute: () => inside,
  path: '/bills',
  component: lazyRouteComponent(() => import('./pages/bills.tsx'), 'BillsPage'),
  validateSearch: (search: Record<string, unknown>): { state?: string | undefined; stage?: string | undefined; market?: string | undefined; open?: string | undefined } => ({ state: text(search['state']), stage: text(search['stage']), market: text(search['market']), open: text(search['open']) }),
});
const billReview = createRoute({
  getParentRoute: () => inside,
  path: '/bill-review',
  component: lazyRouteComponent(() => import('./pages/bill-review.tsx'), 'BillReviewPage'),
  validateSearch: (search: Record<string, unknown>): { part?: string | undefined; check?: string | undefined; market?: string | undefined; open?: string | undefined } => ({
    part: search['part'] === 'sample' || search['part'] === 'figures' ? search['part'] : undefined, check: text(search['check']), market: text(search['market']), open: text(search['open']),
  }),
});
const payments = createRoute({
  getParentRoute: () => inside,
  path: '/payments',
  component: lazyRouteComponent(() => import('./pages/payments.tsx'), 'PaymentsPage'),
  validateSearch: (search: Record<string, unknown>): { state?: string | undefined; provider?: string | undefined; device?: string | undefined; open?: string | undefined } => ({ state: text(search['state']), provider: text(search['provider']), device: text(search['device']), open: text(search['open']) }),
});
const suspense = createRoute({
  getParentRoute: () => inside,
  path: '/suspense',
  component: lazyRouteComponent(() => import('./pages/suspense.tsx'), 'SuspensePage'),
  validateSearch: (search: Record<string, unknown>): { part?: 'refunds' | undefined; open?: string | undefined } => ({ part: search['part'] === 'refunds' ? 'refunds' : undefined, open: text(search['open']) }),
});
const groups = createRoute({
  getParentRoute: () => inside,
  path: '/groups',
  component: lazyRouteComponent(() => import('./pages/groups.tsx'), 'GroupsPage'),
  validateSearch: (search: Record<string, unknown>): { open?: number | 'new' | undefined } => ({ open: search['open'] === 'new' ? 'new' : numbered(search['open']) }),
});
const producers = createRoute({
  getParentRoute: () => inside,
  path: '/producers',
  component: lazyRouteComponent(() => import('./pages/producers.tsx'), 'ProducersPage'),
  validateSearch: ({ month, open }: Record<string, unknown>): { month?: string | undefined; open?: number | undefined } => ({ month: typeof month === 'string' && /^20\d\d-(0[1-9]|1[0-2])$/.test(month) ? month : undefined, open: numbered(open) }),
});
const approvals = createRoute({
  getParentRoute: () => inside,
  path: '/approvals',
  component: lazyRouteComponent(() => import('./pages/approvals.tsx'), 'ApprovalsPage'),
  validateSearch: (search: Record<string, unknown>): { open?: number | undefined } => ({ open: numbered(search['open']) }),
});
const ledger = createRoute({
  getParentRoute: () => inside,
  path: '/ledger',
  component: lazyRouteComponent(() => import('./pages/ledger.tsx'), 'LedgerPage'),
  validateSearch: (search: Record<string, unknown>): { on?: string | undefined; account?: string | undefined; currency?: string | undefined; side?: string | undefined; part?: 'one' | 'files' | undefined } => ({ part: search['part'] === 'one' || search['part'] === 'files' ? search['part'] : undefined, on: text(search['on']), account: text(search['account']), currency: text(search['currency']), side: text(search['side']) }),
});
const rules = createRoute({
  getParentRoute: () => inside,
  path: '/rules',
  component: lazyRouteComponent(() => import('./pages/rules.tsx'), 'RulesPage'),
  validateSearch: (search: Record<string, unknown>): RuleSearch => ({
    market: text(search['market']),
    // Words that are a number (a year, an article) are read from the address as one.
    q: typeof search['q'] === 'number' ? String(search['q']) : text(search['q']),
    verified: text(search['verified']),
    open: text(search['open']),
  }),
});
const gate = createRoute({
  getParentRoute: () => inside,
  path: '/gate',
  component: lazyRouteComponent(() => import('./pages/gate.tsx'), 'GatePage'),
  validateSearch: (search: Record<string, unknown>): GateSearch => ({
    on: text(search['on']),
    answer: text(search['answer']),
    rule: text(search['rule']),
    market: text(search['market']),
    open: text(search['open']),
  }),
});
const delivery = createRoute({
  getParentRoute: () => inside,
  path: '/delivery',
  component: lazyRouteComponent(() => import('./pages/delivery.tsx'), 'DeliveryPage'),
  validateSearch: (search: Record<string, unknown>): DeliverySearch => ({
    days: String(search['days']) === '30' ? '30' : undefined,
    list: search['list'] === 'untouched' ? 'untouched' : undefined,
    strategy: numbered(search['strategy']),
    channel: text(search['channel']),
    state: text(search['state']),
    market: text(search['market']),
    on: text(search['on']),
    open: typeof search['open'] === 'string' && /^\d{1,15}-\d{1,15}$/.test(search['open']) ? search['open'] : undefined,
  }),
});
const strategies = createRoute({
  getParentRoute: () => inside,
  path: '/strategies',
  component: lazyRouteComponent(() => import('./pages/strategies.tsx'), 'StrategiesPage'),
  validateSearch: (search: Record<string, unknown>): StrategySearch => ({
    days: String(search['days']) === '90' ? '90' : undefined,
    open: search['open'] === 'new' ? 'new' : numbered(search['open']),
    edit: search['edit'] === true ? true : undefined,
    sql: STRATEGY_SQL.find((block) => block === search['sql']),
  }),
});
const fees = createRoute({
  getParentRoute: () => inside,
  path: '/fees',
  component: lazyRouteComponent(() => import('./pages/fees.tsx'), 'ReliefPage'),
  validateSearch: (search: Record<string, unknown>): FeesSearch => ({ part: search['part'] === 'discounts' || search['part'] === 'points' ? search['part'] : undefined }),
});
const billDesigns = createRoute({
  getParentRoute: () => inside,
  path: '/bill-designs',
  component: lazyRouteComponent(() => import('./pages/bill-designs.tsx'), 'BillDesignsPage'),
  validateSearch: (search: Record<string, unknown>): BillDesignSearch => ({
    language: search['language'] === 'en' || search['language'] === 'zh-Hans' || search['language'] === 'zh-Hant' ? search['language'] : undefined,
    sample: SAMPLES.find((one) => one === search['sample']),
    days: String(search['days']) === '30' ? '30' : String(search['days']) === '365' ? '365' : undefined,
    edit: text(search['edit']),
    words: text(search['words']),
  }),
});
const dashboard = createRoute({
  getParentRoute: () => inside,
  path: '/dashboard',
  component: lazyRouteComponent(() => import('./pages/dashboard.tsx'), 'DashboardPage'),
  validateSearch: (search: Record<string, unknown>): DashboardSearch => ({
    market: text(search['market']),
    line: text(search['line']),
    currency: text(search['currency']),
    segment: text(search['segment']),
    from: text(search['from']),
    to: text(search['to']),
    sql: text(search['sql']),
    part: PARTS.find((part) => part === search['part']),
    open: typeof search['open'] === 'number' ? String(search['open']) : text(search['open']),
  }),
});
const segments = createRoute({
  getParentRoute: () => inside,
  path: '/segments',
  component: lazyRouteComponent(() => import('./pages/segments.tsx'), 'SegmentsPage'),
  validateSearch: ({ open }: Record<string, unknown>): { open?: 'new' | undefined } => ({ open: open === 'new' ? open : undefined }),
});
const segment = createRoute({
  getParentRoute: () => inside,
  path: '/segments/$segmentId',
  component: lazyRouteComponent(() => import('./pages/segment.tsx'), 'SegmentPage'),
  validateSearch: ({ sql, edit, currency }: Record<string, unknown>): SegmentSearch => ({ sql: text(sql), edit: edit === true ? edit : undefined, currency: text(currency) }),
});
const meeting = createRoute({
  getParentRoute: () => inside,
  path: '/meeting',
  component: lazyRouteComponent(() => import('./pages/meeting.tsx'), 'MeetingPage'),
  validateSearch: ({ month }: Record<string, unknown>): { month?: string | undefined } => ({ month: typeof month === 'string' && /^20\d\d-(0[1-9]|1[0-2])$/.test(month) ? month : undefined }),
});
const quote = createRoute({
  getParentRoute: () => inside,
  path: '/quote',
  component: lazyRouteComponent(() => import('./pages/quote.tsx'), 'QuotePage'),
});
/** A number or a word. */
const opened = (value: unknown): number | string | undefined => (typeof value === 'number' ? value : text(value));
const importing = createRoute({
  getParentRoute: () => inside,
  path: '/import',
  component: lazyRouteComponent(() => import('./pages/import.tsx'), 'ImportPage'),
  validateSearch: (search: Record<string, unknown>): { open?: number | string | undefined } => ({ open: opened(search['open']) }),
});
const connections = createRoute({
  getParentRoute: () => inside,
  path: '/connections',
  component: lazyRouteComponent(() => import('./pages/connections.tsx'), 'ConnectionsPage'),
  validateSearch: (search: Record<string, unknown>): { open?: string | undefined } => ({ open: text(search['open']) }),
});
const jobs = createRoute({
  getParentRoute: () => inside,
  path: '/jobs',
  component: lazyRouteComponent(() => import('./pages/jobs.tsx'), 'JobsPage'),
  validateSearch: (search: Record<string, unknown>): { open?: number | string | undefined } => ({ open: opened(search['open']) }),
});
const people = createRoute({
  getParentRoute: () => inside,
  path: '/people',
  component: lazyRouteComponent(() => import('./pages/people.tsx'), 'PeoplePage'),
  validateSearch: (search: Record<string, unknown>): { open?: number | string | undefined } => ({ open: opened(search['open']) }),
});
const design = createRoute({
  getParentRoute: () => inside,
  path: '/design',
  component: lazyRouteComponent(() => import('./pages/design.tsx'), 'DesignPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([login, inside.addChildren([today, holders, holder, policy, inbox, actions, calls, promises, relief, disputes, handOvers, bills, billReview, payments, suspense, groups, producers, approvals, ledger, delivery, rules, gate, strategies, billDesigns, fees, dashboard, meeting, quote, segments, segment, importing, connections, jobs, people, design])]),
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
