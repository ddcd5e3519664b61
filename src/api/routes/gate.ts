/** The law's answers of a day, for whoever must prove what was stopped and why. */

import { Readable } from 'node:stream';
import { z } from 'zod';
import { inInsurer, type Scope } from '../../database/index.ts';
import { csvCell, type HolderId } from '../../kernel/index.ts';
import {
  GATE_ANSWERS, gateAnswerOf, gateDayShape, gateRow, gateSummary, latestDay, listGateAnswers, plainDate, type GateCursor, type GateDay, type GateFilter, type GateRow, marketCode,
} from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { notFound } from '../problems.ts';
import { sharedReading } from '../shared-answer.ts';
import { type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;
/** Rows of the file that are in memory at once. */
const FILE_PAGE = 5_000;
const ASK_KEY_MAX = 200;

const day = z.object({ on: plainDate.optional().describe('Absent: the latest day that has any') });
const filter = day.extend({
  answer: z.enum(GATE_ANSWERS).optional(), rule: z.string().max(80).optional(),
  market: marketCode.optional(),
});
const page = filter.extend({
  after: z.string().regex(/^(?:allow|defer|refuse):\d{1,16}:.{1,200}$/s, 'expected the next_after of a page').optional().describe('next_after of the page before'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});
export const gateShape = z.object({ on: plainDate.nullable(), answers: z.array(gateRow), next_after: z.string().nullable() });

export function gateRoutes(app: Api, world: World): void {
  const shared = sharedReading<GateDay>(world);
  app.get('/api/gate', {
    schema: { summary: 'The law’s answers of a day: refusals first, then deferrals', tags: ['compliance'], querystring: page, response: { 200: gateShape } },
  }, async (request) => {
    const { on: asked = null, after, limit } = request.query;
    return inInsurer(world.database.app, askerIn(request), async (tx) => {
      const on = asked ?? await latestDay(tx, 'gate_answers');
      if (on === null) return { on, answers: [], next_after: null };
      const answers = await listGateAnswers(tx, { on, ...filterOf(request.query), after: cursorOf(after), limit });
      const last = answers.length < limit ? undefined : answers.at(-1);
      return { on, answers, next_after: last === undefined ? null : nextAfter(last) };
    });
  });

  app.get('/api/gate/day', {
    schema: { summary: 'A day’s answers counted, by answer and by rule', tags: ['compliance'], querystring: day, response: { 200: gateDayShape } },
  }, (request) => {
    const { on = null } = request.query;
    return shared(askerIn(request), { on }, (tx) => gateSummary(tx, on));
  });

  app.get('/api/gate/answer', {
    schema: {
      summary: 'One answer of the law', tags: ['compliance'], querystring: z.object({ holder_id: idParam, ask_key: z.string().min(1).max(ASK_KEY_MAX) }),
      response: { 200: gateRow },
    },
  }, async (request, reply) => {
    const { holder_id, ask_key } = request.query;
    return await inInsurer(world.database.app, askerIn(request), (tx) => gateAnswerOf(tx, holder_id as HolderId, ask_key)) ?? notFound(request, reply);
  });

  app.get('/api/gate/csv', {
    schema: { summary: 'All answers of a day as a file (text/csv)', tags: ['compliance'], querystring: filter },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const on = request.query.on ?? await inInsurer(world.database.app, asker, (tx) => latestDay(tx, 'gate_answers'));
    const rows = on === null ? [headLine()] : csvOf(world, asker, { on, ...filterOf(request.query), limit: FILE_PAGE });
    return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="gate-${on ?? 'none'}.csv"`).send(Readable.from(rows));
  });
}

const filterOf = ({ answer, rule, market }: z.output<typeof filter>): Pick<GateFilter, 'answer' | 'rule' | 'market'> => (
  { answer: answer ?? null, rule: rule ?? null, market: market ?? null });
const nextAfter = (row: GateRow): string => `${row.answer}:${row.holder_id}:${row.ask_key}`;

function cursorOf(after: string | undefined): GateCursor | null {
  const match = /^(\w+):(\d+):(.*)$/s.exec(after ?? '');
  return match === null ? null : { answer: match[1] ?? '', holderId: match[2] ?? '', askKey: match[3] ?? '' };
}

const CSV_COLUMNS = [
  'asked_on', 'holder_id', 'holder_name', 'market', 'time_zone', 'reference', 'action', 'purpose', 'channel', 'asked_for_at', 'answer', 'deferred_until', 'rule', 'article',
  'law_version', 'ask_key',
] as const satisfies readonly (keyof GateRow)[];

/** With a byte order mark: spreadsheets then read Chinese names. */
const headLine = (): string => `\ufeff${CSV_COLUMNS.join(',')}\r\n`;

/** Page after page, each a short transaction of its own: answers are never changed, so the pages fit together. */
async function* csvOf(world: World, whose: Scope, filter: Omit<GateFilter, 'after'>): AsyncGenerator<string> {
  yield headLine();
  let after: GateCursor | null = null;
  for (;;) {
    const from: GateCursor | null = after;
    const rows: GateRow[] = await inInsurer(world.database.app, whose, (tx) => listGateAnswers(tx, { ...filter, after: from }));
    const last = rows.at(-1);
    if (last !== undefined) yield rows.map((row) => `${CSV_COLUMNS.map((name) => csvCell(row[name])).join(',')}\r\n`).join('');
    if (last === undefined || rows.length < filter.limit) return;
    after = cursorOf(nextAfter(last));
  }
}
