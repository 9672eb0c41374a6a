const RETRY_MS = 30_000;

/** Runs one task at a time, again when asked meanwhile, and again after as many ms as the task itself says. */
export class Turns {
  private running = false;
  private asked = false;
  private timer = 0;

  constructor(private readonly task: () => Promise<number | null>) {}

  go(): void {
    this.asked = true;
    if (!this.running) void this.run();
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.asked = false;
  }

  private async run(): Promise<void> {
    this.running = true;
    let next: number | null = null;
    while (this.asked) {
      this.asked = false;
      window.clearTimeout(this.timer);
      next = await this.task().catch(() => RETRY_MS);
    }
    this.running = false;
    if (next !== null) this.timer = window.setTimeout(() => this.go(), next);
  }
}
