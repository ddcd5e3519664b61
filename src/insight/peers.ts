/** The own figures beside those of others, and the own markets and lines beside each other: in which quarter each stands. Values of others are loaded as lines of figure, name and value. */

import { parse } from 'csv-parse/sync';
import { type Tx } from '../database/index.ts';
import { fail, type InsurerId, ok, type Result } from '../kernel/index.ts';
import file from './benchmarks.json' with { type: 'json' };
import { BILL_FIGURES, type BillFigure } from './cells.ts';
import { type Benchmark } from './dashboard.ts';
import { type Quartiles, quartileOf, quartilesOf } from './quartiles.ts';
import { type Editor, type Own, ownFigures, ownOf } from './targets.ts';

const BENCHMARKS = file.figures as Readonly<Record<BillFigure, Benchmark>>;
/** Values of one load. */
export const PEERS_MAX = 2_000;
const NAME_MAX = 100;

export type Peer = { readonly figure: BillFigure; readonly name: string; readonly value: number };
type Unit = { readonly kind: 'market' | 'line'; readonly name: string; readonly value: number; readonly quartile: 1 | 2 | 3 | 4 | null };
export type PeerRow = {
  readonly figure: BillFigure; readonly unit: 'share' | 'days'; readonly better: 'more' | 'less'; readonly own: number | null; readonly peers: number; readonly quartiles: Quartiles | null;
  /** 1 is the best; null: fewer than four values of others. */
  readonly quartile: 1 | 2 | 3 | 4 | null;
  readonly units: readonly Unit[];
};
export type PeersView = { readonly rows: readonly PeerRow[]; readonly loaded_by: string | null; readonly loaded_at: Date | null };

const isFigure = (name: string): name is BillFigure => BILL_FIGURES.some((figure) => figure === name);
const isHead = ([figure]: readonly string[]): boolean => figure?.trim().toLowerCase() === 'figure';

/** `paid_on_time, North, 91.5%`, with commas, semicolons or tabs; a first line of names is passed over. Shares as 0.915 or 91.5 %. Problem: `peers_unreadable` with the first bad line. */
export function readPeers(content: string): Result<readonly Peer[]> {
  let lines: string[][];
  try {
    lines = parse(content, { delimiter: [',', ';', '\t'], relax_column_count: true, skip_empty_lines: true, trim: true, bom: true });
  } catch {
    return fail('peers_unreadable', { line: 1, text: content.slice(0, 80) });
  }
  const peers = new Map<string, Peer>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 && isHead(line)) continue;
    const [figure = '', name = '', written = ''] = line;
    const number = Number(written.replace(/\s*%$/, ''));
    const bad = line.length !== 3 || !isFigure(figure) || name === '' || name.length > NAME_MAX || written === '' || !Number.isFinite(number) || number < 0;
    const value = written.endsWith('%') ? number / 100 : number;
    if (bad || (BENCHMARKS[figure].unit === 'share' && value > 1)) return fail('peers_unreadable', { line: index + 1, text: line.join(', ').slice(0, 80) });
    peers.set(`${figure} ${name}`, { figure, name, value });
  }
  return peers.size === 0 || peers.size > PEERS_MAX ? fail('peers_unreadable', { line: 1, text: '' }) : ok([...peers.values()]);
}

export function peerRows(own: readonly Own[], peers: readonly Peer[]): readonly PeerRow[] {
  return BILL_FIGURES.map((figure): PeerRow => {
    const { unit, better } = BENCHMARKS[figure];
    const valueOf = (market: string | null, line: string | null): number | null => {
      const { numerator, denominator } = ownOf(own, figure, market, line);
      return denominator === 0 ? null : numerator / denominator;
    };
    const values = peers.filter((peer) => peer.figure === figure).map(({ value }) => value);
    const [quartiles, mine] = [quartilesOf(values), valueOf(null, null)];
    const units = (['market', 'line'] as const).flatMap((kind): readonly Unit[] => {
      const known = [...new Set(own.filter((row) => row.figure === figure).map((row) => row[kind]))].toSorted().flatMap((name) => {
        const value = kind === 'market' ? valueOf(name, null) : valueOf(null, name);
        return value === null ? [] : [{ kind, name, value }];
      });
      const field = quartilesOf(known.map(({ value }) => value));
      return known.map((one) => ({ ...one, quartile: field === null ? null : quartileOf(one.value, field, better) }));
    });
    return { figure, unit, better, own: mine, peers: values.length, quartiles, quartile: quartiles === null || mine === null ? null : quartileOf(mine, quartiles, better), units };
  });
}

export async function peersView(tx: Tx): Promise<PeersView> {
  const [own, peers, [last]] = await Promise.all([
    ownFigures(tx), tx<Peer[]>`select figure, name, value from peer_values`, tx<{ loaded_by: string; loaded_at: Date }[]>`select loaded_by, loaded_at from peer_values order by loaded_at desc limit 1`,
  ]);
  return { rows: peerRows(own, peers), loaded_by: last?.loaded_by ?? null, loaded_at: last?.loaded_at ?? null };
}

/** Takes the place of what was loaded before of the same figures. Returns how many. Problem: `peers_unreadable`. */
export async function loadPeers(tx: Tx, { insurerId, name, at }: Editor, content: string): Promise<Result<number>> {
  const read = readPeers(content);
  if (!read.ok) return read;
  const peers = read.value;
  await tx`delete from peer_values where insurer_id = ${insurerId} and figure = any(${[...new Set(peers.map(({ figure }) => figure))]}::text[])`;
  await tx`
    insert into peer_values (insurer_id, figure, name, value, loaded_by, loaded_at)
    select ${insurerId}, figure, name, value, ${name}, ${new Date(at)}
    from unnest(${peers.map(({ figure }) => figure)}::text[], ${peers.map((peer) => peer.name)}::text[], ${peers.map(({ value }) => value)}::float8[]) p (figure, name, value)`;
  return ok(peers.length);
}

export async function forgetPeers(tx: Tx, insurerId: InsurerId): Promise<number> {
  return (await tx`delete from peer_values where insurer_id = ${insurerId}`).count;
}
