import type { Plan, PlanBrief, Route, Stop } from './types';

/** Values for tests: complete, and changed one thing at a time. */
export function aStop(change: Partial<Stop> = {}): Stop {
  return {
    seq: 1,
    visit_id: 'v1',
    round: 0,
    commune_code: '26734',
    commune_name: 'Phường Tân Bình',
    point: [106.66, 10.8],
    error_m: 40,
    address: '12 Hoàng Văn Thụ',
    addressee: { name: 'Trần Thị Mai', phone: '' },
    items: [],
    arrival_at: '2026-11-20T01:00:00Z',
    start_at: '2026-11-20T01:00:00Z',
    departure_at: '2026-11-20T01:05:00Z',
    window: null,
    wait_s: 0,
    required: false,
    dear_rank: null,
    locked: null,
    late_allowed: false,
    ...change,
  };
}

type RouteChange = Omit<Partial<Route>, 'rounds'> & { rounds?: [string, string][] };

export function aRoute({ rounds = [], ...change }: RouteChange = {}): Route {
  const figures = { travel_s: 0, distance_m: 0, service_s: 0, wait_s: 0, load_items: 0, load_g: 0 };
  return {
    courier_id: 'c1',
    courier_name: 'Nguyễn Văn Bình',
    initials: 'VB',
    colour_index: 0,
    stops: [],
    line: [],
    ...figures,
    finish_at: '2026-11-20T10:00:00Z',
    stale: false,
    overdue_risk: 0,
    cost: { total: 0, terms: {} },
    rounds: rounds.map(([departure_at, return_at], round) => ({ round, departure_at, return_at, travel_source: 'road', line: [], ...figures })),
    ...change,
  };
}

export function aPlan(change: Partial<Plan> = {}): Plan {
  const { total_cost: _, ...head } = aBrief();
  return { ...head, cost: { total: 0, terms: {} }, travel_source: 'road', violations: [], problems: [], visits: 0, routes: [], unplanned: [], ...change };
}

export function aBrief(change: Partial<PlanBrief> = {}): PlanBrief {
  return {
    id: 'p1',
    office_id: 'o1',
    day: '2026-11-20',
    state: 'draft',
    version: 1,
    requested_at: '2026-11-19T23:30:00Z',
    finished_at: null,
    published_at: null,
    progress: { phase: 'done', percent: 100, best_cost: null, terms: {} },
    total_cost: 0,
    planned_items: 0,
    unplanned_items: 0,
    ...change,
  };
}

export function anItem(id: string, status: string, dueOn = '2026-11-25'): Stop['items'][number] {
  return { id, item_code: id, dossier_codes: [], due_on: dueOn, status };
}
