import { beforeEach, expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import { Deeds } from './deeds.svelte';
import { toasts } from './toasts.svelte';

/** Open to the test: what a screen does is its own. */
class Screen extends Deeds {
  readonly done: string[] = [];
  do = (name: string, until: Promise<void> = Promise.resolve()): Promise<boolean> => this.tried(() => until.then(() => void this.done.push(name)));
  undo = (name: string): Promise<void> => this.takenBack(async () => void this.done.push(name));
  refuse = (problem: ApiProblem): Promise<boolean> => this.tried(() => Promise.reject(problem));
}

function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

beforeEach(() => void (toasts.list = []));

test('a second deed while one is under way is not done', async () => {
  const screen = new Screen();
  const { promise, resolve } = later();
  const first = screen.do('first', promise);
  expect(screen.busy).toBe(true);
  expect(await screen.do('second')).toBe(false);
  resolve();
  expect(await first).toBe(true);
  expect([screen.done, screen.busy]).toEqual([['first'], false]);
});

test('taking back waits for what is under way instead of being lost, each in its turn', async () => {
  const screen = new Screen();
  const { promise, resolve } = later();
  void screen.do('deed', promise);
  const back = [screen.undo('one'), screen.undo('two')];
  resolve();
  await Promise.all(back);
  expect(screen.done).toEqual(['deed', 'one', 'two']);
});

test('a refusal is told with its code and leaves the screen free', async () => {
  const screen = new Screen();
  const refused = new ApiProblem(409, [{ code: 'T2001', field: null, detail: 'Không được.', detail_en: 'No.' }] as never);
  expect(await screen.refuse(refused)).toBe(false);
  expect(toasts.list.map((toast) => toast.tone)).toEqual(['failed']);
  expect(toasts.list[0]?.text).toContain('T2001');
  expect(await screen.do('next')).toBe(true);
});
