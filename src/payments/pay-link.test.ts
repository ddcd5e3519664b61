import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type BillId, type HolderId, type InsurerId } from '../kernel/index.ts';
import { payLinkToken, payLinkUrl, readPayLink, type PayLink } from './pay-link.ts';

const SECRET = randomBytes(32);
const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-24T03:00:00Z');

const aLink = (changes: Partial<PayLink> = {}): PayLink => ({
  insurerId: 1 as InsurerId, holderId: 1_000_000 as HolderId, billId: (1_000_000 * 4096 + 24) as BillId, contactId: 30_000_000, expiresAt: NOW + 60 * 24 * HOUR_MS, ...changes,
});

const anyLink = fc.record({
  insurerId: fc.integer({ min: 1, max: 2_147_483_647 }).map((n) => n as InsurerId),
  holderId: fc.maxSafeNat().map((n) => n as HolderId),
  billId: fc.maxSafeNat().map((n) => n as BillId),
  contactId: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
  expiresAt: fc.integer({ min: 1, max: 100_000 }).map((hours) => (Math.floor(NOW / HOUR_MS) + hours) * HOUR_MS),
}, { noNullPrototype: true });

describe('a pay link', () => {
  test('says what was put into it', () => {
    fc.assert(fc.property(anyLink, (link) => {
      assert.deepEqual(readPayLink(SECRET, payLinkToken(SECRET, link), NOW), { ok: true, value: link });
    }));
  });
  test('of a large insurer has at most 50 characters', () => {
    const token = payLinkToken(SECRET, aLink());
    assert.ok(token.length <= 50, `${token.length}`);
    assert.equal(payLinkUrl('https://pay.example', token), `https://pay.example/pay/${token}`);
  });
  test('changed in any character is refused', () => {
    const token = payLinkToken(SECRET, aLink());
    for (let i = 0; i < token.length; i += 1) {
      for (const c of ['A', 'z', '_', '.', ' ']) {
        if (token[i] === c) continue;
        assert.equal(readPayLink(SECRET, token.slice(0, i) + c + token.slice(i + 1), NOW).ok, false);
      }
    }
  });
  test('of another installation, cut short, made longer or empty is refused', () => {
    const token = payLinkToken(SECRET, aLink());
    for (const bad of [payLinkToken(randomBytes(32), aLink()), token.slice(0, -1), `${token}A`, '', 'A', 'x'.repeat(10_000), 'ÿ'.repeat(40)]) {
      assert.deepEqual(readPayLink(SECRET, bad, NOW), { ok: false, problem: { code: 'link_invalid' } });
    }
  });
  test('expires at its moment, not before', () => {
    const link = aLink({ expiresAt: Math.ceil(NOW / HOUR_MS) * HOUR_MS });
    const token = payLinkToken(SECRET, link);
    assert.equal(readPayLink(SECRET, token, link.expiresAt - 1).ok, true);
    assert.deepEqual(readPayLink(SECRET, token, link.expiresAt), { ok: false, problem: { code: 'link_expired' } });
  });
});
