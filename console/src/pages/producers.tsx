/** Producers: what each has earned in a month, what went back, for which policies, at which rates. */

import { Button, NumberInput, Select, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { addProducer, addRate, givePolicy, producersQuery, statementQuery, type Producer, type StatementRow } from '../data/producers.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, money, percent } from '../parts/format.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { MONEY_ACTORS } from './money-act.tsx';
import own from './money.module.css';

const route = getRouteApi('/inside/producers');
const LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'];
const YEARS = ['first', 'renewal'];
const TEXT_LENGTH_MAX = 120;
const PPM = 1_000_000;
const PERCENT_TO_PPM = 10_000;

/** After a change, and after a refusal: a colleague may have been faster. */
function useAct(act: () => Promise<unknown>, done?: () => void) {
  const client = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => done?.(), onSettled: () => client.invalidateQueries({ queryKey: ['producers'] }) });
}

export function ProducersPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { open, month: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const month = `${asked ?? session.business_date.slice(0, 7)}-01`;
  const may = MONEY_ACTORS.includes(session.user.role);
  const list = useQuery(producersQuery(month));
  const producers = list.data?.producers ?? [];
  const show = (id: number | undefined): void => void navigate({ to: '/producers', search: { month: asked, open: id } });
  const shown = producers.find((one) => one.producer_id === open);
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.producers')}</Title>
      <TextInput type="month" label={t('producers.month')} value={month.slice(0, 7)} w={180} onChange={({ currentTarget: { value } }) => { if (/^\d{4}-\d{2}$/.test(value)) void navigate({ to: '/producers', search: { month: value, open } }); }} />
      <Card title={t('producers.earned_in')}>
        {list.isPending ? <Loading rows={6} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && producers.length === 0 ? <Empty title={t('producers.none')} hint={t('producers.none_hint')} /> : null}
        {producers.length === 0 ? null : <DataTable name="producers" columns={columnsOf(t)} rows={producers} rowKey={(one) => one.producer_id} open={(one) => show(one.producer_id)} isOpen={(one) => one.producer_id === open} />}
        {may ? <NewProducer /> : null}
      </Card>
      {list.data === undefined ? null : <Rates rates={list.data.rates} producers={producers} may={may} today={session.business_date} />}
      {shown === undefined ? null : <SidePanel title={shown.name} close={() => show(undefined)}><Statement key={shown.producer_id} producer={shown} month={month} may={may} today={session.business_date} /></SidePanel>}
    </div>
  );
}

const sums = (rows: Producer['earned']): string => rows.map((row) => money(row.amount_minor, row.currency)).join(' · ');
const columnsOf = (t: TFunction): readonly Column<Producer>[] => [
  { key: 'name', title: t('producers.producer'), value: ({ name }) => name, cell: (one) => <><strong>{one.name}</strong><div className={css['quiet']}>{one.external_ref}</div></> },
  { key: 'policies', title: t('producers.policies'), value: ({ policies }) => policies, cell: ({ policies }) => count(policies) },
  { key: 'earned', title: t('producers.commission'), amount: true, value: ({ earned }) => sums(earned), cell: ({ earned }) => <strong>{sums(earned) || '—'}</strong> },
];

function NewProducer() {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [reference, setReference] = useState('');
  const adding = useAct(() => addProducer(name.trim(), reference.trim()), () => { setName(''); setReference(''); });
  return (
    <form onSubmit={(event) => { event.preventDefault(); adding.mutate(); }}>
      <div className={own['buttons']}>
        <TextInput size="xs" aria-label={t('producers.producer')} placeholder={t('producers.producer')} maxLength={TEXT_LENGTH_MAX} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput size="xs" aria-label={t('producers.reference')} placeholder={t('producers.reference')} maxLength={TEXT_LENGTH_MAX} value={reference} onChange={(event) => setReference(event.currentTarget.value)} />
        <Button type="submit" size="compact-sm" variant="default" disabled={name.trim() === ''} loading={adding.isPending}>{t('producers.add')}</Button>
      </div>
      {adding.error === null ? null : <Failed error={adding.error} />}
    </form>
  );
}

function Rates({ rates, producers, may, today }: { rates: Data['producers']['rates']; producers: readonly Producer[]; may: boolean; today: string }) {
  const { t } = useTranslation();
  const [whose, setWhose] = useState('all');
  const [line, setLine] = useState('life');
  const [year, setYear] = useState('first');
  const [from, setFrom] = useState(today);
  const [rate, setRate] = useState<string | number>('');
  const ppm = Math.round(Number(rate) * PERCENT_TO_PPM);
  const adding = useAct(() => addRate({ producer_id: whose === 'all' ? null : Number(whose), line, policy_year: year, from_on: from, rate_ppm: ppm }), () => setRate(''));
  const nameOf = (id: number | null): string => (id === null ? t('producers.everybody') : (producers.find((one) => one.producer_id === id)?.name ?? ''));
  return (
    <Card title={t('producers.rates')}>
      {rates.length === 0 ? <Empty title={t('producers.no_rates')} hint={t('producers.no_rates_hint')} /> : (
        <div className={css['scroll']}><table className={css['table']}><tbody>
          {rates.map((one) => (
            <tr key={one.rate_id}>
              <td>{word('line', one.line)} · {word('policy_year', one.policy_year)}<div className={css['quiet']}>{nameOf(one.producer_id)}</div></td>
              <td className={css['quiet']}>{t('producers.from', { day: day(one.from_on), by: one.entered_by })}</td>
              <td className={css['amount']}><strong>{percent(one.rate_ppm / PPM)}</strong></td>
            </tr>
          ))}
        </tbody></table></div>
      )}
      {may ? (
        <form onSubmit={(event) => { event.preventDefault(); adding.mutate(); }}>
          <div className={own['buttons']}>
            <Select size="xs" aria-label={t('producers.producer')} allowDeselect={false} data={[{ value: 'all', label: t('producers.everybody') }, ...producers.map((one) => ({ value: String(one.producer_id), label: one.name }))]} value={whose} onChange={(value) => setWhose(value ?? 'all')} />
            <Select size="xs" aria-label={t('column.line')} allowDeselect={false} data={LINES.map((value) => ({ value, label: word('line', value) }))} value={line} onChange={(value) => setLine(value ?? 'life')} />
            <Select size="xs" aria-label={t('producers.year')} allowDeselect={false} data={YEARS.map((value) => ({ value, label: word('policy_year', value) }))} value={year} onChange={(value) => setYear(value ?? 'first')} />
            <TextInput size="xs" type="date" aria-label={t('producers.from_day')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
            <NumberInput size="xs" aria-label={t('producers.rate')} placeholder={t('producers.rate')} suffix=" %" min={0} max={100} decimalScale={4} value={rate} onChange={setRate} w={110} />
            <Button type="submit" size="compact-sm" variant="default" disabled={rate === '' || from === ''} loading={adding.isPending}>{t('producers.add_rate')}</Button>
          </div>
          {adding.error === null ? null : <Failed error={adding.error} />}
        </form>
      ) : null}
    </Card>
  );
}

function Statement({ producer, month, may, today }: { producer: Producer; month: string; may: boolean; today: string }) {
  const { t } = useTranslation();
  const statement = useQuery(statementQuery(producer.producer_id, month));
  const [policy, setPolicy] = useState('');
  const giving = useAct(() => givePolicy(producer.producer_id, policy.trim(), today), () => setPolicy(''));
  return (
    <div className={own['stack']}>
      <Card title={statement.data === undefined ? t('producers.commission') : sums(statement.data.sums) || '—'}>
        {statement.isPending ? <Loading rows={5} /> : null}
        {statement.error === null ? null : <Failed error={statement.error} retry={() => void statement.refetch()} />}
        {statement.data?.rows.length === 0 ? <Empty title={t('producers.nothing_earned')} hint={t('producers.nothing_earned_hint')} /> : null}
        {statement.data === undefined || statement.data.rows.length === 0 ? null : (
          <DataTable name={`commission-${String(producer.producer_id)}-${month}`} columns={statementColumns(t)} rows={statement.data.rows} rowKey={(row) => `${row.kind} ${String(row.holder_id)} ${String(row.bill_id)} ${row.on} ${String(row.amount_minor)}`} />
        )}
      </Card>
      {may ? (
        <Card title={t('producers.looks_after')}>
          <form className={own['buttons']} onSubmit={(event) => { event.preventDefault(); giving.mutate(); }}>
            <TextInput size="xs" aria-label={t('column.policy')} placeholder={t('column.policy')} maxLength={TEXT_LENGTH_MAX} value={policy} onChange={(event) => setPolicy(event.currentTarget.value)} />
            <Button type="submit" size="compact-sm" variant="default" disabled={policy.trim() === ''} loading={giving.isPending}>{t('producers.give')}</Button>
          </form>
          {giving.error === null ? null : <Failed error={giving.error} />}
          {giving.isSuccess ? <p role="status">{t('producers.given')}</p> : null}
        </Card>
      ) : null}
    </div>
  );
}

const statementColumns = (t: TFunction): readonly Column<StatementRow>[] => [
  { key: 'on', title: t('producers.on'), value: (row) => row.on, cell: (row) => <>{day(row.on)}<div className={css['quiet']}>{word('commission_kind', row.kind)}</div></> },
  { key: 'policy', title: t('column.policy'), value: (row) => row.policy_number, cell: (row) => <Link className={css['link']} to="/bills" search={{ open: `${String(row.holder_id)}-${String(row.bill_id)}` }}>{row.policy_number}</Link> },
  { key: 'premium', title: t('producers.premium'), amount: true, wide: true, value: (row) => row.premium_minor, cell: (row) => <>{money(row.premium_minor, row.currency)}<div className={css['quiet']}>{percent(row.rate_ppm / PPM)}</div></> },
  { key: 'amount', title: t('producers.commission'), amount: true, value: (row) => row.amount_minor, cell: (row) => <strong>{money(row.amount_minor, row.currency)}</strong> },
];
