/** The house’s own furniture, all on one page: what a new page is made of, and how it looks in both schemes and three languages. */

import { Button, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { word } from '../language.ts';
import { Simulated, StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, day, longDay, moment, money, percent } from '../parts/format.ts';
import { FilterSelect } from '../parts/list.tsx';
import { SidePanel } from '../parts/side-panel.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import own from './design.module.css';

const COLOURS = ['--page', '--card', '--line', '--quiet', '--good', '--bad', '--mantine-primary-color-filled'] as const;
const BADGES = { bill_stage: ['not_due', 'due', 'grace', 'late', 'suspended', 'lapsed'], tier: ['low', 'medium_low', 'medium_high', 'high'], gate: ['allow', 'defer', 'refuse'] } as const;
/** One minor unit of each kind: no decimals, two, three. */
const AMOUNTS = [['HKD', 1_234_567], ['JPY', 1_234_567], ['KWD', 1_234_567], ['CNY', -120_000]] as const;
const SIZES = ['xs', 'sm', 'md', 'lg', 'xl'] as const;
const DAY = '2026-11-24';
const AT = '2026-11-24T03:05:00Z';
const ROWS_MANY = 2_000;
type Row = { readonly no: number; readonly on: string; readonly minor: number };
const ROWS: readonly Row[] = Array.from({ length: ROWS_MANY }, (_, no) => ({ no: no + 1, on: DAY, minor: (no * 7_919) % 1_000_000 }));

export function DesignPage() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Row | null>(null);
  const [chosen, setChosen] = useState<string | undefined>();
  const columns: readonly Column<Row>[] = [
    { key: 'no', title: t('design.number'), amount: true, value: (row) => row.no, cell: (row) => count(row.no) },
    { key: 'on', title: t('column.due'), value: (row) => row.on, cell: (row) => day(row.on) },
    { key: 'minor', title: t('column.owes'), amount: true, value: (row) => row.minor, cell: (row) => money(row.minor, 'HKD') },
  ];
  return (
    <div className={css['page']}>
      <Title order={1}>{t('design.title')}</Title>
      <p className={css['quiet']}>{t('design.hint')}</p>
      <Card title={t('design.type')} aside={<Simulated simulated />}>
        <Title order={2} size="h1">{t('room.today')}</Title><Title order={2}>{t('room.bills')}</Title><Title order={3}>{t('room.rules')}</Title>
        {SIZES.map((size) => <span key={size} style={{ fontSize: `var(--mantine-font-size-${size})` }}>{size} · {longDay(DAY)}</span>)}
      </Card>
      <Card title={t('design.colours')}>
        <div className={own['swatches']}>{COLOURS.map((name) => <div key={name}><span style={{ background: `var(${name})` }} /><code>{name}</code></div>)}</div>
        {Object.entries(BADGES).map(([group, values]) => <div key={group} className={own['row']}>{values.map((value) => <StateBadge key={value} group={group} value={value} />)}</div>)}
      </Card>
      <Card title={t('design.figures')}>
        <div className={own['row']}>{AMOUNTS.map(([currency, minor]) => <span key={currency} className={css['amount']}>{money(minor, currency)}</span>)}</div>
        <div className={own['row']}>{day(DAY)} · {longDay(DAY)} · {moment(AT, 'Asia/Hong_Kong')} · {percent(0.9213)} · {count(1_000_000)}</div>
        <Sparkline values={[0.88, 0.9, 0.89, 0.91, 0.915]} target={0.92} label={t('design.figures')} />
      </Card>
      <Card title={t('design.acts')}>
        <div className={own['row']}>
          <Button>{t('act.link')}</Button><Button variant="default">{t('act.call')}</Button><Button variant="light">{t('act.copy')}</Button><Button disabled>{t('act.record')}</Button>
          <Button variant="default" onClick={() => toast(t('hand_over.open_again'))}>{t('design.toast')}</Button>
          <Button variant="default" onClick={() => toast(t('hand_over.taken_back'), { label: t('toast.undo'), undone: t('hand_over.open_again'), act: () => Promise.resolve() })}>{t('design.toast_undo')}</Button>
          <FilterSelect label={t('column.tier')} value={chosen} choose={setChosen} data={BADGES.tier.map((value) => ({ value, label: word('tier', value) }))} />
        </div>
      </Card>
      <Card title={t('design.states')}>
        <Loading rows={2} />
        <Empty title={t('holders.none')} hint={t('holders.none_hint')} />
        <Failed error={new Error()} retry={() => {}} />
      </Card>
      <Card title={t('design.table', { rows: count(ROWS_MANY) })}>
        <DataTable name="design" columns={columns} rows={ROWS} rowKey={(row) => row.no} open={setOpen} isOpen={(row) => row === open} bulk={{ label: t('design.bulk'), act: (rows, clear) => {
          toast(t('list.selected', { count: rows.length }));
          clear();
        } }} />
      </Card>
      {open === null ? null : <SidePanel title={count(open.no)} close={() => setOpen(null)}>{money(open.minor, 'HKD')}</SidePanel>}
    </div>
  );
}
