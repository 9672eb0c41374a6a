import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import { freshStore } from '../fixture';
import { keepFix, sendPositions } from './positions';
import { Turns } from './turns';
import { backoff, LONGEST_MS, verdictOf } from './verdict';
import { wire } from './wire';

afterEach(() => vi.unstubAllGlobals());

test.each([
  [0, 'W0000', 'unreachable'],
  [502, 'HTTP 502', 'unreachable'],
  [401, 'A1001', 'signed_out'],
  [403, 'A1005', 'signed_out'],
  [409, 'T2002', 'later'],
  [429, 'A1003', 'later'],
  [500, 'C0000', 'later'],
  [403, 'HTTP 403', 'later'],
  [0, 'W0001', 'later'],
  [404, 'T2102', 'final'],
  [409, 'T2101', 'final'],
  [413, 'T2112', 'final'],
  [422, 'T2104', 'final'],
])('%i %s means %s', (status, code, verdict) => {
  expect(verdictOf(new ApiProblem(status, [{ code, detail: '' }]))).toBe(verdict);
});

test('waits double from two seconds, never beyond five minutes, spread by a quarter', () => {
  expect([1, 2, 3, 4].map((tries) => backoff(tries, 0.5))).toEqual([2000, 4000, 8000, 16_000]);
  expect(backoff(60, 0.5)).toBe(LONGEST_MS);
  expect([backoff(1, 0), backoff(1, 1)]).toEqual([1500, 2500]);
});

describe('the wire', () => {
  test.each([
    ['a page of the Wi-Fi’s own', () => Promise.resolve(new Response('<html>Đăng nhập Wi-Fi</html>', { status: 200 }))],
    ['a cut line', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a time-out', () => Promise.reject(new DOMException('', 'TimeoutError'))],
  ])('%s is no answer', async (_name, answer) => {
    vi.stubGlobal('fetch', answer);
    await expect(wire.putProof('p', {} as never)).rejects.toMatchObject({ status: 0, code: 'W0000' });
  });

  test('a refusal of the server keeps its code; a hand-over carries its own id as key', async () => {
    const asked: RequestInit[] = [];
    vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
      asked.push(init);
      return Promise.resolve(Response.json({ code: 'T2003', detail: 'x', status: 409, errors: [{ code: 'T2003', detail: 'x' }] }, { status: 409 }));
    });
    await expect(wire.postHandover('load', 'id-1', { item_ids: [], counted: 0 })).rejects.toMatchObject({ status: 409, code: 'T2003' });
    expect(asked[0]?.headers).toMatchObject({ 'Idempotency-Key': 'id-1' });
  });
});

describe('positions', () => {
  const fix = (second: number) => ({ lon: 106.7, lat: 10.77, occurred_at: new Date(second * 1000).toISOString() });

  test('go in batches, oldest first, and are forgotten when taken; another courier’s stay', async () => {
    const db = await freshStore();
    for (let second = 0; second < 501; second++) await keepFix(db, 'me', fix(second));
    await keepFix(db, 'other', fix(0));
    const sent: number[] = [];
    const end = await sendPositions(db, { postPositions: async (fixes) => sent.push(fixes.length) }, 'me');
    expect([end, sent, await db.count('fixes')]).toEqual(['done', [500, 1], 1]);
  });

  test('stay when nobody answers', async () => {
    const db = await freshStore();
    await keepFix(db, 'me', fix(0));
    const refuse = (problem: ApiProblem) => ({ postPositions: () => Promise.reject(problem) });
    expect(await sendPositions(db, refuse(ApiProblem.noAnswer()), 'me')).toBe('unreachable');
    expect(await db.count('fixes')).toBe(1);
    expect(await sendPositions(db, refuse(new ApiProblem(422, [{ code: 'A1101', detail: '' }])), 'me')).toBe('done');
    expect(await db.count('fixes')).toBe(0);
  });
});

test('a task asked for while it runs runs once more, never twice at a time', async () => {
  let [running, most, runs] = [0, 0, 0];
  let release: () => void = () => undefined;
  const turns = new Turns(async () => {
    most = Math.max(most, ++running);
    runs++;
    if (runs === 1) await new Promise<void>((done) => (release = done));
    running--;
    return null;
  });
  turns.go();
  turns.go();
  turns.go();
  release();
  await vi.waitFor(() => expect(runs).toBe(2));
  expect(most).toBe(1);
});
