import { computed, signal } from '@angular/core';

import { isRefusal } from './api-problem';
import { CALM_MS, Coalesced } from './coalesced';

export type LoadState = 'loading' | 'ready' | 'failed';

/** Pause before a request because of an event, in milliseconds: several events come shortly after each other. */
const FIRST_MS = 60;

interface Options<T> {
  /** Interval of the requests while a page watches, in milliseconds. */
  readonly everyMs?: number;
  /** Called with each reply that is shown. */
  readonly seen?: (value: T) => void;
  /** A reply that equals the shown value does not replace it. */
  readonly equal?: (one: T, other: T) => boolean;
  /** Pauses before the first and before further requests because of events, in milliseconds. */
  readonly firstMs?: number;
  readonly calmMs?: number;
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
  /** Ends with the newest request. */
  private newest = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly value = this._value.asReadonly();
  /** The error of the last request, or null; with an error the shown value is old. */
  readonly error = this._error.asReadonly();
  /** `failed` only before the first reply, because later the old value stays. */
  readonly state = computed((): LoadState => {
    if (this._value() !== null) return 'ready';
    return this._error() === null ? 'loading' : 'failed';
  });

  /**
   * What an event asks for, however many there are: a request that begins after the event, one at a time. Without an
   * answer it is repeated.
   */
  readonly again: Coalesced;

  /** `ask` returns null while there is nothing to ask for. */
  constructor(
    private readonly ask: () => Promise<T> | null,
    private readonly options: Options<T> = {},
  ) {
    const { firstMs = FIRST_MS, calmMs = CALM_MS } = options;
    this.again = new Coalesced(() => this.loadAgain(), calmMs, firstMs);
  }

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
      this.again.drop();
      this.discardPending();
    };
  };

  readonly load = (): Promise<void> => (this.newest = this.request());

  private async request(): Promise<void> {
    const question = (this.asked += 1);
    this.underWay += 1;
    try {
      const answer: T | null = await this.ask();
      if (answer === null) return;
      if (question < this.answered) return;
      const later = this.changes.filter(({ after }) => after >= question);
      this.answered = question;
      this.show(later.reduce<T>((value, { apply }) => apply(value), answer));
    } catch (error) {
      if (question < Math.max(this.answered, this.failed)) return;
      this.failed = question;
      this._error.set(error);
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.changes = [];
    }
  }

  /** A refusal is an answer. */
  private async loadAgain(): Promise<boolean> {
    // What is under way may lack what the event told of.
    await this.newest;
    await this.load();
    const error = this._error();
    return error === null || isRefusal(error);
  }

  /** Applies a whole value from the stream; it is newer than the reply to any pending request. */
  take(value: T): void {
    this.discardPending();
    this.show(value);
  }

  /** Applies a change from the stream. If the value is not known yet, it is requested. */
  change(apply: (value: T) => T): void {
    if (this._value() === null && this.underWay === 0) this.again.ask();
    if (this.underWay > 0) this.changes.push({ after: this.asked, apply });
    this._value.update((value) => value && apply(value));
  }

  /** Follows something else from now on; `known` is an older value of it, if there is one. */
  restart(known: T | null = null): void {
    this.again.drop();
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
