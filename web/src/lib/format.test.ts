import { beforeEach, describe, expect, test } from 'vitest';
import * as format from './format';
import { language } from './strings/language.svelte';

beforeEach(() => language.choose('vi'));

describe('dates and times', () => {
  test('an instant is shown on the wall clock of Vietnam, also across midnight', () => {
    expect(format.dateTime('2026-11-20T17:30:00Z')).toBe('21/11/2026 00:30');
    expect(format.time('2026-11-20T08:05:00+07:00')).toBe('08:05');
    expect(format.local('2026-12-31T17:00:00Z')).toEqual({ day: '2027-01-01', seconds: 0 });
  });

  test('a local date has no time zone to shift it', () => {
    expect(format.date('2026-01-01')).toBe('01/01/2026');
    expect(format.shortDate('2026-02-28')).toBe('28/02');
    expect(format.addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(format.addDays('2026-01-01', -1)).toBe('2025-12-31');
  });

  test('the day of the week follows the language', () => {
    expect(format.weekday('2026-11-20')).toBe('Thứ Sáu');
    language.choose('en');
    expect(format.weekday('2026-11-20')).toBe('Friday');
  });

  test('a clock goes on past midnight rather than back to zero', () => {
    expect(format.clock(0)).toBe('00:00');
    expect(format.clock(86_400 + 600)).toBe('24:10');
  });
});

describe('figures', () => {
  test('kilometres have a comma in Vietnamese and a point in English', () => {
    expect(format.distance(12_430)).toBe('12,4 km');
    expect(format.distance(849.6)).toBe('850 m');
    expect(format.km(419_000)).toBe('419 km');
    language.choose('en');
    expect(format.distance(12_430)).toBe('12.4 km');
  });

  test.each([
    [0, '0 phút'],
    [59 * 60 + 20, '59 phút'],
    [59 * 60 + 40, '1 giờ 00'],
    [2 * 3600 + 5 * 60, '2 giờ 05'],
  ])('%i seconds are %s', (seconds, text) => expect(format.duration(seconds)).toBe(text));

  test.each([
    [-3, '0 giây'],
    [59, '59 giây'],
    [60, '1 phút'],
    [7199, '1 giờ'],
    [90_000, '1 ngày'],
  ])('an age of %i seconds is said as %s', (seconds, text) => expect(format.age(seconds)).toBe(text));

  test('money, shares, weights and counts', () => {
    expect(format.vnd(26_000)).toBe('26.000 ₫');
    expect(format.percent(0.9812)).toBe('98,1 %');
    expect(format.percent(1)).toBe('100 %');
    expect(format.weight(2400)).toBe('2,4 kg');
    expect(format.count(12_345)).toBe('12.345');
    expect(format.decimal(1.5, 1)).toBe('1,5');
    expect(format.decimal(2, 1)).toBe('2');
  });
});

test('a name is found without its diacritics', () => {
  expect(format.plain('Đặng Hữu NGHĨA')).toBe('dang huu nghia');
  expect(['Ân', 'An', 'Bình 10', 'Bình 9'].sort(format.collator.compare)).toEqual(['An', 'Ân', 'Bình 9', 'Bình 10']);
});

test.each([
  ['07:30', '2026-11-20T07:30:00+07:00'],
  ['7:30', '2026-11-20T07:30:00+07:00'],
  ['17h05', '2026-11-20T17:05:00+07:00'],
  ['0000', '2026-11-20T00:00:00+07:00'],
  ['24:00', null],
  ['12:60', null],
  ['', null],
])('the wall clock %s of a day is the instant %s', (text, expected) => expect(format.instantOf('2026-11-20', text)).toBe(expected));
