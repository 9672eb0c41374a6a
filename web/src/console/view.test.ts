import { describe, expect, test } from 'vitest';
import { compareRows } from './compare';
import { choosePlans } from './day.svelte';
import { findStop, findUnplanned, findVisit } from './find';
import { readStopIcon } from '$lib/map/icons';
import { aBrief, anItem, aPlan, aRoute, aStop } from './fixture';
import { chosenPoint, errorCircle, fanOut, freshPoints, ofCourier, routeLines, stopPoints, unplannedPoints } from './layers';
import { attention, countStatuses, routeViews, totals } from './view';

const asPlanned = (_: string, planned: string): string => planned;

const plan = aPlan({
  routes: [
    aRoute({
      courier_id: 'c1',
      load_items: 4,
      distance_m: 1000,
      rounds: [['2026-11-20T00:15:00Z', '2026-11-20T04:00:00Z']],
      stops: [
        aStop({ visit_id: 'done', seq: 1, items: [anItem('i1', 'delivered', '2026-11-01')] }),
        aStop({ visit_id: 'mixed', seq: 2, items: [anItem('i2', 'delivered'), anItem('i3', 'attempt_failed')] }),
        aStop({ visit_id: 'late', seq: 3, items: [anItem('i4', 'out', '2026-11-19')] }),
      ],
    }),
    aRoute({ courier_id: 'c2', load_items: 1, distance_m: 500, finish_at: '2026-11-20T11:00:00Z', stops: [aStop({ visit_id: 'today', items: [anItem('i5', 'out', '2026-11-20')] })] }),
  ],
  unplanned: [{ visit_id: null, point: [106.6, 10.7], address: '', addressee: { name: '', phone: '' }, items: [anItem('i6', 'ready')], reasons: [] }],
});

describe('what a stop shows', () => {
  const views = routeViews(plan, asPlanned);

  test('the paper that needs a look decides the state of a household', () => {
    expect(views[0]?.stops.map((view) => view.status)).toEqual(['delivered', 'attempt_failed', 'out']);
    expect([views[0]?.done, views[0]?.failed]).toEqual([1, 1]);
  });

  test('only papers that nobody has yet are at risk', () => {
    expect(views.flatMap((view) => view.stops.map((one) => one.risk))).toEqual(['', '', 'overdue', 'risk']);
  });

  test('attention goes to the failed first, then the overdue, then what is due on the day', () => {
    expect(attention(views).map((view) => view.stop.visit_id)).toEqual(['mixed', 'late', 'today']);
  });

  test('what the stream said since the plan was fetched wins', () => {
    const live = routeViews(plan, (id, planned) => (id === 'i4' ? 'delivered' : planned));
    expect(live[0]?.stops[2]).toMatchObject({ status: 'delivered', risk: '' });
    expect(countStatuses(plan, (id, planned) => (id === 'i4' ? 'delivered' : planned))).toEqual({ delivered: 3, attempt_failed: 1, out: 1 });
  });

  test('a paper of a published plan that waits again was tried in vain; in a draft it simply waits', () => {
    const waiting = { routes: [aRoute({ stops: [aStop({ items: [anItem('i', 'ready')] })] })] };
    const stateOf = (state: 'draft' | 'published'): string | undefined => routeViews(aPlan({ ...waiting, state }), asPlanned)[0]?.stops[0]?.status;
    expect([stateOf('draft'), stateOf('published')]).toEqual(['ready', 'redeliver']);
    expect(countStatuses(aPlan({ ...waiting, state: 'published' }), asPlanned)).toEqual({ redeliver: 1 });
  });

  test('things are found by item, by visit and by what is left out', () => {
    expect(findStop(views, 'i3')?.stop.visit_id).toBe('mixed');
    expect(findVisit(views, 'today')?.courierId).toBe('c2');
    expect([findStop(views, 'x'), findVisit(views, null), findUnplanned(plan, 'x')]).toEqual([null, null, null]);
    expect(findUnplanned(plan, 'i6')?.items[0]?.id).toBe('i6');
  });

  test('on the map each stop has its icon, the chosen one a second, and each round its line', () => {
    const icons = stopPoints(views).features.map((feature) => readStopIcon(String(feature.properties?.['icon'])));
    expect(icons.map((icon) => [icon?.badge, icon?.done])).toEqual([['delivered', true], ['attempt_failed', false], ['overdue', false], ['risk', false]]);
    expect(readStopIcon(String(chosenPoint(views, 'late').features[0]?.properties?.['icon']))?.selected).toBe(true);
    expect(freshPoints(views, (id) => id === 'i4').features.map((ring) => [ring.properties?.['visit'], ring.properties?.['icon']])).toEqual([['late', 'fresh']]);
    expect(chosenPoint(views, null).features).toEqual([]);
    expect(routeLines(views).features).toHaveLength(1);
    expect(unplannedPoints(plan, 'i6').features[0]?.properties).toEqual({ visit: 'i6', icon: 'unplanned-selected' });
  });
});

test('stops at one point are apart by at least a finger, others stay where they are', () => {
  const offsets = fanOut([[106.6, 10.8], [106.7, 10.8], ...Array.from({ length: 30 }, (): [number, number] => [106.6, 10.8])]);
  expect(offsets.slice(0, 2)).toEqual([[0, 0], [0, 0]]);
  const same = offsets.filter((_, index) => index !== 1);
  const gaps = same.flatMap(([x, y], index) => same.slice(index + 1).map(([u, v]) => Math.hypot(x - u, y - v)));
  expect(Math.min(...gaps)).toBeGreaterThan(14);
});

test('the circle of doubt has its radius in metres', () => {
  const view = routeViews(aPlan({ routes: [aRoute({ stops: [aStop({ error_m: 1000, point: [106.7, 10.8] })] })] }), asPlanned)[0]?.stops[0] ?? null;
  const [east, north] = [0, 16].map((step) => errorCircle(view).features[0]?.geometry.coordinates[step] ?? []);
  expect(((north?.[1] ?? 0) - 10.8) * 111_320).toBeCloseTo(1000, 0);
  expect(((east?.[0] ?? 0) - 106.7) * 111_320 * Math.cos((10.8 * Math.PI) / 180)).toBeCloseTo(1000, 0);
  expect(errorCircle(null).features).toEqual([]);
});

test('other routes stand back only when one is chosen', () => {
  expect(ofCourier(null, 1, 0.2)).toBe(1);
  expect(ofCourier('c1', 1, 0.2)).toEqual(['case', ['==', ['get', 'courier'], 'c1'], 1, 0.2]);
});

test('sums run over the routes, and the last return is the latest', () => {
  expect(totals(plan)).toMatchObject({ stops: 4, items: 5, distanceM: 1500, finishAt: '2026-11-20T11:00:00Z' });
});

test('the routes of the last finished plan stay while another is made', () => {
  const [running, failed, published] = [aBrief({ id: 'r', state: 'running' }), aBrief({ id: 'f', state: 'failed' }), aBrief({ id: 'p', state: 'published' })];
  expect(choosePlans([running, failed, published])).toEqual({ shown: published, running });
  expect(choosePlans([failed])).toEqual({ shown: failed, running: null });
  expect(choosePlans([aBrief({ state: 'superseded' })])).toEqual({ shown: null, running: null });
});

test('a comparison has every cost term of every plan', () => {
  const other = aPlan({ cost: { total: 9, terms: { wait: 9 } } });
  const rows = compareRows([aPlan({ cost: { total: 5, terms: { travel: 5 } } }), other]);
  expect(rows.filter((row) => row.kind === 'cost').map((row) => [row.key, row.values])).toEqual([
    ['term.travel', [5, null]],
    ['term.wait', [null, 9]],
    ['compare.total', [5, 9]],
  ]);
});
