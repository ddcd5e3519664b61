/** The payment risk of a policy before it is bound. Nothing that is asked here is kept. */

import { z } from 'zod';
import { firstYearOf, quoteRisk } from '../../cycle/index.ts';
import { inInsurer } from '../../database/index.ts';
import { type QuoteDocument, quotePdf } from '../../document/index.ts';
import { fail, ok } from '../../kernel/index.ts';
import { methodsOf } from '../../payments/index.ts';
import { insurerIn } from '../../portfolio/index.ts';
import { amountMinor, TIERS, language, marketCode, currencyCode, plainDate } from '../../service/index.ts';
import { askerIn } from '../asker.ts';
import { languageOf, sendProblem } from '../problems.ts';
import { businessDateOf, type Access, type Api, type World } from '../world.ts';
import { sendPdf } from './bill-documents.ts';
import { LINES } from './dashboard.ts';

const SELLERS = ['manager', 'agent'] as const satisfies Access;
const AGE_MAX = 120;
const NUMBER_MAX = 64;
const positive = amountMinor.refine((minor) => minor > 0n, { error: 'expected an amount above zero' });

export const quoteShape = z.object({
  probability_late: z.number(), tier: z.enum(TIERS), reasons: z.array(z.object({ feature: z.string(), value: z.string(), contribution: z.number(), text: z.string() })).readonly(),
  known: z.object({ holder_id: z.int(), name: z.string(), policies: z.int() }).nullable(),
  rule: z.object({ tier: z.enum(TIERS), instalments: z.int(), autopay: z.boolean(), origin: z.string(), verified: z.boolean() }), in_advance_minor: amountMinor, currency: z.string(),
});

const asked = z.object({
  market: marketCode, line: z.enum(LINES), mode: z.enum(['monthly', 'quarterly', 'half_yearly', 'annual', 'single']), age_years: z.int().min(0).max(AGE_MAX).nullable().default(null),
  premium_minor: positive.describe('Of one instalment'), currency: currencyCode, income_monthly_minor: positive.nullable().default(null), autopay: z.boolean().default(false),
  holder: z.string().trim().min(1).max(NUMBER_MAX).nullable().default(null).describe('The number of a holder or of a policy'),
});

export function quoteRoutes(app: Api, world: World): void {
  app.post('/api/quote', {
    config: { access: SELLERS, keepsNothing: true },
    schema: {
      summary: 'Payment risk of a policy that is offered, with reasons and what is asked in advance; nothing is kept', tags: ['risk'],
      body: asked,
      response: { 200: quoteShape },
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { market, line, mode, age_years: ageYears, premium_minor: premiumMinor, currency, income_monthly_minor: incomeMonthlyMinor, autopay, holder } = request.body;
    const quoted = await inInsurer(world.database.app, asker, (tx) => quoteRisk(tx, {
      insurerId: asker.insurerId, market, line, mode, ageYears, premiumMinor, currency, incomeMonthlyMinor, autopay, holder, language: languageOf(request),
    }));
    return quoted.ok ? quoted.value : sendProblem(request, reply, quoted.problem);
  });

  app.post('/api/quote/terms.pdf', {
    config: { access: SELLERS, keepsNothing: true },
    schema: {
      summary: 'Payment terms of a policy that is offered as PDF: amounts and days of the first year, ways to pay, what happens when it is late; nothing is kept', tags: ['risk'],
      body: asked.extend({ cover_from: plainDate.describe('The first due date'), language: language.optional() }),
    },
  }, async (request, reply) => {
    const asker = askerIn(request);
    const { market, line, mode, age_years: ageYears, premium_minor: premiumMinor, currency, income_monthly_minor: incomeMonthlyMinor, autopay, holder, cover_from: coverFrom, language: spoken = languageOf(request) } = request.body;
    const made = await inInsurer(world.database.app, asker, async (tx) => {
      const quoted = await quoteRisk(tx, { insurerId: asker.insurerId, market, line, mode, ageYears, premiumMinor, currency, incomeMonthlyMinor, autopay, holder, language: spoken });
      const insurer = await insurerIn(tx, asker.insurerId);
      if (!quoted.ok || insurer === undefined) return quoted.ok ? fail('not_found') : quoted;
      const { rule, known } = quoted.value;
      const instalments = firstYearOf({ market, line, currency, mode, premiumMinor }, coverFrom);
      // With their levies and taxes, as they will be billed.
      const inAdvance = instalments.slice(0, rule.instalments).reduce((sum, one) => sum + one.premiumMinor + one.chargesMinor, 0n);
      return ok<QuoteDocument>({
        insurer: { names: { en: insurer.name, 'zh-Hans': insurer.nameZhHans, 'zh-Hant': insurer.nameZhHant }, address: '', phone: insurer.contactPhone, email: insurer.contactEmail, simulated: insurer.simulated },
        madeOn: businessDateOf(world, asker), line, mode, currency, holder: known?.name ?? null, instalments,
        advance: { instalments: rule.instalments, amountMinor: inAdvance, autopay: rule.autopay }, ways: methodsOf(market).map(({ label }) => label),
      });
    });
    return made.ok ? sendPdf(reply, await quotePdf(made.value, spoken), 'payment-terms') : sendProblem(request, reply, made.problem);
  });
}
