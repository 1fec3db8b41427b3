import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { RoundsStore } from '../core/api/rounds-store';
import { RoundSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { comparePath } from '../core/ui/trace-place';
import { Play } from '../slot/play/play';
import { SmallBoard } from './small-board';

/** The last rounds; an opened round shows its board, seed and stops. */
@Component({
  selector: 'rs-rounds-tab',
  imports: [SmallBoard],
  templateUrl: './rounds-tab.html',
  styleUrl: './rounds-tab.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RoundsTab {
  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  protected readonly play = inject(Play);
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
      payout: round.status === 'posted' ? amount(round.payout ?? 0, round.currency) : '—',
      status: this.say(`rounds.${kindOf(round)}`),
      compare: this.compareOf(round),
    }));
  });

  /** The comparison of both spins of a repeated round, for either of its rows. */
  private compareOf({ round_id }: RoundSummary): string | null {
    const repeat = this.play
      .repeats()
      .find(({ of, roundId }) => of === round_id || roundId === round_id);
    return repeat ? comparePath(repeat.before, repeat.after) : null;
  }

  protected toggle(id: string): void {
    this._opened.update((opened) => (opened === id ? null : id));
  }
}

/** A payout that is not above the stake is a return: calling it a win would present a loss as one. */
export function kindOf({
  status,
  stake,
  payout = 0,
}: Pick<RoundSummary, 'status' | 'stake' | 'payout'>):
  'won' | 'returned' | 'lost' | 'voided' | 'pending' | 'reserved' {
  switch (status) {
    case 'posted':
      if (payout === 0) return 'lost';
      return payout > stake ? 'won' : 'returned';
    case 'voided':
    case 'reserved':
      return status;
    default:
      return 'pending';
  }
}
