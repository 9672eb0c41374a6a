export type Position = readonly [number, number];
export type Bounds = [[number, number], [number, number]];

const METRES_PER_DEGREE = 111_132;

/** Metres between two near places. */
export function metresBetween([lon, lat]: Position, [otherLon, otherLat]: Position): number {
  const shrink = Math.cos((((lat + otherLat) / 2) * Math.PI) / 180);
  return METRES_PER_DEGREE * Math.hypot((otherLon - lon) * shrink, otherLat - lat);
}

/** The smallest box [[west, south], [east, north]] around points in degrees; `null` for none. */
export function boundsOf(points: Iterable<Position>): Bounds | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of points) {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  return west <= east
    ? [
        [west, south],
        [east, north],
      ]
    : null;
}
