import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import { isOpen, takenRow } from './dossier.svelte';
import { joined } from './dossiers.svelte';
import { healthOf, isTroubled } from './health';
import { byCell, markedName, refusedOf, toTake, warnedOf, type Answer } from './registerAnswer';
import { isSourceTroubled, sourceHealth } from '$lib/sourceHealth';
import type { DossierRow } from './types';

const well = { state: 'active', failures: 0, paused_until: null, dead: 0, last_success_at: '2026-11-20T02:00:00Z', last_failure_at: null };

test('an endpoint is as bad as the worst that is known of it', () => {
  const later = '2026-11-20T03:00:00Z';
  expect(healthOf(well)).toBe('well');
  expect(healthOf({ ...well, last_success_at: null })).toBe('new');
  expect(healthOf({ ...well, last_failure_at: later })).toBe('failing');
  expect(healthOf({ ...well, last_failure_at: '2026-11-20T01:00:00Z' })).toBe('well');
  expect(healthOf({ ...well, dead: 2 })).toBe('dead');
  expect(healthOf({ ...well, failures: 1, dead: 2, paused_until: later })).toBe('resting');
  expect(healthOf({ ...well, state: 'disabled', failures: 3 })).toBe('off');
  expect([well, { ...well, dead: 1 }].map(isTroubled)).toEqual([false, true]);
});

test('a refused row of an answered call is told with its code', () => {
  expect(takenRow({ outcome: 'withdrawn', problems: [] })).toBe('withdrawn');
  const refused = (): string => takenRow({ outcome: 'rejected', problems: [{ code: 'T1402', detail: 'muộn', detail_en: 'late' }] });
  expect(refused).toThrow(ApiProblem);
  expect(refused).toThrow('T1402');
});

test('only what is on its way to the citizen and not asked back can be withdrawn', () => {
  const out = { status: 'out', leg: 'return', recalled_at: null };
  expect(isOpen(out)).toBe(true);
  expect([{ ...out, status: 'delivered' }, { ...out, leg: 'collect' }, { ...out, recalled_at: '2026-11-20T02:00:00Z' }].map(isOpen)).toEqual([false, false, false]);
});

test('a dossier whose due date moved between two pages stands once, where it is now', () => {
  const rows = (...ids: string[]): DossierRow[] => ids.map((id) => ({ item: { id }, mark: null }) as DossierRow);
  expect(joined(rows('a', 'b'), rows('c', 'a'))).toEqual(rows('b', 'c', 'a'));
});

test('a published list is as bad as the worst that is known of it', () => {
  const read = { state: 'active', failures: 0, last_ok_at: '2026-11-20T02:00:00Z', rows_refused: 0 };
  const all = [read, { ...read, last_ok_at: null }, { ...read, rows_refused: 2 }, { ...read, failures: 1, rows_refused: 2 }, { ...read, state: 'disabled', failures: 3 }];
  expect(all.map(sourceHealth)).toEqual(['well', 'new', 'refusing', 'failing', 'off']);
  expect(all.map(isSourceTroubled)).toEqual([false, false, false, true, true]);
});

test('of an answered list, what comes in is counted and what is refused or doubtful is picked out', () => {
  const problem = { code: 'T1004', detail: 'sai', detail_en: 'wrong', pointer: 'D3' };
  const row = (index: number, outcome: string, problems: unknown[] = [], warnings: unknown[] = []): unknown => ({ index, outcome, problems, warnings });
  const rows = [row(2, 'created'), row(3, 'rejected', [problem], [problem]), row(4, 'updated', [], [problem]), row(5, 'unchanged')];
  const answer = { accepted: false, counts: { created: 1, updated: 1, unchanged: 1, rejected: 1 }, rows } as Answer;
  expect(toTake(answer)).toBe(2);
  expect(refusedOf(answer).map((one) => one.index)).toEqual([3]);
  expect(warnedOf(answer).map((one) => one.index)).toEqual([4]);
  expect(byCell([{ pointer: 'AA3' }, {}, { pointer: 'F3' }, { pointer: 'D3' }]).map((one) => one.pointer)).toEqual(['D3', 'F3', 'AA3', undefined]);
  expect([markedName('ds.thang 11.csv'), markedName('ds')]).toEqual(['ds.thang 11-can-sua.xlsx', 'ds-can-sua.xlsx']);
});
