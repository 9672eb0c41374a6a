import { describe, expect, test } from 'vitest';
import { placeOf, hrefOf } from '../route.svelte';
import { chunksOf, filesOf, laterOf, scriptBytes } from './build';

const chunk = (fileName: string, imports: string[] = [], extra: object = {}) => ({ type: 'chunk', fileName, imports, dynamicImports: [], code: fileName, ...extra });

describe('what is kept for offline use', () => {
  const entry = chunk('assets/courier-1.js', ['assets/shared-1.js'], {
    dynamicImports: ['assets/map-1.js'],
    viteMetadata: { importedCss: new Set(['assets/courier-1.css']), importedAssets: new Set(['assets/be-vietnam-pro-latin-ext-400-1.woff2', 'assets/be-vietnam-pro-latin-400-1.woff2']) },
  });
  const bundle = Object.fromEntries([entry, chunk('assets/shared-1.js', ['assets/courier-1.js']), chunk('assets/map-1.js'), chunk('assets/console-1.js')].map((one) => [one.fileName, one])) as never;
  const chunks = chunksOf(bundle, entry as never);

  test('is what the page loads at once, through circles too; the map and other pages are not', () => {
    expect(filesOf(chunks)).toEqual(['assets/be-vietnam-pro-latin-400-1.woff2', 'assets/courier-1.css', 'assets/courier-1.js', 'assets/shared-1.js']);
  });

  test('holds the screens loaded later, but for what needs the map engine', () => {
    const later = chunk('assets/courier-2.js', ['assets/shared-2.js'], { dynamicImports: ['assets/pin.js', 'assets/map-screen.js'] });
    const made = [later, chunk('assets/shared-2.js'), chunk('assets/pin.js', ['assets/shared-2.js', 'assets/words.js'], { dynamicImports: ['assets/pin-map.js'] })];
    const withMap = ['assets/map-screen.js', 'assets/pin-map.js'].map((name) => chunk(name, ['assets/engine.js']));
    const all = [...made, ...withMap, chunk('assets/words.js'), chunk('assets/engine.js', [], { name: 'map' })];
    const whole = Object.fromEntries(all.map((one) => [one.fileName, one])) as never;
    expect(filesOf(laterOf(whole, chunksOf(whole, later as never)))).toEqual(['assets/pin.js', 'assets/words.js']);
  });

  test('is weighed as it travels: gzipped', () => {
    const repeated = { code: 'abcdefgh'.repeat(10_000) };
    expect(scriptBytes([repeated, repeated])).toBeLessThan(1000);
    expect(scriptBytes([repeated, repeated])).toBe(2 * scriptBytes([repeated]));
  });
});

test('a place in the page is read from its address and written back', () => {
  for (const id of ['carried-1', 'nhà/số 12#a?', '100%']) expect(placeOf(hrefOf('visit', id))).toEqual({ name: 'visit', id });
  expect([placeOf(''), placeOf('#/nowhere'), placeOf('#/load')]).toEqual([
    { name: 'today', id: '' },
    { name: 'today', id: '' },
    { name: 'load', id: '' },
  ]);
});
