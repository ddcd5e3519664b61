/** `GET /api/demo/inbox`: what holders of a simulated insurer received. Real people's messages are not shown like this. */

import { type FastifyPluginAsync } from 'fastify';
import { type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Database } from '../../src/database/index.ts';
import { readInbox, type StoredMessage } from './store.ts';

const PAGE = 60;
const ID_MAX = Number.MAX_SAFE_INTEGER;

const messageShape = z.object({
  message_id: z.string(), channel: z.enum(['email', 'sms']), to: z.string(), from: z.string(), subject: z.string().nullable(), received_at: z.string(), language: z.string(),
  holder_id: z.int().nullable(), text: z.string(), html: z.string().nullable(), pay_link: z.string().nullable(),
});
const inboxShape = z.object({ messages: z.array(messageShape), next_cursor: z.string().nullable() });

export const inboxPlugin = ({ database }: { readonly database: Database }): FastifyPluginAsync => async (app) => {
  app.withTypeProvider<ZodTypeProvider>().get('/api/demo/inbox', {
    schema: {
      summary: 'Messages that simulated holders received, newest first', tags: ['demonstration'],
      querystring: z.object({ holder_id: z.coerce.number().int().min(1).max(ID_MAX).optional(), channel: z.enum(['email', 'sms']).optional(), cursor: z.string().regex(/^\d{1,15}$/).optional() }),
      response: { 200: inboxShape },
    },
  }, async (request) => {
    const { asker } = request;
    if (asker === null || !asker.simulated) return { messages: [], next_cursor: null };
    const { holder_id: holderId = null, channel = null, cursor } = request.query;
    const rows = await readInbox(database, asker.insurerCode, { holderId, channel, before: cursor === undefined ? null : Number(cursor), limit: PAGE });
    const last = rows.at(-1);
    return { messages: rows.map(messageOf), next_cursor: rows.length < PAGE || last === undefined ? null : String(last.message_id) };
  });
};

const messageOf = (row: StoredMessage): z.infer<typeof messageShape> => ({
  message_id: String(row.message_id), channel: row.channel, to: row.to_address, from: row.from_address, subject: row.subject, received_at: row.received_at.toISOString(),
  language: row.language, holder_id: row.holder_id, text: row.text, html: row.html, pay_link: row.pay_link,
});
