import { signal } from '@angular/core';

export type LoadState = 'loading' | 'ready' | 'failed';

/** A reply of the gateway that is polled while a page shows it. */
export class Watched<T> {
  private readonly _value = signal<T | null>(null);
  private readonly _state = signal<LoadState>('loading');
  private readonly _unanswered = signal(false);
  private watchers = 0;
  /** Number of values from other requests; a poll that began before one of them is older. */
  private taken = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly value = this._value.asReadonly();
  /** `failed` only before the first reply; later the last value stays. */
  readonly state = this._state.asReadonly();
  /** The last request had no reply, so the value is older. */
  readonly unanswered = this._unanswered.asReadonly();

  /** `seen` is called with each value that is shown. */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly everyMs: number,
    private readonly seen: (value: T) => void = () => undefined,
  ) {}

  /** Begins to poll; returns a function that ends it. */
  watch(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) void this.look();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.watchers -= 1;
      if (this.watchers === 0) clearTimeout(this.timer);
    };
  }

  async load(): Promise<void> {
    const taken = this.taken;
    try {
      const value = await this.ask();
      if (taken === this.taken) this.show(value);
      this._unanswered.set(false);
    } catch {
      this._unanswered.set(true);
      if (this._state() !== 'ready') this._state.set('failed');
    }
  }

  /** Sets the value to the reply of a request that changed it. */
  take(value: T): void {
    this.taken += 1;
    this.show(value);
  }

  private show(value: T): void {
    this._value.set(value);
    this._state.set('ready');
    this.seen(value);
  }

  private async look(): Promise<void> {
    if (!document.hidden) await this.load();
    clearTimeout(this.timer);
    if (this.watchers > 0) this.timer = setTimeout(() => void this.look(), this.everyMs);
  }
}
