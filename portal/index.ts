export { DISPUTE_REASONS, disputePage, type DisputeReason } from './dispute-page.ts';
export { framed, type Frame } from './frame.ts';
export { html, type Html } from './html.ts';
export { type PayMethod, type PayPageFacts } from './facts.ts';
export { payPage, type PayPageInput } from './pay-page.ts';
export { problemPage, type PortalProblem } from './problem-page.ts';
