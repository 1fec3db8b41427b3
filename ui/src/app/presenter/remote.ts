import { DestroyRef, Injectable, inject, signal } from '@angular/core';

import { Language } from '../core/i18n/language';
import { LANGUAGES } from '../core/i18n/languages';
import { Channel, ChannelMessage, Order, ProjectorState, VIEW_LOCK } from './presentation/channel';

/** Limit of waiting for the window of the machine, in milliseconds. */
const PATIENCE_MS = 1_000;

interface Sent {
  taken: boolean;
  readonly done: (refusal: string) => void;
}

/** The presenter's view: it lets the window of the machine perform what is pressed here. */
@Injectable({ providedIn: 'root' })
export class Remote {
  private readonly language = inject(Language);
  private readonly channel = new Channel((message) => this.hear(message));
  private readonly sent = new Map<string, Sent>();
  private readonly _reached = signal(true);
  private readonly _projector = signal<ProjectorState>({
    black: false,
    pressed: [],
    language: '',
  });
  private readonly _busy = signal(false);
  private readonly _refusal = signal('');
  private close: () => void = () => undefined;

  /** Whether the window of the machine has answered. */
  readonly reached = this._reached.asReadonly();
  readonly projector = this._projector.asReadonly();
  /** Whether an order is being performed. */
  readonly busy = this._busy.asReadonly();
  /** Why the last order could not be performed. */
  readonly refusal = this._refusal.asReadonly();

  constructor() {
    const open = new Promise<void>((resolve) => (this.close = resolve));
    void navigator.locks.request(VIEW_LOCK, () => {
      this.channel.tell({ kind: 'view' });
      return open;
    });
    this.look();
    inject(DestroyRef).onDestroy(() => {
      this.close();
      this.channel.close();
    });
  }

  /** Asks whether there is a window of the machine. */
  look(): void {
    void this.order('who');
  }

  /** Resolves when the order is performed, or when nobody takes it. */
  order(order: Order): Promise<void> {
    const id = crypto.randomUUID();
    const acts = typeof order === 'object';
    if (acts) this._busy.set(true);
    return new Promise((resolve) => {
      const done = (refusal: string): void => {
        this.sent.delete(id);
        if (acts) {
          this._busy.set(false);
          this._refusal.set(refusal);
        }
        resolve();
      };
      this.sent.set(id, { taken: false, done });
      setTimeout(() => {
        if (this.sent.get(id)?.taken !== false) return;
        this._reached.set(false);
        done('');
      }, PATIENCE_MS);
      this.channel.tell({ kind: 'order', id, order });
    });
  }

  private speak(code: string): void {
    const entry = LANGUAGES.find((each) => each.code === code);
    if (entry && code !== this.language.active()) void this.language.choose(entry);
  }

  private hear(message: ChannelMessage): void {
    if (message.kind === 'projector') {
      this._reached.set(true);
      // Until a person chooses another one here, the language is that of the machine.
      if (message.state.language !== this.projector().language) this.speak(message.state.language);
      this._projector.set(message.state);
    }
    if (message.kind === 'here') this.channel.tell({ kind: 'view' });
    if (message.kind !== 'taken' && message.kind !== 'done') return;
    const sent = this.sent.get(message.id);
    if (!sent) return;
    this._reached.set(true);
    if (message.kind === 'taken') sent.taken = true;
    else sent.done(message.refusal);
  }
}
