import type { Feature, FeatureCollection, LineString, Point } from 'geojson';
import type { Position } from '$lib/map/bounds';
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

/** One line through places; nothing for fewer than two. */
export function trackLine(points: readonly Position[]): FeatureCollection<LineString> {
  if (points.length < 2) return collection<LineString>([]);
  return collection([{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: points.map(([lon, lat]) => [lon, lat]) } }]);
}

/** An expression: `there` for the features of a courier, `elsewhere` for the others; `there` for all when none is chosen. */
export function ofCourier<T>(courierId: string | null, there: T, elsewhere: T): unknown {
  return courierId === null ? there : ['case', ['==', ['get', 'courier'], courierId], there, elsewhere];
}

const BADGES = new Set(['delivered', 'attempt_failed', 'redeliver', 'held', 'forwarded', 'returning', 'returned']);

function badgeOf(view: StopView): string {
  if (BADGES.has(view.status)) return view.status;
  return view.risk;
}

function pointOf(view: StopView, offset: [number, number], selected: boolean): Feature<Point> {
  const icon = stopIcon({
    colour: view.colour,
    label: String(view.stop.seq),
    badge: badgeOf(view),
    done: view.status === 'delivered',
    selected,
  });
  return {
    type: 'Feature',
    properties: { visit: view.stop.visit_id, courier: view.courierId, order: -view.stop.seq, icon, offset },
    geometry: { type: 'Point', coordinates: [...view.stop.point] },
  };
}

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const SPREAD_PX = 15;

/** Stops at one and the same point (a hamlet whose doors are not known yet) open like a sunflower, so that each can be seen and clicked. */
export function fanOut(points: readonly (readonly [number, number])[]): [number, number][] {
  const met = new Map<string, number>();
  return points.map(([lon, lat]) => {
    const key = `${lon.toFixed(5)},${lat.toFixed(5)}`;
    const turn = met.get(key) ?? 0;
    met.set(key, turn + 1);
    const [radius, angle] = [SPREAD_PX * Math.sqrt(turn), turn * GOLDEN_ANGLE];
    return [Math.round(radius * Math.cos(angle)), Math.round(radius * Math.sin(angle))];
  });
}

/** The stops as icons with number, route colour and state; the first of a route lie on top. */
export function stopPoints(views: readonly RouteView[]): FeatureCollection<Point> {
  const stops = views.flatMap((view) => view.stops);
  const offsets = fanOut(stops.map((one) => one.stop.point));
  return collection(stops.map((one, index) => pointOf(one, offsets[index] ?? [0, 0], false)));
}

/** The chosen stop once more, larger, above all others, where it stands among the rest. */
export function chosenPoint(views: readonly RouteView[], visitId: string | null): FeatureCollection<Point> {
  const stops = views.flatMap((view) => view.stops);
  const at = stops.findIndex((one) => one.stop.visit_id === visitId);
  const view = stops[at];
  return collection(view ? [pointOf(view, fanOut(stops.map((one) => one.stop.point))[at] ?? [0, 0], true)] : []);
}

/** A ring around stops where something changed a moment ago. */
export function freshPoints(views: readonly RouteView[], isFresh: (itemId: string) => boolean): FeatureCollection<Point> {
  const stops = views.flatMap((view) => view.stops);
  const rings = stopPoints(views).features.filter((_, index) => stops[index]?.stop.items.some((item) => isFresh(item.id)));
  return collection(rings.map((ring) => ({ ...ring, properties: { ...ring.properties, icon: 'fresh' } })));
}

const METRES_PER_DEGREE = 111_320;

/** How far the true door may lie from the pin: a circle of that radius around the chosen stop. */
export function errorCircle(view: StopView | null): FeatureCollection<LineString> {
  return collection(view && view.stop.error_m >= 50 ? [circle(view.stop.point, view.stop.error_m)] : []);
}

/** A circle of a radius in metres around a place in degrees. */
export function circle([lon, lat]: Position, radiusM: number): Feature<LineString> {
  const [dy, dx] = [radiusM / METRES_PER_DEGREE, radiusM / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180))];
  const around = Array.from({ length: 65 }, (_, step) => (step * Math.PI) / 32);
  const coordinates = around.map((angle) => [lon + dx * Math.cos(angle), lat + dy * Math.sin(angle)]);
  return { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } };
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
