/** What finance takes away: files of a period, all accounts in one currency, and what the insurer's own books call our accounts. */

import { Alert, Button, FileButton, Select, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { chartQuery, exportAddress, groupReportQuery, nameAccount, stateRates, type ChartRow } from '../data/finance.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { day, money } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './money.module.css';

const KINDS = ['journal', 'balances'] as const;
const FORMATS = ['csv', 'parquet'] as const;
const CODE_LENGTH_MAX = 40;
const NAME_LENGTH_MAX = 120;

export function LedgerFiles({ on, may }: { on: string; may: boolean }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<string>('journal');
  const [format, setFormat] = useState<string>('csv');
  const [from, setFrom] = useState(`${on.slice(0, 7)}-01`);
  return (
    <>
      <Card title={t('finance.files')}>
        <div className={own['buttons']}>
          <Select label={t('finance.kind')} allowDeselect={false} data={KINDS.map((value) => ({ value, label: word('export_kind', value) }))} value={kind} onChange={(value) => setKind(value ?? 'journal')} />
          <Select label={t('finance.format')} allowDeselect={false} data={FORMATS.map((value) => ({ value, label: word('export_format', value) }))} value={format} onChange={(value) => setFormat(value ?? 'csv')} />
          <TextInput type="date" label={t('finance.from')} value={from} max={on} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput type="date" label={t('finance.to')} value={on} readOnly />
        </div>
        <p className={css['quiet']}>{t('finance.files_hint')}</p>
        <div className={own['buttons']}><Button component="a" href={exportAddress(kind, format, from, on)} download leftSection={<IconDownload size={15} />} disabled={from === '' || from > on}>{t('finance.download')}</Button></div>
      </Card>
      <Chart may={may} />
    </>
  );
}

function Chart({ may }: { may: boolean }) {
  const { t } = useTranslation();
  const chart = useQuery(chartQuery);
  const [open, setOpen] = useState<string | null>(null);
  const rows = chart.data?.accounts ?? [];
  const shown = rows.find(({ account }) => account === open);
  const named = rows.filter(({ version }) => version > 0).length;
  return (
    <Card title={t('finance.chart')} aside={<span className={css['quiet']}>{t('finance.named', { named: String(named), all: String(rows.length) })}</span>}>
      {chart.isPending ? <Loading rows={6} /> : null}
      {chart.error === null ? null : <Failed error={chart.error} retry={() => void chart.refetch()} />}
      {named > 0 && named < rows.length ? <Alert color="caution" variant="light" mb="sm">{t('finance.chart_gaps')}</Alert> : null}
      {rows.length === 0 ? null : <DataTable name="chart" columns={chartColumns(t)} rows={rows} rowKey={(row) => row.account} isOpen={(row) => row.account === open} {...(may ? { open: (row: ChartRow) => setOpen(row.account) } : {})} />}
      {shown === undefined ? null : <SidePanel title={word('account', shown.account)} close={() => setOpen(null)}><NameForm key={shown.account} row={shown} done={() => setOpen(null)} /></SidePanel>}
    </Card>
  );
}

const chartColumns = (t: TFunction): readonly Column<ChartRow>[] => [
  { key: 'account', title: t('ledger.account'), value: ({ account }) => word('account', account), cell: ({ account }) => word('account', account) },
  { key: 'code', title: t('finance.code'), value: ({ code }) => code, cell: ({ code }) => <span className={css['code']}>{code || '—'}</span> },
  { key: 'name', title: t('finance.name'), wide: true, value: ({ name }) => name, cell: ({ name }) => name },
  { key: 'by', title: t('finance.changed_by'), wide: true, value: (row) => row.changed_by, cell: (row) => row.changed_by ?? '' },
];

function NameForm({ row, done }: { row: ChartRow; done: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [code, setCode] = useState(row.code);
  const [name, setName] = useState(row.name);
  const naming = useMutation({ mutationFn: () => nameAccount(row, code.trim(), name.trim()), onSuccess: done, onSettled: () => client.invalidateQueries({ queryKey: ['ledger', 'chart'] }) });
  return (
    <form onSubmit={(event) => { event.preventDefault(); naming.mutate(); }}>
      <TextInput label={t('finance.code')} required maxLength={CODE_LENGTH_MAX} value={code} onChange={(event) => setCode(event.currentTarget.value)} mb="sm" data-autofocus />
      <TextInput label={t('finance.name')} maxLength={NAME_LENGTH_MAX} value={name} onChange={(event) => setName(event.currentTarget.value)} mb="sm" />
      {naming.error === null ? null : <Failed error={naming.error} />}
      <Button type="submit" disabled={code.trim() === ''} loading={naming.isPending}>{t('finance.save')}</Button>
    </form>
  );
}

type Report = Data['group_report'];

/** All currencies' accounts in one, at stated rates. */
export function LedgerInOne({ on, currencies, may }: { on: string; currencies: readonly string[]; may: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [into, setInto] = useState(currencies[0] ?? 'HKD');
  const report = useQuery(groupReportQuery(on, into));
  const stating = useMutation({ mutationFn: stateRates, onSettled: () => client.invalidateQueries({ queryKey: ['ledger', 'group-report'] }) });
  return (
    <>
      <div className={own['buttons']}>
        <Select aria-label={t('finance.into')} allowDeselect={false} data={[...currencies]} value={into} onChange={(value) => setInto(value ?? into)} w={110} />
        {may ? (
          <FileButton accept="text/csv,.csv" onChange={(file) => { if (file !== null) void file.text().then((text) => stating.mutate(text)); }}>
            {(props) => <Button {...props} variant="default" loading={stating.isPending}>{t('finance.state_rates')}</Button>}
          </FileButton>
        ) : null}
      </div>
      {stating.error === null ? null : <Failed error={stating.error} />}
      {report.isPending ? <Card><Loading rows={8} /></Card> : null}
      {report.error === null ? null : <Failed error={report.error} retry={() => void report.refetch()} />}
      {report.data === undefined ? null : <InOne report={report.data} />}
    </>
  );
}

function InOne({ report }: { report: Report }) {
  const { t } = useTranslation();
  const others = [...new Set(report.rows.map(({ currency }) => currency))].filter((currency) => currency !== report.into);
  const rate = (currency: string) => report.rates.find(({ from, to }) => from === currency || to === currency);
  return (
    <>
      {report.without_rate.length === 0 ? null : <Alert color="caution" variant="light">{t('finance.without_rate', { currencies: report.without_rate.join(', ') })}</Alert>}
      <Card title={t('finance.in_one', { currency: report.into, day: day(report.on) })}>
        {report.accounts.length === 0 ? <Empty title={t('ledger.none')} hint={t('ledger.none_hint')} /> : <DataTable name={`group-${report.into}-${report.on}`} columns={inOneColumns(t, report.into)} rows={report.rows} rowKey={(row) => `${row.account} ${row.currency}`} />}
        <p className={css['quiet']}>{t('finance.rounding', { amount: money(report.rounding_minor, report.into) })}</p>
      </Card>
      <Card title={t('finance.totals', { currency: report.into })}>
        <div className={css['scroll']}><table className={css['table']}><tbody>
          {report.accounts.map((row) => <tr key={row.account}><td>{word('account', row.account)}</td><td className={css['amount']}><strong>{money(row.in_one_minor, report.into)}</strong></td></tr>)}
        </tbody></table></div>
      </Card>
      {others.length === 0 ? null : (
        <Card title={t('finance.rates')}>
          {others.map((currency) => {
            const stated = rate(currency);
            return <div key={currency}>{stated === undefined ? t('finance.no_rate', { currency }) : t('finance.rate', { from: stated.from, to: stated.to, rate: stated.rate.replace(/\.?0+$/, ''), day: day(stated.on), source: stated.source })}</div>;
          })}
        </Card>
      )}
    </>
  );
}

const inOneColumns = (t: TFunction, into: string): readonly Column<Report['rows'][number]>[] => [
  { key: 'account', title: t('ledger.account'), value: ({ account }) => word('account', account), cell: ({ account }) => word('account', account) },
  { key: 'currency', title: t('finance.currency'), value: ({ currency }) => currency, cell: ({ currency }) => currency },
  { key: 'balance', title: t('ledger.balance_of'), amount: true, wide: true, value: (row) => row.balance_minor, cell: (row) => money(row.balance_minor, row.currency) },
  { key: 'in_one', title: into, amount: true, value: (row) => row.in_one_minor, cell: (row) => (row.in_one_minor === null ? '—' : <strong>{money(row.in_one_minor, into)}</strong>) },
];
