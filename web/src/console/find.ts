import type { Plan, RouteView, StopView, Unplanned } from './types';

/** The stop that serves an item, or `null`. */
export function findStop(routes: readonly RouteView[], itemId: string): StopView | null {
  for (const view of routes) {
    const found = view.stops.find((one) => one.stop.items.some((item) => item.id === itemId));
    if (found) return found;
  }
  return null;
}

/** The stop of a visit, or `null`. */
export function findVisit(routes: readonly RouteView[], visitId: string | null): StopView | null {
  if (!visitId) return null;
  return routes.flatMap((view) => view.stops).find((one) => one.stop.visit_id === visitId) ?? null;
}

/** What is left out, by visit or, where no visit was made, by its item. */
export function findUnplanned(plan: Plan | null, key: string | null): Unplanned | null {
  if (!key) return null;
  return plan?.unplanned.find((one) => (one.visit_id ?? one.items[0]?.id) === key) ?? null;
}
