import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import { dayOf, type Visit } from '../day/visits';
import { freshStore, item, stop, todayOf } from '../fixture';
import { Outbox, UNDO_MS } from '../send/outbox';
import { once, problem, Server } from '../send/server.fixture';
import { FRESH_MS, lackOfFix, pinEntry, STANDING_ACCURACY_M } from './pin';

const kept = { today: todayOf([stop([item({ id: 'i1' }), item({ id: 'i2' })])]), askedAt: 1_000 };
const visit = dayOf(kept, [], []).visits[0] as Visit;
const moment = { userId: 'me', at: 2_000_000, serverMs: 2_000_500 };
const THERE = [106.71, 10.78] as const;

test.each([
  [STANDING_ACCURACY_M, 0, null],
  [STANDING_ACCURACY_M + 1, 0, 'inexact'],
  [9, FRESH_MS, null],
  [9, FRESH_MS + 1, 'old'],
])('a fix of ±%d m that is %d ms old: %s', (accuracyM, old, lack) => {
  expect(lackOfFix({ accuracyM, at: 5_000_000 - old }, 5_000_000)).toBe(lack);
});

test('a pin goes out with an id of its own, the instant by the server’s clock, and the accuracy only of who stood there', () => {
  const standing = pinEntry(visit, THERE, 9, moment);
  expect(standing.body).toEqual({ point: [...THERE], id: standing.id, occurred_at: new Date(2_000_500).toISOString(), accuracy_m: 9 });
  expect(standing.itemIds).toEqual(['i1']);
  expect(pinEntry(visit, THERE, null, moment).body.accuracy_m).toBeNull();
});

test('the stop stands at its new place on the phone at once, and the paper stays to be delivered', () => {
  const [moved] = dayOf(kept, [pinEntry(visit, THERE, 28, moment)], []).visits;
  expect([moved?.point, moved?.error_m, moved?.done]).toEqual([[...THERE], 28, false]);
  expect(moved?.items.map((one) => one.stage)).toEqual(visit.items.map((one) => one.stage));
});

test('a pin that was refused for good moves nothing', () => {
  const refused = { ...pinEntry(visit, THERE, 9, moment), state: 'review' as const };
  expect(dayOf(kept, [refused], []).visits[0]?.point).toEqual(visit.point);
});

test('a pin waits for its undo, survives a lost answer and is taught once', async () => {
  const server = new Server();
  let now = moment.at;
  const outbox = new Outbox(await freshStore(), server, () => now);
  const entry = pinEntry(visit, THERE, 9, moment);
  await outbox.add([entry]);
  expect((await outbox.pass('me')).sent).toBe(0);
  now += UNDO_MS;
  server.after = once('door i1', () => {
    throw ApiProblem.noAnswer();
  });
  expect((await outbox.pass('me')).end).toBe('unreachable');
  expect((await outbox.pass('me')).sent).toBe(1);
  expect([server.doors.size, (await outbox.entries()).length]).toEqual([1, 0]);
  const [receipt] = await outbox.receipts();
  expect(receipt).toMatchObject({ id: entry.id, kind: 'door', recordedAt: entry.body.occurred_at });
  expect(JSON.stringify(receipt)).not.toContain(visit.address);
});

test('a slip is taken back before it goes out, and what the server refuses is kept to be looked at', async () => {
  const server = new Server();
  let now = moment.at;
  const outbox = new Outbox(await freshStore(), server, () => now);
  const slip = pinEntry(visit, THERE, 9, moment);
  await outbox.add([slip]);
  expect(await outbox.takeBack([slip.id])).toBe(true);
  const far = pinEntry(visit, [105.78, 10.03], null, moment);
  await outbox.add([far]);
  now += UNDO_MS;
  server.before = (call) => {
    if (call === 'door i1') throw problem(422, 'T2302');
  };
  await outbox.pass('me');
  expect((await outbox.entries()).map((one) => [one.id, one.state])).toEqual([[far.id, 'review']]);
});
