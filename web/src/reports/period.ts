import { addDays } from '$lib/format';

/** First and last day, both inside. */
export interface Period {
  from: string;
  to: string;
}

export type Preset = 'week' | 'month' | 'this_month' | 'last_month';
export const PRESETS: Preset[] = ['week', 'month', 'this_month', 'last_month'];

/** A preset's days, counted back from `today` (a local date). */
export function periodOf(preset: Preset, today: string): Period {
  const firstOfMonth = `${today.slice(0, 8)}01`;
  if (preset === 'week') return { from: addDays(today, -6), to: today };
  if (preset === 'month') return { from: addDays(today, -29), to: today };
  if (preset === 'this_month') return { from: firstOfMonth, to: today };
  const last = addDays(firstOfMonth, -1);
  return { from: `${last.slice(0, 8)}01`, to: last };
}

/** The preset that gives exactly this period, if there is one. */
export function presetOf(period: Period, today: string): Preset | null {
  return PRESETS.find((preset) => same(periodOf(preset, today), period)) ?? null;
}

function same(one: Period, other: Period): boolean {
  return one.from === other.from && one.to === other.to;
}
