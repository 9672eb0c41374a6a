import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';
import { en } from './en';
import { language } from './language.svelte';
import { vi } from './vi';
import { fill, words } from './words';

const SRC = join(import.meta.dirname, '../..');

/** Names of the placeholders in a sentence, each once. */
function placeholders(sentence: string): string[] {
  return [...new Set([...sentence.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort();
}

test('every file of sentences is in the catalogue that is checked here', () => {
  for (const name of ['vi', 'en']) {
    const files = readdirSync(join(import.meta.dirname, name)).map((file) => file.replace(/\.ts$/, ''));
    expect(Object.keys(name === 'vi' ? vi : en).sort()).toEqual(files.sort());
  }
});

describe.each(Object.keys(vi) as (keyof typeof vi)[])('area %s', (area) => {
  const [viArea, enArea]: Record<string, string>[] = [vi[area], en[area]];

  test('has the same keys in both languages and no empty sentence', () => {
    expect(Object.keys(enArea ?? {}).sort()).toEqual(Object.keys(viArea ?? {}).sort());
    expect([...Object.values(viArea ?? {}), ...Object.values(enArea ?? {})].filter((sentence) => !sentence.trim())).toEqual([]);
  });

  test('counts one thing as one in English', () => {
    const wrong = Object.values(enArea ?? {}).filter((sentence) => /\{n\} [a-z]{2,}s\b|\{n\} \w+ are\b/.test(sentence));
    expect(wrong).toEqual([]);
  });

  test('uses the same values in both languages', () => {
    for (const [key, sentence] of Object.entries(viArea ?? {})) {
      expect([key, placeholders(enArea?.[key] ?? '')]).toEqual([key, placeholders(sentence)]);
    }
  });
});

test('values are put in, and a number chooses between one and many', () => {
  expect(fill('{n} {n|item|items} of {who}', { n: 1, who: 'An' })).toBe('1 item of An');
  expect(fill('{n} {n|item|items} of {who}', { n: 3, who: 'An' })).toBe('3 items of An');
  expect(fill('{n} left', {})).toBe('{n} left');
});

test('the language is switched for everything said afterwards and is remembered', () => {
  const say = words({ hello: 'chào {name}' }, { hello: 'hello {name}' });
  language.choose('en');
  expect(say('hello', { name: 'An' })).toBe('hello An');
  expect([localStorage.getItem('buuta.language'), document.documentElement.lang]).toEqual(['en', 'en']);
  language.choose('vi');
  expect(say('hello', { name: 'An' })).toBe('chào An');
});

test('a key that the server invents is shown by its own name', () => {
  expect(words({ 'status.out': 'đang phát' }, { 'status.out': 'out' }).of('status', 'lost_in_space')).toBe('lost_in_space');
});

type Node = { type: string; name?: string; [key: string]: unknown };
const SPOKEN = new Set(['alt', 'aria-label', 'label', 'placeholder', 'title', 'next']);

/** Letters that a person would read: text between tags, and attributes that are spoken or shown. */
function literals(node: unknown, found: string[] = [], seen = new Set<object>()): string[] {
  if (!node || typeof node !== 'object' || seen.has(node)) return found;
  seen.add(node);
  const { type, name } = node as Node;
  if (type === 'StyleDirective' || (type === 'Attribute' && !SPOKEN.has(String(name)))) return found;
  if (type === 'Text' && /\p{L}{2}/u.test(String((node as Node)['data']))) found.push(String((node as Node)['data']).trim());
  for (const value of Object.values(node)) literals(value, found, seen);
  return found;
}

const components = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.svelte'));

test.each(components)('%s has no text of its own outside the catalogue', (path) => {
  const tree = parse(readFileSync(join(SRC, path), 'utf8'), { modern: true });
  expect(literals(tree.fragment)).toEqual([]);
});

test('the check above sees literal text and spoken attributes', () => {
  const tree = parse('<p title="Xin chào">Bưu gửi <b class="big">{n}</b></p>', { modern: true });
  expect(literals(tree.fragment)).toEqual(['Xin chào', 'Bưu gửi']);
});

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(svelte|ts)$/.test(path) && !/^(client|lib\/strings)\/|\.test\.ts$/.test(path));
const code = sources.map((path) => readFileSync(join(SRC, path), 'utf8')).join('\n');
const quoted = new Set([...code.matchAll(/(['"])([a-z]\w*(?:\.\w+)*)\1/g)].map((match) => match[2]));
/** What stands before a name that is only known when it is said: `of('status', …)` and `status.${…}`. */
const prefixes = [...code.matchAll(/\.of\(\s*['"]([\w.]+)['"]|`(\w+\.[\w.]*)\$\{/g)].map((match) => match[2] ?? `${match[1]}.`);
/** Read as a plain property, where no screen is open that could say it. */
const read = new Set([...code.matchAll(/\b(?:vi|en)\.(\w+)/g)].map((match) => match[1]));
const isSaid = (key: string): boolean =>
  quoted.has(key) || read.has(key) || prefixes.some((prefix) => key.startsWith(prefix) && !key.slice(prefix.length).includes('.'));

test.each(Object.keys(vi) as (keyof typeof vi)[])('every sentence of area %s is said somewhere', (area) => {
  expect(Object.keys(vi[area]).filter((key) => !isSaid(key))).toEqual([]);
});

test('the check above tells a key that nobody says', () => {
  expect([isSaid('undo'), isSaid('status.out'), isSaid('undo.never'), isSaid('nobody_says_this')]).toEqual([true, true, false, false]);
});
