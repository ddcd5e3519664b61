/** A finding in words with its picture: the same rows as a table with CSV, the picture as a file. What is drawn is said without the drawing library's words. */

import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from './card.tsx';
import css from './chart.module.css';
import { DataTable, type Column } from './data-table.tsx';
import { Loading } from './states.tsx';

/** Null is a gap: not known yet. */
type Series = { readonly name: string; readonly values: readonly (number | null)[] };
type Axes = {
  readonly categories: readonly string[]; readonly series: readonly Series[]; readonly min?: number; readonly max?: number;
  /** A number beside the axis, and the words for one point. */
  readonly axis: (value: number) => string; readonly show: (series: number, index: number) => string;
  readonly mark?: { readonly name: string; readonly value: number };
  /** Of lines: a shaded range around the first of them. */
  readonly band?: { readonly name: string; readonly low: readonly number[]; readonly high: readonly number[] };
};
export type ChartSpec =
  | ({ readonly kind: 'bars'; readonly stacked?: boolean; readonly horizontal?: boolean } & Axes)
  | ({ readonly kind: 'lines' } & Axes)
  | {
    readonly kind: 'heat'; readonly columns: readonly string[]; readonly rows: readonly string[];
    readonly cells: readonly { readonly column: number; readonly row: number; readonly share: number; readonly text: string; readonly tip: string }[];
  }
  | { readonly kind: 'funnel'; readonly steps: readonly { readonly name: string; readonly value: number; readonly text: string; readonly tip: string }[] };
export type ChartHandle = { readonly svg: () => string };

const Canvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }));

export function ChartCard<Row>({ name, finding, about, aside, spec, columns, rows, rowKey, open, pick, children }: {
  /** Of the files. */
  name: string;
  finding: string;
  /** What is drawn: under the finding, and read out with it. */
  about: string;
  aside?: ReactNode;
  spec: ChartSpec;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  open?: (row: Row) => void;
  pick?: (series: number, index: number) => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const handle = useRef<ChartHandle>(null);
  return (
    <Card title={finding} aside={aside}>
      <p className={css['about']}>{about}</p>
      {view === 'chart' ? (
        <Suspense fallback={<Loading rows={6} />}>
          <Canvas spec={spec} label={`${finding}. ${about}`} pick={pick} handleRef={handle} />
        </Suspense>
      ) : <DataTable name={name} columns={columns} rows={rows} rowKey={rowKey} {...(open === undefined ? {} : { open })} />}
      <div className={css['foot']}>
        <SegmentedControl size="xs" aria-label={t('chart.view')} value={view} onChange={(value) => setView(value === 'table' ? 'table' : 'chart')}
          data={[{ value: 'chart', label: t('chart.chart') }, { value: 'table', label: t('chart.table') }]} />
        {view === 'chart' ? (
          <Button size="compact-xs" variant="subtle" color="gray" leftSection={<IconDownload size={13} />} onClick={() => savePicture(name, handle.current)}>{t('chart.save')}</Button>
        ) : null}
        {children}
      </div>
    </Card>
  );
}

function savePicture(name: string, handle: ChartHandle | null): void {
  if (handle === null) return;
  const url = URL.createObjectURL(new Blob([handle.svg()], { type: 'image/svg+xml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.svg`;
  link.click();
  URL.revokeObjectURL(url);
}
