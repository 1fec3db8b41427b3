import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { refusalWords } from '../core/i18n/error-words';
import { Language, Message } from '../core/i18n/language';
import { DeliveryStore } from './delivery-store';

/** Envelopes for another DSN: a person decides whether the present DSN may get them. */
@Component({
  selector: 'rs-held-choice',
  template: `
    @if (store.otherDestination(); as count) {
      <section class="card ask" role="group" data-test="held-choice">
        <p>{{ question(count) }}</p>
        <p class="hint">{{ say('delivery.otherHint') }}</p>
        <div class="row">
          <button
            type="button"
            class="main"
            data-test="held-send"
            [disabled]="busy()"
            (click)="decide('send')"
          >
            {{ say('delivery.otherSend') }}
          </button>
          <button
            type="button"
            class="quiet"
            data-test="held-discard"
            [disabled]="busy()"
            (click)="decide('discard')"
          >
            {{ say('delivery.otherDiscard') }}
          </button>
        </div>
        @if (trouble(); as trouble) {
          <p class="error" role="alert">{{ text(trouble) }}</p>
        }
      </section>
    }
  `,
  // An empty question takes no place.
  styles: `
    :host(:empty) {
      display: none;
    }
    :host .ask {
      border-color: var(--gold);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class HeldChoice {
  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  protected readonly store = inject(DeliveryStore);
  protected readonly say = this.language.say;
  protected readonly text = this.language.text;
  protected readonly busy = signal(false);
  protected readonly trouble = signal<Message | null>(null);

  protected question(count: number): string {
    return this.language.count('delivery.other', count);
  }

  protected async decide(action: 'send' | 'discard'): Promise<void> {
    this.busy.set(true);
    try {
      await this.gateway.decideHeld(action);
      await this.store.refresh();
      this.trouble.set(null);
    } catch (error) {
      this.trouble.set(refusalWords(error));
    } finally {
      this.busy.set(false);
    }
  }
}
