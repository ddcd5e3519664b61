/** What happened in a segment: how its bills of twelve months were paid, by which ways, and what lapsed, beside all holders. */

import { useMemo } from 'react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { SegmentBlock, SegmentView } from '../data/segments.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { ChartCard, type ChartSpec } from '../parts/chart.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, decimal, money, percent } from '../parts/format.ts';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { shareOf, sumOf, SqlButton } from './dashboard-card.tsx';
import own from './dashboard.module.css';
import type { PartOf } from './segment.tsx';
import look from './segments.module.css';
import figures from './today.module.css';

const WAYS_SHOWN = 8;
const OUTCOMES = ['on_time', 'late', 'open', 'written_off'] as const;
/** Neither lapsed nor ended: a premium is still asked for. */
const isPaying = ({ figure, part }: SegmentView['size'][number]): boolean => figure === 'policies' && part !== 'lapsed';
const of = <Row extends { readonly whole: boolean }>(rows: readonly Row[], whole: boolean): readonly Row[] => rows.filter((row) => row.whole === whole);

/** A figure with the whole book's beside it, its statement and its rows. */
export function Figure({ name, value, note, all, block, part, small = false }: { name: string; value: string; note: string; all: string | null; block: SegmentBlock; part: PartOf; small?: boolean }) {
  const { t } = useTranslation();
  return (
    <Card>
      <div className={figures['figure']}>
        <div className={figures['name']}>{name}</div>
        <div className={small ? look['money'] : figures['big']}>{value}</div>
        <span className={css['quiet']}>{note}</span>
        {all === null ? null : <span>{t('segments.all_holders', { value: all })}</span>}
        <div className={own['foot']}><SqlButton open={() => part.openSql(block)} /><SegmentHolders part={part} /></div>
      </div>
    </Card>
  );
}

export function SegmentHolders({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  return <Link className={css['link']} to="/holders" search={{ segment: part.view.segment.segment_id }}>{t('dashboard.rows_holders')}</Link>;
}

function sumsOf(view: SegmentView, whole: boolean) {
  const due = of(view.due, whole);
  const ways = of(view.ways, whole);
  const size = of(view.size, whole);
  const late = due.filter(({ outcome }) => outcome === 'late');
  return {
    due: sumOf(due, ({ bills }) => bills), onTime: sumOf(due.filter(({ outcome }) => outcome === 'on_time'), ({ bills }) => bills), late: sumOf(late, ({ bills }) => bills), daysLate: sumOf(late, ({ days_late: days }) => days),
    paid: sumOf(ways, ({ bills }) => bills), digital: sumOf(ways.filter((row) => row.digital), ({ bills }) => bills),
    holders: sumOf(size.filter(({ figure }) => figure === 'holders'), ({ items }) => items), policies: sumOf(size.filter(isPaying), ({ items }) => items), lapsed: sumOf(size.filter(({ figure }) => figure === 'lapsed'), ({ items }) => items),
  };
}

export function SegmentHappened({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  const [mine, all] = [sumsOf(part.view, false), sumsOf(part.view, true)];
  const share = (a: number, b: number): string => (b === 0 ? '—' : percent(a / b));
  const days = (sums: typeof mine): string => (sums.late === 0 ? '—' : t('segments.days', { days: decimal(sums.daysLate / sums.late) }));
  const { currency } = part;
  const premium = money(sumOf(part.view.size.filter((row) => !row.whole && isPaying(row) && row.currency === currency), (row) => row.amount_minor), currency);
  return (
    <>
      <div className={figures['figures']}>
        <Figure part={part} block="due" name={t('segments.on_time')} value={share(mine.onTime, mine.due)} note={t('segments.of_bills', { part: count(mine.onTime), whole: count(mine.due) })} all={share(all.onTime, all.due)} />
        <Figure part={part} block="due" name={t('segments.days_late')} value={days(mine)} note={t('segments.of_late', { bills: count(mine.late) })} all={days(all)} />
        <Figure part={part} block="ways" name={t('segments.digital')} value={share(mine.digital, mine.paid)} note={t('segments.of_paid', { part: count(mine.digital), whole: count(mine.paid) })} all={share(all.digital, all.paid)} />
        <Figure part={part} block="size" name={t('segments.lapsed')} value={share(mine.lapsed, mine.policies + mine.lapsed)}
          note={t('segments.of_policies', { part: count(mine.lapsed), whole: count(mine.policies + mine.lapsed) })} all={share(all.lapsed, all.policies + all.lapsed)} />
      </div>
      <div className={own['cards']}>
        <Ways part={part} />
        <Card title={t('segments.what_became')}>
          <p className={css['quiet']}>{t('segments.size', { holders: count(mine.holders), share: percent(shareOf(mine.holders, all.holders), 0), premium })}</p>
          <Outcomes part={part} />
        </Card>
      </div>
    </>
  );
}

function Outcomes({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  const { currency } = part;
  const due = of(part.view.due, false);
  const rows = OUTCOMES.map((outcome) => ({ outcome, own: due.filter((row) => row.outcome === outcome) })).filter(({ own: some }) => some.length > 0).map(({ outcome, own: some }) => ({
    outcome, bills: sumOf(some, ({ bills }) => bills), amount_minor: sumOf(some.filter((row) => row.currency === currency), (row) => row.amount_minor),
  }));
  type Row = (typeof rows)[number];
  const columns: readonly Column<Row>[] = [
    { key: 'outcome', title: t('segments.outcome'), value: (row) => word('bill_outcome', row.outcome), cell: (row) => word('bill_outcome', row.outcome) },
    { key: 'bills', title: t('segments.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'amount', title: t('segments.amount', { currency }), amount: true, value: (row) => row.amount_minor, cell: (row) => money(row.amount_minor, currency) },
  ];
  if (rows.length === 0) return <Empty title={t('segments.nothing')} />;
  return (
    <>
      <DataTable name="segment-bills" columns={columns} rows={rows} rowKey={(row) => row.outcome} />
      <div className={own['foot']}><SqlButton open={() => part.openSql('due')} /><SegmentHolders part={part} /></div>
    </>
  );
}

function Ways({ part }: { part: PartOf }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { ways, claim, segment } = part.view;
  const { rows, paid, allPaid, allOf } = useMemo(() => {
    const [mine, all] = [of(ways, false), of(ways, true)];
    return { rows: mine.slice(0, WAYS_SHOWN), paid: sumOf(mine, ({ bills }) => bills), allPaid: sumOf(all, ({ bills }) => bills), allOf: new Map(all.map((row) => [row.way, row.bills])) };
  }, [ways]);
  type Row = SegmentView['ways'][number];
  const spec = useMemo((): ChartSpec => ({
    kind: 'bars', horizontal: true, categories: rows.map(({ way }) => word('method', way)), axis: (value) => percent(value, 0),
    series: [
      { name: segment.name, values: rows.map((row) => shareOf(row.bills, paid)) }, { name: t('segments.book'), values: rows.map((row) => shareOf(allOf.get(row.way) ?? 0, allPaid)) },
    ],
    show: (series, index) => {
      const row = rows[index];
      if (row === undefined) return '';
      const [bills, whole] = series === 0 ? [row.bills, paid] : [allOf.get(row.way) ?? 0, allPaid];
      return `${percent(shareOf(bills, whole))} (${count(bills)} / ${count(whole)})`;
    },
  }), [rows, paid, allPaid, allOf, segment.name, t]);
  const [first] = rows;
  if (first === undefined) return <Card title={t('segments.ways')}><Empty title={t('segments.nothing')} /></Card>;
  const days = (row: Row): number => shareOf(row.days_to_pay, row.bills);
  const columns: readonly Column<Row>[] = [
    { key: 'way', title: t('segments.way'), value: (row) => word('method', row.way), cell: (row) => word('method', row.way) },
    { key: 'share', title: t('segments.ways'), amount: true, value: (row) => shareOf(row.bills, paid), cell: (row) => percent(shareOf(row.bills, paid)) },
    { key: 'all', title: t('segments.book'), amount: true, value: (row) => shareOf(allOf.get(row.way) ?? 0, allPaid), cell: (row) => percent(shareOf(allOf.get(row.way) ?? 0, allPaid)) },
    { key: 'bills', title: t('segments.bills'), amount: true, value: (row) => row.bills, cell: (row) => count(row.bills) },
    { key: 'days', title: t('segments.days_to_pay'), amount: true, wide: true, value: days, cell: (row) => decimal(days(row)) },
  ];
  const claimed = claim === null ? null : t(`segments.claim.${claim.claim}`, { claimed: percent(claim.share, 0), measured: percent(shareOf(sumOf(of(ways, false).filter(({ way }) => claim.ways.includes(way)), ({ bills }) => bills), paid), 0) });
  const open = (): void => void navigate({ to: '/holders', search: { segment: segment.segment_id } });
  return (
    <ChartCard name="segment-ways" about={`${t('segments.ways_about')}${claimed === null ? '' : ` ${claimed}`}`} spec={spec} columns={columns} rows={rows} rowKey={(row) => row.way} open={open} pick={open}
      finding={t('segments.ways_finding', { share: percent(shareOf(first.bills, paid), 0), way: word('method', first.way) })}>
      <SqlButton open={() => part.openSql('ways')} />
      <SegmentHolders part={part} />
    </ChartCard>
  );
}
