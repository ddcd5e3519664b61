/** Relief and its counterpart: late fees by announced scales, discounts for paying early, points, small balances. Terms are data with versions; decisions are pure. */

export { type Announced, announcedOf, announcedShape, type AnnouncedFees } from './announced.ts';
export { type AskLaw, decideFees, type LateBill } from './late-fees.ts';
export { checkTerms, feeAsk, mayOfferDiscount } from './law.ts';
export { type AllTerms, type DiscountTier, type PointTerms, readTerms, TERMS, type Terms, TERMS_KINDS, type TermsKind, writeTerms } from './terms.ts';
export { balanceOf, type EarnRule, earnedBy, expiringOn, isHeldOut, type PointEntry, tierOf } from './points.ts';
export { earnPoints, expirePoints, forgetHabits, HABITS_CONSENT, type PointAccount, pointAccount, recordHabitDay, spendPoints, takeBackPoints } from './points-store.ts';
