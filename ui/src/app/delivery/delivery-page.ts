import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Delivery } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { LongText } from '../core/ui/long-text';
import { Pages } from '../core/ui/pages';
import { Countdown } from './countdown';
import { DeliveryStore } from './delivery-store';
import { noticeWords, outcomeWords, reasonWords, refusalWords } from './delivery-words';
import { EnvelopeList } from './envelope-list';
import { HeldChoice } from './held-choice';
import { isTroubled } from './is-troubled';

/** The page of delivery: figures, destinations, reasons, notices, and every envelope. */
@Component({
  selector: 'rs-delivery-page',
  imports: [Countdown, EnvelopeList, HeldChoice, LongText, NgTemplateOutlet],
  templateUrl: './delivery-page.html',
  styleUrl: './delivery-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeliveryPage {
  private readonly language = inject(Language);
  protected readonly store = inject(DeliveryStore);
  protected readonly pages = inject(Pages);
  protected readonly say = this.language.say;
  protected readonly names = ['captured', 'delivered', 'held', 'dead'] as const;

  protected readonly reasons = computed(() => {
    const state = this.store.state();
    if (!state) return [];
    // These two notices have a card of their own.
    const known = new Set([
      ...(state.destinations.length === 0 ? ['no_destination'] : []),
      ...(state.sending ? [] : ['paused']),
    ]);
    const told = (reasons: Readonly<Record<string, number>>, kind: 'held' | 'dead'): Line[] =>
      Object.entries(reasons)
        .filter(([reason, count]) => count > 0 && !known.has(reason))
        .map(([reason, count]) => ({
          kind,
          count,
          words: this.language.text(reasonWords(reason)),
        }));
    return [...told(state.held_by_reason, 'held'), ...told(state.dead_by_reason, 'dead')];
  });
  protected readonly lastError = computed(() => {
    const state = this.store.state();
    const error = state?.last_error;
    // An error that no longer holds anything up is not shown.
    if (!error || !(isTroubled(state) || state.dead > 0)) return null;
    const words = this.language.text(outcomeWords(error.code, error.detail));
    return { ...error, words, at: this.when(error.at), from: error.destination };
  });
  protected readonly notices = computed(() =>
    (this.store.state()?.notices ?? []).map((notice) => ({
      ...notice,
      words: this.language.text(noticeWords(notice.code, notice.detail)),
      at: this.language.formats().dateTime(new Date(notice.at).toISOString()),
    })),
  );
  protected readonly refusals = computed(() =>
    (this.store.state()?.refusals ?? []).map((refusal) => ({
      ...refusal,
      words: this.language.text(refusalWords(refusal.code, refusal.detail)),
      from: refusal.client,
      at: this.language.formats().dateTime(new Date(refusal.at).toISOString()),
    })),
  );
  protected readonly refused = computed(() =>
    Object.values(this.store.state()?.refused_by_code ?? {}).reduce((all, count) => all + count, 0),
  );

  constructor() {
    this.store.follow();
  }

  protected number(value: number): string {
    return this.language.formats().number(value);
  }

  protected limitWords({ category, destination }: Delivery['rate_limits'][number]): string {
    const words = this.say('delivery.limit', {
      category: category === 'all' ? this.say('delivery.everything') : category,
    });
    const places = this.store.state()?.destinations ?? [];
    const slot = places.find(({ dsn }) => dsn === destination)?.slot;
    // The only destination is shown at the top already.
    return places.length > 1 ? `${slot ?? this.say('settings.common')}: ${words}` : words;
  }

  private when(milliseconds: number): string {
    return this.language.formats().time(new Date(milliseconds).toISOString());
  }
}

interface Line {
  kind: 'held' | 'dead';
  count: number;
  words: string;
}
