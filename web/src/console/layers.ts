import type { Feature, FeatureCollection, LineString, Point } from 'geojson';
import { stopIcon } from '$lib/map/icons';
import { computed, routeToken } from '$lib/routeColour';
import type { Plan, RouteView, StopView } from './types';

const collection = <G extends LineString | Point>(features: Feature<G>[]): FeatureCollection<G> => ({ type: 'FeatureCollection', features });

/** One line per round; `faded` where another route is chosen. Colours are computed, the map knows no CSS. */
export function routeLines(views: readonly RouteView[], courierId: string | null): FeatureCollection<LineString> {
  return collection(
    views.flatMap((view) =>
      view.route.rounds.map((round) => ({
        type: 'Feature' as const,
        properties: {
          courier: view.route.courier_id,
          colour: computed(routeToken(view.route.colour_index)),
          afternoon: round.round > 0,
          chosen: view.route.courier_id === courierId,
          faded: courierId !== null && view.route.courier_id !== courierId,
        },
        geometry: { type: 'LineString' as const, coordinates: round.line },
      })),
    ),
  );
}

const BADGES = new Set(['delivered', 'attempt_failed', 'held', 'forwarded', 'returning', 'returned']);

function badgeOf(view: StopView): string {
  if (BADGES.has(view.status)) return view.status;
  return view.risk;
}

/** The stops as icons with number, route colour and state; the chosen one lies on top. */
export function stopPoints(views: readonly RouteView[], courierId: string | null, visitId: string | null): FeatureCollection<Point> {
  return collection(
    views.flatMap((view) =>
      view.stops.map((one) => {
        const selected = one.stop.visit_id === visitId;
        const faded = courierId !== null && view.route.courier_id !== courierId;
        return {
          type: 'Feature' as const,
          properties: {
            visit: one.stop.visit_id,
            courier: view.route.courier_id,
            faded,
            order: selected ? 1000 : faded ? 0 : 500 - one.stop.seq,
            icon: stopIcon({
              colour: view.route.colour_index,
              label: String(one.stop.seq),
              badge: badgeOf(one),
              done: one.status === 'delivered',
              selected,
            }),
          },
          geometry: { type: 'Point' as const, coordinates: [...one.stop.point] },
        };
      }),
    ),
  );
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
