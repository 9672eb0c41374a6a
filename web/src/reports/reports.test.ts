import { expect, test } from 'vitest';
import { csvOf } from './csv';
import { periodOf, presetOf } from './period';
import { classOf, COLUMNS, oftenFirst, shown, sortRows, type Row } from './rows';

function row(name: string, change: Partial<Row> = {}): Row {
  const counts = { total: 10, delivered: 8, early: 2, on_time: 7, late: 1, running: 2, open_overdue: 0, foreseen_overdue: 0 };
  const shares = { on_time_share: 0.875, agency_on_time_share: 0.5, first_attempt_share: 1 };
  const voices = { stars: { 5: 3, 2: 1 }, mean_stars: 4.25, satisfied_share: 0.75, complaints: 1, complaints_overdue: 0 };
  const clocks = { with_agency: 0, with_agency_overdue: 0, dossiers_handed_in: 0, dossiers_on_time_share: null, dossiers_running: 0, dossiers_overdue: 0 };
  const days = { mean_transit_working_days: 1.25, median_transit_working_days: 1.5, transit: {}, failed_attempts: {}, flags: {} };
  return { key: name, name, ...counts, ...shares, ...days, ...clocks, ...voices, ...change };
}

test.each([
  ['week', '2026-03-02', { from: '2026-02-24', to: '2026-03-02' }],
  ['month', '2026-03-02', { from: '2026-02-01', to: '2026-03-02' }],
  ['this_month', '2026-03-02', { from: '2026-03-01', to: '2026-03-02' }],
  ['last_month', '2026-03-31', { from: '2026-02-01', to: '2026-02-28' }],
  ['last_month', '2026-01-15', { from: '2025-12-01', to: '2025-12-31' }],
] as const)('%s as of %s', (preset, today, period) => {
  expect(periodOf(preset, today)).toEqual(period);
  expect(presetOf(period, today)).not.toBeNull();
});

test('rows without a figure come last whichever way', () => {
  const rows = [row('A', { on_time_share: null }), row('B', { on_time_share: 0.9 }), row('C', { on_time_share: 0.7 })];
  expect(sortRows(rows, 'on_time_share', true).map((one) => one.name)).toEqual(['B', 'C', 'A']);
  expect(sortRows(rows, 'on_time_share', false).map((one) => one.name)).toEqual(['C', 'B', 'A']);
});

test('every figure is written in its own form, a name as it is', () => {
  const written = COLUMNS.map((column) => shown(row('Tất cả', { first_attempt_share: null }), column));
  expect(written).toEqual(['Tất cả', '87,5 %', '50,0 %', '8', '1', '2', '0', '–', '1,5', '75,0 %', '1']);
});

test('what looked odd most often comes first, alike ones by name', () => {
  expect(oftenFirst({ old_position: 2, clock_jump: 9, no_position: 2 })).toEqual([['clock_jump', 9], ['no_position', 2], ['old_position', 2]]);
});

test('names sort as a Vietnamese reader expects, equal figures by name', () => {
  const rows = [row('Phường Đức Nhuận'), row('Phường Ba Đình'), row('Phường Dĩ An')];
  expect(sortRows(rows, 'name', false).map((one) => one.name)).toEqual(['Phường Ba Đình', 'Phường Dĩ An', 'Phường Đức Nhuận']);
  expect(sortRows(rows, 'delivered', true).map((one) => one.name)[0]).toBe('Phường Ba Đình');
});

test.each([[null, null], [0, 0], [0.7999, 0], [0.8, 1], [0.95, 3], [1, 4]] as const)('a share of %s is in class %s', (share, grade) => expect(classOf(share)).toBe(grade));

test('the CSV takes the separators of the language and disarms formulas', () => {
  const rows = [row('=SUM(A1)', { first_attempt_share: null }), row('Xã "A"; B')];
  const vi = csvOf(rows, (key) => key, 'vi').split('\r\n');
  expect(vi[0]?.startsWith('\uFEFFname;on_time_share;')).toBe(true);
  expect(vi[1]).toBe("'=SUM(A1);0,875;0,5;8;1;2;0;;1,5;0,75;1");
  expect(vi[2]).toBe('"Xã ""A""; B";0,875;0,5;8;1;2;0;1;1,5;0,75;1');
  expect(csvOf(rows, (key) => key, 'en').split('\r\n')[2]).toBe('"Xã ""A""; B",0.875,0.5,8,1,2,0,1,1.5,0.75,1');
});
