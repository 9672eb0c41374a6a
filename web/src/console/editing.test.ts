import { expect, test } from 'vitest';
import { besideCommand, courierCommand, overridesFor, reverseCommand, splitCommand, stepCommand } from './editing';
import { aPlan, aRoute, aStop } from './fixture';
import { routeViews } from './view';

const stops = (round: number, ...ids: string[]) => ids.map((visit_id, index) => aStop({ visit_id, round, seq: index + 1 }));
const views = routeViews(
  aPlan({
    routes: [
      aRoute({ courier_id: 'c1', stops: [...stops(0, 'a', 'b', 'c'), ...stops(1, 'd')] }),
      aRoute({ courier_id: 'c2', stops: stops(0, 'e', 'f') }),
    ],
  }),
  (_, planned) => planned,
);
const moved = (visit: string, courier_id: string, round: number | null, position: number | null) => ({ kind: 'move', visit_ids: [visit], courier_id, round, position });

test('a stop goes before or behind another, counted without itself', () => {
  expect(besideCommand(views, 'a', 'c', false)).toEqual(moved('a', 'c1', 0, 1));
  expect(besideCommand(views, 'a', 'c', true)).toEqual(moved('a', 'c1', 0, 2));
  expect(besideCommand(views, 'c', 'a', false)).toEqual(moved('c', 'c1', 0, 0));
  expect(besideCommand(views, 'b', 'f', false)).toEqual(moved('b', 'c2', 0, 1));
  expect(besideCommand(views, 'a', 'd', true)).toEqual(moved('a', 'c1', 1, 1));
});

test('nothing is asked for what is there already', () => {
  expect(besideCommand(views, 'a', 'b', false)).toBeNull();
  expect(besideCommand(views, 'b', 'a', true)).toBeNull();
  expect(besideCommand(views, 'a', 'a', true)).toBeNull();
});

test('what is left out is inserted', () => {
  expect(besideCommand(views, 'x', 'e', true)).toMatchObject({ kind: 'insert', visit_ids: ['x'], courier_id: 'c2', position: 1 });
  expect(courierCommand(views, 'x', 'c1')).toMatchObject({ kind: 'insert', courier_id: 'c1', position: null });
  expect(courierCommand(views, 'e', 'c1')).toEqual(moved('e', 'c1', null, null));
});

test('a step stays in its round', () => {
  expect(stepCommand(views, 'b', -1)).toEqual(moved('b', 'c1', 0, 0));
  expect(stepCommand(views, 'b', 1)).toEqual(moved('b', 'c1', 0, 2));
  expect(stepCommand(views, 'c', 1)).toBeNull();
  expect(stepCommand(views, 'd', -1)).toBeNull();
});

test('only refusals that may all be set aside are asked about', () => {
  expect(overridesFor(['R4201', 'R4202', 'R4201'])).toEqual(['window', 'overtime']);
  expect(overridesFor(['R4201', 'R4203'])).toBeNull();
  expect(overridesFor([])).toBeNull();
});

test('a round is split from a stop on, for the same round of another', () => {
  expect(splitCommand(views, 'b', 'c2')).toEqual({ kind: 'split', courier_id: 'c1', round: 0, position: 1, to_courier_id: 'c2', to_round: 0 });
  expect(splitCommand(views, 'd', 'c2')).toMatchObject({ round: 1, position: 0, to_round: 1 });
  expect(splitCommand(views, 'b', 'c1')).toBeNull();
  expect(splitCommand(views, 'x', 'c1')).toBeNull();
});

test('a round is turned behind what its courier has visited', () => {
  const [first] = views;
  if (!first) throw new Error('no route');
  expect(reverseCommand(first, 0)).toEqual({ kind: 'reorder', courier_id: 'c1', round: 0, visit_ids: ['c', 'b', 'a'] });
  expect(reverseCommand(first, 1)).toBeNull();
  const ridden = { ...first, stops: first.stops.map((one) => (one.stop.visit_id === 'a' ? { ...one, status: 'held' } : one)) };
  expect(reverseCommand(ridden as typeof first, 0)).toMatchObject({ visit_ids: ['a', 'c', 'b'] });
});
