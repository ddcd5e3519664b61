/** Law as data: rule packs, the gate before every act, the legal timeline, the linter of messages. */

export { loadRulePacks, rulePacksOf, type RulePacks } from './pack.ts';
export { loadRuleTranslations, type RuleTranslations } from './translations.ts';
export { askGate, type GateAnswer } from './gate.ts';
export { ageingStateOf, timelineOf, type Ageing, type AgeingState, type LegalTimeline, type TimelineEntry } from './timeline.ts';
export { lintContent, type ContentAnswer, type ContentInput } from './content.ts';
export { contentInputOf, gateInputOf, gateJson, parseCase, parseCases, runCase, timelineJson, type CaseOutcome, type WorkedCase } from './cases.ts';
export { type FactValue, type Facts, type GateAsk, type GateFacts, type LegalBill, type LegalEvent, type LegalHolder, type LegalPolicy, type PastContact, type WordValue } from './facts.ts';
export { type Rule, type RulePack } from './rule.ts';
export { isWorkingDay, workingDaysBetween } from './holidays.ts';
