import type { Plan } from './types';
import { totals } from './view';

export interface Comparable {
  name: string;
  plan: Plan;
}

export interface CompareRow {
  /** Key of the sentence that names the row: a figure or `term.…`. */
  key: string;
  kind: 'count' | 'km' | 'minutes' | 'cost' | 'time';
  values: (number | string | null)[];
}

/** The figures of several plans side by side, first those a person feels, then the cost by term. */
export function compareRows(plans: readonly Plan[]): CompareRow[] {
  const sums = plans.map(totals);
  const figures: CompareRow[] = [
    { key: 'plan.stops', kind: 'count', values: sums.map((sum) => sum.stops) },
    { key: 'plan.unplanned', kind: 'count', values: plans.map((plan) => plan.unplanned_items) },
    { key: 'plan.distance', kind: 'km', values: sums.map((sum) => sum.distanceM) },
    { key: 'plan.travel', kind: 'minutes', values: sums.map((sum) => sum.travelS) },
    { key: 'plan.finish', kind: 'time', values: sums.map((sum) => sum.finishAt) },
  ];
  const names = [...new Set(plans.flatMap((plan) => Object.keys(plan.cost?.terms ?? {})))];
  const terms = names.map((name): CompareRow => ({
    key: `term.${name}`,
    kind: 'cost',
    values: plans.map((plan) => plan.cost?.terms[name] ?? null),
  }));
  return [...figures, ...terms, { key: 'compare.total', kind: 'cost', values: plans.map((plan) => plan.cost?.total ?? null) }];
}
