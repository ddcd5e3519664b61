/** Relief and its counterpart: plans in parts or on a later day, late fees by announced scales, discounts for paying early, points, small balances. Terms are data with versions; decisions are pure. */

export { type Announced, announcedOf, announcedShape, type AnnouncedFees, standingOf } from './announced.ts';
export { type AskLaw, decideFees, type LateBill } from './late-fees.ts';
export { checkTerms, feeAsk, mayOfferDiscount } from './law.ts';
export { type AllTerms, type DiscountTier, type PointTerms, readTerms, TERMS, type Terms, type TermsKind, writeTerms } from './terms.ts';
export { earnPoints, expirePoints, forgetHabits, type PointAccount, pointAccount, recordHabitDay, spendPoints, takeBackPoints } from './points-store.ts';
export { type ChargedFee, type ClearedBalance, listFees, listSmallBalances, type ReliefReport, reliefReport } from './report.ts';
export { saveTerms } from './save-terms.ts';
export { decidePlan, PLAN_KINDS, type PlanBill, type PlanChange, type PlanFacts, type PlanKind, type PlanOrder, type PlanPart, plansFor } from './plan.ts';
export { PLAN_TERMS } from './plan-products.ts';
