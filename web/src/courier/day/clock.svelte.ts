import { keep, recall } from '../store/kept';

/** How far this phone's clock is ahead of the server's, in ms, known to ± `errorMs`; measured at device time `at`. */
export interface Measure {
  offsetMs: number;
  errorMs: number;
  at: number;
}

const OLD_MS = 15 * 60_000;

/**
 * Offset from one question and answer: the server's instant lies in the middle of the way (Cristian 1989).
 * `resolutionMs` is how coarse the server's instant is cut off: 1000 for a `Date` header.
 */
export function measure(sentAt: number, receivedAt: number, serverMs: number, resolutionMs: number): Measure {
  const offsetMs = (sentAt + receivedAt) / 2 - (serverMs + resolutionMs / 2);
  return { offsetMs, errorMs: (receivedAt - sentAt) / 2 + resolutionMs / 2, at: receivedAt };
}

/** The measure to go on with: the sharper one, unless the old one has aged or somebody has moved the clock since. */
export function better(old: Measure | null, fresh: Measure): Measure {
  if (!old || fresh.errorMs <= old.errorMs || Math.abs(fresh.at - old.at) > OLD_MS) return fresh;
  return Math.abs(fresh.offsetMs - old.offsetMs) > fresh.errorMs + old.errorMs ? fresh : old;
}

/** The server's clock as this phone knows it. Times of proofs stay the device's own and carry the offset. */
class Clock {
  measure = $state.raw<Measure | null>(null);

  async restore(): Promise<void> {
    this.measure ??= await recall<Measure>('clock');
  }

  /** Asks the server; without an answer the old measure stays. */
  async ask(): Promise<void> {
    const sentAt = Date.now();
    const response = await fetch('/v1/clock', { cache: 'no-store', signal: AbortSignal.timeout(10_000) }).catch(() => null);
    if (!response) return;
    const receivedAt = Date.now();
    const body = response.ok ? ((await response.json().catch(() => null)) as { now?: string } | null) : null;
    const told = Date.parse(body?.now ?? response.headers.get('Date') ?? '');
    if (Number.isNaN(told)) return;
    this.measure = better(this.measure, measure(sentAt, receivedAt, told, body?.now ? 1 : 1000));
    await keep('clock', this.measure);
  }

  /** Seconds this phone is ahead, to a tenth; `null` while it was never measured. */
  get offsetS(): number | null {
    return this.measure ? Math.round(this.measure.offsetMs / 100) / 10 : null;
  }

  /** The present by the server's clock, in ms. */
  now(): number {
    return this.corrected(Date.now());
  }

  /** A device time in ms by the server's clock. */
  corrected(deviceMs: number): number {
    return deviceMs - (this.measure?.offsetMs ?? 0);
  }
}

export const clock = new Clock();
