/** Payers of many, as the page asks for them. */

import { queryOptions } from '@tanstack/react-query';
import { call, type Data } from './api.ts';
import type { Acted } from './money-acts.ts';

export type Group = Data['groups']['groups'][number];
export type GroupView = Data['group'];
export type ListBill = Data['list_bill'];
export type NewGroup = { holder_id: number; name: string; currency: string; part_order: 'oldest_first' | 'pro_rata'; rate_minor: number | null };

export const groupsQuery = queryOptions({ queryKey: ['groups'], queryFn: () => call<Data['groups']>('GET', '/api/groups') });
export const groupQuery = (id: number) => queryOptions({ queryKey: ['groups', id], queryFn: () => call<GroupView>('GET', `/api/groups/${id}`) });
export const listBillQuery = (id: number) => queryOptions({ queryKey: ['groups', 'list', id], queryFn: () => call<ListBill>('GET', `/api/list-bills/${id}`) });
export const addGroup = (group: NewGroup) => call<{ group_id: number }>('POST', '/api/groups', group);
export const joinGroup = (id: number, member: { policy_number: string; employee_ref: string; from_on: string }) => call<object>('POST', `/api/groups/${id}/members`, member);
export const leaveGroup = (id: number, policy_id: number, to_on: string) => call<object>('POST', `/api/groups/${id}/members/leave`, { policy_id, to_on });
export const makeList = (id: number, period: string, due_on: string) => call<{ list_bill_id: number; lines: number }>('POST', `/api/groups/${id}/list-bills`, { period, due_on });
export const reportList = (id: number, csv: string) => call<{ mismatches: number }>('POST', `/api/list-bills/${id}/report`, { csv });
export const answerLine = (id: number, line: number, answer: string) => call<object>('POST', `/api/list-bills/${id}/lines/${line}/answer`, { answer });
export const payList = (id: number, holder_id: number, suspense_id: number, preview: boolean) => call<Acted>('POST', `/api/list-bills/${id}/pay`, { holder_id, suspense_id, preview });
export const undoListPayment = (id: number, holder_id: number, preview: boolean) => call<Acted>('POST', `/api/group-payments/${id}/undo`, { holder_id, preview });
