/** A bill as the pay page is told it; tests change what matters to them. */

import { type PlainDate } from '../src/kernel/index.ts';
import { type PayPageFacts } from './facts.ts';

const date = (text: string): PlainDate => text as PlainDate;

export function someFacts(changes: Partial<PayPageFacts> = {}): PayPageFacts {
  return {
    insurerCode: 'harbour',
    billId: 1,
    billMinor: 120_120n,
    partMinimumMinor: 12_012n,
    others: [],
    paidBills: [],
    insurerName: 'Harbour Life',
    insurerNameZhHans: '海港人寿',
    insurerNameZhHant: '海港人壽',
    contactPhone: '+852 5550 0100',
    maskedName: '陳**',
    language: 'zh-Hant',
    policyNumberEnd: '4410',
    product: 'Evergreen Life',
    line: 'life',
    market: 'HK',
    currency: 'HKD',
    amountMinor: 120_120n,
    premiumMinor: 120_000n,
    charges: [{ kind: 'levy', amountMinor: 120n }],
    dueOn: date('2026-11-29'),
    periodFrom: date('2026-11-29'),
    periodTo: date('2026-12-29'),
    stage: 'due',
    state: 'open',
    paidOn: null,
    graceEndsOn: date('2026-12-30'),
    methods: [
      { id: 'fps', label: { en: 'FPS', 'zh-Hans': '转数快', 'zh-Hant': '轉數快' }, lastUsed: true },
      { id: 'card', label: { en: 'card', 'zh-Hans': '银行卡', 'zh-Hant': '信用卡' }, lastUsed: false },
      { id: 'bank_transfer', label: { en: 'bank transfer', 'zh-Hans': '银行转账', 'zh-Hant': '銀行轉帳' }, lastUsed: false },
    ],
    payment: null,
    simulated: true,
    ...changes,
  };
}
