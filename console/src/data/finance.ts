/** What finance takes away, as the pages ask for it. */

import { queryOptions } from '@tanstack/react-query';
import { call, withQuery, type Data } from './api.ts';

export type ChartRow = Data['chart']['accounts'][number];
export const chartQuery = queryOptions({ queryKey: ['ledger', 'chart'], queryFn: () => call<Data['chart']>('GET', '/api/ledger/chart') });
export const nameAccount = ({ account, version }: ChartRow, code: string, name: string) => call<{ version: number }>('PUT', `/api/ledger/chart/${account}`, { code, name, version });
export const groupReportQuery = (on: string, into: string) => queryOptions({ queryKey: ['ledger', 'group-report', on, into], queryFn: () => call<Data['group_report']>('GET', withQuery('/api/ledger/group-report', { on, into })) });
export const dayQuery = (on: string) => queryOptions({ queryKey: ['ledger', 'day', on], queryFn: () => call<Data['day_reconciled']>('GET', withQuery('/api/ledger/day', { on })) });
export const stateRates = (csv: string) => call<{ rates: number }>('POST', '/api/exchange-rates', { csv });
export const exportAddress = (kind: string, format: string, from: string, to: string): string => withQuery('/api/ledger/export', { kind, format, from, to });
