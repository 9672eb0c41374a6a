import { describe, expect, test } from 'vitest';
import { failure, handover, item, proof, stop, todayOf } from '../fixture';
import type { Entry, Receipt } from '../store/schema';
import { better, measure } from './clock.svelte';
import { isWorthKeeping, metres } from './place';
import { dayOf, NO_ROUND } from './visits';

const ASKED = 1000;

function receiptOf(entry: Entry, receivedAt: number): Receipt {
  const { id, userId, kind, madeAt, itemIds } = entry;
  const outcome = entry.kind === 'proof' ? entry.body.outcome : null;
  return { id, userId, kind, madeAt, itemIds, outcome, receivedAt, recordedAt: '', eventHash: 'e', code: '' };
}

function stages(entries: Entry[], receipts: Receipt[], ...items: ReturnType<typeof item>[]): string[] {
  const day = dayOf({ today: todayOf([stop(items)]), askedAt: ASKED }, entries, receipts);
  return day.visits.flatMap((visit) => visit.items.map((one) => `${one.stage}/${one.outcome ?? one.status}/${one.delivery}`));
}

describe('what this phone has done lies over the server’s answer', () => {
  const planned = item({ status: 'planned', holder_courier_id: null });
  const out = item();

  test('a planned paper is at the office until it is loaded here, also before the office knows', () => {
    expect(stages([], [], planned)).toEqual(['to_load/planned/sent']);
    expect(stages([handover('load', [planned.id])], [], planned)).toEqual(['to_visit/planned/sent']);
    expect(stages([handover('load', [planned.id], { state: 'review' })], [], planned)).toEqual(['to_load/planned/sent']);
  });

  test('a delivery counts at once, waiting, refused or sent', () => {
    const { entry } = proof(out.id);
    expect(stages([entry], [], out)).toEqual(['done/delivered/unsent']);
    expect(stages([{ ...entry, state: 'review' }], [], out)).toEqual(['done/delivered/review']);
    expect(stages([], [receiptOf(entry, ASKED + 1)], out)).toEqual(['done/delivered/sent']);
  });

  test('an answer asked for after the receipt is newer than it: planned again for the afternoon is to be visited again', () => {
    const again = item({ id: out.id, status: 'planned' });
    expect(stages([], [receiptOf(failure(out.id), ASKED - 1)], again)).toEqual(['to_load/planned/sent']);
  });

  test('the later of two deeds counts', () => {
    expect(stages([failure(out.id), proof(out.id).entry], [], out)).toEqual(['done/delivered/unsent']);
  });

  test('what the server calls ended is done without a deed of this phone', () => {
    expect(stages([], [], item({ status: 'held' }), item({ status: 'delivered' }))).toEqual(['done/held/sent', 'done/delivered/sent']);
  });
});

describe('a dossier to be fetched', () => {
  const planned = item({ status: 'planned', holder_courier_id: null, leg: 'collect' });
  const day = (entries: Entry[]): ReturnType<typeof dayOf> => dayOf({ today: todayOf([stop([planned])]), askedAt: ASKED }, entries, []);

  test('is never loaded and in nobody’s hands before the citizen gave it', () => {
    const before = day([]);
    expect([before.toLoad, before.carried]).toEqual([[], []]);
    expect(before.next?.items[0]?.stage).toBe('to_visit');
  });

  test('is carried once it was collected, until it is handed in at the office', () => {
    const { entry } = proof(planned.id);
    const collected: Entry = { ...entry, body: { ...entry.body, outcome: 'collected' } };
    expect(day([collected]).carried.map((one) => one.id)).toEqual([planned.id]);
    expect(day([collected, handover('unload', [planned.id])]).carried).toEqual([]);
  });
});

test('what the procedure asks stands with each paper; a day kept before rules has none', () => {
  const paper = item();
  const rule = { in_person: true, authorised_agent: true, written_authorisation: false, slip_back: false, identity: false, otp: 'none' } as const;
  const ruled = dayOf({ today: todayOf([stop([paper])], { rules: { [paper.id]: rule } }), askedAt: ASKED }, [], []);
  expect([ruled.visits[0]?.items[0]?.rule, ruled.visits[0]?.inPerson]).toEqual([rule, true]);
  const { rules: _, ...old } = todayOf([stop([paper])]);
  expect(dayOf({ today: old as Parameters<typeof dayOf>[0]['today'], askedAt: ASKED }, [], []).visits[0]?.items[0]?.rule).toBeNull();
});

describe('the day', () => {
  test('goes on with the first stop that is not done; money counts what is still to be handed over', () => {
    const [first, second, third] = [item({ cod_vnd: 10_000 }), item({ cod_vnd: 5000 }), item()];
    const kept = { today: todayOf([stop([first, second]), stop([third])]), askedAt: ASKED };
    const one = dayOf(kept, [proof(first.id).entry], []);
    expect([one.doneCount, one.next?.items[1]?.id, one.next?.codVnd]).toEqual([0, second.id, 5000]);
    const both = dayOf(kept, [proof(first.id).entry, failure(second.id)], []);
    expect([both.doneCount, both.next?.items[0]?.id]).toEqual([1, third.id]);
  });

  test('brings back what was not delivered, and no more once it was handed in', () => {
    const [given, missed, open] = [item(), item(), item()];
    const kept = { today: todayOf([stop([given]), stop([missed]), stop([open])], { carried: [given, missed, open] }), askedAt: ASKED };
    const done = [proof(given.id).entry, failure(missed.id)];
    expect(dayOf(kept, done, []).carried.map((one) => one.id)).toEqual([missed.id, open.id]);
    expect(dayOf(kept, [...done, handover('unload', [missed.id])], []).carried.map((one) => one.id)).toEqual([open.id]);
  });

  test('shows papers carried from another day as doors of their own, one for a household', () => {
    const [left, also, elsewhere] = [item(), item(), item({ address: '9 Lê Lai' })];
    const day = dayOf({ today: todayOf([], { carried: [left, also, elsewhere] }), askedAt: ASKED }, [], []);
    expect(day.visits.map((visit) => [visit.round, visit.items.length])).toEqual([
      [NO_ROUND, 2],
      [NO_ROUND, 1],
    ]);
  });

  test('leaves out stops whose papers were all taken away', () => {
    expect(dayOf({ today: todayOf([stop([])]), askedAt: ASKED }, [], []).visits).toEqual([]);
  });
});

describe('the clock', () => {
  test('offset is what the device shows beyond the middle of the way', () => {
    // Sent at 10.000, answered at 10.400 by the device; the server said 5.000 in between.
    expect(measure(10_000, 10_400, 5000, 0)).toEqual({ offsetMs: 5200, errorMs: 200, at: 10_400 });
    expect(measure(10_000, 10_000, 9000, 1000)).toMatchObject({ offsetMs: 500, errorMs: 500 });
  });

  test('the sharper measure stays until it has aged or the clock was moved', () => {
    const sharp = { offsetMs: 100, errorMs: 50, at: 0 };
    const blunt = { offsetMs: 300, errorMs: 400, at: 60_000 };
    expect(better(null, blunt)).toBe(blunt);
    expect(better(sharp, blunt)).toBe(sharp);
    expect(better(blunt, sharp)).toBe(sharp);
    expect(better(sharp, { ...blunt, at: 3_600_000 })).toMatchObject({ at: 3_600_000 });
    expect(better(sharp, { ...blunt, offsetMs: 90_000 })).toMatchObject({ offsetMs: 90_000 });
  });
});

test('a position is kept every quarter of a minute, or after a street’s width', () => {
  const here = { lon: 106.7, lat: 10.77, accuracyM: 8, at: 0 };
  // A degree of latitude is 111.2 km on this sphere.
  expect(metres(here, { lon: 106.7, lat: 10.771 })).toBeCloseTo(111.2, 1);
  expect(isWorthKeeping(null, here)).toBe(true);
  expect(isWorthKeeping(here, { ...here, at: 5000 })).toBe(false);
  expect(isWorthKeeping(here, { ...here, at: 15_000 })).toBe(true);
  expect(isWorthKeeping(here, { ...here, lat: 10.7705, at: 5000 })).toBe(true);
});
