/** Decision: which treatment of each premium is worth most today. Pure; the cycle's stage `decide` reads and writes for it. */

export { priceBudgets } from './budget-prices.ts';
export { type Setting } from './choice.ts';
export { CONTACT_CALENDAR, type CalendarStep, type ContactCalendar, contactCalendar } from './contact-calendar.ts';
export { decideBatch, type DecisionContext } from './decide.ts';
export {
  type Action, type Alternative, type BudgetPrices, type Budgets, type Channel, type Decision, type DecisionInput,
  type ReasonCode, type Stage, type Terms, type Tone, TONES_MAX, type Treatment, TREATMENTS,
} from './decision.ts';
export { PARAMETERS, type Parameters, readParameters } from './parameters.ts';
export { type QuoteRule, quoteRuleOf } from './quote-rules.ts';
export { decisionReasonText } from './reason-texts.ts';
export {
  chooserOf, CONTACTS_7_DAYS_MAX, FIRST_DAY_MAX, FIRST_DAY_MIN, GOAL_METRICS, GUARD_METRICS, HOUSE_TERMS, keeps, metricValue, type OverdueBill, returnOn,
  type Strategy, type StrategyCounts, type StrategyDraft, strategyFor, type StrategyMoney, STRATEGY_STATES, underFloor,
} from './strategy.ts';
export { activeTerms, addStrategy, allStrategies, changeStrategy, type StrategyEditor, versionsOfStrategy } from './store.ts';
