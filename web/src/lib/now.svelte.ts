/** The server's wall clock, for ages, the day and the now-line; until the server was asked it is this computer's own. Ticks every ten seconds. */
export class ServerClock {
  private tick = $state(0);
  private ahead = $state(0);

  constructor(private readonly own: () => number = Date.now) {
    this.tick = own();
  }

  /** Unix milliseconds. */
  get current(): number {
    return this.tick + this.ahead;
  }

  /** What the server says it is now, in Unix milliseconds. */
  set(instant: number): void {
    this.tick = this.own();
    this.ahead = instant - this.tick;
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
