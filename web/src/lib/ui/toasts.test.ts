import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toasts } from './toasts.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

const texts = (): string[] => toasts.list.map((toast) => toast.text);

test('what can be taken back stays longer than what is only told', () => {
  toasts.done('told');
  toasts.done('done', () => {});
  vi.advanceTimersByTime(7_000);
  expect(texts()).toEqual(['done']);
  vi.advanceTimersByTime(8_000);
  expect(texts()).toEqual([]);
});

test('none goes while someone is at them, and each has its whole time afterwards', () => {
  toasts.done('first');
  toasts.hold();
  toasts.done('second');
  vi.advanceTimersByTime(60_000);
  expect(texts()).toEqual(['first', 'second']);
  toasts.release();
  vi.advanceTimersByTime(5_000);
  expect(texts()).toEqual(['first', 'second']);
  vi.advanceTimersByTime(1_000);
  expect(texts()).toEqual([]);
});

test('when the last one held is closed, the next goes by itself again', () => {
  toasts.done('held');
  toasts.hold();
  toasts.drop(toasts.list[0]!.id);
  toasts.done('next');
  vi.advanceTimersByTime(6_000);
  expect(texts()).toEqual([]);
});

test('four are shown at most, the newest', () => {
  for (const n of [1, 2, 3, 4, 5]) toasts.done(String(n));
  expect(texts()).toEqual(['2', '3', '4', '5']);
});

test('the same words twice are one message, counted, with its whole time again', () => {
  toasts.done('saved');
  vi.advanceTimersByTime(5_000);
  toasts.done('saved');
  expect(toasts.list.map(({ text, times }) => [text, times])).toEqual([['saved', 2]]);
  vi.advanceTimersByTime(5_000);
  expect(texts()).toEqual(['saved']);
  vi.advanceTimersByTime(1_000);
  expect(texts()).toEqual([]);
});

test('two deeds that can be taken back stay two', () => {
  const back: number[] = [];
  for (const n of [1, 2]) toasts.done('saved', () => back.push(n));
  expect(texts()).toEqual(['saved', 'saved']);
  toasts.list[1]!.undo?.();
  expect(back).toEqual([2]);
});
