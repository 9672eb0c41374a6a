import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import { failure, freshStore, handover, proof } from '../fixture';
import type { CourierDb } from '../store/schema';
import { AlreadyDelivered, Outbox, UNDO_MS } from './outbox';
import { once, problem, Server } from './server.fixture';
import { LONGEST_MS } from './verdict';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

let db: CourierDb;
let server: Server;
let now: number;
let outbox: Outbox;

beforeEach(async () => {
  db = await freshStore();
  server = new Server();
  now = 1_000_000;
  outbox = new Outbox(db, server, () => now);
});

async function leftFiles(): Promise<number> {
  return db.count('files');
}

test('an entry leaves with its files when the receipt confirms all of it, and only a receipt without names stays', async () => {
  const { entry, files } = proof('i1', [A, B]);
  await outbox.add([entry], files);
  expect(await outbox.pass('me')).toEqual({ end: 'done', sent: 1, nextAt: null });
  expect(server.calls).toEqual(['proof i1', 'file a', 'file b']);
  expect([await outbox.entries(), await leftFiles()]).toEqual([[], 0]);
  const [receipt] = await outbox.receipts();
  expect(receipt).toMatchObject({ id: entry.id, itemIds: ['i1'], outcome: 'delivered', eventHash: 'e'.repeat(64), receivedAt: now });
  expect(JSON.stringify(receipt)).not.toContain(entry.label.address);
});

describe('a connection that breaks', () => {
  const answerLost = (): never => {
    throw ApiProblem.noAnswer();
  };

  test.each(['proof i1', 'file a', 'file b'])('before or after “%s” loses nothing, doubles nothing', async (call) => {
    for (const moment of ['before', 'after'] as const) {
      [db, server] = [await freshStore(), new Server()];
      outbox = new Outbox(db, server, () => now);
      const { entry, files } = proof('i1', [A, B]);
      await outbox.add([entry], files);
      server[moment] = once(call, answerLost);
      expect((await outbox.pass('me')).end).toBe('unreachable');
      expect(await outbox.entries()).toEqual([entry]);
      // The phone restarts: a new outbox over the same store.
      outbox = new Outbox(db, server, () => now);
      expect((await outbox.pass('me')).end).toBe('done');
      expect([server.proofs.size, server.files.size, (await outbox.entries()).length]).toEqual([1, 2, 0]);
    }
  });

  test('stops the pass: what is behind is not tried in vain', async () => {
    await outbox.add([proof('i1').entry, proof('i2').entry]);
    server.before = answerLost;
    expect(await outbox.pass('me')).toEqual({ end: 'unreachable', sent: 0, nextAt: null });
    expect(server.calls).toEqual(['proof i1']);
  });
});

test('entries go out in the order they were made: the loading before the delivery', async () => {
  const load = handover('load', ['i1']);
  const { entry } = proof('i1');
  await outbox.add([entry]);
  await outbox.add([load]);
  await outbox.pass('me');
  expect(server.calls).toEqual(['load', 'proof i1']);
});

describe('a refusal', () => {
  test.each([404, 409, 413, 422])('for good (%i) is kept to be looked at, with its files, and never blocks the rest', async (status) => {
    const { entry, files } = proof('bad', [A]);
    await outbox.add([entry], files);
    await outbox.add([proof('good').entry]);
    server.before = (call) => {
      if (call === 'proof bad') throw problem(status, 'T2102');
    };
    expect(await outbox.pass('me')).toEqual({ end: 'done', sent: 1, nextAt: null });
    const [kept] = await outbox.entries();
    expect(kept).toMatchObject({ id: entry.id, state: 'review', problem: { status, problems: [{ code: 'T2102' }] } });
    expect(await leftFiles()).toBe(1);
    now += 10 * LONGEST_MS;
    server.calls = [];
    await outbox.pass('me');
    expect(server.calls).toEqual([]);
    // A person looks at it and tries again, now the server takes it.
    server.before = () => undefined;
    await outbox.again(entry.id);
    await outbox.pass('me');
    expect([await outbox.entries(), await leftFiles()]).toEqual([[], 0]);
  });

  test('that passes (503) waits by itself while the others go on, longer each time', async () => {
    await outbox.add([proof('slow').entry]);
    await outbox.add([proof('quick').entry]);
    server.before = (call) => {
      if (call === 'proof slow') throw problem(503, 'C0001');
    };
    const first = await outbox.pass('me');
    expect(first).toMatchObject({ end: 'done', sent: 1 });
    expect((await outbox.pass('me')).sent).toBe(0);
    expect(server.calls).toEqual(['proof slow', 'proof quick']);
    now = first.nextAt ?? 0;
    const second = await outbox.pass('me');
    expect((second.nextAt ?? 0) - now).toBeGreaterThan((first.nextAt ?? 0) - 1_000_000);
    server.before = () => undefined;
    await outbox.wake();
    expect((await outbox.pass('me')).sent).toBe(1);
  });

  test('of one paper among several that change hands lets the others through', async () => {
    const load = handover('load', ['i1', 'i2', 'i3']);
    await outbox.add([load]);
    const taken: string[][] = [];
    server.postHandover = async (_kind, _id, body) => {
      if (body.item_ids.includes('i2')) throw problem(409, 'T2003');
      taken.push(body.item_ids);
      return { at: '2026-11-20T00:30:00Z' };
    };
    await outbox.pass('me');
    await outbox.pass('me');
    expect(taken).toEqual([['i1'], ['i3']]);
    expect(await outbox.entries()).toMatchObject([{ kind: 'load', itemIds: ['i2'], codes: ['i2'], state: 'review' }]);
  });

  test('for want of a session stops everything and changes nothing', async () => {
    const { entry } = proof('i1');
    await outbox.add([entry]);
    server.before = () => {
      throw problem(401, 'A1001');
    };
    expect((await outbox.pass('me')).end).toBe('signed_out');
    expect(await outbox.entries()).toEqual([entry]);
  });
});

describe('a receipt that does not match', () => {
  test.each([
    ['names another file', { files: { [B]: 'stored' } }],
    ['names no file', { files: {} }],
    ['names another item', { item_id: 'i2' }],
    ['names another proof', { proof_id: 'x' }],
    ['has no hash of the event', { event_hash: '' }],
  ])('%s: the entry and its file stay', async (_name, wrong) => {
    const { entry, files } = proof('i1', [A]);
    await outbox.add([entry], files);
    const right = server.putProof.bind(server);
    server.putProof = async (id, body) => ({ ...(await right(id, body)), ...(wrong as object) });
    await outbox.pass('me');
    expect(await outbox.entries()).toMatchObject([{ id: entry.id, state: 'review', problem: { problems: [{ code: 'W0002' }] } }]);
    expect([await leftFiles(), await outbox.receipts()]).toEqual([1, []]);
  });

  test('of a file with another hash: the entry and its file stay', async () => {
    const { entry, files } = proof('i1', [A]);
    await outbox.add([entry], files);
    server.putFile = async (file) => ({ proof_id: file.proofId, sha256: B });
    await outbox.pass('me');
    expect([(await outbox.entries()).length, await leftFiles()]).toEqual([1, 1]);
  });
});

describe('adding', () => {
  test('is all or nothing', async () => {
    const first = proof('i1', [A]);
    await outbox.add([first.entry], first.files);
    const second = proof('i2', [B]);
    await expect(outbox.add([second.entry, first.entry], second.files)).rejects.toThrow();
    expect([(await outbox.entries()).map((one) => one.id), await leftFiles()]).toEqual([[first.entry.id], 1]);
  });

  test('a delivery of what was delivered already is refused, also after its receipt; a second failed attempt is not', async () => {
    await outbox.add([proof('i1').entry]);
    await expect(outbox.add([proof('i1').entry])).rejects.toBeInstanceOf(AlreadyDelivered);
    await outbox.pass('me');
    await expect(outbox.add([proof('i1').entry])).rejects.toBeInstanceOf(AlreadyDelivered);
    await outbox.add([failure('i2')]);
    await outbox.add([failure('i2'), proof('i2').entry]);
    expect(await outbox.entries()).toHaveLength(3);
  });

  test('drops the draft in the same step', async () => {
    await db.put('drafts', { note: 'x' }, 'draft');
    await outbox.add([proof('i1').entry], [], 'draft');
    expect(await db.count('drafts')).toBe(0);
  });
});

test('within the moment for undoing nothing is sent, and it may be taken back; later it is too late', async () => {
  const { entry, files } = proof('i1', [A], { notBefore: now + UNDO_MS });
  await outbox.add([entry], files);
  await outbox.wake();
  expect(await outbox.pass('me')).toEqual({ end: 'done', sent: 0, nextAt: now + UNDO_MS });
  expect(await outbox.takeBack([entry.id], 'draft', { note: 'x' })).toBe(true);
  expect([await outbox.entries(), await leftFiles(), await db.get('drafts', 'draft')]).toEqual([[], 0, { note: 'x' }]);
  await outbox.add([entry], files);
  now += UNDO_MS;
  expect(await outbox.takeBack([entry.id], 'draft', {})).toBe(false);
  expect((await outbox.pass('me')).sent).toBe(1);
});

test('a phone clock that was set back does not make an entry wait for years', async () => {
  await outbox.add([proof('i1', [], { notBefore: now + 365 * 86_400_000 }).entry]);
  expect((await outbox.pass('me')).sent).toBe(1);
});

test('another courier’s work on the same phone waits for that courier', async () => {
  await outbox.add([proof('i1', [], { userId: 'other' }).entry]);
  expect(await outbox.pass('me')).toEqual({ end: 'done', sent: 0, nextAt: null });
  expect((await outbox.pass('other')).sent).toBe(1);
});

test('receipts are kept for three days', async () => {
  await outbox.add([proof('i1').entry]);
  await outbox.pass('me');
  now += 2 * 86_400_000;
  await outbox.tidy();
  expect(await outbox.receipts()).toHaveLength(1);
  now += 2 * 86_400_000;
  await outbox.tidy();
  expect(await outbox.receipts()).toEqual([]);
});
