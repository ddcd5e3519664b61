/** What the console receives: the schemas' JSON side, types only. */

import { type z } from 'zod';
import { type actionDayShape, type actionViewShape, type billViewShape, type holderRow, type holderViewShape, type gateDayShape, type gateRow } from '../service/index.ts';
import { type billListShape, type billSumsShape, type cashShape, type paymentListShape, type suspenseShape } from '../service/index.ts';
import { type CallOutcome, type callDeskShape, type disputeShape, type disputesShape, type promisesShape } from '../service/index.ts';
import { type problemShape } from './problems.ts';
import { type actionsShape } from './routes/actions.ts';
import { type cycleShape } from './routes/cycle.ts';
import { type auditShape, type balanceShape, type entriesShape } from './routes/ledger.ts';
import { type gateShape } from './routes/gate.ts';
import { type ruleUseShape, type rulesShape } from './routes/rules.ts';
import { type insurersShape, type sessionShape } from './routes/session.ts';
import { type searchShape } from './routes/search.ts';
import { type todayShape } from './routes/today.ts';

export type Wire = {
  today: z.input<typeof todayShape>;
  cycle: z.input<typeof cycleShape>;
  session: z.input<typeof sessionShape>;
  insurers: z.input<typeof insurersShape>;
  search: z.input<typeof searchShape>;
  holder: z.input<typeof holderViewShape>;
  holder_row: z.input<typeof holderRow>;
  bill: z.input<typeof billViewShape>;
  calls: z.input<typeof callDeskShape>;
  call_outcome: CallOutcome;
  promises: z.input<typeof promisesShape>;
  disputes: z.input<typeof disputesShape>;
  dispute: z.input<typeof disputeShape>;
  rules: z.input<typeof rulesShape>;
  rule_use: z.input<typeof ruleUseShape>;
  actions: z.input<typeof actionsShape>;
  action_day: z.input<typeof actionDayShape>;
  action: z.input<typeof actionViewShape>;
  gate: z.input<typeof gateShape>;
  gate_day: z.input<typeof gateDayShape>;
  gate_answer: z.input<typeof gateRow>;
  bills: z.input<typeof billListShape>;
  bill_sums: z.input<typeof billSumsShape>;
  payments: z.input<typeof paymentListShape>;
  cash: z.input<typeof cashShape>;
  suspense: z.input<typeof suspenseShape>;
  ledger_balance: z.input<typeof balanceShape>;
  ledger_entries: z.input<typeof entriesShape>;
  ledger_audit: z.input<typeof auditShape>;
  problem: z.input<typeof problemShape>;
};
