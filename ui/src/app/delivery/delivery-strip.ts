import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Pages } from '../core/ui/pages';
import { DeliveryStore } from './delivery-store';
import { outcomeWords } from './delivery-words';
import { isTroubled } from './is-troubled';

/** The state of this window's telemetry in one line below everything else. */
@Component({
  selector: 'rs-delivery-strip',
  template: `
    <a
      href="/delivery"
      data-test="delivery-strip"
      [title]="say('delivery.open')"
      (click)="pages.follow($event, 'delivery')"
    >
      @if (store.state(); as state) {
        @for (name of names; track name) {
          <span [class.bad]="name === 'dead' && state.dead > 0">
            {{ label(name) }}
            <b [attr.data-test]="'strip-' + name">{{ number(state[name]) }}</b>
          </span>
        }
        <span class="words" data-test="strip-words" [title]="words()">{{ words() }}</span>
      }
    </a>
  `,
  styles: `
    a {
      display: flex;
      align-items: center;
      gap: var(--space-12);
      height: 1.9rem;
      padding: 0 var(--space-13);
      border-top: 1px solid var(--line);
      background: var(--list-bar);
      color: var(--dim);
      font-size: 0.75rem;
      white-space: nowrap;
    }
    a:hover {
      color: var(--text);
    }
    a:focus-visible {
      outline-offset: -0.15rem;
    }
    b {
      color: var(--text);
      font-weight: 550;
    }
    .bad,
    .bad b {
      color: var(--bad);
    }
    .words {
      flex: 1;
      min-width: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      text-align: right;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeliveryStrip {
  private readonly language = inject(Language);
  protected readonly pages = inject(Pages);
  protected readonly store = inject(DeliveryStore);
  protected readonly say = this.language.say;
  protected readonly names = ['captured', 'delivered', 'held', 'dead'] as const;

  protected readonly words = computed(() => {
    const state = this.store.state();
    if (!state) return '';
    if (!this.store.live()) return this.say('delivery.reconnectingShort');
    if (state.destinations.length === 0) return this.say('delivery.kept');
    if (!state.sending) return this.say('delivery.paused');
    if (this.store.otherDestination() > 0) return this.say('delivery.decide');
    if (!state.last_error || !isTroubled(state)) {
      if (state.dead > 0) return this.say('delivery.someDead');
      return this.say(state.held > 0 ? 'delivery.underWay' : 'delivery.well');
    }
    const { code, detail } = state.last_error;
    return `${this.say('delivery.lastError')} ${this.language.text(outcomeWords(code, detail))}`;
  });

  constructor() {
    this.store.follow();
  }

  protected label(name: (typeof this.names)[number]): string {
    return this.say(`delivery.${name}`);
  }

  protected number(value: number): string {
    return this.language.formats().number(value);
  }
}
