import type { Route } from './types';

/** Seconds from the local midnight that begins `day` (UTC+7, no summer time) to an instant. */
export function secondsOfDay(instant: string, day: string): number {
  return (Date.parse(instant) - Date.parse(`${day}T00:00:00+07:00`)) / 1000;
}

export interface Span {
  from: number;
  to: number;
}

export interface StopMark extends Span {
  visitId: string;
  /** The promised window, when there is one. */
  window: Span | null;
  /** Waiting before the window opens. */
  wait: Span | null;
}

export interface Lane {
  courierId: string;
  /** Away from the office, one span per round; what lies between two is the midday return. */
  rounds: Span[];
  /** At the office between two rounds. */
  breaks: Span[];
  stops: StopMark[];
}

/** One lane of the timeline: everything in seconds since local midnight. */
export function laneOf(route: Route, day: string): Lane {
  const at = (instant: string): number => secondsOfDay(instant, day);
  const rounds = route.rounds.map((round) => ({ from: at(round.departure_at), to: at(round.return_at) }));
  const stops = route.stops.map((stop) => ({
    visitId: stop.visit_id,
    from: at(stop.start_at),
    to: at(stop.departure_at),
    wait: stop.wait_s > 0 ? { from: at(stop.arrival_at), to: at(stop.start_at) } : null,
    window: stop.window ? { from: at(stop.window.start_at), to: at(stop.window.end_at) } : null,
  }));
  const breaks = rounds.slice(1).map((round, index) => ({ from: rounds[index]?.to ?? round.from, to: round.from }));
  return { courierId: route.courier_id, rounds, breaks, stops };
}

/** The hours to draw: whole hours around everything, never less than 7:00 to 17:00. */
export function rangeOf(lanes: readonly Lane[]): Span {
  let [from, to] = [7 * 3600, 17 * 3600];
  for (const span of lanes.flatMap((lane) => lane.rounds)) {
    from = Math.min(from, span.from);
    to = Math.max(to, span.to);
  }
  return { from: Math.floor(from / 3600) * 3600, to: Math.ceil(to / 3600) * 3600 };
}

/** Seconds to pixels on a scale of `width` px. */
export function scale(range: Span, width: number): (seconds: number) => number {
  const factor = width / Math.max(1, range.to - range.from);
  return (seconds) => (Math.min(range.to, Math.max(range.from, seconds)) - range.from) * factor;
}

/** Where hour lines stand, in seconds; every second hour when there is less than 44 px for one. */
export function hours(range: Span, width: number): number[] {
  const pxPerHour = (width * 3600) / Math.max(1, range.to - range.from);
  const every = pxPerHour < 44 ? 7200 : 3600;
  const out: number[] = [];
  for (let at = range.from; at <= range.to; at += every) out.push(at);
  return out;
}

/** The stop at a place of the lane, with a reach of `slack` seconds to both sides; `null` where there is none. */
export function stopAt(lane: Lane, seconds: number, slack: number): StopMark | null {
  let best: StopMark | null = null;
  let near = slack;
  for (const stop of lane.stops) {
    const away = Math.max(stop.from - seconds, seconds - stop.to, 0);
    if (away <= near) [best, near] = [stop, away];
  }
  return best;
}
