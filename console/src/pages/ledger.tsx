/** The books on any day: do they balance, what stands on each account, and which entries make it. */

import { ActionIcon, Alert, Button, SegmentedControl, TextInput, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { addDays, parsePlainDate } from '../../../src/kernel/index.ts';
import type { Data } from '../data/api.ts';
import { auditQuery, balanceQuery } from '../data/money.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { longDay, moment, money } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import css from '../parts/parts.module.css';
import { LedgerClose } from './ledger-close.tsx';
import { LedgerFiles, LedgerInOne } from './ledger-finance.tsx';
import { LedgerEntries } from './ledger-entries.tsx';
import { MONEY_ACTORS } from './money-act.tsx';
import own from './money.module.css';

const route = getRouteApi('/inside/ledger');
const AUDITORS: readonly string[] = ['manager', 'finance', 'auditor'];
type Balance = Data['ledger_balance'];
type Figure = { readonly account: string; readonly currency: string; readonly side?: string | undefined };

export function LedgerPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { on: asked, account, currency, side, part } = route.useSearch();
  const navigate = route.useNavigate();
  const on = asked ?? session.business_date;
  const balance = useQuery(balanceQuery(on));
  const go = (day: string, figure: Partial<Figure> = {}): void => void navigate({ to: '/ledger', search: { part, on: day === session.business_date ? undefined : day, ...figure } });
  const turn = (next: string): void => void navigate({ to: '/ledger', search: { on: asked, part: next === 'one' || next === 'files' ? next : undefined } });
  const may = MONEY_ACTORS.includes(session.user.role);
  return (
    <div className={css['page']}>
      <div className={css['title']}>
        <Title order={1}>{t('room.ledger')}</Title>
        <Simulated simulated={session.insurer.simulated} />
      </div>
      <DayChoice on={on} today={session.business_date} choose={(day) => go(day)} />
      {session.user.markets === null ? <div className={css['strip']}><SegmentedControl value={part ?? 'books'} onChange={turn} data={[{ value: 'books', label: t('finance.books') }, { value: 'one', label: t('finance.one_currency') }, { value: 'files', label: t('finance.files_tab') }]} /></div> : null}
      {part === 'files' ? <LedgerFiles key={on} on={on} may={may} /> : null}
      {part === 'one' && balance.data !== undefined ? <LedgerInOne on={on} currencies={[...new Set([session.insurer.reporting_currency, ...balance.data.sums.map((sum) => sum.currency)])]} may={may} /> : null}
      {balance.isPending ? <Card><Loading rows={8} /></Card> : null}
      {balance.error === null ? null : <Failed error={balance.error} retry={() => void balance.refetch()} />}
      {balance.data === undefined || part !== undefined ? null : (
        <>
          <Difference sums={balance.data.sums} />
          {AUDITORS.includes(session.user.role) ? <Audit audited={balance.data.audited} /> : null}
          <LedgerClose on={on} role={session.user.role} timeZone={session.insurer.time_zone} />
          <Card title={t('ledger.balance')}>
            {balance.data.accounts.length === 0 ? <Empty title={t('ledger.none')} hint={t('ledger.none_hint')} /> : <TrialBalance balance={balance.data} open={(figure) => go(on, figure)} />}
          </Card>
        </>
      )}
      {account === undefined || currency === undefined ? null : (
        <SidePanel title={`${word('account', account)} · ${currency}`} close={() => go(on)}>
          <LedgerEntries filter={{ account, currency, side, to: on }} />
        </SidePanel>
      )}
    </div>
  );
}

function DayChoice({ on, today, choose }: { on: string; today: string; choose: (day: string) => void }) {
  const { t } = useTranslation();
  const date = parsePlainDate(on);
  return (
    <div className={own['day']}>
      <ActionIcon variant="default" size="lg" disabled={date === null} aria-label={t('ledger.day_before')} onClick={() => { if (date !== null) choose(addDays(date, -1)); }}>
        <IconChevronLeft size={18} />
      </ActionIcon>
      <TextInput type="date" size="sm" aria-label={t('ledger.day')} value={on} max={today} onChange={({ currentTarget: { value } }) => { if (parsePlainDate(value) !== null) choose(value); }} />
      <ActionIcon variant="default" size="lg" disabled={date === null || on >= today} aria-label={t('ledger.day_after')} onClick={() => { if (date !== null) choose(addDays(date, 1)); }}>
        <IconChevronRight size={18} />
      </ActionIcon>
      <span className={css['quiet']}>{date === null ? '' : longDay(date)}</span>
    </div>
  );
}

/** The page's first figure: what debits exceed credits by, which must be nothing. */
function Difference({ sums }: { sums: Balance['sums'] }) {
  const { t } = useTranslation();
  const wrong = sums.filter(({ difference_minor: difference }) => difference !== 0);
  const good = wrong.length === 0;
  return (
    <Card>
      <span className={css['quiet']}>{t('ledger.difference')}</span>
      <div className={`${own['difference'] ?? ''} ${own[good ? 'good' : 'bad'] ?? ''}`} role="status">
        {good ? <IconCheck size={26} /> : <IconAlertTriangle size={26} />}
        {good ? '0.00' : wrong.map((sum) => money(sum.difference_minor, sum.currency)).join(', ')}
      </div>
      <span className={css['quiet']}>{good ? t('ledger.balances', { currencies: sums.map(({ currency }) => currency).join(', ') || '—' }) : t('ledger.does_not_balance')}</span>
    </Card>
  );
}

function TrialBalance({ balance, open }: { balance: Balance; open: (figure: Figure) => void }) {
  const { t } = useTranslation();
  return (
    <div className={css['scroll']}>
      <table className={css['table']}>
        <thead>
          <tr>
            <th>{t('ledger.account')}</th>
            <th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('money.debit')}</th>
            <th className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{t('money.credit')}</th>
            <th className={css['amount']}>{t('ledger.balance_of')}</th>
          </tr>
        </thead>
        {balance.sums.map((sum) => (
          <tbody key={sum.currency}>
            <tr><th colSpan={4} scope="rowgroup">{sum.currency}</th></tr>
            {balance.accounts.filter(({ currency }) => currency === sum.currency).map((row) => {
              const figure = (minor: number, side?: string) => (
                <button type="button" className={own['figure']} onClick={() => open({ account: row.account, currency: row.currency, side })}>{money(minor, row.currency)}</button>
              );
              return (
                <tr key={row.account}>
                  <td>{word('account', row.account)}</td>
                  <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{figure(row.debit_minor, 'debit')}</td>
                  <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{figure(row.credit_minor, 'credit')}</td>
                  <td className={css['amount']}>{figure(row.balance_minor)}</td>
                </tr>
              );
            })}
            <tr className={own['total']}>
              <td>{t('column.total')}</td>
              <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{money(sum.debit_minor, sum.currency)}</td>
              <td className={`${css['amount'] ?? ''} ${css['wide'] ?? ''}`}>{money(sum.credit_minor, sum.currency)}</td>
              <td className={`${css['amount'] ?? ''} ${own[sum.difference_minor === 0 ? 'good' : 'bad'] ?? ''}`}>{money(sum.difference_minor, sum.currency)}</td>
            </tr>
          </tbody>
        ))}
      </table>
    </div>
  );
}

/** Asked by a button, because it works everything out again. */
function Audit({ audited }: { audited: Balance['audited'] }) {
  const { t } = useTranslation();
  const audit = useQuery(auditQuery);
  return (
    <Card title={t('ledger.audit')} aside={<Button size="compact-sm" variant="default" loading={audit.isFetching} onClick={() => void audit.refetch()}>{t('ledger.audit_run')}</Button>}>
      {audit.error === null ? null : <Failed error={audit.error} retry={() => void audit.refetch()} />}
      {audited === null ? null : (
        <span className={own[audited.differences === 0 ? 'good' : 'bad']}>{audited.differences === 0 ? t('ledger.audited', { day: longDay(audited.on) }) : t('ledger.audited_differs', { day: longDay(audited.on), number: audited.differences })}</span>
      )}
      {audit.data === undefined ? <span className={css['quiet']}>{t('ledger.audit_hint')}</span> : (
        <>
          <Alert color={audit.data.agrees ? 'harbour' : 'danger'} variant="light" icon={audit.data.agrees ? <IconCheck size={18} /> : <IconAlertTriangle size={18} />} role="status">
            {audit.data.agrees ? t('ledger.agrees') : t('ledger.disagrees', { number: audit.data.differences.length })}
            <div className={css['quiet']}>{moment(audit.data.audited_at)}</div>
          </Alert>
          {audit.data.differences.length === 0 ? null : (
            <div className={css['scroll']}>
              <table className={css['table']}>
                <thead>
                  <tr>
                    <th>{t('ledger.where')}</th>
                    <th className={css['amount']}>{t('ledger.expected')}</th>
                    <th className={css['amount']}>{t('ledger.found')}</th>
                  </tr>
                </thead>
                <tbody>
                  {audit.data.differences.map((one) => (
                    <tr key={`${one.where} ${one.id ?? ''} ${one.currency}`}>
                      <td>{word('account', one.where)} {one.id ?? ''}</td>
                      <td className={css['amount']}>{money(one.expected_minor, one.currency)}</td>
                      <td className={css['amount']}>{money(one.found_minor, one.currency)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </Card>
  );
}
