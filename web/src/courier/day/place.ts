export interface Place {
  lon: number;
  lat: number;
  accuracyM: number;
  /** Device time in ms. */
  at: number;
}

const EVERY_MS = 15_000;
const MOVED_M = 40;
const EARTH_M = 6_371_008.8;

/** Metres between two near places on the sphere (equirectangular: exact enough below a few kilometres). */
export function metres(a: Pick<Place, 'lon' | 'lat'>, b: Pick<Place, 'lon' | 'lat'>): number {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return EARTH_M * Math.hypot(x, (b.lat - a.lat) * rad);
}

/** Whether a place tells more than the one kept before: a quarter of a minute later, or a street's width away. */
export function isWorthKeeping(before: Place | null, place: Place): boolean {
  return !before || place.at - before.at >= EVERY_MS || metres(before, place) >= MOVED_M;
}
