import { language } from './strings/language.svelte';

/** All instants are shown on the wall clock of Vietnam, whatever the computer is set to. */
export const ZONE = 'Asia/Ho_Chi_Minh';

const locale = (): string => (language.current === 'vi' ? 'vi-VN' : 'en-GB');
const built = new Map<string, Intl.NumberFormat>();

function number(value: number, digits: number): string {
  const key = `${locale()}/${digits}`;
  let format = built.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
    built.set(key, format);
  }
  return format.format(value);
}

const wallClock = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** The wall-clock parts of an instant in Vietnam: `{day: '2026-11-20', seconds: since midnight}`. */
export function local(instant: string | number | Date): { day: string; seconds: number } {
  const parts: Record<string, string> = {};
  for (const part of wallClock.formatToParts(new Date(instant))) parts[part.type] = part.value;
  const of = (name: string): number => Number(parts[name]);
  return {
    day: `${parts['year']}-${parts['month']}-${parts['day']}`,
    seconds: of('hour') * 3600 + of('minute') * 60 + of('second'),
  };
}

/** A local date `2026-11-20` as `20/11/2026`; no time zone takes part. */
export function date(day: string): string {
  const [year, month, dayOfMonth] = day.slice(0, 10).split('-');
  return `${dayOfMonth}/${month}/${year}`;
}

/** `20/11`, where the year is plain from the place it stands in. */
export function shortDate(day: string): string {
  return date(day).slice(0, 5);
}

/** `Thứ Sáu` / `Friday`. */
export function weekday(day: string): string {
  const noon = new Date(`${day}T12:00:00Z`);
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', timeZone: 'UTC' }).format(noon);
}

/** Seconds since local midnight as `07:05`; past midnight goes on as `24:10`. */
export function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** An instant as `14:05`, 24-hour, in Vietnam. */
export function time(instant: string | number | Date): string {
  return clock(local(instant).seconds);
}

/** An instant as `20/11/2026 14:05`. */
export function dateTime(instant: string | number | Date): string {
  const at = local(instant);
  return `${date(at.day)} ${clock(at.seconds)}`;
}

/** The instant of a wall-clock time of a day in Vietnam, which has one offset all year; `null` when `HH:MM` is none. */
export function instantOf(day: string, wallClockTime: string): string | null {
  const found = /^([01]?\d|2[0-3])[:hg. ]?([0-5]\d)$/.exec(wallClockTime.trim());
  return found ? `${day}T${found[1]?.padStart(2, '0')}:${found[2]}:00+07:00` : null;
}

/** The day `days` after a local date. */
export function addDays(day: string, days: number): string {
  const noon = new Date(`${day}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}

/** Metres as `850 m` or `12,4 km` (`12.4 km` in English). */
export function distance(metres: number): string {
  return metres < 1000 ? `${number(Math.round(metres), 0)} m` : km(metres);
}

/** Metres as `12,4 km`, for columns where the unit must not change. */
export function km(metres: number): string {
  return `${kmFigure(metres)} km`;
}

/** Metres as kilometres without the unit, where a table's head says it: `12,4`. */
export function kmFigure(metres: number): string {
  return number(metres / 1000, metres < 100_000 ? 1 : 0);
}

/** Seconds as `45 phút` or `2 giờ 05` (`45 min`, `2 h 05`). */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const vi = language.current === 'vi';
  if (minutes < 60) return `${minutes} ${vi ? 'phút' : 'min'}`;
  return `${Math.floor(minutes / 60)} ${vi ? 'giờ' : 'h'} ${String(minutes % 60).padStart(2, '0')}`;
}

/** A difference with its sign before what is shown of it: `+3`, `−2`, `±0`. */
export function signed(value: number, shown: (size: number) => string): string {
  return `${value > 0 ? '+' : value < 0 ? '−' : '±'}${shown(Math.abs(value))}`;
}

/** A difference in seconds: `+45 s`, `−3 phút`. */
export function signedDuration(seconds: number): string {
  return signed(seconds, (size) => (size < 60 ? `${size} s` : duration(size)));
}

/** How long ago, in one unit: `20 giây`, `3 phút`, `2 giờ`, `4 ngày`. */
export function age(seconds: number): string {
  const vi = language.current === 'vi';
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} ${vi ? 'giây' : 's'}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${vi ? 'phút' : 'min'}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} ${vi ? 'giờ' : 'h'}`;
  return `${Math.floor(seconds / 86_400)} ${vi ? 'ngày' : 'd'}`;
}

/** `26.000 ₫` (`26,000 ₫` in English). */
export function vnd(amount: number): string {
  return `${number(amount, 0)} ₫`;
}

/** A share 0..1 as `98,1 %`; a whole share without the decimal. */
export function percent(share: number): string {
  return `${number(share * 100, share === 1 || share === 0 ? 0 : 1)} %`;
}

/** A figure with as many decimals as it needs, at most `digits`: `1,5`. */
export function decimal(value: number, digits: number): string {
  return number(value, Number.isInteger(value) ? 0 : digits);
}

/** A count with thousands apart: `12.345`. */
export function count(value: number): string {
  return number(value, 0);
}

/** Grams as `750 g` or `2,4 kg`. */
export function weight(grams: number): string {
  return grams < 1000 ? `${number(grams, 0)} g` : `${number(grams / 1000, 1)} kg`;
}

/** Vietnamese order: tones and diacritics as a reader expects, numbers inside by value. */
export const collator = new Intl.Collator('vi', { numeric: true, sensitivity: 'base' });

/** Lower case without diacritics, `đ` as `d`: what a dispatcher types in a hurry finds the name. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/đ/gi, 'd')
    .toLowerCase();
}
