/** Files of policies: sent in pieces or at once, their mapping looked at and corrected, tried, imported, stopped, gone on with. */

import fs from 'node:fs';
import path from 'node:path';
import { type Readable } from 'node:stream';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { fail, type Result } from '../../kernel/index.ts';
import { checkMapping, readImportMapping } from '../../portfolio/index.ts';
import { changeMapping, importListShape, importRow, importView, importViewShape, listImports, openImportRuns } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, notFound, sendProblem } from '../problems.ts';
import { businessDateOf, type Access, type Api, type Asker, type World } from '../world.ts';
import { idParam } from './holders.ts';

const IMPORTERS = ['manager', 'it'] as const satisfies Access;
const PAGE_MAX = 100;
const PAGE_DEFAULT = 20;
const NAME_CHARACTERS_MAX = 400;
const FIELD_CHARACTERS_MAX = 200;

const params = z.object({ import_id: idParam });
const more = z.enum(['true', 'false']).default('false').describe('`true`: this is not the end of the file; send the rest to …/file');

/** The request's bytes, still flowing. Looks like nothing to whoever hashes or logs a body. */
type Bytes = { readonly stream: Readable; readonly toJSON: () => null };

export function importRoutes(app: Api, world: World): void {
  const runs = openImportRuns(world);
  app.addHook('onReady', () => runs.clean().catch(() => {
    // The database is away; imports are looked at again when somebody asks for them, and files in an hour.
  }));
  app.addHook('onClose', () => runs.close());

  const view = async (request: FastifyRequest, asker: Asker, importId: number) =>
    inInsurer(world.database.app, asker, (tx) => importView(tx, importId, languageOf(request)));
  const answer = async (request: FastifyRequest, reply: FastifyReply, status: 200 | 201 | 202, done: Result<{ readonly importId: number }>) => {
    if (!done.ok) return sendProblem(request, reply, done.problem);
    const found = await view(request, askerIn(request), done.value.importId);
    return found === null ? notFound(request, reply) : reply.code(status).send(found);
  };

  // Only these two addresses take bytes.
  void app.register(async (plain) => {
    const files = plain.withTypeProvider<ZodTypeProvider>();
    files.addContentTypeParser('application/octet-stream', (_request, payload, done) => { done(null, { stream: payload, toJSON: () => null } satisfies Bytes); });
    const bytesOf = ({ body }: FastifyRequest): Readable | null => (body as Partial<Bytes> | null | undefined)?.stream ?? null;

    files.post('/api/imports', {
      config: { access: IMPORTERS, wholeInsurer: true },
      schema: {
        summary: 'Send a file of policies (application/octet-stream), whole or its first piece; what comes back shows how its columns were recognised', tags: ['imports'],
        querystring: z.object({ name: z.string().min(1).max(NAME_CHARACTERS_MAX), more }), response: { 201: importViewShape },
      },
    }, async (request, reply) => {
      const { insurerId, name: by } = askerIn(request);
      const bytes = bytesOf(request);
      if (bytes === null) return sendProblem(request, reply, { code: 'media_type_unsupported' });
      return answer(request, reply, 201, await runs.receive(insurerId, request.query.name, by, bytes, request.query.more === 'false'));
    });

    files.put('/api/imports/:import_id/file', {
      config: { access: IMPORTERS, wholeInsurer: true },
      schema: {
        summary: 'Send the next piece of a file', tags: ['imports'], params,
        querystring: z.object({ at: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).describe('received_bytes of the piece before'), more }),
        response: { 200: importViewShape },
      },
    }, async (request, reply) => {
      const bytes = bytesOf(request);
      if (bytes === null) return sendProblem(request, reply, { code: 'media_type_unsupported' });
      const { at, more: goesOn } = request.query;
      return answer(request, reply, 200, await runs.append(askerIn(request).insurerId, request.params.import_id, at, bytes, goesOn === 'false'));
    });
  });

  app.get('/api/imports', {
    config: { access: IMPORTERS, wholeInsurer: true },
    schema: {
      summary: 'Imports, newest first, by pages', tags: ['imports'],
      querystring: z.object({ after: idParam.optional().describe('next_after of the page before'), limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT) }),
      response: { 200: importListShape },
    },
  }, async (request) => {
    const { after = null, limit } = request.query;
    return inInsurer(world.database.app, askerIn(request), (tx) => listImports(tx, after, limit, languageOf(request)));
  });

  app.get('/api/imports/:import_id', {
    config: { access: IMPORTERS, wholeInsurer: true },
    schema: { summary: 'One import: its mapping, how far it is, what came of it', tags: ['imports'], params, response: { 200: importViewShape } },
  }, async (request, reply) => (await view(request, askerIn(request), request.params.import_id)) ?? notFound(request, reply));

  app.put('/api/imports/:import_id/mapping', {
    config: { access: IMPORTERS, wholeInsurer: true },
    schema: {
      summary: 'Say which column is which field, and what holds where a row says nothing', tags: ['imports'], params,
      body: z.object({
        columns: z.record(z.string().max(FIELD_CHARACTERS_MAX), z.string().max(FIELD_CHARACTERS_MAX)),
        defaults: z.record(z.string().max(FIELD_CHARACTERS_MAX), z.string().max(FIELD_CHARACTERS_MAX)).default({}),
        assume: z.object({ next_due_within_days: z.int().min(1).max(366).optional(), email: z.string().max(FIELD_CHARACTERS_MAX).optional() }).default({}),
      }),
      response: { 200: importViewShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const importId = request.params.import_id;
    const mapping = readImportMapping(request.body);
    if (!mapping.ok) return sendProblem(request, reply, mapping.problem);
    const changed = await inInsurer(world.database.app, asker, async (tx) => {
      const row = await importRow(tx, importId);
      if (row === undefined) return fail('not_found');
      if (row.preview === null) return fail('import_not_ready');
      const checked = checkMapping(row.preview.columns.map(({ name }) => name), mapping.value, businessDateOf(world, asker));
      return checked.ok ? changeMapping(tx, importId, mapping.value) : checked;
    });
    return answer(request, reply, 200, changed.ok ? { ok: true, value: { importId } } : changed);
  });

  app.post('/api/imports/:import_id/run', {
    config: { access: IMPORTERS, wholeInsurer: true },
    schema: {
      summary: 'Begin an import, or a dry run of it; one that was stopped goes on', tags: ['imports'], params, body: z.object({ dry_run: z.boolean() }),
      response: { 202: importViewShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const importId = request.params.import_id;
    if (await view(request, asker, importId) === null) return notFound(request, reply);
    const begun = await runs.begin({
      insurerId: asker.insurerId, importId, dryRun: request.body.dry_run, today: businessDateOf(world, asker), language: languageOf(request),
    });
    return answer(request, reply, 202, begun.ok ? { ok: true, value: { importId } } : begun);
  });

  app.post('/api/imports/:import_id/stop', {
    config: { access: IMPORTERS, wholeInsurer: true },
    schema: { summary: 'Stop after the rows at hand; what is in stays in', tags: ['imports'], params, response: { 202: importViewShape } },
  }, async (request, reply) => {
    const importId = request.params.import_id;
    const asker = askerIn(request);
    if (await view(request, asker, importId) === null) return notFound(request, reply);
    const stopped = await runs.stop(asker.insurerId, importId);
    return answer(request, reply, 202, stopped.ok ? { ok: true, value: { importId } } : stopped);
  });

  app.get('/api/imports/:import_id/errors', {
    config: { access: IMPORTERS, wholeInsurer: true },
    schema: { summary: 'The bad rows of the last run, each with reason and remedy (text/csv)', tags: ['imports'], params },
  }, async (request, reply) => {
    const file = await runs.errorsFile(askerIn(request).insurerId, request.params.import_id);
    if (file === null) return notFound(request, reply);
    return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(path.basename(file))}`).send(fs.createReadStream(file));
  });
}
