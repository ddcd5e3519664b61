/** Headers, limits and cookies that hold for every answer. */

import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { randomBytes } from 'node:crypto';
import { type Api } from './world.ts';

/** Requests of one address in a minute; a person at a busy desk makes some 60. */
const REQUESTS_PER_MINUTE = 1_200;
/** Guesses of a password from one address; scrypt makes each cost 0.1 s beside. */
export const LOGIN_LIMIT = { max: 10, timeWindow: '1 minute' } as const;
/** The pay page: a whole office may sit behind one address. */
export const PAY_LIMIT = { max: 300, timeWindow: '1 minute' } as const;
/** One-time codes asked for, and entered, from one address: five tries for each code beside. */
export const CODE_LIMIT = { max: 20, timeWindow: '1 minute' } as const;
/** Providers send bursts, and a webhook refused is a payment that is booked late. */
export const WEBHOOK_LIMIT = { max: 12_000, timeWindow: '1 minute' } as const;

/** INFORCE_HTTPS=1 says that a proxy in front of us ends TLS. */
export const behindTls = (): boolean => process.env['INFORCE_HTTPS'] === '1';

/** Registers cookies, security headers (OWASP secure headers; CSP with a nonce, nothing inline besides) and rate limits. */
export async function secure(app: Api, rateLimits: boolean, formTargets: readonly string[] = []): Promise<void> {
  app.decorateRequest('nonce', '');
  app.addHook('onRequest', async (request) => {
    request.nonce = randomBytes(16).toString('base64');
    nonceByRequest.set(request.raw, request.nonce);
  });
  await app.register(cookie);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"], baseUri: ["'none'"], objectSrc: ["'none'"], frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:'], fontSrc: ["'self'"], connectSrc: ["'self'"],
        // A provider's hosted page is reached by a redirect after our own form, so forms may lead to any https address.
        formAction: ["'self'", 'https:', ...formTargets],
        scriptSrc: ["'self'", (request) => nonceOf(request)],
        styleSrc: ["'self'", (request) => nonceOf(request)],
        styleSrcAttr: ["'none'"],
      },
    },
    // Set by whoever ends TLS in front of us; on a plain laptop it would lock localhost to https.
    hsts: behindTls() ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
  });
  // Files of the console cost nothing, and a page without a cache asks for fifty of them.
  if (rateLimits) await app.register(rateLimit, { global: true, max: REQUESTS_PER_MINUTE, timeWindow: '1 minute', allowList: (request) => request.url.startsWith('/assets/') });
}

const nonceOf = (request: object): string => `'nonce-${nonceByRequest.get(request) ?? ''}'`;
/** Helmet sees the raw request only. */
const nonceByRequest = new WeakMap<object, string>();
