/** The client, and what PostgreSQL's types become in TypeScript. */

import postgres from 'postgres';

export type Sql = postgres.Sql;
export type Tx = postgres.TransactionSql;

const CONNECT_TIMEOUT_S = 10;
const TYPE_INT8 = 20;

/**
 * Types on the wire: a `bigint` column that ends in `_minor` is money and arrives as `bigint`; every other is an id or a count and arrives as a
 * safe integer. `date` stays the ISO string that our business dates are.
 */
export function open(url: string, connections: number): Sql {
  return postgres(url, {
    max: connections,
    connect_timeout: CONNECT_TIMEOUT_S,
    onnotice: () => {},
    types: {
      date: { to: 1082, from: [1082], serialize: (value: string) => value, parse: (value: string) => value },
      minor: { to: TYPE_INT8, from: [], serialize: (value: bigint) => value.toString(), parse: (value: string) => value },
    },
    transform: {
      value: {
        from: (value: unknown, column: { name: string; type: number }) => {
          if (column.type !== TYPE_INT8 || typeof value !== 'string') return value;
          return column.name.endsWith('_minor') ? BigInt(value) : safeInteger(value);
        },
      },
    },
  }) as unknown as Sql;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${text} is not a safe integer`);
  return value;
}
