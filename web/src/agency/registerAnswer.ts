import type { components } from '../client/schema';

export type Answer = components['schemas']['BatchOut'];
export type AnsweredRow = Answer['rows'][number];
export type Outcome = AnsweredRow['outcome'];

/** The outcomes in the order they are told: what comes in first, what a person must see to last. */
export const OUTCOMES: readonly Outcome[] = ['created', 'updated', 'unchanged', 'rejected'];

/** How many rows would change something here; one that was handed in before needs no second time. */
export function toTake({ counts }: Answer): number {
  return counts.created + counts.updated;
}

export function refusedOf({ rows }: Answer): AnsweredRow[] {
  return rows.filter((row) => row.outcome === 'rejected');
}

/** Rows that come in though something about them should be looked at. */
export function warnedOf({ rows }: Answer): AnsweredRow[] {
  return rows.filter((row) => row.outcome !== 'rejected' && row.warnings.length > 0);
}

/** By where they stand in the row, as a person goes through it: D3, F3, AA3, then what names no cell. */
export function byCell<P extends { pointer?: string | null }>(problems: readonly P[]): P[] {
  const place = ({ pointer }: P): string => (pointer ? pointer.padStart(12) : '~');
  return problems.toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
}

/** What the list to be mended is called, after the file it is of. */
export function markedName(name: string): string {
  return `${name.replace(/\.[^.]*$/, '')}-can-sua.xlsx`;
}
