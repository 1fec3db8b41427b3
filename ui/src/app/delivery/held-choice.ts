import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';

import { Gateway } from '../core/gateway';
import { Language } from '../core/language';
import { DeliveryStore } from './delivery-store';

/** Envelopes that were meant for another DSN: only a person can say whether today's may have them. */
@Component({
  selector: 'rs-held-choice',
  template: `
    @if (store.otherDestination(); as count) {
      <section class="card ask" role="group" data-test="held-choice">
        <p>{{ say('delivery.other', { count: language.formats().number(count) }) }}</p>
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
        @if (failed()) {
          <p class="error" role="alert">{{ say('settings.failed') }}</p>
        }
      </section>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class HeldChoice {
  private readonly gateway = inject(Gateway);
  protected readonly language = inject(Language);
  protected readonly store = inject(DeliveryStore);
  protected readonly say = this.language.say;
  protected readonly busy = signal(false);
  protected readonly failed = signal(false);

  protected async decide(action: 'send' | 'discard'): Promise<void> {
    this.busy.set(true);
    try {
      await this.gateway.decideHeld(action);
      await this.store.refresh();
      this.failed.set(false);
    } catch {
      this.failed.set(true);
    } finally {
      this.busy.set(false);
    }
  }
}
