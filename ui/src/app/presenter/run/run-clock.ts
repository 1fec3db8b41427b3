/** The run has ended while something waited. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded';
}

/** The time of a run. It stands still while the run is held, and whoever waits learns that the run has ended. */
export class RunClock {
  private held = false;
  private ended = false;
  private readonly waiting = new Set<() => void>();

  hold(): void {
    this.held = true;
    this.wake();
  }

  goOn(): void {
    this.held = false;
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  /** Lets everybody who waits for a cause look for it again. */
  wake(): void {
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  /**
   * Resolves after so many milliseconds of the run, or as soon as `cause` is there, but never while the run is held.
   * Returns whether the cause is there. Rejects with `RunEnded`.
   */
  async pass(milliseconds: number, cause: () => boolean = () => false): Promise<boolean> {
    let left = milliseconds;
    for (;;) {
      if (this.ended) throw new RunEnded();
      if (!this.held && cause()) return true;
      if (!this.held && left <= 0) return false;
      const [since, counts] = [performance.now(), !this.held];
      await this.woken(counts ? left : null);
      if (counts) left -= performance.now() - since;
    }
  }

  /** Resolves when something has changed, or after so many milliseconds. */
  private woken(milliseconds: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === null ? undefined : setTimeout(() => wake(), milliseconds);
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      this.waiting.add(wake);
    });
  }
}
