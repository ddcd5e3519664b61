/** Rows of anything: sortable by their columns, walked by j and k, opened by Enter or a click, taken away as CSV. */

import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDownload } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { withoutFormula } from '../../../src/kernel/index.ts';
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
type Order = { readonly key: string; readonly down: boolean };

export function DataTable<Row>({ name, columns, rows, rowKey, open, isOpen }: {
  /** The file's name. */
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  open?: (row: Row) => void;
  isOpen?: (row: Row) => boolean;
}) {
  const { t } = useTranslation();
  const [order, setOrder] = useState<Order | null>(null);
  const sorted = useMemo(() => inOrder(rows, columns, order), [rows, columns, order]);
  const selected = useListKeys(sorted.length, (index) => {
    const row = sorted[index];
    if (row !== undefined) open?.(row);
  });
  const classOf = ({ amount, wide }: Column<Row>): string => `${amount === true ? (css['amount'] ?? '') : ''} ${wide === true ? (css['wide'] ?? '') : ''}`;
  return (
    <div className={css['scroll']}>
      <table className={css['table']}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} className={classOf(column)} aria-sort={order?.key === column.key ? (order.down ? 'descending' : 'ascending') : undefined}>
                <button type="button" className={css['sort']} onClick={() => setOrder(nextOrder(order, column.key))}>
                  {column.title}
                  {order?.key === column.key ? order.down ? <IconArrowDown size={12} /> : <IconArrowUp size={12} /> : null}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row, index) => (
            <tr
              key={rowKey(row)}
              className={open === undefined ? undefined : css['row']}
              data-selected={index === selected || isOpen?.(row) === true}
              onClick={() => open?.(row)}
            >
              {columns.map((column) => (
                <td key={column.key} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Button mt="sm" size="compact-xs" variant="subtle" color="gray" leftSection={<IconDownload size={13} />} onClick={() => saveCsv(name, columns, sorted)}>
        {t('list.csv', { count: sorted.length })}
      </Button>
    </div>
  );
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
  const cell = (value: string | number | null): string => {
    if (value === null) return '';
    if (typeof value === 'number') return String(value);
    return `"${withoutFormula(value).replaceAll('"', '""')}"`;
  };
  const lines = [columns.map(({ title }) => cell(title)), ...rows.map((row) => columns.map(({ value }) => cell(value(row))))];
  const url = URL.createObjectURL(new Blob([`\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
