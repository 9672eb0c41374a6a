import { expect, test } from 'vitest';
import { once } from './once';
import { ApiProblem } from './problem';

/** Keys in the order in which they went out; each call ends as told. */
async function keysOf(calls: [content: unknown, end: Error | null][]): Promise<string[]> {
  const keys: string[] = [];
  for (const [content, end] of calls) {
    await once(content, (header) => {
      keys.push(header['idempotency-key']);
      return end ? Promise.reject(end) : Promise.resolve();
    }).catch(() => null);
  }
  return keys;
}

const refused = (status: number): ApiProblem => new ApiProblem(status, [{ code: 'T0000', detail: '' }]);

test.each([new TypeError('Failed to fetch'), refused(502)])('what was not answered is sent again under its key: %s', async (lost) => {
  const [first, again, next] = await keysOf([[{ amount: 1, lost: lost.message }, lost], [{ amount: 1, lost: lost.message }, null], [{ amount: 1, lost: lost.message }, null]]);
  expect(again).toBe(first);
  expect(next).not.toBe(first);
});

test('another content, and the same one after a refusal, is a deed of its own', async () => {
  const keys = await keysOf([[['a'], refused(409)], [['a'], new TypeError('Failed to fetch')], [['b'], null]]);
  expect(new Set(keys).size).toBe(3);
});
