/** Text becomes rows of cells as it comes: comma, tab, semicolon or bar; quoted cells may hold delimiters and line breaks (RFC 4180). Pure. */

/** One row and the line of the file on which it begins; the header is line 1. */
export type SourceRow = { readonly line: number; readonly cells: readonly string[] };

/** A line longer than this is no row of policies. */
const LINE_CHARACTERS_MAX = 1 << 20;
/** Lines that one row may take; a quote that is open for longer was never closed. */
const ROW_LINES_MAX = 100;
const DELIMITERS = [',', '\t', ';', '|'] as const;
/** What is kept of a line that is no row. */
const TORN_CHARACTERS = 200;

/** Splits by the delimiter of the first line. A row that is torn has another number of cells than the first. */
export async function* rowsOf(texts: AsyncIterable<string>): AsyncGenerator<readonly SourceRow[]> {
  let delimiter = '';
  let state: State = { rest: '', line: 1, width: 0 };
  for await (const text of texts) {
    const whole = state.rest === '' ? text : state.rest + text;
    if (delimiter === '') {
      if (!whole.includes('\n') && whole.length < LINE_CHARACTERS_MAX) {
        state = { ...state, rest: whole };
        continue;
      }
      delimiter = delimiterOf(whole);
    }
    const split = splitRows(whole, delimiter, state, false);
    state = split.state;
    if (split.rows.length > 0) yield split.rows;
  }
  if (state.rest === '') return;
  const { rows } = splitRows(state.rest, delimiter === '' ? delimiterOf(state.rest) : delimiter, state, true);
  if (rows.length > 0) yield rows;
}

export function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/\r?\n|$/)).replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.mark ?? ',';
}

type State = {
  /** What may go on in the next piece. */
  readonly rest: string;
  readonly line: number;
  /** Cells of the first row; 0 before it. */
  readonly width: number;
};
type Split = { readonly rows: SourceRow[]; readonly state: State };

/** Complete rows of a text. Lines without quotes, nearly all, are cut without looking twice. */
function splitRows(text: string, delimiter: string, before: State, last: boolean): Split {
  const rows: SourceRow[] = [];
  let { line, width } = before;
  const blank = new RegExp(`^[${delimiter === '|' ? '\\|' : delimiter}\\s]*$`);
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    if (newline < 0 && !last && text.length - at < LINE_CHARACTERS_MAX) break;
    const end = newline < 0 ? text.length : newline;
    const piece = withoutReturn(text.slice(at, end));
    if (piece.length > LINE_CHARACTERS_MAX) {
      rows.push({ line, cells: [piece.slice(0, TORN_CHARACTERS)] });
      line += 1;
      at = end + 1;
      continue;
    }
    if (!piece.includes('"')) {
      if (piece !== '' && !(piece.startsWith(delimiter) && blank.test(piece))) rows.push({ line, cells: piece.split(delimiter) });
      line += 1;
      at = end + 1;
    } else {
      const row = quotedRow(text, at, end, delimiter, width, last);
      if (row === null) break;
      rows.push({ line, cells: row.cells });
      line += row.lines;
      at = row.end + 1;
    }
    if (width === 0) width = rows[0]?.cells.length ?? 0;
  }
  return { rows, state: { rest: at >= text.length ? '' : text.slice(at), line, width } };
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);

/**
 * The row that begins at `at` with a line that has quotes. Where one stays open, the following lines are taken in until it closes and the row has its
 * cells; where that does not come, the first line alone is the torn row, and the lines after it are rows again. Null where the next piece must decide.
 */
function quotedRow(text: string, at: number, firstEnd: number, delimiter: string, width: number, last: boolean): { cells: string[]; end: number; lines: number } | null {
  const first = quotedCells(withoutReturn(text.slice(at, firstEnd)), delimiter);
  let end = firstEnd;
  for (let lines = 1, row = first; lines <= ROW_LINES_MAX; lines += 1) {
    if (!row.open && (lines === 1 || (!row.loose && (width === 0 || row.cells.length === width)))) return { cells: row.cells, end, lines };
    if (end >= text.length) {
      if (!last) return null;
      break;
    }
    const next = text.indexOf('\n', end + 1);
    if (next < 0 && !last) {
      if (text.length - at < LINE_CHARACTERS_MAX) return null;
      break;
    }
    end = next < 0 ? text.length : next;
    row = quotedCells(withoutReturn(text.slice(at, end)), delimiter);
  }
  // One cell more than there are, so that nobody takes it for whole.
  return { cells: first.open ? [...first.cells, ...(first.cells.length === width ? [''] : [])] : first.cells, end: firstEnd, lines: 1 };
}

/**
 * A quote is one only at the beginning of a cell; elsewhere, as in 5" pipe, it is a character. `loose`: something stands between a closing quote and the
 * delimiter, so that two quotes may have met which do not belong together.
 */
export function quotedCells(text: string, delimiter: string): { readonly cells: string[]; readonly open: boolean; readonly loose: boolean } {
  const cells: string[] = [];
  let at = 0;
  let loose = false;
  for (;;) {
    if (text.charAt(at) !== '"') {
      const end = text.indexOf(delimiter, at);
      cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
      if (end < 0) return { cells, open: false, loose };
      at = end + 1;
      continue;
    }
    let cell = '';
    let from = at + 1;
    let close = text.indexOf('"', from);
    while (close >= 0 && text.charAt(close + 1) === '"') {
      cell += text.slice(from, close + 1);
      from = close + 2;
      close = text.indexOf('"', from);
    }
    if (close < 0) return { cells: [...cells, cell + text.slice(from)], open: true, loose };
    cell += text.slice(from, close);
    // What stands between the closing quote and the delimiter belongs to the cell.
    const end = text.indexOf(delimiter, close + 1);
    const tail = end < 0 ? text.slice(close + 1) : text.slice(close + 1, end);
    loose ||= tail !== '';
    cells.push(cell + tail);
    if (end < 0) return { cells, open: false, loose };
    at = end + 1;
  }
}
