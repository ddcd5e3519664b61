/**
 * Rows of anything: sortable by their columns, walked by j and k, opened by Enter or a click, chosen by a tick or x for an act on many, taken away as CSV. Of a long list
 * only what is on the screen is in the page.
 */

import { Button, Checkbox } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconDownload } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { csvCell } from '../../../src/kernel/index.ts';
import { useListKeys } from './list-keys.ts';
import css from './parts.module.css';

export type Column<Row> = {
  readonly key: string;
  readonly title: string;
  /** What is seen. */
  readonly cell: (row: Row) => ReactNode;
  /** What is sorted by and written to the CSV: a plain value. */
  readonly value: (row: Row) => string | number | null;
  readonly amount?: boolean;
  /** Not on a phone. */
  readonly wide?: boolean;
};
/** An act on the rows that are chosen; `clear` chooses none. */
export type Bulk<Row> = { readonly label: string; readonly act: (rows: readonly Row[], clear: () => void) => void };
type Order = { readonly key: string; readonly down: boolean };

export function DataTable<Row>({ name, columns, rows, rowKey, open, isOpen, bulk }: {
  /** The file's name. */
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  open?: (row: Row) => void;
  isOpen?: (row: Row) => boolean;
  bulk?: Bulk<Row> | undefined;
}) {
  const { t } = useTranslation();
  const [order, setOrder] = useState<Order | null>(null);
  const sorted = useMemo(() => inOrder(rows, columns, order), [rows, columns, order]);
  const [chosen, setChosen] = useState<ReadonlySet<string | number>>(new Set());
  const { body, first, last, before, after, measure, reach } = useVisibleRows(sorted.length);
  const selected = useListKeys(sorted.length, (index) => {
    const row = sorted[index];
    if (row !== undefined) open?.(row);
  }, reach);
  const chosenRows = bulk === undefined ? [] : sorted.filter((row) => chosen.has(rowKey(row)));
  const choose = (keys: readonly (string | number)[], on: boolean): void => {
    const next = new Set(chosen);
    for (const key of keys) if (on) next.add(key); else next.delete(key);
    setChosen(next);
  };
  useHotkeys([['x', () => {
    const row = sorted[selected];
    if (bulk !== undefined && row !== undefined) choose([rowKey(row)], !chosen.has(rowKey(row)));
  }]]);
  const classOf = ({ amount, wide }: Column<Row>): string => `${amount === true ? (css['amount'] ?? '') : ''} ${wide === true ? (css['wide'] ?? '') : ''}`;
  const span = columns.length + (bulk === undefined ? 0 : 1);
  return (
    <>
      {bulk === undefined || chosenRows.length === 0 ? null : (
        <div className={css['bulk']} role="status">
          {t('list.selected', { count: chosenRows.length })}
          <Button size="compact-sm" onClick={() => bulk.act(chosenRows, () => setChosen(new Set()))}>{bulk.label}</Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setChosen(new Set())}>{t('list.clear')}</Button>
        </div>
      )}
      {/* Reached by the keyboard, so that a wide table can be scrolled without a mouse. */}
      <div className={css['scroll']} tabIndex={0} role="region" aria-label={name}>
        <table className={css['table']}>
          <thead>
            <tr>
              {bulk === undefined ? null : (
                <th className={css['tick']}>
                  <Checkbox
                    size="xs" aria-label={t('list.select_all')} checked={chosenRows.length === sorted.length} indeterminate={chosenRows.length > 0 && chosenRows.length < sorted.length}
                    onChange={(event) => choose(sorted.map(rowKey), event.currentTarget.checked)}
                  />
                </th>
              )}
              {columns.map((column) => (
                <th key={column.key} className={classOf(column)} aria-sort={order?.key === column.key ? (order.down ? 'descending' : 'ascending') : undefined}>
                  {column.title === '' ? null : (
                    <button type="button" className={css['sort']} onClick={() => setOrder(nextOrder(order, column.key))}>
                      {column.title}
                      {order?.key === column.key ? order.down ? <IconArrowDown size={12} /> : <IconArrowUp size={12} /> : null}
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            {before > 0 ? <tr aria-hidden="true"><td colSpan={span} style={{ height: before, padding: 0 }} /></tr> : null}
            {sorted.slice(first, last).map((row, offset) => {
              const index = first + offset;
              const key = rowKey(row);
              return (
                <tr
                  key={key}
                  ref={measure}
                  data-index={index}
                  className={open === undefined ? undefined : css['row']}
                  data-selected={index === selected || isOpen?.(row) === true}
                  onClick={() => open?.(row)}
                >
                  {bulk === undefined ? null : (
                    <td className={css['tick']} onClick={(event) => event.stopPropagation()}>
                      <Checkbox size="xs" aria-label={t('list.select')} checked={chosen.has(key)} onChange={(event) => choose([key], event.currentTarget.checked)} />
                    </td>
                  )}
                  {columns.map((column) => (
                    <td key={column.key} className={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
            {after > 0 ? <tr aria-hidden="true"><td colSpan={span} style={{ height: after, padding: 0 }} /></tr> : null}
          </tbody>
        </table>
        <Button mt="sm" size="compact-xs" variant="subtle" color="gray" leftSection={<IconDownload size={13} />} onClick={() => saveCsv(name, columns, sorted)}>
          {t('list.csv', { count: sorted.length })}
        </Button>
      </div>
    </>
  );
}

/** A list as long as this is drawn as a whole: nothing is saved, and the browser's own search finds every row. */
const WHOLE_MAX = 100;
const ROW_PX = 37;
const OVERSCAN = 12;

/** Which rows are near the screen, and the height of those above and below. */
function useVisibleRows(length: number) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  // Its answers are used here alone; nothing that is remembered takes them.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useWindowVirtualizer({ count: length, estimateSize: () => ROW_PX, overscan: OVERSCAN, scrollMargin: top, enabled: length > WHOLE_MAX });
  useLayoutEffect(() => setTop((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY), [length]);
  const items = virtual.getVirtualItems();
  const [one, end] = [items[0], items.at(-1)];
  if (length <= WHOLE_MAX || one === undefined || end === undefined) return { body, first: 0, last: Math.min(length, WHOLE_MAX), before: 0, after: 0, measure: undefined, reach: undefined };
  return {
    body, first: one.index, last: end.index + 1, before: one.start - top, after: virtual.getTotalSize() - (end.end - top), measure: virtual.measureElement,
    reach: (index: number) => virtual.scrollToIndex(index, { align: 'auto' }),
  };
}

/** As it came, up, down, as it came. */
const nextOrder = (order: Order | null, key: string): Order | null => (order?.key !== key ? { key, down: false } : order.down ? null : { key, down: true });

function inOrder<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | null): readonly Row[] {
  const column = columns.find(({ key }) => key === order?.key);
  if (column === undefined || order === null) return rows;
  const sign = order.down ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    // What is not known stands last, whichever way.
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)));
  });
}

/** For spreadsheets: with a byte order mark, and nothing that they would take for a formula. */
function saveCsv<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const lines = [columns.map(({ title }) => csvCell(title)), ...rows.map((row) => columns.map(({ value }) => csvCell(value(row))))];
  const url = URL.createObjectURL(new Blob([`\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
