import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contrast, inkOn, routeToken } from './routeColour';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const [lightCss = '', darkCss = ''] = css.split(":root[data-theme='dark']");

function tokens(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(--[\w-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]));
}

const themes = { light: tokens(lightCss), dark: { ...tokens(lightCss), ...tokens(darkCss) } };

test('black on white has the contrast that WCAG gives', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('a twenty-first courier takes the first colour again', () => expect(routeToken(20)).toBe(routeToken(0)));

describe.each(['light', 'dark'] as const)('%s', (name) => {
  const colour = (token: string): string => themes[name][token] ?? '';

  test.each(Array.from({ length: 20 }, (_, index) => routeToken(index)))('letters read on %s', (token) => {
    expect(contrast(colour(token), inkOn(colour(token)))).toBeGreaterThanOrEqual(4.5);
  });

  test.each([
    ['--ink', '--surface'],
    ['--ink-2', '--surface'],
    ['--ink-3', '--surface'],
    ['--ink-3', '--surface-2'],
    ['--ink-2', '--selected'],
    ['--on-action', '--action'],
    ['--link', '--surface'],
    ['--amber-ink', '--amber-wash'],
    ['--amber-ink', '--surface'],
    ['--amber-ink', '--selected'],
    ['--delivered', '--delivered-wash'],
    ['--failed', '--failed-wash'],
    ['--failed', '--selected'],
    ['--held', '--held-wash'],
    ['--on-way', '--on-way-wash'],
    ['--waiting', '--surface'],
  ])('%s reads on %s', (ink, ground) => expect(contrast(colour(ink), colour(ground))).toBeGreaterThanOrEqual(4.5));

  test.each(['--line-strong', '--focus'])('%s can be seen as an edge', (edge) => {
    expect(contrast(colour(edge), colour('--surface'))).toBeGreaterThanOrEqual(3);
  });
});
