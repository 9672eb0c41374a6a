export type Position = readonly [number, number];
export type Bounds = [[number, number], [number, number]];

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
