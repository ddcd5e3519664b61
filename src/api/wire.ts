/** What the console receives: the schemas' JSON side, types only. */

import { type z } from 'zod';
import { type billViewShape, type holderRow, type holderViewShape } from '../service/index.ts';
import { type problemShape } from './problems.ts';
import { type cycleShape } from './routes/cycle.ts';
import { type rulesShape } from './routes/rules.ts';
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
  rules: z.input<typeof rulesShape>;
  problem: z.input<typeof problemShape>;
};
