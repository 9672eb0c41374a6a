import { expect, test } from 'vitest';
import { aRoute, aStop } from './fixture';
import { hours, laneOf, rangeOf, scale, secondsOfDay, stopAt } from './timeline';

const H = 3600;

test('seconds count from the local midnight in Vietnam', () => {
  expect(secondsOfDay('2026-11-20T00:00:00Z', '2026-11-20')).toBe(7 * H);
  expect(secondsOfDay('2026-11-19T17:00:00Z', '2026-11-20')).toBe(0);
});

const route = aRoute({
  stops: [
    aStop({ visit_id: 'a', arrival_at: at(8, 0), start_at: at(8, 30), departure_at: at(8, 35), wait_s: 1800, window: { start_at: at(8, 30), end_at: at(9, 30) } }),
    aStop({ visit_id: 'b', arrival_at: at(14, 0), start_at: at(14, 0), departure_at: at(14, 4) }),
  ],
  rounds: [
    [at(7, 15), at(11, 30)],
    [at(13, 0), at(18, 10)],
  ],
});

function at(hour: number, minute: number): string {
  return `2026-11-20T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00+07:00`;
}

test('a lane holds rounds, the midday return between them, waits and windows', () => {
  const lane = laneOf(route, '2026-11-20');
  expect(lane.rounds).toEqual([{ from: 7.25 * H, to: 11.5 * H }, { from: 13 * H, to: 18 * H + 600 }]);
  expect(lane.breaks).toEqual([{ from: 11.5 * H, to: 13 * H }]);
  expect(lane.stops[0]).toEqual({
    visitId: 'a',
    from: 8.5 * H,
    to: 8.5 * H + 300,
    wait: { from: 8 * H, to: 8.5 * H },
    window: { from: 8.5 * H, to: 9.5 * H },
  });
  expect(lane.stops[1]).toMatchObject({ wait: null, window: null });
});

test('the range covers every round in whole hours, and the usual day at least', () => {
  expect(rangeOf([laneOf(route, '2026-11-20')])).toEqual({ from: 7 * H, to: 19 * H });
  expect(rangeOf([])).toEqual({ from: 7 * H, to: 17 * H });
});

test('the scale is linear and keeps inside its edges', () => {
  const x = scale({ from: 7 * H, to: 17 * H }, 1000);
  expect([x(7 * H), x(12 * H), x(17 * H), x(0), x(24 * H)]).toEqual([0, 500, 1000, 0, 1000]);
});

test('hour lines thin out where there is no room', () => {
  const range = { from: 7 * H, to: 17 * H };
  expect(hours(range, 1000)).toHaveLength(11);
  expect(hours(range, 300)).toEqual([7, 9, 11, 13, 15, 17].map((hour) => hour * H));
});

test('a click finds the nearest stop within reach, and none beyond it', () => {
  const lane = laneOf(route, '2026-11-20');
  expect(stopAt(lane, 8.5 * H + 10, 60)?.visitId).toBe('a');
  expect(stopAt(lane, 14 * H - 50, 60)?.visitId).toBe('b');
  expect(stopAt(lane, 12 * H, 60)).toBeNull();
});
