import type { Feature, FeatureCollection, Position } from 'geojson';

/** Even-odd rule (ray to the east); a ring is a closed list of [lon, lat]. */
function inRing(ring: readonly Position[], lon: number, lat: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1 = 0, y1 = 0] = ring[i] ?? [];
    const [x2 = 0, y2 = 0] = ring[j] ?? [];
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

/** The polygon feature that holds a point, holes respected; `null` for none. */
export function featureAt(collection: FeatureCollection | null, lon: number, lat: number): Feature | null {
  const holds = (polygon: Position[][]): boolean => polygon.filter((ring) => inRing(ring, lon, lat)).length % 2 === 1;
  for (const feature of collection?.features ?? []) {
    const shape = feature.geometry;
    if (shape.type === 'Polygon' && holds(shape.coordinates)) return feature;
    if (shape.type === 'MultiPolygon' && shape.coordinates.some(holds)) return feature;
  }
  return null;
}

/** On which side of a-b lies c: positive, negative, or 0 on the line. */
function side(a: Position, b: Position, c: Position): number {
  const [ax = 0, ay = 0] = a;
  const [bx = 0, by = 0] = b;
  const [cx = 0, cy = 0] = c;
  return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
}

function cross(a: Position, b: Position, c: Position, d: Position): boolean {
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}

/** Whether a line runs into a closed ring: it begins inside, or one of its pieces crosses an edge. */
export function entersRing(line: readonly Position[], ring: readonly Position[]): boolean {
  const [lon = 0, lat = 0] = line[0] ?? [];
  if (line.length > 0 && inRing(ring, lon, lat)) return true;
  return line.some((from, at) => {
    const to = line[at + 1];
    return to !== undefined && ring.some((corner, index) => cross(from, to, corner, ring[index + 1] ?? ring[0] ?? corner));
  });
}
