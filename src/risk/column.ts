/** Columns of a table as the learner reads them: numbers in a typed array (NaN is missing), text by a dictionary. */

/** Text by dictionary; a code of −1 is a missing value. */
export type TextColumn = { readonly codes: Int32Array; readonly dictionary: readonly string[] };
export type Column = Float64Array | TextColumn;
export type Columns = Readonly<Record<string, Column>>;
export type Table = { readonly rows: number; readonly columns: Columns };

export const isText = (column: Column): column is TextColumn => !(column instanceof Float64Array);

/** Encodes text; null and empty text are missing. */
export function textColumn(values: readonly (string | null | undefined)[]): TextColumn {
  const codes = new Int32Array(values.length).fill(-1);
  const known = new Map<string, number>();
  const dictionary: string[] = [];
  values.forEach((value, row) => {
    if (value === null || value === undefined || value === '') return;
    let code = known.get(value);
    if (code === undefined) {
      code = dictionary.push(value) - 1;
      known.set(value, code);
    }
    codes[row] = code;
  });
  return { codes, dictionary };
}

/** Encodes numbers; null is missing. */
export const numberColumn = (values: readonly (number | null | undefined)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? Number.NaN);

/** The column as numbers: text that is a number is read, other text is missing. */
export function asNumbers(column: Column): Float64Array {
  if (!isText(column)) return column;
  const numbers = column.dictionary.map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  return Float64Array.from(column.codes, (code) => numbers[code] ?? Number.NaN);
}

/** The column as text: numbers are written as JavaScript writes them. */
export function asText(column: Column): TextColumn {
  if (isText(column)) return column;
  return textColumn(Array.from(column, (value) => (Number.isNaN(value) ? null : String(value))));
}

/** One cell as a person would read it, or null when it is missing. */
export function cellOf(column: Column | undefined, row: number): string | number | null {
  if (column === undefined) return null;
  if (isText(column)) return column.dictionary[column.codes[row] ?? -1] ?? null;
  const value = column[row];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The chosen rows of a table, in the order given. Dictionaries are shared. */
export function takeRows(table: Table, rows: Int32Array): Table {
  const columns: Record<string, Column> = {};
  for (const [name, column] of Object.entries(table.columns)) {
    columns[name] = isText(column)
      ? { codes: Int32Array.from(rows, (row) => column.codes[row] ?? -1), dictionary: column.dictionary }
      : Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  }
  return { rows: rows.length, columns };
}
