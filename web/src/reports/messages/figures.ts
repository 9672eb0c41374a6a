import type { Look } from '$lib/status';
import type { Count, Told } from './types';

export const KINDS = ['ready', 'coming', 'failed', 'delivered', 'corrected', 'collected', 'invited'] as const satisfies Count['kind'][];

/** How a message stands, as a person reads it: `waiting` has not been tried or is tried again. */
export type Standing = 'sent' | 'unsure' | 'dead' | 'dropped' | 'waiting';
export const STANDINGS: Standing[] = ['sent', 'unsure', 'dead', 'dropped', 'waiting'];

export const LOOKS: Record<Standing, Look> = {
  sent: { shape: 'dot', tone: 'delivered' },
  unsure: { shape: 'diamond', tone: 'risk' },
  dead: { shape: 'triangle', tone: 'failed' },
  dropped: { shape: 'square', tone: 'held' },
  waiting: { shape: 'ring', tone: 'waiting' },
};

/** A line of the table: what one kind and channel of a day came to. `parts`: short messages that providers may charge. */
export interface Line {
  day: string;
  kind: Count['kind'];
  channel: string | null;
  of: Record<Standing, number>;
  parts: number;
}

const NONE: Record<Standing, number> = { sent: 0, unsure: 0, dead: 0, dropped: 0, waiting: 0 };

/** Messages that are being sent wait too: their end is not known yet. */
export function standingOf(state: Count['state']): Standing {
  return state === 'pending' || state === 'sending' ? 'waiting' : state;
}

/** What became of a paper's news: without a message it waits for its visit, or never became one. */
export function standingOfTold(told: Told): Standing {
  if (told.message) return standingOf(told.message.state);
  return told.dropped ? 'dropped' : 'waiting';
}

/** Counts as lines, in the order they came: the newest day first. */
export function linesOf(counts: readonly Count[]): Line[] {
  const lines = new Map<string, Line>();
  for (const one of counts) {
    const key = [one.day, one.kind, one.channel ?? ''].join(' ');
    const line = lines.get(key) ?? { day: one.day, kind: one.kind, channel: one.channel, of: { ...NONE }, parts: 0 };
    line.of[standingOf(one.state)] += one.messages;
    if (one.state === 'sent' || one.state === 'unsure') line.parts += one.parts;
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** All lines together. */
export function totalOf(lines: readonly Line[]): Pick<Line, 'of' | 'parts'> {
  const of = { ...NONE };
  for (const line of lines) for (const name of STANDINGS) of[name] += line.of[name];
  return { of, parts: lines.reduce((sum, line) => sum + line.parts, 0) };
}

/** Why messages were dropped, the most frequent reason first. */
export function reasonsOf(counts: readonly Count[]): [reason: string, messages: number][] {
  const reasons = new Map<string, number>();
  for (const one of counts) {
    if (one.state === 'dropped' && one.reason) reasons.set(one.reason, (reasons.get(one.reason) ?? 0) + one.messages);
  }
  return [...reasons].sort((a, b) => b[1] - a[1]);
}

/** `7:5` as `07:05`, or `null` when it is no time of a day. */
export function clockOf(text: string): string | null {
  const found = /^([01]?\d|2[0-3])[:hg. ]([0-5]?\d)$/.exec(text.trim());
  return found ? `${found[1]?.padStart(2, '0')}:${found[2]?.padStart(2, '0')}` : null;
}
