import type { FeatureCollection } from 'geojson';
import { expect, test } from 'vitest';
import { boundsOf } from './bounds';
import { textFont } from './engine';
import { readStopIcon, stopIcon } from './icons';
import { entersRing, featureAt } from './inside';

const square = (west: number, south: number, side: number): number[][] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];
const communes: FeatureCollection = {
  type: 'FeatureCollection',
  features: [
    { type: 'Feature', properties: { code: 'ring' }, geometry: { type: 'Polygon', coordinates: [square(0, 0, 10), square(4, 4, 2)] } },
    { type: 'Feature', properties: { code: 'isles' }, geometry: { type: 'MultiPolygon', coordinates: [[square(4, 4, 2)], [square(20, 0, 5)]] } },
  ],
};

test.each([
  [1, 1, 'ring'],
  [5, 5, 'isles'],
  [22, 3, 'isles'],
  [15, 5, undefined],
])('the place %d, %d lies in %s', (lon, lat, code) => expect(featureAt(communes, lon, lat)?.properties?.['code']).toBe(code));

test('bounds hold every point, and there are none around nothing', () => {
  expect(boundsOf([[106.7, 10.8], [106.6, 10.9]])).toEqual([[106.6, 10.8], [106.7, 10.9]]);
  expect(boundsOf([])).toBeNull();
});

test('the name of an icon holds everything that is drawn', () => {
  const icon = { colour: 12, label: '17', badge: 'attempt_failed', done: false, selected: true };
  expect(readStopIcon(stopIcon(icon))).toEqual(icon);
  expect(readStopIcon('unplanned')).toBeNull();
});

test('our text is written in the font of the base map', () => {
  const layer = { id: 'a', type: 'symbol', source: 's', layout: { 'text-font': ['Be Vietnam Pro Medium'] } } as const;
  expect(textFont({ version: 8, sources: {}, layers: [{ id: 'g', type: 'background' }, { ...layer, layout: { 'text-font': ['Be Vietnam Pro Medium'] } }] })).toEqual(['Be Vietnam Pro Medium']);
  expect(textFont(null)).toBeNull();
});

test.each([
  ['passes through, with no corner inside', [[-5, 5], [15, 5]], true],
  ['begins inside', [[1, 1], [1, 2]], true],
  ['ends inside', [[-5, 5], [5, 5]], true],
  ['goes by', [[-5, -1], [15, -1]], false],
  ['would enter if it went on', [[-5, 5], [-1, 5]], false],
  ['is nothing', [], false],
])('a line that %s enters a ring: %j → %s', (_, line, expected) => expect(entersRing(line, square(0, 0, 10))).toBe(expected));
