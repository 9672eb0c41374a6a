import { expect, test } from 'vitest';
import { clockOf, linesOf, reasonsOf, standingOfTold, totalOf } from './figures';
import type { Count, Told } from './types';

const count = (more: Partial<Count>): Count => ({
  day: '2026-11-20', kind: 'coming', channel: 'sms', state: 'sent', reason: null, messages: 1, parts: 2, ...more,
});

test('states of one day, kind and channel stand in one line', () => {
  const lines = linesOf([
    count({ messages: 5, parts: 10 }),
    count({ state: 'pending', messages: 2 }),
    count({ state: 'sending' }),
    count({ channel: null, state: 'dropped', reason: 'old', messages: 4, parts: 0 }),
    count({ day: '2026-11-19', messages: 7 }),
  ]);
  expect(lines.map((line) => [line.day, line.channel, line.of.sent, line.of.waiting, line.of.dropped])).toEqual([
    ['2026-11-20', 'sms', 5, 3, 0],
    ['2026-11-20', null, 0, 0, 4],
    ['2026-11-19', 'sms', 7, 0, 0],
  ]);
  expect(totalOf(lines)).toEqual({ of: { sent: 12, unsure: 0, dead: 0, dropped: 4, waiting: 3 }, parts: 12 });
});

test('reasons are added up over kinds, the most frequent first', () => {
  const dropped = (reason: string, messages: number): Count => count({ state: 'dropped', reason, messages });
  expect(reasonsOf([dropped('old', 1), dropped('off', 2), dropped('old', 3), count({})])).toEqual([['old', 4], ['off', 2]]);
});

test('a paper without a message waits or was dropped', () => {
  const told = { kind: 'ready', happened_at: '', due_at: '', dropped: null, message: null } satisfies Told;
  expect([standingOfTold(told), standingOfTold({ ...told, dropped: 'no_address' })]).toEqual(['waiting', 'dropped']);
});

test.each([
  ['7:05', '07:05'],
  ['21h00', '21:00'],
  ['24:00', null],
  ['x', null],
])('%s as a time of a day', (typed, clock) => {
  expect(clockOf(typed)).toBe(clock);
});
