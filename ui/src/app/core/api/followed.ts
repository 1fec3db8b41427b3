import { computed, signal } from '@angular/core';

export type LoadState = 'loading' | 'ready' | 'failed';

interface Options<T> {
  /** Asks again after this long while anybody watches. */
  readonly everyMs?: number;
  /** Is told each answer that counts. */
  readonly seen?: (value: T) => void;
  /** An answer that is the same as what is shown changes nothing. */
  readonly equal?: (one: T, other: T) => boolean;
}

/**
 * What the gateway answers, as new as it is known. Of several questions under way the newest answer counts. One that is not
 * answered leaves what is shown, and `error` says that this is old.
 */
export class Followed<T> {
  private readonly _value = signal<T | null>(null);
  private readonly _error = signal<unknown>(null);
  /** Questions are numbered: an answer that was overtaken by that to a later one is old. */
  private asked = 0;
  private answered = 0;
  /** The newest question that was not answered. */
  private failed = 0;
  private underWay = 0;
  /** What was told while questions were under way: their answers may lack it. */
  private changes: { readonly after: number; readonly apply: (value: T) => T }[] = [];
  private watchers = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly value = this._value.asReadonly();
  /** Why the last question was not answered, null where it was; what is shown is older then. */
  readonly error = this._error.asReadonly();
  /** `failed` only before the first answer: what is shown stays. */
  readonly state = computed((): LoadState => {
    if (this._value() !== null) return 'ready';
    return this._error() === null ? 'loading' : 'failed';
  });

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly options: Options<T> = {},
  ) {}

  /** Looks from now on; the answer ends it. Nobody waits for what is under way then. */
  watch(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) void this.look();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.watchers -= 1;
      if (this.watchers > 0) return;
      clearTimeout(this.timer);
      this.overtake();
    };
  }

  async load(): Promise<void> {
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
  }

  /** The whole as it was told: newer than all that was asked for before. */
  take(value: T): void {
    this.overtake();
    this.show(value);
  }

  /** A part of it as it was told. Where the whole is not known, it is asked for: there is something to show. */
  change(apply: (value: T) => T): void {
    if (this._value() === null && this.underWay === 0) void this.load();
    if (this.underWay > 0) this.changes.push({ after: this.asked, apply });
    this._value.update((value) => value && apply(value));
  }

  /** Another thing is followed from now on, of which nothing or only something older is known. */
  restart(known: T | null = null): void {
    this.overtake();
    this.changes = [];
    this._value.set(known);
    this._error.set(null);
  }

  private overtake(): void {
    this.answered = this.asked += 1;
  }

  private show(value: T): void {
    const shown = this._value();
    if (shown === null || !this.options.equal?.(shown, value)) this._value.set(value);
    // An answer to an older question does not make good that a newer one has none.
    if (this.answered > this.failed) this._error.set(null);
    this.options.seen?.(value);
  }

  private async look(): Promise<void> {
    // What is shown in a hidden window may be old, but there has to be something.
    if (!document.hidden || this._value() === null) await this.load();
    clearTimeout(this.timer);
    if (this.watchers > 0 && this.options.everyMs)
      this.timer = setTimeout(() => void this.look(), this.options.everyMs);
  }
}
