/** Segments: what is asked of the API, and what is changed by it. */

import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, type Data } from './api.ts';

export type Segment = Data['segment']['segment'];
export type SegmentRow = Data['segments']['segments'][number];
export type SegmentView = Data['segment'];
type Asked = Segment['conditions'];
export type Conditions = { readonly [Name in keyof Asked]-?: NonNullable<Asked[Name]> };
export type Bounds = Conditions['premium'][number];
export const SEGMENT_BLOCKS = ['size', 'due', 'ways', 'ahead', 'acts', 'waits', 'law'] as const;
export type SegmentBlock = (typeof SEGMENT_BLOCKS)[number];
/** `sql`: the block whose statement stands beside the page; `currency`: in which amounts are shown. */
export type SegmentSearch = { sql?: string | undefined; edit?: true | undefined; currency?: string | undefined };

/** Each choice in its order; the lists of conditions that are words. */
export const CHOICES = {
  ages: ['under_35', '35_54', '55_over', 'unknown'], channels: ['email', 'sms', 'push', 'wechat', 'call', 'letter', 'none'], tiers: ['low', 'medium_low', 'medium_high', 'high'],
  behaviours: ['punctual', 'new', 'late_1_30', 'late_31_90', 'late_over_90'], markets: ['CN', 'HK', 'TW', 'PH', 'DE', 'US', 'CA', 'FR', 'GB', 'IN', 'IT', 'JP', 'SG'],
  lines: ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'],
} as const;
export type ChoiceName = keyof typeof CHOICES;
export const CHOICE_NAMES = ['ages', 'channels', 'tiers', 'behaviours', 'markets', 'lines'] as const satisfies readonly ChoiceName[];
export const NO_CONDITIONS: Conditions = { premium: [], tiers: [], behaviours: [], ages: [], channels: [], markets: [], lines: [] };
/** What the API leaves out asks for nothing. */
export const conditionsOf = ({ conditions }: Pick<Segment, 'conditions'>): Conditions => ({ ...NO_CONDITIONS, ...conditions }) as Conditions;

export const segmentsQuery = queryOptions({ queryKey: ['segments', 'list'], queryFn: () => call<Data['segments']>('GET', '/api/segments') });
export const segmentQuery = (segmentId: number) => queryOptions({ queryKey: ['segments', 'one', segmentId], queryFn: () => call<SegmentView>('GET', `/api/segments/${segmentId}`) });
export const segmentPreviewQuery = (conditions: Conditions) => queryOptions({
  queryKey: ['segment-preview', conditions], queryFn: () => call<Data['segment_preview']>('POST', '/api/segments/preview', { conditions }, false), placeholderData: keepPreviousData,
});

type Body = { readonly name: string; readonly conditions: Conditions };
export const addSegment = (body: Body) => call<{ segment_id: number }>('POST', '/api/segments', body);
export const addFirstSegments = () => call<{ added: number }>('POST', '/api/segments/first', {});
export const changeSegment = (segmentId: number, version: number, { name, conditions }: Body) => call<{ version: number }>('PUT', `/api/segments/${segmentId}`, { version, name, conditions });
export const archiveSegment = (segmentId: number, version: number, archived: boolean) => call<{ version: number }>('POST', `/api/segments/${segmentId}/archive`, { version, archived });

export const mayChangeSegments = ({ user }: Data['session']): boolean => (user.role === 'manager' || user.role === 'finance') && user.markets === null;
