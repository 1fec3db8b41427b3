import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Pages } from '../core/ui/pages';
import { DeliveryStore } from './delivery-store';
import { outcomeWords } from './delivery-words';
import { isTroubled } from './is-troubled';

/** The state of delivery in a few words; their page has the figures. */
@Component({
  selector: 'rs-delivery-strip',
  template: `
    <a
      href="/delivery"
      data-test="delivery-strip"
      [title]="hint()"
      (click)="pages.follow($event, 'delivery')"
    >
      @if (store.state()) {
        <i [class]="told().mood" aria-hidden="true"></i>
        <span data-test="strip-words" [class]="told().mood">{{ told().words }}</span>
      }
    </a>
  `,
  styles: `
    a {
      display: flex;
      align-items: center;
      gap: var(--space-4);
      height: 2rem;
      color: var(--dim);
      white-space: nowrap;
    }
    a:hover {
      color: var(--text);
    }
    a:focus-visible {
      outline-offset: -0.15rem;
    }
    i {
      width: 0.5rem;
      height: 0.5rem;
      border-radius: 50%;
      background: var(--mark);
    }
    i.well {
      background: var(--good);
    }
    i.trouble {
      background: var(--warn);
    }
    span.trouble {
      color: var(--warn);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeliveryStrip {
  private readonly language = inject(Language);
  protected readonly pages = inject(Pages);
  protected readonly store = inject(DeliveryStore);
  protected readonly say = this.language.say;

  protected readonly told = computed((): { mood: 'rest' | 'well' | 'trouble'; words: string } => {
    const state = this.store.state();
    if (!state) return { mood: 'rest', words: '' };
    if (!this.store.live())
      return { mood: 'trouble', words: this.say('delivery.reconnectingShort') };
    if (state.destinations.length === 0) return { mood: 'rest', words: this.say('delivery.here') };
    if (!state.sending) return { mood: 'rest', words: this.say('delivery.off') };
    if (this.store.otherDestination() > 0)
      return { mood: 'trouble', words: this.say('delivery.decideShort') };
    if (state.rate_limits.length > 0)
      return { mood: 'trouble', words: this.language.count('delivery.limited', state.held) };
    if (state.last_error && isTroubled(state))
      return { mood: 'trouble', words: this.language.count('delivery.silent', state.held) };
    if (state.dead > 0)
      return { mood: 'trouble', words: this.language.count('delivery.refused', state.dead) };
    return {
      mood: 'well',
      words: this.say(state.held > 0 ? 'delivery.underWay' : 'delivery.well'),
    };
  });
  /** The reason of a trouble, and what a click does. */
  protected readonly hint = computed(() => {
    const state = this.store.state();
    if (!state?.last_error || !isTroubled(state)) return this.say('delivery.open');
    const { code, detail } = state.last_error;
    return this.language.text(outcomeWords(code, detail));
  });

  constructor() {
    this.store.follow();
  }
}
