/** A bill as a PDF and as a page, and the designs that bills are made with: looked at, changed, published, compared. */

import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inInsurer } from '../../database/index.ts';
import { billPage, billPdf, designTerms, FIRST_BLOCKS, mayBePublished, OWN_WORDS, type Printable, sampleBill, SAMPLE_KINDS, SCORE_MIN } from '../../document/index.ts';
import { designFunnel, designFunnels } from '../../insight/index.ts';
import { type BillId, type HolderId, LANGUAGES } from '../../kernel/index.ts';
import { problemText } from '../../kernel/problem-texts.ts';
import { PAY_LINK_DAYS, payLinkToken, payLinkUrl } from '../../payments/index.ts';
import { insurerIn } from '../../portfolio/index.ts';
import { allDesigns, billDocuments, checkOf, designDraft, moment, noteDocuments, saveDesign } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, notFound, sendProblem } from '../problems.ts';
import { businessDateOf, nowOf, originOf, type Access, type Api, type Asker, type World } from '../world.ts';
import { idParam } from './holders.ts';

const MS_PER_DAY = 86_400_000;
/** Who may give out a pay link; the others see the bill without one. */
const LINKERS: Access = ['manager', 'agent', 'finance'];
const EDITORS = ['manager'] as const satisfies Access;
const spoken = z.enum(LANGUAGES);
const params = z.object({ bill_id: idParam });
const asked = z.object({ holder_id: idParam, language: spoken.optional().describe('The holder’s own where absent') });
const designId = z.object({ design_id: z.string().regex(/^[a-z][a-z-]{1,39}$/) });
const sampled = z.object({ language: spoken, sample: z.enum(SAMPLE_KINDS).default('usual'), version: z.coerce.number().int().min(1).optional().describe('The newest where absent') });

const finding = z.object({ kind: z.string(), text: z.string(), instead: z.string().nullable(), cost: z.number() });
const plain = z.object({ score: z.number(), sentences: z.int(), longest: z.int(), mean: z.number(), findings: z.array(finding).readonly() });
export const designCheck = z.object({ score: z.number(), scores: z.object({ en: plain, 'zh-Hans': plain, 'zh-Hant': plain }), missing: z.array(z.enum(FIRST_BLOCKS)).readonly(), problem: z.string().nullable().describe('Why it is not published as it is') });
const design = z.object({
  design_id: z.string(), version: z.int(), names: z.object({ en: z.string(), 'zh-Hans': z.string(), 'zh-Hant': z.string() }), about: z.string(), share: z.int(), state: z.enum(['draft', 'published']), latest: z.boolean(), newest: z.boolean(),
  changed_by: z.string().nullable(), changed_at: moment.nullable(), terms: designTerms, check: designCheck,
});
export const designsShape = z.object({ designs: z.array(design).readonly(), funnels: z.array(designFunnel).readonly(), score_min: z.int(), own_words: z.record(z.string(), z.array(z.string()).readonly()) });

export function billDocumentRoutes(app: Api, world: World): void {
  const madeFor = async (request: FastifyRequest, holderId: number, billId: number, printed: boolean) => {
    const asker = askerIn(request);
    return inInsurer(world.database.app, asker, async (tx) => {
      const insurer = await insurerIn(tx, asker.insurerId);
      if (insurer === undefined) return null;
      const today = businessDateOf(world, asker);
      const [made] = await billDocuments(tx, { insurer, today, masked: false, payUrlOf: linkOf(world, request, asker) }, [{ holderId: holderId as HolderId, billId: billId as BillId }]);
      if (made !== undefined && printed && asker.role !== 'auditor') await noteDocuments(tx, asker.insurerId, [made], null, nowOf(world, asker), today);
      return made ?? null;
    });
  };

  app.get('/api/bills/:bill_id/document.pdf', {
    schema: { summary: 'A bill as one page of PDF, in the design of its holder', tags: ['bills'], params, querystring: asked },
  }, async (request, reply) => {
    const { holder_id, language } = request.query;
    const made = await madeFor(request, holder_id, request.params.bill_id, true);
    if (made === null) return notFound(request, reply);
    return sendPdf(reply, await billPdf({ bill: made.bill, design: made.design, language: language ?? made.language }), `bill-${made.bill.reference}`);
  });

  app.get('/api/bills/:bill_id/document.html', {
    schema: { summary: 'A bill as a light page, in the design of its holder', tags: ['bills'], params, querystring: asked },
  }, async (request, reply) => {
    const { holder_id, language } = request.query;
    const made = await madeFor(request, holder_id, request.params.bill_id, false);
    if (made === null) return notFound(request, reply);
    return sendPreview(request, reply, { bill: made.bill, design: made.design, language: language ?? made.language });
  });

  app.get('/api/bill-designs', {
    schema: {
      summary: 'Every bill design and version: how plain its words are, who gets it, what came of it', tags: ['bill designs'], querystring: z.object({ days: z.enum(['30', '90', '365']).default('90') }), response: { 200: designsShape },
    },
  }, async (request) => {
    const asker = askerIn(request);
    const language = languageOf(request);
    const [designs, funnels] = await inInsurer(world.database.app, asker, (tx) => Promise.all([allDesigns(tx), designFunnels(tx, businessDateOf(world, asker), Number(request.query.days))]));
    return {
      funnels, score_min: SCORE_MIN, own_words: OWN_WORDS,
      designs: designs.map((one) => {
        const { id, version, names, about, share, state, latest, newest, changedBy, changedAt } = one;
        const terms = termsOf(one);
        return { design_id: id, version, names, about, share, state, latest, newest, changed_by: changedBy, changed_at: changedAt, terms, check: wireCheck(terms, language) };
      }),
    };
  });

  app.post('/api/bill-designs/check', {
    config: { access: EDITORS, keepsNothing: true },
    schema: { summary: 'How plain the words of a draft are, and what keeps it from being published; nothing is kept', tags: ['bill designs'], body: designTerms, response: { 200: designCheck } },
  }, (request) => wireCheck(request.body, languageOf(request)));

  app.put('/api/bill-designs/:design_id', {
    config: { access: EDITORS, wholeInsurer: true },
    schema: {
      summary: 'Write the next version of a design on the one that was seen, as a draft or for the holders', tags: ['bill designs'], params: designId, body: designDraft,
      response: { 200: z.object({ design_id: z.string(), version: z.int(), score: z.number() }) },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const saved = await inInsurer(world.database.app, asker, (tx) => saveDesign(tx, { insurerId: asker.insurerId, name: asker.name, at: nowOf(world, asker) }, request.params.design_id, request.body));
    return saved.ok ? saved.value : sendProblem(request, reply, saved.problem);
  });

  const sampleFor = async (request: FastifyRequest, id: string, { language, sample, version }: z.output<typeof sampled>): Promise<Printable | null> => {
    const asker = askerIn(request);
    const designs = await inInsurer(world.database.app, asker, allDesigns);
    const found = designs.find((one) => one.id === id && (version === undefined ? one.newest : one.version === version));
    const usual = sampleBill(sample, language);
    const insurer = { ...usual.insurer, names: asker.insurerNames };
    return found === undefined ? null : { bill: sample === 'usual' ? { ...usual, insurer } : usual, design: found, language };
  };

  app.get('/api/bill-designs/:design_id/sample.pdf', {
    schema: { summary: 'A made-up bill in this design as PDF: a usual one, the shortest, the longest', tags: ['bill designs'], params: designId, querystring: sampled },
  }, async (request, reply) => {
    const sample = await sampleFor(request, request.params.design_id, request.query);
    return sample === null ? notFound(request, reply) : sendPdf(reply, await billPdf(sample), `sample-${request.params.design_id}`);
  });

  app.get('/api/bill-designs/:design_id/sample.html', {
    schema: { summary: 'A made-up bill in this design as a page', tags: ['bill designs'], params: designId, querystring: sampled },
  }, async (request, reply) => {
    const sample = await sampleFor(request, request.params.design_id, request.query);
    return sample === null ? notFound(request, reply) : sendPreview(request, reply, sample);
  });
}

const termsOf = ({ layout, accent, headline, consequence, changed, first, wording }: z.output<typeof designTerms>): z.output<typeof designTerms> => ({ layout, accent, headline, consequence, changed, first, wording });

function wireCheck(terms: z.output<typeof designTerms>, language: (typeof LANGUAGES)[number]): z.output<typeof designCheck> {
  const check = checkOf(terms);
  const may = mayBePublished(check);
  return { score: check.score, scores: check.scores, missing: check.missing, problem: may.ok ? null : problemText(may.problem, language) };
}

function linkOf(world: World, request: FastifyRequest, asker: Asker): ((key: { readonly holderId: HolderId; readonly billId: BillId }) => string) | null {
  if (!LINKERS.includes(asker.role)) return null;
  const expiresAt = nowOf(world, asker) + PAY_LINK_DAYS * MS_PER_DAY;
  return (key) => payLinkUrl(originOf(request), payLinkToken(world.secret, { insurerId: asker.insurerId, ...key, contactId: null, expiresAt }));
}

export const sendPdf = (reply: FastifyReply, bytes: Uint8Array, name: string): FastifyReply =>
  reply.headers({ 'cache-control': 'no-store', 'content-disposition': `inline; filename="${name}.pdf"`, 'referrer-policy': 'no-referrer' }).type('application/pdf').send(Buffer.from(bytes));

/** Shown inside our own pages, so they may frame it; nobody else may. */
function sendPreview(request: FastifyRequest, reply: FastifyReply, { bill, design, language }: Printable): FastifyReply {
  const policy = String(reply.getHeader('content-security-policy') ?? '');
  return reply.headers({ 'cache-control': 'no-store', 'content-security-policy': policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"), 'x-frame-options': 'SAMEORIGIN' }).type('text/html; charset=utf-8')
    .send(billPage({ bill, design, language, nonce: request.nonce, addressIn: null, pdfAddress: null, payAddress: bill.payUrl }));
}
