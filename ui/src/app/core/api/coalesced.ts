/**
 * Runs work that is requested more often than necessary: one run at a time, so that no older result
 * follows a newer one, and one more run after a pause if it was requested meanwhile.
 */
export class Coalesced {
  private running = false;
  private again = false;
  private ended = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly pauseMs: number,
  ) {}

  /** Requests a run. */
  ask(): void {
    if (this.ended) return;
    if (this.running) this.again = true;
    else void this.run();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.running = true;
    this.again = false;
    try {
      await this.work();
    } finally {
      if (!this.ended) this.timer = setTimeout(() => this.rested(), this.pauseMs);
    }
  }

  private rested(): void {
    this.running = false;
    if (this.again) void this.run();
  }
}
