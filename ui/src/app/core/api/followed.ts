import { computed, signal } from '@angular/core';

export type LoadState = 'loading' | 'ready' | 'failed';

interface Options<T> {
  /** Interval of the requests while a page watches, in milliseconds. */
  readonly everyMs?: number;
  /** Called with each reply that is shown. */
  readonly seen?: (value: T) => void;
  /** A reply that equals the shown value does not replace it. */
  readonly equal?: (one: T, other: T) => boolean;
}

/**
 * A value that the gateway returns, kept up to date. If several requests are pending, the reply to the newest one
 * counts. A failed request leaves the shown value, and `error` says that it is old. `watch` and `load` are functions of
 * their own, so that stores can offer them without wrappers.
 */
export class Followed<T> {
  private readonly _value = signal<T | null>(null);
  private readonly _error = signal<unknown>(null);
  /**
   * Requests are numbered in the order in which they are sent, so that a late reply to an older one can be recognised.
   */
  private asked = 0;
  private answered = 0;
  /** The number of the newest failed request. */
  private failed = 0;
  private underWay = 0;
  /** Changes from the stream while requests are pending, whose replies may lack them. */
  private changes: { readonly after: number; readonly apply: (value: T) => T }[] = [];
  private watchers = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly value = this._value.asReadonly();
  /** The error of the last request, or null; with an error the shown value is old. */
  readonly error = this._error.asReadonly();
  /** `failed` only before the first reply, because later the old value stays. */
  readonly state = computed((): LoadState => {
    if (this._value() !== null) return 'ready';
    return this._error() === null ? 'loading' : 'failed';
  });

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly options: Options<T> = {},
  ) {}

  /** Starts watching; the returned function ends it and discards pending requests. */
  readonly watch = (): (() => void) => {
    this.watchers += 1;
    if (this.watchers === 1) void this.look();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.watchers -= 1;
      if (this.watchers > 0) return;
      clearTimeout(this.timer);
      this.discardPending();
    };
  };

  readonly load = async (): Promise<void> => {
    const question = (this.asked += 1);
    this.underWay += 1;
    try {
      const answer: T = await this.ask();
      if (question < this.answered) return;
      const later = this.changes.filter(({ after }) => after >= question);
      this.answered = question;
      this.show(later.reduce((value, { apply }) => apply(value), answer));
    } catch (error) {
      if (question < Math.max(this.answered, this.failed)) return;
      this.failed = question;
      this._error.set(error);
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.changes = [];
    }
  };

  /** Applies a whole value from the stream; it is newer than the reply to any pending request. */
  take(value: T): void {
    this.discardPending();
    this.show(value);
  }

  /** Applies a change from the stream. If the value is not known yet, it is requested. */
  change(apply: (value: T) => T): void {
    if (this._value() === null && this.underWay === 0) void this.load();
    if (this.underWay > 0) this.changes.push({ after: this.asked, apply });
    this._value.update((value) => value && apply(value));
  }

  /** Follows something else from now on; `known` is an older value of it, if there is one. */
  restart(known: T | null = null): void {
    this.discardPending();
    this.changes = [];
    this._value.set(known);
    this._error.set(null);
  }

  private discardPending(): void {
    this.answered = this.asked += 1;
  }

  private show(value: T): void {
    const shown = this._value();
    if (shown === null || !this.options.equal?.(shown, value)) this._value.set(value);
    // A reply to an older request does not clear the error of a newer one.
    if (this.answered > this.failed) this._error.set(null);
    this.options.seen?.(value);
  }

  private async look(): Promise<void> {
    // A hidden window may show an old value, but it requests a first one.
    if (!document.hidden || this._value() === null) await this.load();
    clearTimeout(this.timer);
    if (this.watchers > 0 && this.options.everyMs)
      this.timer = setTimeout(() => void this.look(), this.options.everyMs);
  }
}
