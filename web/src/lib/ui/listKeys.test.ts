import { expect, test } from 'vitest';
import { listKeys, step, elsewhere } from './listKeys';

test.each([
  ['j', 0, 3, 1],
  ['j', 2, 3, 2],
  ['k', 0, 3, 0],
  ['k', -1, 3, 2],
  ['ArrowDown', -1, 3, 0],
  ['End', 0, 3, 2],
  ['Home', 2, 3, 0],
  ['x', 1, 3, null],
  ['j', 0, 0, null],
] as const)('%s at %i of %i leads to %s', (key, index, length, expected) => expect(step(key, index, length)).toBe(expected));

test('the keys move the focus through the rows and leave other keys alone', () => {
  document.body.innerHTML = '<ul><li><button data-row>1</button></li><li><button data-row>2</button></li></ul>';
  const list = document.querySelector('ul') as HTMLElement;
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  for (const row of rows) row.scrollIntoView = () => undefined;
  const detach = listKeys(list);
  const press = (key: string): boolean => (document.activeElement as HTMLElement).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  rows[0]?.focus();
  expect(press('j')).toBe(false);
  expect(document.activeElement).toBe(rows[1]);
  expect(press('p')).toBe(true);
  detach?.();
  press('k');
  expect(document.activeElement).toBe(rows[1]);
});

test('letters are text in a field, nothing in a dialog over the page, commands elsewhere', () => {
  document.body.innerHTML = '<dialog><button></button></dialog>';
  expect(elsewhere(document.querySelector('dialog button'))).toBe(true);
  expect(elsewhere(document.createElement('input'))).toBe(true);
  expect(elsewhere(document.createElement('button'))).toBe(false);
});
