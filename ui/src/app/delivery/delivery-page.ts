import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  signal,
} from '@angular/core';

import { Gateway } from '../core/gateway';
import { Language } from '../core/language';
import { EnvelopeDetail, EnvelopeState, EnvelopeSummary } from '../core/telemetry-wire';
import { HeldChoice } from './held-choice';
import { DeliveryStore } from './delivery-store';
import { outcomeWords, reasonWords } from './delivery-words';

/** As many as a person looks through; the newest come first. */
const LISTED = 100;

/** Delivery in full: figures, reasons, limits, and every envelope as it was sent. */
@Component({
  selector: 'rs-delivery-page',
  imports: [HeldChoice],
  templateUrl: './delivery-page.html',
  styleUrl: './delivery-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeliveryPage {
  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  protected readonly store = inject(DeliveryStore);
  protected readonly say = this.language.say;
  protected readonly states = ['', 'delivered', 'held', 'dead'] as const;
  protected readonly names = ['captured', 'delivered', 'held', 'dead'] as const;

  protected readonly chosen = signal<EnvelopeState | ''>('');
  protected readonly envelopes = signal<readonly EnvelopeSummary[] | null>(null);
  protected readonly opened = signal<EnvelopeDetail | null>(null);
  protected readonly failed = signal(false);

  protected readonly reasons = computed(() => {
    const state = this.store.state();
    const told = (reasons: Readonly<Record<string, number>>, kind: 'held' | 'dead'): Line[] =>
      Object.entries(reasons)
        .filter(([, count]) => count > 0)
        .map(([reason, count]) => ({ kind, count, words: this.reason(reason) }));
    return state
      ? [...told(state.held_by_reason, 'held'), ...told(state.dead_by_reason, 'dead')]
      : [];
  });
  protected readonly lastError = computed(() => {
    const error = this.store.state()?.last_error;
    if (!error) return null;
    const words = outcomeWords(error.code, error.detail);
    return {
      ...error,
      words: 'literal' in words ? words.literal : this.say(words.key),
      at: this.when(error.at),
    };
  });

  constructor() {
    this.store.follow();
    // The list follows the figures: each change of them is one of the envelopes.
    effect(() => {
      this.store.state();
      void this.load(this.chosen());
    });
  }

  protected number(value: number): string {
    return this.language.formats().number(value);
  }

  protected when(milliseconds: number): string {
    return this.language.formats().time(new Date(milliseconds).toISOString());
  }

  protected reason(reason: string): string {
    const words = reasonWords(reason);
    return 'literal' in words ? words.literal : this.say(words.key);
  }

  protected pretty(value: unknown): string {
    return JSON.stringify(value, null, 2);
  }

  protected async toggle(seq: number): Promise<void> {
    if (this.opened()?.summary.seq === seq) return this.opened.set(null);
    await this.attempt(async () => this.opened.set(await this.gateway.envelope(seq)));
  }

  protected retry(seq?: number): Promise<void> {
    return this.attempt(() => this.gateway.retryDead(seq));
  }

  private load(state: EnvelopeState | ''): Promise<void> {
    return this.attempt(async () => {
      const { envelopes } = await this.gateway.envelopes(state, LISTED);
      if (state === this.chosen()) this.envelopes.set(envelopes);
    });
  }

  private async attempt(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
      this.failed.set(false);
    } catch {
      this.failed.set(true);
    }
  }
}

interface Line {
  kind: 'held' | 'dead';
  count: number;
  words: string;
}
