import type { components } from '../client/schema';
import { collator, count, decimal, percent } from '$lib/format';

export type Row = components['schemas']['OnTimeRow'];
export type Report = components['schemas']['OnTimeOut'];

/** Figures of a row that are one number or name each. */
type Plain = { [K in keyof Row & string]: Row[K] extends string | number | null ? K : never }[keyof Row & string];

/** A column of the table: what it shows and in which form. `on_time_share` is the post's clock. */
export interface Column {
  key: Plain;
  form: 'text' | 'count' | 'share' | 'days';
}

export const COLUMNS: readonly Column[] = [
  { key: 'name', form: 'text' },
  { key: 'on_time_share', form: 'share' },
  { key: 'agency_on_time_share', form: 'share' },
  { key: 'delivered', form: 'count' },
  { key: 'late', form: 'count' },
  { key: 'running', form: 'count' },
  { key: 'open_overdue', form: 'count' },
  { key: 'first_attempt_share', form: 'share' },
  { key: 'median_transit_working_days', form: 'days' },
  { key: 'satisfied_share', form: 'share' },
  { key: 'complaints', form: 'count' },
];

/** A figure as the table writes it; a dash where there is none. */
export function shown(row: Row, { key, form }: Column): string {
  const value = row[key];
  if (value === null) return '–';
  if (form === 'text') return String(value);
  if (form === 'share') return percent(Number(value));
  return form === 'count' ? count(Number(value)) : decimal(Number(value), 1);
}

/** Sorted by a column; rows without a figure come last whichever way. */
export function sortRows(rows: readonly Row[], key: Column['key'], down: boolean): Row[] {
  const sign = down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [mine, theirs] = [one[key], other[key]];
    if (mine === null || theirs === null) return Number(mine === null) - Number(theirs === null);
    const order = typeof mine === 'string' ? collator.compare(mine, String(theirs)) : Number(mine) - Number(theirs);
    return order * sign || collator.compare(one.name, other.name);
  });
}

/** Counts by name, the most frequent first. */
export function oftenFirst(counts: Readonly<Record<string, number>>): [name: string, count: number][] {
  return Object.entries(counts).sort(([one, mine], [other, theirs]) => theirs - mine || one.localeCompare(other));
}

/** Lower edges of the classes of the map, worst first. */
export const CLASSES = [0, 0.8, 0.9, 0.95, 0.98] as const;

/** The class of a share, 0 (worst) to 4; `null` where nothing was delivered. */
export function classOf(share: number | null): number | null {
  if (share === null) return null;
  return CLASSES.findLastIndex((edge) => share >= edge);
}
