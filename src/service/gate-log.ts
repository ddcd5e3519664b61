/** The law's answers of one day, one by one and counted, and how often each rule has stopped something. */

import { z } from 'zod';
import { addDays, type HolderId, type PlainDate } from '../kernel/index.ts';
import { type Tx } from '../database/index.ts';
import { dayOf } from './day-of.ts';
import { billReference } from './masking.ts';
import { gateAnswer, plainDate } from './shapes.ts';

export const GATE_ANSWERS = ['allow', 'defer', 'refuse'] as const;
/** Rules that a day's counts name; a book of all markets meets about fifty. */
const RULES_MAX = 200;
/** Days over which the use of rules is counted. */
export const USE_DAYS = 30;

export const gateRow = gateAnswer.extend({
  holder_id: z.int(), holder_name: z.string(), market: z.string(), reference: z.string().nullable(),
  time_zone: z.string().describe('Where the holder lives: the law’s hours are counted there'),
});
export type GateRow = z.output<typeof gateRow>;

export const stopShape = z.object({ rule: z.string(), answer: z.enum(['defer', 'refuse']), answers: z.int() });
export type Stop = z.output<typeof stopShape>;

export const gateDayShape = z.object({
  on: plainDate.nullable(), previous: plainDate.nullable(), next: plainDate.nullable(), allow: z.int(), defer: z.int(), refuse: z.int(), by_rule: z.array(stopShape),
});
export type GateDay = z.output<typeof gateDayShape>;

export type GateCursor = { readonly answer: string; readonly holderId: string; readonly askKey: string };
export type GateFilter = {
  readonly on: PlainDate; readonly answer: (typeof GATE_ANSWERS)[number] | null; readonly rule: string | null; readonly market: string | null;
  readonly after: GateCursor | null; readonly limit: number;
};
type Row = Omit<GateRow, 'reference'>;

const COLUMNS = `g.holder_id, g.ask_key, g.asked_on, g.bill_id, g.action, g.purpose, g.channel, g.asked_for_at, g.answer, g.deferred_until, g.rule, g.article, g.law_version,
  holder_name(h.family_name, h.given_name) as holder_name, h.market, h.time_zone`;

const withReference = (row: Row): GateRow => ({ ...row, reference: row.bill_id === null ? null : billReference(row.holder_id, row.bill_id) });

/** One page of a day: what was refused first, then what was deferred, then what was allowed. */
export async function listGateAnswers(tx: Tx, { on, answer, rule, market, after, limit }: GateFilter): Promise<GateRow[]> {
  const start = after === null ? tx`` : tx`and (g.answer, g.holder_id, g.ask_key) < (${after.answer}, ${after.holderId}::bigint, ${after.askKey})`;
  const rows = await tx<Row[]>`
    select ${tx.unsafe(COLUMNS)} from gate_answers g join holders h on h.insurer_id = g.insurer_id and h.holder_id = g.holder_id
    where g.asked_on = ${on} ${start}
      ${answer === null ? tx`` : tx`and g.answer = ${answer}`} ${rule === null ? tx`` : tx`and g.rule = ${rule}`} ${market === null ? tx`` : tx`and h.market = ${market}`}
    order by g.answer desc, g.holder_id desc, g.ask_key desc limit ${limit}`;
  return rows.map(withReference);
}

export async function gateAnswerOf(tx: Tx, holderId: HolderId, askKey: string): Promise<GateRow | null> {
  const [row] = await tx<Row[]>`
    select ${tx.unsafe(COLUMNS)} from gate_answers g join holders h on h.insurer_id = g.insurer_id and h.holder_id = g.holder_id
    where g.holder_id = ${holderId} and g.ask_key = ${askKey}`;
  return row === undefined ? null : withReference(row);
}

/** What the law stopped on a day, by rule, the most frequent first. */
export async function stoppedByRule(tx: Tx, on: PlainDate): Promise<Stop[]> {
  const rows = await tx<Stop[]>`
    select rule, answer, count(*)::int as answers from gate_answers where asked_on = ${on} and answer in ('defer', 'refuse')
    group by rule, answer order by count(*) desc, rule limit ${RULES_MAX}`;
  return [...rows];
}

export async function gateSummary(tx: Tx, asked: PlainDate | null): Promise<GateDay> {
  const day = await dayOf(tx, 'gate_answers', asked);
  const none = { allow: 0, defer: 0, refuse: 0 };
  if (day.on === null) return { ...day, ...none, by_rule: [] };
  const [counts, byRule] = await Promise.all([
    tx<{ answer: GateRow['answer']; answers: number }[]>`
      select answer, count(*)::int as answers from gate_answers where asked_on = ${day.on} group by answer`,
    stoppedByRule(tx, day.on),
  ]);
  return { ...day, ...none, ...Object.fromEntries(counts.map(({ answer, answers }) => [answer, answers])), by_rule: byRule };
}

export type RuleUse = { readonly rule: string; readonly defer: number; readonly refuse: number; readonly last_on: PlainDate };

/** How often each rule deferred or refused in the 30 days to `until`. Day by day, so that of the index only what was stopped is read, not what was allowed. */
export async function ruleUses(tx: Tx, until: PlainDate): Promise<RuleUse[]> {
  const rows = await tx<RuleUse[]>`
    select rule, sum(answers) filter (where answer = 'defer')::int as defer, sum(answers) filter (where answer = 'refuse')::int as refuse, max(on_day) as last_on
    from (select on_day::date from generate_series(${addDays(until, 1 - USE_DAYS)}::date, ${until}::date, interval '1 day') on_day) days
      cross join lateral (
        select rule, answer, count(*) as answers from gate_answers where asked_on = on_day and answer in ('defer', 'refuse') group by rule, answer) stopped
    group by rule order by rule`;
  return rows.map((row) => ({ ...row, defer: row.defer ?? 0, refuse: row.refuse ?? 0 }));
}

/** Policies in force by what the law asks of a policy: its market, part of the country, and line. Reads every policy; see its caller. */
export type PolicyClass = { readonly market: string; readonly subdivision: string | null; readonly line: string; readonly policies: number };

export async function policiesInForce(tx: Tx): Promise<PolicyClass[]> {
  const rows = await tx<PolicyClass[]>`
    select market, subdivision, line, count(*)::int as policies from policies where state in ('in_force', 'grace') group by market, subdivision, line`;
  return [...rows];
}
