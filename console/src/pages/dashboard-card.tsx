/** What all cards of the dashboard share: what they show, the way to their SQL, and the way to their rows. */

import { Button, SegmentedControl } from '@mantine/core';
import { IconCode } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Data, HolderQuery } from '../data/api.ts';
import type { DashboardFilter } from '../data/know.ts';
import { currentLanguage } from '../language.ts';
import css from '../parts/parts.module.css';
import own from './dashboard.module.css';

export type Shown = Data['dashboard'];
export type BlockName = 'ageing' | 'roll' | 'cohorts' | 'funnel' | 'heat' | 'by_market' | 'by_line' | 'curve' | 'ways' | 'cost';
export type DashboardView = {
  readonly shown: Shown; readonly filter: DashboardFilter; readonly mainCurrency: string;
  /** Of a block or a figure. */
  readonly openSql: (name: string) => void;
};

/** What the parts beside the figures are given. */
export type PartView = {
  readonly filter: DashboardFilter; readonly mainCurrency: string; readonly markets: readonly string[]; readonly role: Data['session']['user']['role']; readonly userId: number; readonly timeZone: string;
  readonly today: string; readonly open: string | undefined;
  readonly show: (open: string | undefined) => void; readonly openSql: (name: string) => void; readonly chooseCurrency: (currency: string) => void;
};

/** Money of two currencies is never one figure: the chosen one, else the insurer's own, else the first. */
export const shownCurrency = (currencies: readonly string[], { filter, mainCurrency }: PartView): string | undefined =>
  currencies.find((one) => one === filter.currency) ?? currencies.find((one) => one === mainCurrency) ?? currencies[0];

export function CurrencyChoice({ currencies, chosen, view }: { currencies: readonly string[]; chosen: string; view: PartView }) {
  const { t } = useTranslation();
  if (currencies.length < 2) return null;
  return <div className={own['scroll']}><SegmentedControl size="xs" aria-label={t('dashboard.filter.currency')} value={chosen} data={[...currencies]} onChange={view.chooseCurrency} /></div>;
}

/** Shares of fewer bills say nothing. */
export const BILLS_MIN = 20;

/** `Nov 2026`. */
export const monthName = (month: string): string =>
  new Intl.DateTimeFormat(currentLanguage() === 'en' ? 'en-GB' : currentLanguage(), { timeZone: 'UTC', month: 'short', year: 'numeric' }).format(new Date(`${month.slice(0, 7)}-01T00:00:00Z`));

export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
export const sumOf = <Row,>(rows: readonly Row[], value: (row: Row) => number): number => rows.reduce((sum, row) => sum + value(row), 0);

export function SqlButton({ open }: { open: () => void }) {
  const { t } = useTranslation();
  return <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconCode size={13} />} onClick={open}>{t('dashboard.sql')}</Button>;
}

/** A list page with the filters that it knows. */
export type RowsTarget =
  | { readonly page: 'bills'; readonly search: { market?: string | undefined; state?: string | undefined; stage?: string | undefined } }
  | { readonly page: 'holders'; readonly search: HolderQuery }
  | { readonly page: 'payments'; readonly search: { state?: string | undefined } };

/** The way to the rows, and by which filters the list there is wider than the card. */
export function RowsLink({ view: { filter }, to }: { view: DashboardView; to: RowsTarget }) {
  const { t } = useTranslation();
  const known: Readonly<Record<string, string | number | undefined>> = to.search;
  const missing = [
    ...(['market', 'line', 'currency', 'segment'] as const).filter((name) => filter[name] !== undefined && known[name] === undefined).map((name) => t(`dashboard.filter.${name}`)),
    t('dashboard.filter.months'),
  ];
  return (
    <>
      <RowsAnchor to={to} />
      <p className={own['wider']}>{t('dashboard.wider', { filters: missing.join(t('dashboard.comma')) })}</p>
    </>
  );
}

function RowsAnchor({ to }: { to: RowsTarget }) {
  const { t } = useTranslation();
  const className = css['link'] ?? '';
  switch (to.page) {
    case 'bills': return <Link className={className} to="/bills" search={to.search}>{t('dashboard.rows_bills')}</Link>;
    case 'holders': return <Link className={className} to="/holders" search={to.search}>{t('dashboard.rows_holders')}</Link>;
    case 'payments': return <Link className={className} to="/payments" search={to.search}>{t('dashboard.rows_payments')}</Link>;
  }
}
