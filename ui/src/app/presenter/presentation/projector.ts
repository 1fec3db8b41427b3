import { DestroyRef, Injectable, computed, effect, inject, signal, untracked } from '@angular/core';

import { Language } from '../../core/i18n/language';
import { Action } from '../../core/api/schema';
import {
  Channel,
  ChannelMessage,
  Order,
  PROJECTOR_LOCK,
  ProjectorState,
  VIEW_LOCK,
} from './channel';
import { Performer } from './performer';
import { PresentationStore } from './presentation-store';
import { refusalOf } from './presenter-words';
import { SeenReporter } from './seen-reporter';

/**
 * The window of the machine while it is presented: it performs actions, of its own bar and of a presenter's view, and
 * opens the page of each step. If several windows show the machine, only one of them does so.
 */
@Injectable({ providedIn: 'root' })
export class Projector {
  private readonly store = inject(PresentationStore);
  private readonly performer = inject(Performer);
  private readonly language = inject(Language);
  private readonly channel = new Channel((message) => this.hear(message));
  private readonly leads = signal(false);
  private readonly _black = signal(false);
  private readonly _pressed = signal<ReadonlySet<string>>(new Set());
  private readonly _busy = signal(false);
  private readonly _refusal = signal('');
  private readonly _watched = signal(false);
  private readonly _resting = signal(false);
  /** Whether the script plays itself, and opens the pages of its steps. */
  readonly playsItself = signal(false);
  /** Ends when this window stops leading. */
  private letGo: () => void = () => undefined;

  readonly black = computed(() => this._black() && this.store.underWay());
  private readonly state = computed((): ProjectorState => ({
    black: this.black(),
    pressed: [...this._pressed()],
    language: this.language.active(),
  }));
  readonly pressed = this._pressed.asReadonly();
  /** Whether an action is being performed. */
  readonly busy = this._busy.asReadonly();
  /** Why the last action could not be performed. */
  readonly refusal = this._refusal.asReadonly();
  /** Whether a presenter's view is open, so that this window needs no bar. */
  readonly watched = this._watched.asReadonly();
  /** Whether somebody works on the page, so that nothing of it is dimmed until the next line. */
  readonly resting = this._resting.asReadonly();

  constructor() {
    // It follows what is seen as long as it exists.
    inject(SeenReporter);
    this.lead();
    this.channel.tell({ kind: 'here' });
    effect(() => {
      const state = this.state();
      if (this.leads()) this.channel.tell({ kind: 'projector', state });
    });
    let shown = '';
    effect(() => {
      const standing = this.store.standing();
      const step = this.store.underWay() ? (standing?.step ?? null) : null;
      const line = step ? `${step.id} ${standing?.lineAt ?? 0}` : '';
      untracked(() => {
        if (line !== shown) this._resting.set(false);
        const before = shown.split(' ')[0] ?? '';
        shown = line;
        if (!step) return this.forget();
        // The page that a reload finds stays.
        const opens = this.leads() && !this.playsItself();
        if (before !== '' && before !== step.id && step.page && opens) {
          this._refusal.set('');
          void this.performer.open(step.page).catch(() => undefined);
        }
      });
    });
    inject(DestroyRef).onDestroy(() => {
      this.letGo();
      this.channel.close();
    });
  }

  toggleBlack(): void {
    this._black.update((black) => !black);
  }

  /** Somebody works on the page. */
  rest(): void {
    this._resting.set(true);
  }

  /** Lights what the line is about again. */
  light(): void {
    this._resting.set(false);
  }

  /** Performs an action, after the one that is being performed. `button` is the id of the button that it belongs to. */
  async perform(action: Action, button?: string): Promise<string> {
    if (this._busy()) return this.language.say('presenter.busy');
    this._busy.set(true);
    this._resting.set(true);
    this._refusal.set('');
    try {
      await this.performer.perform(action);
      if (button !== undefined) this._pressed.update((all) => new Set([...all, button]));
    } catch (error) {
      this._refusal.set(refusalOf(this.language, error));
    } finally {
      this._busy.set(false);
    }
    return this._refusal();
  }

  private forget(): void {
    this._black.set(false);
    this._pressed.set(new Set());
    this._refusal.set('');
  }

  private lead(): void {
    const held = new Promise<void>((resolve) => (this.letGo = resolve));
    void navigator.locks.request(PROJECTOR_LOCK, () => {
      this.leads.set(true);
      return held;
    });
  }

  private hear(message: ChannelMessage): void {
    if (message.kind === 'view') this.watch();
    if (message.kind === 'order' && this.leads()) void this.take(message.id, message.order);
  }

  private async take(id: string, order: Order): Promise<void> {
    this.channel.tell({ kind: 'taken', id });
    let refusal = '';
    if (order === 'black') this.toggleBlack();
    else if (order !== 'who') refusal = await this.perform(order.perform, order.button);
    this.channel.tell({ kind: 'projector', state: this.state() });
    this.channel.tell({ kind: 'done', id, refusal });
  }

  /** The lock is free again once no view holds it, however the last one was closed. */
  private watch(): void {
    if (this._watched()) return;
    this._watched.set(true);
    void navigator.locks.request(VIEW_LOCK, () => {
      this._watched.set(false);
      return Promise.resolve();
    });
  }
}
