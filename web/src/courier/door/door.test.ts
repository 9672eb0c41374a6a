import { describe, expect, test } from 'vitest';
import { item, stop, todayOf } from '../fixture';
import { dayOf, type Visit } from '../day/visits';
import { captureFailure, type Moment } from './capture';
import { actionsAfter, amountOf, isRedeliveryDay, lacksOfCollection, lacksOfDelivery, lacksOfFailure, nextDays } from './checks';
import { fitted, lightest, PHOTO_BYTES } from './compress';
import { emptyDraft } from './draft';
import { inkLength, isSigned, type Stroke } from './ink';
import { sha256 } from './sha256';
import { uuid7 } from './uuid7';

describe('a proof’s id', () => {
  test('is a UUIDv7 of its millisecond', () => {
    // The example of RFC 9562, appendix A.6.
    const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(uuid7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  test('rises within one millisecond and when the clock steps back a little', () => {
    const start = Date.now() + 1_000_000;
    const ids = [start, start, start, start - 500, start + 1].map((at) => uuid7(at));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('SHA-256 of “abc” is that of FIPS 180-4', async () => {
  const bytes = Uint8Array.from([97, 98, 99]);
  expect(await sha256(bytes.buffer)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

describe('a photo', () => {
  test('keeps its shape and is never blown up', () => {
    expect(fitted(4000, 3000, 1600)).toEqual([1600, 1200]);
    expect(fitted(3000, 4000, 1600)).toEqual([1200, 1600]);
    expect(fitted(640, 480, 1600)).toEqual([640, 480]);
    expect(fitted(9000, 2, 640)).toEqual([640, 1]);
  });

  test('is coded as fine as 300 kB allow', async () => {
    const tried: number[] = [];
    const sized = (bytesPerPixel: number) => async (width: number, height: number, quality: number) => {
      tried.push(quality);
      return { size: Math.round(width * height * quality * bytesPerPixel) } as Blob;
    };
    expect((await lightest(1600, 1200, sized(0.1)))?.size).toBe(153_600);
    expect(tried).toEqual([0.8]);
    const heavy = await lightest(4000, 3000, sized(0.5));
    expect(heavy?.size).toBeLessThanOrEqual(PHOTO_BYTES);
    expect(await lightest(4000, 3000, sized(100))).toBeNull();
    expect(await lightest(10, 10, async () => null)).toBeNull();
  });
});

test('a touch by mistake is no signature', () => {
  const dot: Stroke[] = [[[0.5, 0.2]]];
  const name: Stroke[] = [[[0.1, 0.2], [0.4, 0.2]], [[0.4, 0.2], [0.4, 0.3]]];
  expect([isSigned([]), isSigned(dot), isSigned(name)]).toEqual([false, false, true]);
  expect(inkLength(name)).toBeCloseTo(0.4);
});

const sure: Stroke[] = [[[0, 0], [0.5, 0.5]]];
const paper = { ...item({ id: 'p1', in_person: true, cod_vnd: 76_000 }), stage: 'to_visit', outcome: null, delivery: 'sent', rule: null } as const;

describe('what a form lacks', () => {
  const full = { ...emptyDraft(['p1']), photo: new ArrayBuffer(3), strokes: sure };

  test('nothing for photo and signature of the addressee', () => expect(lacksOfDelivery(full, [paper])).toEqual([]));

  test.each([
    [{ chosen: [] }, ['items']],
    [{ relation: 'agent', agentName: 'An' }, ['in_person']],
    [{ relation: 'agent', chosen: ['p2'] }, ['agent_name']],
    [{ last4: '12' }, ['last4']],
    [{ last4: '12a4' }, ['last4']],
    [{ photo: null }, ['photo_or_note']],
    [{ strokes: [] }, ['signature_or_note']],
    [{ strokes: [], photo: null, note: 'tay bị thương' }, []],
  ] as const)('%o: %o', (changes, lacks) => {
    expect(lacksOfDelivery({ ...full, ...(changes as object) }, [paper])).toEqual(lacks);
  });

  const none = { in_person: false, authorised_agent: true, written_authorisation: false, slip_back: false, identity: false, otp: 'none' } as const;

  test.each([
    [{ in_person: true }, { relation: 'agent', agentName: 'An' }, ['in_person']],
    [{ authorised_agent: false }, { relation: 'agent', agentName: 'An' }, ['agent_refused']],
    [{ written_authorisation: true }, { relation: 'agent', agentName: 'An' }, ['authorisation']],
    [{ written_authorisation: true }, { relation: 'agent', agentName: 'An', authorisation: true }, []],
    [{ identity: true }, {}, ['identity']],
    [{ identity: true }, { last4: '1234' }, []],
    [{ slip_back: true }, {}, ['slip']],
    [{ slip_back: true }, { slips: 1 }, []],
    [{ otp: 'required' }, {}, ['otp']],
    [{ otp: 'optional' }, {}, []],
    [{ otp: 'optional' }, { otp: '12' }, ['otp']],
    [{ otp: 'required' }, { otp: '123456' }, []],
  ] as const)('the procedure asks %o: %o lacks %o', (rule, changes, lacks) => {
    const asking = { ...paper, in_person: false, rule: { ...none, ...(rule as object) } };
    expect(lacksOfDelivery({ ...full, ...(changes as object) }, [asking])).toEqual(lacks);
  });

  test('a collection needs its list, its seal, a photo and a signature', () => {
    const empty = { ...emptyDraft(['p1']), papers: [{ name: 'Đơn', originals: 0, copies: 0 }] };
    expect(lacksOfCollection(empty)).toEqual(['papers', 'seal', 'photo_or_note', 'signature_or_note']);
    expect(lacksOfCollection({ ...full, papers: [{ name: 'Đơn', originals: 1, copies: 0 }], seal: 'N-1' })).toEqual([]);
  });

  test.each([
    { name: '', originals: 2, copies: 0 },
    { name: 'Đơn', originals: null, copies: 1 },
    { name: 'Đơn', originals: 0.5, copies: 1 },
    { name: 'Đơn', originals: 1_000, copies: 0 },
  ])('a line that the server would drop or refuse is told before: %o', (line) => {
    const papers = [{ name: 'Giấy khai sinh', originals: 1, copies: 0 }, line];
    expect(lacksOfCollection({ ...full, papers, seal: 'N-1' })).toEqual(['papers']);
  });

  test('a failed attempt needs reason, action and, for another try, a day within a fortnight', () => {
    const failed = emptyDraft(['p1']);
    expect(lacksOfFailure(failed, '2026-11-20')).toEqual(['reason', 'action']);
    const again = { ...failed, reason: 'absent', action: 'redeliver' } as const;
    expect(lacksOfFailure({ ...again, redeliveryOn: null }, '2026-11-20')).toEqual(['day']);
    expect(lacksOfFailure({ ...again, redeliveryOn: '2026-11-21' }, '2026-11-20')).toEqual([]);
    expect(['2026-11-19', '2026-11-20', '2026-12-04', '2026-12-05'].map((day) => isRedeliveryDay(day, '2026-11-20'))).toEqual([false, true, true, false]);
  });
});

test('only the actions the server allows follow a reason', () => {
  const choices = [{ reason: 'absent', actions: ['hold', 'redeliver'] }];
  expect(actionsAfter('absent', choices)).toEqual(['hold', 'redeliver']);
  expect([actionsAfter('refused', choices), actionsAfter(null, choices)]).toEqual([[], []]);
});

test('the next days leave Sunday out and cross the month', () => {
  expect(nextDays('2026-11-20', 3)).toEqual(['2026-11-21', '2026-11-23', '2026-11-24']);
  expect(nextDays('2026-11-30', 2)).toEqual(['2026-12-01', '2026-12-02']);
});

test('money is what is due until something else is typed, also zero', () => {
  expect(amountOf(emptyDraft([]), paper)).toBe(76_000);
  expect(amountOf({ ...emptyDraft([]), amounts: { p1: 0 } }, paper)).toBe(0);
});

test('a household’s papers get a proof each with an id of its own, bound to files of its own', async () => {
  const kept = { today: todayOf([stop([item(), item(), item()])]), askedAt: 0 };
  const visit = dayOf(kept, [], []).visits[0] as Visit;
  const chosen = visit.items.slice(0, 2).map((one) => one.id);
  const draft = { ...emptyDraft(chosen), photo: new Uint8Array([7, 7]).buffer, reason: 'absent', action: 'redeliver', redeliveryOn: '2026-11-21' } as const;
  const at = Date.parse('2026-11-20T02:00:00Z');
  const place = { lon: 106.7, lat: 10.77, accuracyM: 8, at: at - 30_000 };
  const moment: Moment = { userId: 'me', at, offsetS: 12.5, serverMs: at - 12_500, place };
  const { entries, files } = await captureFailure(visit, draft as never, moment);
  expect(entries.map((entry) => entry.body.item_id)).toEqual(chosen);
  expect(new Set(entries.map((entry) => entry.id)).size).toBe(2);
  expect(files.map((file) => file.proofId)).toEqual(entries.map((entry) => entry.id));
  const hash = await sha256(new Uint8Array([7, 7]).buffer);
  for (const { body } of entries) {
    expect(body).toMatchObject({ outcome: 'attempt_failed', reason: 'absent', action: 'redeliver', redelivery_on: '2026-11-21', clock_offset_s: 12.5 });
    expect(body).toMatchObject({ occurred_at: '2026-11-20T02:00:00.000Z', position_age_s: 30, point: [106.7, 10.77] });
    expect(body.files).toEqual([{ sha256: hash, kind: 'photo', bytes_count: 2 }]);
  }
});
