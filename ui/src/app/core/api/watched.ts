import { signal } from '@angular/core';

export type LoadState = 'loading' | 'ready' | 'failed';

/** An answer of the gateway, looked at again for as long as somebody sees it. */
export class Watched<T> {
  private readonly _value = signal<T | null>(null);
  private readonly _state = signal<LoadState>('loading');
  private readonly _unanswered = signal(false);
  private watchers = 0;
  /** Answers that were taken from elsewhere: a look that was asked for before one of them is older than it. */
  private taken = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly value = this._value.asReadonly();
  /** `failed` only before the first answer: what is shown stays. */
  readonly state = this._state.asReadonly();
  /** The last look was not answered; what is shown is older. */
  readonly unanswered = this._unanswered.asReadonly();

  /** `seen` is told each answer that is shown. */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly everyMs: number,
    private readonly seen: (value: T) => void = () => undefined,
  ) {}

  /** Looks from now on; the answer ends it. */
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

  /** What a request that changes it was answered with. */
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
