/** The holder's way to pay: a link opens one bill without a log-in, one tap leads to the provider, and back to the receipt. */

import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { DISPUTE_REASONS, disputePage, type DueDayNote, type DueDayOffer, dueDayPage, laterPage, plannedPage, plansPage, PART_SHARES, partOf, partPage, payPage, severalPage, type PayPageFacts } from '../../../portal/index.ts';
import { changeRulesOf } from '../../billing/index.ts';
import { applyChange, applyPlan, planOptions, type PlanPreview, previewChange } from '../../cycle/index.ts';
import { inInsurer, type Tx } from '../../database/index.ts';
import { billPage, billPdf } from '../../document/index.ts';
import { fail, LANGUAGES, localDate, ok, parseAmount, type BillId, type Language, type PaymentId, type PlainDate, type PolicyId, type Result } from '../../kernel/index.ts';
import { CHOSEN_BILLS_MAX, type Device, deviceOf, openCheckout, openPayLink, PAY_LINK_DAYS, payLinkToken, payPageFacts, readPayLink, type PayLink, type Provider } from '../../payments/index.ts';
import { PLAN_KINDS } from '../../relief/index.ts';
import { insurerIn } from '../../portfolio/index.ts';
import { answerSurvey, billDocuments, disputeOf, noteClick, noteDocuments, openDispute, plainDate, promiseByHolder, promiseDays, promisesOf, surveyAnswerOf, type BillDispute } from '../../service/index.ts';
import { languageOf, statusOf } from '../problems.ts';
import { PAY_LIMIT } from '../security.ts';
import { insurerById, machineNow, nowOf, originOf, type Api, type InsurerClock, type World } from '../world.ts';
import { sendPdf } from './bill-documents.ts';
import { fromElsewhere, pageLanguage, sendPage, sendProblemPage, takePages, type PortalRequest } from './portal-page.ts';

const WORDS_MAX = 1_000;
const language = z.enum(LANGUAGES);
const AMOUNT_LENGTH_MAX = 20;
const BILL_ID = /^\d{1,15}$/;
/** Of check boxes (`bill=1&bill=2` in an address, `1,2` from a form). */
const billIds = z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]).default([])
  .transform((ids) => ids.filter((id) => BILL_ID.test(id)).map((id) => Number(id) as BillId)).pipe(z.array(z.custom<BillId>()).max(CHOSEN_BILLS_MAX));
const payForm = z.object({ method: z.string().max(50), lang: language.optional(), bill: billIds, part: z.string().max(AMOUNT_LENGTH_MAX).optional() });
const severalQuery = z.object({ chosen: z.literal('1'), bill: billIds });
const partQuery = z.object({ share: z.enum(PART_SHARES), amount: z.string().max(AMOUNT_LENGTH_MAX).default('') });
const laterForm = z.object({ day: plainDate, lang: language.optional() });
const count = z.string().regex(/^\d{1,3}$/).transform(Number);
const planForm = z.object({ kind: z.enum(PLAN_KINDS), parts: count, days: count, version: z.string().max(200), lang: language.optional() });
const dueDayForm = z.object({ day: count, version: z.string().max(200), lang: language.optional() });
const rating = z.coerce.number().int().min(1).max(5);
const surveyForm = z.object({ ease: rating, clarity: rating.nullable().default(null), lang: language.optional() });
const disputeForm = z.object({ reason: z.enum(DISPUTE_REASONS), more: z.string().max(WORDS_MAX * 2).default(''), lang: language.optional() });

type PayRequest = PortalRequest<{ token: string }>;
type Opened = { readonly link: PayLink; readonly insurer: InsurerClock };
type Bill = Opened & { readonly facts: PayPageFacts; readonly dispute: BillDispute | null; readonly promises: Awaited<ReturnType<typeof promisesOf>>; readonly today: PlainDate };

export function payRoutes(app: Api, world: World, providers: readonly Provider[]): void {
  void app.register(async (scope) => {
    takePages(scope, (request) => addressOf(request as PayRequest));
    const route = { config: { rateLimit: PAY_LIMIT }, schema: { hide: true } } as const;
    scope.get('/pay/:token', route, (request, reply) => showBill(world, request as PayRequest, reply, false));
    scope.get('/pay/:token/done', route, (request, reply) => showBill(world, request as PayRequest, reply, true));
    scope.get('/pay/:token/bill', route, (request, reply) => showDocument(world, request as PayRequest, reply, 'page'));
    scope.get('/pay/:token/bill.pdf', route, (request, reply) => showDocument(world, request as PayRequest, reply, 'pdf'));
    scope.post('/pay/:token', route, (request, reply) => pay(world, providers, request as PayRequest, reply));
    scope.get('/pay/:token/several', route, (request, reply) => showSeveral(world, request as PayRequest, reply));
    scope.get('/pay/:token/part', route, (request, reply) => showPart(world, request as PayRequest, reply));
    scope.get('/pay/:token/later', route, (request, reply) => showLater(world, request as PayRequest, reply));
    scope.post('/pay/:token/later', route, (request, reply) => takePromise(world, request as PayRequest, reply));
    scope.get('/pay/:token/plans', route, (request, reply) => showPlans(world, request as PayRequest, reply));
    scope.post('/pay/:token/plans', route, (request, reply) => takePlan(world, request as PayRequest, reply));
    scope.get('/pay/:token/planned', route, (request, reply) => showPlanned(world, request as PayRequest, reply));
    scope.get('/pay/:token/due-day', route, (request, reply) => showDueDay(world, request as PayRequest, reply));
    scope.post('/pay/:token/due-day', route, (request, reply) => takeDueDay(world, request as PayRequest, reply));
    scope.post('/pay/:token/survey', route, (request, reply) => takeSurvey(world, request as PayRequest, reply));
    scope.get('/pay/:token/dispute', route, (request, reply) => askDispute(world, request as PayRequest, reply));
    scope.post('/pay/:token/dispute', route, (request, reply) => takeDispute(world, request as PayRequest, reply));
  });
}

const addressOf = (request: PayRequest): string => `/pay/${encodeURIComponent(request.params.token)}`;

async function showBill(world: World, request: PayRequest, reply: FastifyReply, returned: boolean): Promise<FastifyReply> {
  const bill = await openBill(world, request, !returned);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { facts, link, insurer, today } = bill.value;
  const paid = facts.state === 'paid' ? facts.payment : null;
  const answer = paid === null ? null : await inInsurer(world.database.app, link.insurerId, (tx) => surveyAnswerOf(tx, link.holderId, paid.paymentId, nowOf(world, insurer)));
  // Money that came and did not pay the whole bill: there is nothing to wait for, the rest is shown.
  const waits = returned && !(facts.state === 'open' && facts.payment?.state === 'succeeded');
  return sendPage(reply, payPage({
    ...pageOf(request, bill.value), today, dispute: disputeFacts(bill.value), promise: promiseFacts(bill.value), survey: { answer }, returned: waits,
  }));
}

/** The bill itself, in the design of its holder: as a page or as paper. The name is masked as on the pay page. */
async function showDocument(world: World, request: PayRequest, reply: FastifyReply, as: 'page' | 'pdf'): Promise<FastifyReply> {
  const opened = await openLink(world, request.params.token);
  if (!opened.ok) return sendLinkProblem(request, reply, opened.problem.code);
  const { link: { insurerId, holderId, billId }, insurer: { timeZone, clockOffsetMs } } = opened.value;
  const at = nowOf(world, { clockOffsetMs });
  const today = localDate(at, timeZone);
  const address = addressOf(request);
  const made = await inInsurer(world.database.app, insurerId, async (tx) => {
    const insurer = await insurerIn(tx, insurerId);
    const [document] = insurer === undefined ? [] : await billDocuments(tx, { insurer, today, masked: true, payUrlOf: () => `${originOf(request)}${address}` }, [{ holderId, billId }]);
    // What is still being checked is no bill of theirs yet.
    if (document === undefined || document.bill.state === 'held') return undefined;
    await noteDocuments(tx, insurerId, [document], 'opened', at, today);
    return document;
  });
  if (made === undefined) return sendLinkProblem(request, reply, 'link_invalid');
  const spoken = pageLanguage(request, undefined, made.language);
  const printable = { bill: made.bill, design: made.design, language: spoken };
  if (as === 'pdf') return sendPdf(reply, await billPdf(printable), `bill-${made.bill.reference}`);
  return sendPage(reply, billPage({
    ...printable, nonce: request.nonce, addressIn: (other) => `${address}/bill?lang=${other}`, pdfAddress: `${address}/bill.pdf?lang=${spoken}`, payAddress: `${address}?lang=${spoken}`,
  }));
}

const pageOf = (request: PayRequest, { facts }: Bill) => ({ facts, language: pageLanguage(request, undefined, facts.language), nonce: request.nonce, address: addressOf(request) });

function disputeFacts({ dispute, insurer }: Bill) {
  return dispute === null ? null : { ...dispute, closedOn: dispute.closedAt === null ? null : localDate(dispute.closedAt, insurer.timeZone) };
}
const promiseFacts = ({ facts, promises, today }: Bill) => ({ payBy: promises.payBy, days: facts.state === 'open' ? promiseDays(today, facts.graceEndsOn, promises) : null });

/** A page beside the bill; where the bill asks for nothing any more, the bill's own page says so. */
async function besideBill(world: World, request: PayRequest, reply: FastifyReply, show: (bill: Bill) => FastifyReply): Promise<FastifyReply> {
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { facts } = bill.value;
  return facts.state !== 'open' || facts.payment?.state === 'pending' ? reply.redirect(`${addressOf(request)}?lang=${pageLanguage(request, undefined, facts.language)}`, 303) : show(bill.value);
}

const showSeveral = (world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> => besideBill(world, request, reply, (bill) => {
  const asked = severalQuery.safeParse(request.query);
  return sendPage(reply, severalPage({ ...pageOf(request, bill), today: bill.today, chosen: asked.success ? asked.data.bill : null }));
});

const showPart = (world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> => besideBill(world, request, reply, (bill) => {
  const asked = partQuery.safeParse(request.query);
  const own = asked.success ? parseAmount(asked.data.amount, bill.facts.currency) : null;
  const partMinor = asked.success ? partOf(bill.facts, asked.data.share, own?.ok === true ? own.value : null) : null;
  const wrong = partMinor === null && (asked.success || request.query['wrong'] === '1');
  return sendPage(reply, partPage({ ...pageOf(request, bill), today: bill.today, partMinor, wrong }));
});

const showLater = (world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> => besideBill(world, request, reply, (bill) =>
  sendPage(reply, laterPage({ ...pageOf(request, bill), today: bill.today, promise: promiseFacts(bill), done: request.query['done'] === '1' })));

async function takePromise(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblem(request, reply, 'broken', 403);
  const opened = await openLink(world, request.params.token);
  if (!opened.ok) return sendLinkProblem(request, reply, opened.problem.code);
  const form = laterForm.safeParse(request.body);
  const { link: { insurerId, holderId, billId }, insurer } = opened.value;
  const spoken = pageLanguage(request, form.success ? form.data.lang : undefined, languageOf(request));
  if (!form.success) return reply.redirect(`${addressOf(request)}/later?lang=${spoken}`, 303);
  const at = nowOf(world, insurer);
  const promised = await inInsurer(world.database.app, insurerId, (tx) =>
    promiseByHolder(tx, { insurerId, holderId, billId, payBy: form.data.day, today: localDate(at, insurer.timeZone), at }));
  return reply.redirect(`${addressOf(request)}/later?lang=${spoken}${promised.ok ? '&done=1' : ''}`, 303);
}

const offerOf = ({ change: { order, parts, totalMinor, chargeMinor, coverUntilAfter } }: PlanPreview) => ({ kind: order.kind, count: order.parts, days: order.days, parts, totalMinor, chargeMinor, coverUntil: coverUntilAfter });

async function showPlans(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { facts, link: { insurerId, holderId, billId }, today } = bill.value;
  if (facts.state !== 'open') return reply.redirect(`${addressOf(request)}?lang=${pageLanguage(request, undefined, facts.language)}`, 303);
  const options = await inInsurer(world.database.app, insurerId, (tx) => planOptions(tx, { holderId, billId, on: today }));
  return sendPage(reply, plansPage({
    ...pageOf(request, bill.value), today, offers: options.ok ? options.value.options.map(offerOf) : [], version: options.ok ? options.value.version : '', changed: request.query['changed'] === '1',
  }));
}

/** One tap agrees, within the guardrails alone; what was shown is agreed, or it is shown again. The answer leads to the first part's own link. */
async function takePlan(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblem(request, reply, 'broken', 403);
  const opened = await openLink(world, request.params.token);
  if (!opened.ok) return sendLinkProblem(request, reply, opened.problem.code);
  const form = planForm.safeParse(request.body);
  const { link: { insurerId, holderId, billId, contactId }, insurer } = opened.value;
  const spoken = pageLanguage(request, form.success ? form.data.lang : undefined, languageOf(request));
  const again = `${addressOf(request)}/plans?changed=1&lang=${spoken}`;
  if (!form.success) return reply.redirect(again, 303);
  const { kind, parts, days, version } = form.data;
  const at = nowOf(world, insurer);
  const on = localDate(at, insurer.timeZone);
  const agreed = await inInsurer(world.database.app, insurerId, async (tx): Promise<Result<{ readonly firstBillId: BillId }>> => {
    // A holder may choose what is offered, nothing else.
    const offered = await planOptions(tx, { holderId, billId, on });
    if (!offered.ok) return offered;
    if (!offered.value.options.some(({ change: { order } }) => order.kind === kind && order.parts === parts && order.days === days)) return fail('plan_not_offered');
    return applyPlan(tx, { insurerId, holderId, billId, order: { kind, parts, days }, on, at, version, by: HOLDER, byHolder: true, note: '', approved: false });
  });
  if (!agreed.ok) return reply.redirect(again, 303);
  const token = payLinkToken(world.secret, { insurerId, holderId, billId: agreed.value.firstBillId, contactId, expiresAt: at + PAY_LINK_DAYS * MS_PER_DAY });
  return reply.redirect(`/pay/${encodeURIComponent(token)}/planned?lang=${spoken}`, 303);
}
const HOLDER = 'holder';
const MS_PER_DAY = 86_400_000;

async function showPlanned(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { link: { insurerId, holderId, billId }, today } = bill.value;
  const parts = await inInsurer(world.database.app, insurerId, (tx) => tx<{ due_on: PlainDate; amount_minor: bigint }[]>`
    select b.due_on, b.amount_minor from plans l join bills b on b.insurer_id = l.insurer_id and b.holder_id = l.holder_id and b.bill_id = any(l.bill_ids)
    where l.holder_id = ${holderId} and ${billId} = any(l.bill_ids) and b.state <> 'cancelled' order by b.due_on, b.bill_id`);
  if (parts.length === 0) return reply.redirect(`${addressOf(request)}?lang=${pageLanguage(request, undefined, bill.value.facts.language)}`, 303);
  return sendPage(reply, plannedPage({ ...pageOf(request, bill.value), today, parts: parts.map((part) => ({ dueOn: part.due_on, amountMinor: part.amount_minor })) }));
}

const NEXT_SHOWN = 4;
type PolicyOfBill = { readonly policy_id: PolicyId; readonly market: string; readonly due_day: number };
const policyOfBill = (tx: Tx, { holderId, billId }: Pick<PayLink, 'holderId' | 'billId'>): Promise<PolicyOfBill | undefined> => tx<PolicyOfBill[]>`
  select p.policy_id, p.market, p.due_day from bills b join policies p using (insurer_id, holder_id, policy_id) where b.holder_id = ${holderId} and b.bill_id = ${billId}`.then(([row]) => row);
const noteOf = (code: string): DueDayNote => (code === 'due_day_outside_grace' ? 'outside' : code === 'changed_meanwhile' ? 'changed' : 'not_possible');
const dueDay = (day: number) => ({ kind: 'due_day' as const, dueDay: day, byHolder: true });

/** A due day of one's own: the days within the law's and the grace's limits, and what the chosen one changes, before one says yes. */
async function showDueDay(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { link, today } = bill.value;
  const day = count.safeParse(request.query['day']);
  const said = request.query['note'];
  type Shown = { readonly daysMax: number; readonly now: number; readonly offer: DueDayOffer | null; readonly note: DueDayNote };
  const page = await inInsurer(world.database.app, link.insurerId, async (tx): Promise<Shown | null> => {
    const policy = await policyOfBill(tx, link);
    if (policy === undefined) return null;
    const about = { daysMax: changeRulesOf(policy.market).dueDayMax, now: policy.due_day };
    if (!day.success) return { ...about, offer: null, note: said === 'done' || said === 'changed' || said === 'outside' || said === 'not_possible' ? said : null };
    const preview = await previewChange(tx, { insurerId: link.insurerId, holderId: link.holderId, policyId: policy.policy_id, order: dueDay(day.data), on: today });
    if (!preview.ok) return { ...about, offer: null, note: noteOf(preview.problem.code) };
    const { plan, after, version } = preview.value;
    const made = new Set(plan.bills.map(({ instalmentNo }) => instalmentNo));
    const offer: DueDayOffer = {
      day: day.data, version, between: plan.bills.map(({ dueOn, amountMinor, periodFrom: from, periodTo: to }) => ({ dueOn, amountMinor, from, to })),
      next: after.filter(({ state, instalmentNo }) => state === 'to_come' && !made.has(instalmentNo)).slice(0, NEXT_SHOWN),
    };
    return { ...about, offer, note: null };
  });
  return page === null ? sendLinkProblem(request, reply, 'link_invalid') : sendPage(reply, dueDayPage({ ...pageOf(request, bill.value), today, ...page }));
}

async function takeDueDay(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblem(request, reply, 'broken', 403);
  const opened = await openLink(world, request.params.token);
  if (!opened.ok) return sendLinkProblem(request, reply, opened.problem.code);
  const form = dueDayForm.safeParse(request.body);
  const { link: { insurerId, holderId, billId }, insurer } = opened.value;
  const page = `${addressOf(request)}/due-day?lang=${pageLanguage(request, form.success ? form.data.lang : undefined, languageOf(request))}`;
  if (!form.success) return reply.redirect(page, 303);
  const at = nowOf(world, insurer);
  const done = await inInsurer(world.database.app, insurerId, async (tx) => {
    const policy = await policyOfBill(tx, { holderId, billId });
    return policy === undefined ? fail('not_found') : applyChange(tx, {
      insurerId, holderId, policyId: policy.policy_id, order: dueDay(form.data.day), version: form.data.version, by: HOLDER, byHolder: true, note: '', at, on: localDate(at, insurer.timeZone) });
  });
  return reply.redirect(`${page}&note=${done.ok ? 'done' : noteOf(done.problem.code)}`, 303);
}

async function takeSurvey(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblem(request, reply, 'broken', 403);
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const { facts, link: { insurerId, holderId }, insurer } = bill.value;
  const form = surveyForm.safeParse(request.body);
  if (form.success && facts.payment?.state === 'succeeded') {
    const paymentId = facts.payment.paymentId as PaymentId;
    await inInsurer(world.database.app, insurerId, (tx) =>
      answerSurvey(tx, { insurerId, holderId, paymentId, ease: form.data.ease, clarity: form.data.clarity, at: nowOf(world, insurer) }));
  }
  return reply.redirect(`${addressOf(request)}?lang=${pageLanguage(request, form.success ? form.data.lang : undefined, facts.language)}`, 303);
}

async function pay(world: World, providers: readonly Provider[], request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblem(request, reply, 'broken', 403);
  const opened = await openLink(world, request.params.token);
  if (!opened.ok) return sendLinkProblem(request, reply, opened.problem.code);
  const form = payForm.safeParse(request.body);
  const address = addressOf(request);
  if (!form.success) return reply.redirect(address, 303);
  const { link, insurer } = opened.value;
  const spoken = pageLanguage(request, form.data.lang, languageOf(request));
  const page = `${originOf(request)}${address}`;
  const part = await partAsked(world, link, form.data.part);
  if (!part.ok) return reply.redirect(`${address}/part?lang=${spoken}&wrong=1`, 303);
  const answer = await openCheckout(world.database, providers, {
    insurerId: link.insurerId, holderId: link.holderId, billId: link.billId, contactId: link.contactId, method: form.data.method, device: deviceAsking(request), language: spoken,
    otherBillIds: form.data.bill, partMinor: part.value,
    returnUrl: `${page}/done?lang=${spoken}`, cancelUrl: `${page}?lang=${spoken}`,
  }, { at: nowOf(world, insurer), machine: machineNow(world) });
  if (!answer.ok) {
    switch (answer.problem.code) {
      case 'method_unknown': return reply.redirect(`${address}?lang=${spoken}`, 303);
      // A chosen bill was paid meanwhile: what is left is offered again.
      case 'bill_not_open': return reply.redirect(`${address}/several?lang=${spoken}`, 303);
      case 'amount_invalid': return reply.redirect(`${address}/part?lang=${spoken}&wrong=1`, 303);
      default: return sendProblem(request, reply, 'trouble', 503, spoken);
    }
  }
  switch (answer.value.kind) {
    case 'redirect': return reply.redirect(answer.value.url, 303);
    case 'in_flight': return reply.redirect(`${address}/done?lang=${spoken}`, 303);
    case 'closed': return reply.redirect(`${address}?lang=${spoken}`, 303);
  }
}

/** The class alone leaves this function. */
function deviceAsking({ headers }: PayRequest): Device {
  const header = (name: string): string => { const value = headers[name]; return typeof value === 'string' ? value : ''; };
  return deviceOf({ userAgent: header('user-agent'), mobile: header('sec-ch-ua-mobile'), platform: header('sec-ch-ua-platform') });
}

/** The part that a form names, in the bill's currency; null where it names none. Problems: those of amounts. */
async function partAsked(world: World, { insurerId, holderId, billId }: PayLink, text: string | undefined): Promise<Result<bigint | null>> {
  if (text === undefined) return ok(null);
  const [bill] = await inInsurer(world.database.app, insurerId, (tx) => tx<{ currency: string }[]>`select currency from bills where holder_id = ${holderId} and bill_id = ${billId}`);
  return bill === undefined ? fail('not_found') : parseAmount(text, bill.currency);
}

async function askDispute(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  return sendPage(reply, disputePage({ ...pageOf(request, bill.value), dispute: disputeFacts(bill.value), sent: null }));
}

async function takeDispute(world: World, request: PayRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (fromElsewhere(request)) return sendProblem(request, reply, 'broken', 403);
  const bill = await openBill(world, request, false);
  if (!bill.ok) return sendLinkProblem(request, reply, bill.problem.code);
  const form = disputeForm.safeParse(request.body);
  if (!form.success) return reply.redirect(`${addressOf(request)}/dispute`, 303);
  const { link, insurer, facts } = bill.value;
  const more = form.data.more.replaceAll('\0', '').trim().slice(0, WORDS_MAX);
  const at = nowOf(world, insurer);
  const opened = await inInsurer(world.database.app, link.insurerId, (tx) => openDispute(tx, {
    insurerId: link.insurerId, holderId: link.holderId, billId: link.billId, reason: more === '' ? form.data.reason : `${form.data.reason}: ${more}`,
    openedAt: at, openedOn: localDate(at, insurer.timeZone),
  }));
  const known = opened.ok ? { ...opened.value, again: false } : { disputeId: opened.problem.details?.['dispute_id'], answerBy: opened.problem.details?.['answer_by'], again: true };
  if (typeof known.answerBy !== 'string' || typeof known.disputeId !== 'number') return sendLinkProblem(request, reply, 'link_invalid');
  const dispute = { disputeId: known.disputeId, answerBy: known.answerBy as PlainDate, closedOn: null, resolution: null };
  return sendPage(reply, disputePage({
    facts, language: pageLanguage(request, form.data.lang, facts.language), nonce: request.nonce, address: addressOf(request), dispute, sent: known.again ? 'again' : 'now',
  }));
}

/** Problems: `link_invalid`, `link_expired` on the insurer's clock. */
async function openLink(world: World, token: string): Promise<Result<Opened>> {
  const genuine = openPayLink(world.secret, token);
  const insurer = genuine === null ? null : await insurerById(world, genuine.insurerId);
  if (insurer === null) return fail('link_invalid');
  const link = readPayLink(world.secret, token, nowOf(world, insurer));
  return link.ok ? ok({ link: link.value, insurer }) : link;
}

/** Everything in one transaction and one trip to the database: this is the page that must open on a poor line. */
async function openBill(world: World, request: PayRequest, visit: boolean): Promise<Result<Bill>> {
  const genuine = openPayLink(world.secret, request.params.token);
  if (genuine === null) return fail('link_invalid');
  const { insurerId, holderId, billId } = genuine;
  return inInsurer(world.database.app, insurerId, async (tx) => {
    const [[row], facts, dispute, promises] = await Promise.all([
      tx<{ time_zone: string; clock_offset_ms: number }[]>`select time_zone, clock_offset_ms from insurers where insurer_id = ${insurerId}`,
      payPageFacts(tx, holderId, billId), disputeOf(tx, holderId, billId), promisesOf(tx, holderId, billId),
    ]);
    if (row === undefined || facts === null) return fail('link_invalid');
    const insurer = { insurerId, timeZone: row.time_zone, clockOffsetMs: row.clock_offset_ms };
    const link = readPayLink(world.secret, request.params.token, nowOf(world, insurer));
    if (!link.ok) return link;
    if (visit) await Promise.all([recordVisit(tx, link.value, new Date(nowOf(world, insurer))), noteClick(tx, link.value, nowOf(world, insurer))]);
    return ok({ link: link.value, insurer, facts, dispute, promises, today: localDate(nowOf(world, insurer), insurer.timeZone) });
  });
}

/** The message that carried the link was opened, and its link used. */
async function recordVisit(tx: Tx, { holderId, contactId }: PayLink, at: Date): Promise<void> {
  if (contactId === null) return;
  await tx`
    insert into contact_events (insurer_id, holder_id, contact_id, kind, occurred_at)
    select c.insurer_id, c.holder_id, c.contact_id, k.kind, ${at} from contacts c cross join (values ('opened'), ('clicked')) as k(kind)
    where c.holder_id = ${holderId} and c.contact_id = ${contactId} on conflict do nothing`;
}

const sendProblem = (request: PayRequest, reply: FastifyReply, ...what: readonly [problem: 'broken' | 'trouble' | 'expired', status: number, spoken?: Language]): FastifyReply =>
  sendProblemPage(request, reply, addressOf(request), ...what);

const sendLinkProblem = (request: PayRequest, reply: FastifyReply, code: string): FastifyReply =>
  sendProblem(request, reply, code === 'link_expired' ? 'expired' : 'broken', statusOf({ code }));
