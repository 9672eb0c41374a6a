import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import TwoPress from './TwoPress.svelte';

let done = 0;
let shown: Record<string, unknown>;

beforeEach(() => {
  done = 0;
  shown = mount(TwoPress, { target: document.body, props: { text: 'Bỏ', sure: 'Bấm lần nữa để bỏ', name: 'Bỏ kênh sms', onSure: () => (done += 1) } });
});
afterEach(() => unmount(shown));

const button = (): HTMLButtonElement => document.querySelector('button')!;
/** One press; `detail` counts the presses that came in a row, as the browser does. */
const press = (detail = 1): boolean => flushSync(() => button().dispatchEvent(new MouseEvent('click', { bubbles: true, detail })));

test('the first press asks and the second does it, and then it may be asked anew', () => {
  expect([button().textContent?.trim(), button().ariaLabel]).toEqual(['Bỏ', 'Bỏ kênh sms']);
  press();
  expect([button().textContent?.trim(), button().ariaLabel, done]).toEqual(['Bấm lần nữa để bỏ', null, 0]);
  press();
  expect([button().textContent?.trim(), done]).toEqual(['Bỏ', 1]);
});

test('a double click only asks', () => {
  press(1);
  press(2);
  expect([button().textContent?.trim(), done]).toEqual(['Bấm lần nữa để bỏ', 0]);
});

test('going elsewhere takes the question back', () => {
  press();
  flushSync(() => button().dispatchEvent(new FocusEvent('blur')));
  press();
  expect(done).toBe(0);
});
