/** Relief and its counterpart: plans in parts or on a later day. Terms are data; decisions are pure. */

export { decidePlan, PLAN_KINDS, type PlanBill, type PlanChange, type PlanFacts, type PlanKind, type PlanOrder, type PlanPart, plansFor } from './plan.ts';
export { PLAN_TERMS } from './plan-products.ts';
