/** The wall clock for ages and the now-line; ticks every ten seconds. */
class Now {
  current = $state(Date.now());

  constructor() {
    setInterval(() => (this.current = Date.now()), 10_000);
  }

  /** Seconds since an instant, never below zero. */
  since(instant: string): number {
    return Math.max(0, (this.current - Date.parse(instant)) / 1000);
  }
}

export const now = new Now();
