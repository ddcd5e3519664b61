/** Lists as a person left them: the filters that stand in a page's address, under a name. */

import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { askerIn } from '../asker.ts';
import { notFound, sendProblem } from '../problems.ts';
import { type Api, type World } from '../world.ts';
import { idParam } from './holders.ts';

const VIEWS_MAX = 100;
const page = z.string().regex(/^[a-z-]{1,40}$/);
const search = z.record(z.string().max(40), z.union([z.string().max(200), z.number()]));
const view = z.object({ view_id: z.int(), page, name: z.string(), search });
export const savedViewsShape = z.object({ views: z.array(view) });

export function savedViewRoutes(app: Api, world: World): void {
  app.get('/api/saved-views', {
    schema: { summary: 'Your own saved views of a page', tags: ['session'], querystring: z.object({ page }), response: { 200: savedViewsShape } },
  }, (request) => inInsurer(world.database.app, askerIn(request), async (tx) => ({
    views: [...await tx<z.output<typeof view>[]>`
      select view_id, page, name, search from saved_views where user_id = ${askerIn(request).id} and page = ${request.query.page} order by lower(name)`],
  })));

  app.put('/api/saved-views', {
    schema: {
      summary: 'Save a view under a name; the same name again replaces it', tags: ['session'],
      body: z.object({ page, name: z.string().trim().min(1).max(60), search }), response: { 200: z.object({ view_id: z.int() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    if (asker.kind === 'key') return sendProblem(request, reply, { code: 'person_needed' });
    const { page: on, name, search: kept } = request.body;
    const saved = await inInsurer(world.database.app, asker, async (tx) => {
      const [row] = await tx<{ view_id: number }[]>`
        insert into saved_views (insurer_id, user_id, page, name, search)
        select ${asker.insurerId}, ${asker.id}, ${on}, ${name}, ${tx.json(kept)} where (select count(*) from saved_views where user_id = ${asker.id}) < ${VIEWS_MAX}
        on conflict (insurer_id, user_id, page, name) do update set search = excluded.search returning view_id`;
      return row;
    });
    return saved ?? sendProblem(request, reply, { code: 'views_too_many', details: { most: VIEWS_MAX } });
  });

  app.delete('/api/saved-views/:view_id', {
    schema: { summary: 'Forget a saved view', tags: ['session'], params: z.object({ view_id: idParam }), response: { 200: z.object({}) } },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const gone = await inInsurer(world.database.app, asker, (tx) => tx`delete from saved_views where user_id = ${asker.id} and view_id = ${request.params.view_id}`);
    return gone.count > 0 ? {} : notFound(request, reply);
  });
}
