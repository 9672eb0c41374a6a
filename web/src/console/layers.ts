import type { Feature, FeatureCollection, LineString, Point } from 'geojson';
import { stopIcon } from '$lib/map/icons';
import { computed, routeToken } from '$lib/routeColour';
import type { Plan, RouteView, StopView } from './types';

const collection = <G extends LineString | Point>(features: Feature<G>[]): FeatureCollection<G> => ({ type: 'FeatureCollection', features });

/** One line per round. Colours are computed, the map knows no CSS. A choice changes only the paint, so nothing here. */
export function routeLines(views: readonly RouteView[]): FeatureCollection<LineString> {
  return collection(
    views.flatMap((view) =>
      view.route.rounds.map((round) => ({
        type: 'Feature' as const,
        properties: {
          courier: view.route.courier_id,
          colour: computed(routeToken(view.route.colour_index)),
          afternoon: round.round > 0,
        },
        geometry: { type: 'LineString' as const, coordinates: round.line },
      })),
    ),
  );
}

/** An expression: `there` for the features of a courier, `elsewhere` for the others; `there` for all when none is chosen. */
export function ofCourier<T>(courierId: string | null, there: T, elsewhere: T): unknown {
  return courierId === null ? there : ['case', ['==', ['get', 'courier'], courierId], there, elsewhere];
}

const BADGES = new Set(['delivered', 'attempt_failed', 'held', 'forwarded', 'returning', 'returned']);

function badgeOf(view: StopView): string {
  if (BADGES.has(view.status)) return view.status;
  return view.risk;
}

function pointOf(view: StopView, selected: boolean): Feature<Point> {
  const icon = stopIcon({
    colour: view.colour,
    label: String(view.stop.seq),
    badge: badgeOf(view),
    done: view.status === 'delivered',
    selected,
  });
  return {
    type: 'Feature',
    properties: { visit: view.stop.visit_id, courier: view.courierId, order: -view.stop.seq, icon },
    geometry: { type: 'Point', coordinates: [...view.stop.point] },
  };
}

/** The stops as icons with number, route colour and state; the first of a route lie on top. */
export function stopPoints(views: readonly RouteView[]): FeatureCollection<Point> {
  return collection(views.flatMap((view) => view.stops.map((one) => pointOf(one, false))));
}

/** The chosen stop once more, larger, above all others. */
export function chosenPoint(view: StopView | null): FeatureCollection<Point> {
  return collection(view ? [pointOf(view, true)] : []);
}

/** What no route serves, where its place is known. */
export function unplannedPoints(plan: Plan | null, visitId: string | null): FeatureCollection<Point> {
  const features = (plan?.unplanned ?? []).flatMap((one): Feature<Point>[] => {
    const key = one.visit_id ?? one.items[0]?.id ?? '';
    if (!one.point) return [];
    const icon = key === visitId ? 'unplanned-selected' : 'unplanned';
    return [{ type: 'Feature', properties: { visit: key, icon }, geometry: { type: 'Point', coordinates: [...one.point] } }];
  });
  return collection(features);
}
