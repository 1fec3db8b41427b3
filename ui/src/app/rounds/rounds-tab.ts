import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { Language } from '../core/language';
import { Round } from '../core/wire';
import { RoundsStore } from './rounds-store';
import { SmallBoard } from './small-board';

/** The last rounds; a round opens to show its board and what it was drawn from. */
@Component({
  selector: 'rs-rounds-tab',
  imports: [SmallBoard],
  templateUrl: './rounds-tab.html',
  styleUrl: './rounds-tab.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RoundsTab {
  private readonly language = inject(Language);
  protected readonly store = inject(RoundsStore);
  protected readonly say = this.language.say;
  protected readonly formats = this.language.formats;

  private readonly _opened = signal<string | null>(null);
  protected readonly opened = this._opened.asReadonly();

  protected readonly rows = computed(() => {
    const { amount, time } = this.formats();
    return this.store.rounds().map((round) => ({
      round,
      kind: kindOf(round),
      time: time(round.created_at),
      stake: amount(round.stake, round.currency),
      payout: round.status === 'posted' ? amount(round.payout, round.currency) : '—',
      status: this.say(`rounds.${kindOf(round)}`),
    }));
  });

  protected toggle(id: string): void {
    this._opened.update((opened) => (opened === id ? null : id));
  }
}

function kindOf({ status, payout }: Round): 'won' | 'lost' | 'voided' | 'pending' {
  if (status !== 'posted') return status;
  return payout > 0 ? 'won' : 'lost';
}
