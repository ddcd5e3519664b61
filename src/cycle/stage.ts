/** What every stage of the cycle is: a range of holders in, rows written, in one transaction. */

import { type RulePacks } from '../compliance/index.ts';
import { type Tx } from '../database/index.ts';
import { type CountedSegment } from '../insight/index.ts';
import { type PlainDate } from '../kernel/index.ts';
import { type Insurer } from '../portfolio/index.ts';
import { type BudgetPrices, type Budgets, type Terms } from '../strategy/index.ts';

/** What all ranges of a day share and what must not change when the day is resumed; kept in `cycle_runs.shared`. */
export type Shared = {
  /** The business day of the last finished cycle; null on an insurer's first. */
  readonly previousDate: PlainDate | null;
  /** Champion of the day; null where the insurer has no model yet. */
  readonly modelId: number | null;
  readonly prices: BudgetPrices;
  readonly budgets: Budgets;
  /** Bills that were open when the prices were found; each range's quota of a budget is its share of them. */
  readonly openBills: number;
  /** Strategies in force when the day's decisions began; absent in days that began before there were any. */
  readonly strategies?: readonly Terms[];
  /** As they are counted, so that what is changed meanwhile is not counted by half; absent before the stage `segment`. */
  readonly segments?: readonly CountedSegment[];
};

export const NOTHING_SHARED: Shared = {
  previousDate: null, modelId: null, prices: { callMinute: 0, message: 0 }, budgets: { callMinutes: null, messages: null }, openBills: 0,
};

export type StageContext = {
  readonly insurer: Insurer;
  readonly businessDate: PlainDate;
  readonly packs: RulePacks;
  readonly shared: Shared;
};

/** Holders from `from` to `to`, both included. */
export type HolderRange = { readonly from: number; readonly to: number };
export type StageCounts = { readonly read: number; readonly written: number };

export type Stage = {
  readonly name: string;
  /** Cut into ranges of holders, or one piece for the whole insurer. */
  readonly partitioned: boolean;
  /** What its ranges share, worked out once when the stage begins; a few statements, whatever the size of the book. */
  readonly prepare?: (tx: Tx, context: StageContext) => Promise<Partial<Shared>>;
  /** One range, in the caller's transaction; a constant number of statements. Run twice it changes nothing the second time. */
  readonly work: (tx: Tx, context: StageContext, range: HolderRange) => Promise<StageCounts>;
};
