import { statusOfStop } from '$lib/status';
import type { Plan, Route, RouteView, Stop, StopView } from './types';

const CLOSED = new Set(['delivered', 'returned', 'forwarded', 'withdrawn']);


type StatusOf = (itemId: string, planned: string) => string;

/** A paper of a published plan that waits again has been tried in vain: its next attempt is on another day's plan. */
function seenInPlan(plan: Plan, statusOf: StatusOf): StatusOf {
  return (itemId, planned) => {
    const status = statusOf(itemId, planned);
    return plan.state === 'published' && (status === 'ready' || status === 'accepted') ? 'redeliver' : status;
  };
}

export const FAILED = new Set(['attempt_failed', 'redeliver', 'held', 'returning', 'returned', 'forwarded']);

/** Overdue or due on the day, counting only papers that nobody has received yet. */
function riskOf(stop: Stop, day: string, statusOf: StatusOf): StopView['risk'] {
  const open = stop.items.filter((item) => !CLOSED.has(statusOf(item.id, item.status)));
  if (open.some((item) => item.due_on < day)) return 'overdue';
  return open.some((item) => item.due_on === day) ? 'risk' : '';
}

function routeView(route: Route, day: string, statusOf: StatusOf): RouteView {
  const stops = route.stops.map((stop) => ({
    stop,
    courierId: route.courier_id,
    colour: route.colour_index,
    status: statusOfStop(stop.items.map((item) => statusOf(item.id, item.status))),
    risk: riskOf(stop, day, statusOf),
  }));
  return {
    route,
    stops,
    done: stops.filter((view) => view.status === 'delivered').length,
    failed: stops.filter((view) => FAILED.has(view.status)).length,
    risk: stops.filter((view) => view.risk !== '').length,
  };
}

/** The plan's routes with the state of each stop now; `statusOf` knows what the live stream said since. */
export function routeViews(plan: Plan | null, statusOf: StatusOf): RouteView[] {
  if (!plan) return [];
  const seen = seenInPlan(plan, statusOf);
  return plan.routes.map((route) => routeView(route, plan.day, seen));
}

/** Stops that a dispatcher should look at, the worst first: failed, overdue, due today; each by its time. */
export function attention(views: readonly RouteView[]): StopView[] {
  const rank = (view: StopView): number => {
    if (view.status === 'attempt_failed' || view.status === 'redeliver') return 0;
    return view.risk === 'overdue' ? 1 : view.risk === 'risk' ? 2 : 3;
  };
  return views
    .flatMap((view) => view.stops)
    .filter((view) => rank(view) < 3)
    .sort((one, other) => rank(one) - rank(other) || one.stop.start_at.localeCompare(other.stop.start_at));
}

/** How many items of the plan stand where, for the top bar. */
export function countStatuses(plan: Plan | null, statusOf: StatusOf): Record<string, number> {
  const counts: Record<string, number> = {};
  if (!plan) return counts;
  const seen = seenInPlan(plan, statusOf);
  for (const item of plan.routes.flatMap((route) => route.stops.flatMap((stop) => stop.items))) {
    const status = seen(item.id, item.status);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

export interface Totals {
  stops: number;
  items: number;
  distanceM: number;
  travelS: number;
  serviceS: number;
  finishAt: string | null;
}

/** Sums over the routes; `finishAt` is the last return to the office. */
export function totals(plan: Plan): Totals {
  const sum = (of: (route: Route) => number): number => plan.routes.reduce((all, route) => all + of(route), 0);
  const used = plan.routes.filter((route) => route.stops.length > 0);
  return {
    stops: sum((route) => route.stops.length),
    items: sum((route) => route.load_items),
    distanceM: sum((route) => route.distance_m),
    travelS: sum((route) => route.travel_s),
    serviceS: sum((route) => route.service_s),
    finishAt: used.map((route) => route.finish_at).reduce<string | null>((last, at) => (last && last > at ? last : at), null),
  };
}
