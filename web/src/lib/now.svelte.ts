/** Milliseconds at which a UUIDv7 was made (RFC 9562, section 5.7: its first 48 bits). */
export function madeAt(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

/**
 * The server's wall clock, for ages and the now-line; ticks every ten seconds.
 *
 * Until the server has been heard it is this computer's clock. Then the instants that the server stamps tell how far
 * the two are apart, and a stamp that is older than the estimate (an event sent again after a break) never turns it back.
 */
export class ServerClock {
  private tick = $state(0);
  private ahead = $state(0);
  private heard = false;

  constructor(private readonly own: () => number = Date.now) {
    this.tick = own();
  }

  get current(): number {
    return this.tick + this.ahead;
  }

  /** An instant (Unix milliseconds) that the server has stamped just now, or earlier. */
  hear(instant: number): void {
    const difference = instant - this.own();
    if (!Number.isFinite(instant) || (this.heard && difference <= this.ahead)) return;
    this.ahead = difference;
    this.heard = true;
  }

  beat(): void {
    this.tick = this.own();
  }

  /** Seconds since an instant, never below zero. */
  since(instant: string): number {
    return Math.max(0, (this.current - Date.parse(instant)) / 1000);
  }
}

export const now = new ServerClock();
setInterval(() => now.beat(), 10_000);
