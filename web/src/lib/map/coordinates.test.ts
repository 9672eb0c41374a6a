import { expect, test } from 'vitest';
import { readCoordinates, writeCoordinates } from './coordinates';

test.each([
  ['10.7769, 106.7009', [106.7009, 10.7769]],
  ['106.7009 10.7769', [106.7009, 10.7769]],
  ['10,7769; 106,7009', [106.7009, 10.7769]],
  ['(21.0285, 105.8542)', [105.8542, 21.0285]],
  ['10.7769', null],
  ['10.7769, 10.7', null],
  ['48.8566, 2.3522', null],
  ['1.2, 106.7, 10.7', null],
  ['nhà ông Ba', null],
])('%s', (text, expected) => {
  expect(readCoordinates(text)).toEqual(expected);
});

test('what is written is read back', () => {
  expect(writeCoordinates([106.70091, 10.7769])).toBe('10.77690, 106.70091');
  expect(readCoordinates(writeCoordinates([106.70091, 10.7769]))).toEqual([106.70091, 10.7769]);
});
