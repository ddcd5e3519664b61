/** The built console: its files, and its one page for every address that no route has taken. */

import fs from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { notFound } from './problems.ts';
import { type Api } from './world.ts';

/** Vite writes this where a nonce belongs (vite.config.ts: html.cspNonce). */
const NONCE_MARK = 'INFORCE_CSP_NONCE';

export async function serveConsole(app: Api, directory: string): Promise<void> {
  const index = path.join(directory, 'index.html');
  let page: { text: string; changed: number } | null = null;
  // Names in assets/ carry their content's hash, so a browser may keep them for ever.
  if (fs.existsSync(path.join(directory, 'assets'))) {
    await app.register(fastifyStatic, {
      root: path.join(directory, 'assets'),
      prefix: '/assets/',
      index: false,
      immutable: true,
      maxAge: '365d',
      decorateReply: false,
    });
  }
  const readPage = (): string | null => {
    const changed = fs.statSync(index, { throwIfNoEntry: false })?.mtimeMs;
    if (changed === undefined) return null;
    if (page === null || page.changed !== changed) page = { text: fs.readFileSync(index, 'utf8'), changed };
    return page.text;
  };
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const isPage =
      request.method === 'GET' && !/^\/(api|pay|assets)(\/|$|\?)/.test(request.url) && (request.headers.accept ?? '').includes('text/html');
    if (!isPage) return notFound(request, reply);
    const text = readPage();
    if (text === null)
      return reply
        .code(503)
        .type('text/html; charset=utf-8')
        .send('<!doctype html><title>Inforce</title><p>The console is being built. Reload in a moment.');
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(text.replaceAll(NONCE_MARK, request.nonce));
  });
}
