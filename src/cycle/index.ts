/** The collection cycle: the only place that knows all stages, and what follows when a payment arrives. */

export { type ActAsked, type ActDone, actOrAsk, answerAndAct, askPlan, previewAct, previewAnswer } from './approved.ts';
export { billCorrected, correctionPreview } from './bill-corrected.ts';
export { answerHeld, type HeldPreview, type Mending, makeBillByHand, previewHeld, releaseAll, RELEASED_AT_ONCE_MAX } from './held-bills.ts';
export { type Courier, type CourierSettings, startCourier } from './courier.ts';
export { type CycleOptions, runCycle } from './drive.ts';
export { ensureChampion, promoteModel, trainOnOwnPast } from './models.ts';
export { type CycleStatus, cycleStatus, rulePacks, startCycle, type Started } from './run.ts';
export { bankFileArrived, moneyMoved, paymentArrived } from './payment-arrived.ts';
export { applyChange, type ChangeActed, type ChangeAsked, type ChangePreview, previewChange, type ScheduleLine, type TermsJson, undoChange, type UndoAsked } from './policy-changed.ts';
export { applyPlan, type PlanActed, type PlanOptions, planOptions, type PlanPreview, previewPlan, undoPlan } from './plan-agreed.ts';
export { segmentTask } from './segment-task.ts';
export { chargeLateFees } from './stages/late-fees.ts';
export { STAGES } from './stages/index.ts';
export { firstYearOf, quoteRisk } from './quote.ts';
export { syncTasks } from './sync-tasks.ts';
export { startWorker, type Worker } from './worker.ts';
