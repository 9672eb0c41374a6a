import { expect, test } from 'vitest';
import { language } from '$lib/strings/language.svelte';
import { cookie } from './client';
import { ApiProblem, asProblem } from './problem';

const two = {
  code: 'T1001',
  detail: 'Một',
  errors: [
    { code: 'T1001', detail: 'Một', detail_en: 'One', pointer: '/a' },
    { code: 'T1002', detail: 'Hai', detail_en: 'Two', pointer: '/b' },
  ],
};

test('all problems of an answer are kept, each in the language of the screen', async () => {
  const problem = await ApiProblem.from(new Response(JSON.stringify(two), { status: 422 }));
  expect(problem.problems.map((one) => problem.sentence(one))).toEqual(['Một', 'Hai']);
  language.choose('en');
  expect([problem.status, problem.code, problem.sentence()]).toEqual([422, 'T1001', 'One']);
  language.choose('vi');
});

test('a problem stands at the field it names, the others stay together', () => {
  const pointers = ['host', '/secret', 'path:name', '/rows/3/code', null, ''];
  const problem = new ApiProblem(422, pointers.map((pointer, index) => ({ code: `T${index}`, detail: 'x', pointer })));
  expect(['host', 'secret', 'name', 'rows', 'port'].map((field) => problem.at(field).map((one) => one.code))).toEqual([['T0'], ['T1'], ['T2'], ['T3'], []]);
  expect(problem.besides(['host', 'secret', 'name'])?.problems.map((one) => one.code)).toEqual(['T3', 'T4', 'T5']);
  expect(new ApiProblem(422, [{ code: 'T1', detail: 'x', pointer: 'host' }]).besides(['host'])).toBeNull();
});

test('an answer that a proxy made still says something', async () => {
  const problem = await ApiProblem.from(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
  expect([problem.code, problem.sentence()]).toEqual(['HTTP 502', '502 Bad Gateway']);
});

test('a network error is told as no answer; a problem stays itself', () => {
  const problem = new ApiProblem(404, [{ code: 'C1000', detail: 'x' }]);
  expect(asProblem(problem)).toBe(problem);
  expect(asProblem(new TypeError('Failed to fetch')).code).toBe('W0000');
});

test('a cookie is found among others by its whole name', () => {
  expect(cookie('buuta_csrf', 'x_buuta_csrf=no; buuta_csrf=a%3Db; other=1')).toBe('a=b');
  expect(cookie('buuta_csrf', 'other=1')).toBe('');
});
