/** A line of names and values that is being written. */
export interface Row {
  name: string;
  value: string;
}

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether lines can show an object without losing anything of it. */
export function fitsRows(object: Json): boolean {
  return Object.entries(object).every(([name, value]) => name.trim() && typeof value === 'string');
}

export function rowsOf(object: Json): Row[] {
  return Object.entries(object).map(([name, value]) => ({ name, value: String(value) }));
}

const isEmpty = (row: Row): boolean => !row.name.trim() && !row.value;

/** Why a line would be lost in an object: it has no name, or that of a line above. */
export function faultOf(rows: readonly Row[], index: number): 'nameless' | 'doubled' | null {
  const row = rows[index];
  if (!row || isEmpty(row)) return null;
  if (!row.name.trim()) return 'nameless';
  return rows.slice(0, index).some((other) => other.name === row.name) ? 'doubled' : null;
}

/** The object of the lines, empty ones left out; `null` while one of them would be lost. */
export function objectOf(rows: readonly Row[]): Record<string, string> | null {
  if (rows.some((_, index) => faultOf(rows, index))) return null;
  return Object.fromEntries(rows.filter((row) => !isEmpty(row)).map(({ name, value }) => [name, value]));
}
