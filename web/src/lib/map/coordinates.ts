import type { Position } from './bounds';

const FIGURES = /-?\d+(?:[.,]\d+)?/g;

/** Vietnam with its islands: its longitudes (102-118) and latitudes (7-24) do not overlap, so their order is plain. */
const isLon = (value: number): boolean => value >= 102 && value <= 118;
const isLat = (value: number): boolean => value >= 7 && value <= 24;

/** `10.7769, 106.7009` as [lon, lat], also the other way round, with decimal commas, or copied with words around; `null` otherwise. */
export function readCoordinates(text: string): [number, number] | null {
  const found = (text.match(FIGURES) ?? []).map((figure) => Number(figure.replace(',', '.')));
  const [one, other] = found;
  if (found.length !== 2 || one === undefined || other === undefined) return null;
  if (isLat(one) && isLon(other)) return [other, one];
  return isLon(one) && isLat(other) ? [one, other] : null;
}

/** As people copy them from maps: latitude first, five decimals (a metre). */
export function writeCoordinates([lon, lat]: Position): string {
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}
