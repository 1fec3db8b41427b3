/**
 * Work that is asked for more often than it has to be done: one at a time, so that no older answer comes after a newer one,
 * once more when it was asked for meanwhile, and then not before a pause.
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

  /** Does it, soon. */
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
