import { signal } from '@angular/core';

/** Pause between requests because of events, in milliseconds: they may come faster than a person reads. */
export const CALM_MS = 1_000;

/**
 * Runs work that is requested more often than necessary, such as a request to the server because of events: one run at
 * a time, so that no older result follows a newer one, and one more run after a pause if it was requested meanwhile.
 * The pause before a run doubles from `firstMs` to `pauseMs` while requests go on, and begins anew after as long a
 * silence: what comes alone is known soon, and what goes on is asked for once in `pauseMs`.
 */
export class Coalesced {
  private readonly _wanted = signal(false);
  private running = false;
  /** Whether a run has to begin, perhaps after the one under way. */
  private requested = false;
  private pause: number;
  /** When the last run ended, by `performance.now()`. */
  private endedAt = -Infinity;
  /** Changes with `drop`, so that a run from before it is recognised when it ends. */
  private epoch = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether a run was requested which has not succeeded yet. */
  readonly wanted = this._wanted.asReadonly();

  /** `work` resolves to false if it has to be done again. */
  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly pauseMs = CALM_MS,
    private readonly firstMs = 0,
  ) {
    this.pause = firstMs;
  }

  /** Requests a run. */
  ask(): void {
    this.requested = true;
    this._wanted.set(true);
    this.plan();
  }

  /** Forgets what was requested; the end of a run under way means nothing any more. */
  drop(): void {
    this.epoch += 1;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = this.requested = false;
    this.endedAt = -Infinity;
    this._wanted.set(false);
  }

  private plan(): void {
    if (this.running || this.timer !== undefined) return;
    const silence = performance.now() - this.endedAt;
    if (silence >= this.pauseMs) this.pause = this.firstMs;
    const rest = Math.max(this.pause - silence, this.firstMs);
    if (rest <= 0) void this.run();
    else this.timer = setTimeout(() => void this.run(), rest);
  }

  private async run(): Promise<void> {
    const { epoch } = this;
    this.timer = undefined;
    this.running = true;
    this.requested = false;
    let done: unknown;
    try {
      done = await this.work();
    } finally {
      if (epoch === this.epoch) this.end(done === false);
    }
  }

  private end(again: boolean): void {
    this.running = false;
    this.endedAt = performance.now();
    this.pause = Math.min(this.pause === 0 ? this.pauseMs : 2 * this.pause, this.pauseMs);
    this.requested ||= again;
    if (this.requested) this.plan();
    else this._wanted.set(false);
  }
}
