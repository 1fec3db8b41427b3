import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { PaytableStore } from '../core/api/paytable-store';
import { Preferences } from '../core/api/preferences';
import { Session } from '../core/api/session';
import { Win } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { PartFailed } from '../core/ui/part-states';
import { CountedMoney } from './counted-money';
import { Play } from './play/play';
import { RecentSpins } from './recent-spins';
import { Reels } from './reels/reels';
import { Sound } from './sound';
import { ResultLine } from './result-line';
import { SpinPathStrip } from './spin-path/spin-path-strip';
import { isWin } from './play/is-win';

const NO_WINS: readonly Win[] = [];

/** The slot machine: reels, result, stake, SPIN and balance. */
@Component({
  selector: 'rs-machine',
  imports: [CountedMoney, PartFailed, RecentSpins, Reels, ResultLine, SpinPathStrip],
  templateUrl: './machine.html',
  styleUrl: './machine.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Machine {
  private readonly session = inject(Session);
  private readonly language = inject(Language);
  protected readonly play = inject(Play);
  protected readonly paytable = inject(PaytableStore);
  protected readonly preferences = inject(Preferences);
  protected readonly sound = inject(Sound);

  protected readonly say = this.language.say;
  /**
   * A list, so that a switch of the player replaces the element of the balance, which would otherwise count to the new
   * one.
   */
  protected readonly seated = computed(() => {
    const player = this.session.player();
    return player ? [player] : [];
  });
  protected readonly currency = this.session.currency;

  /** Whether the round paid more than its stake; nothing else is celebrated. */
  protected readonly isWin = computed(() => {
    const outcome = this.play.outcome();
    return outcome !== null && isWin(outcome);
  });
  /** The combinations that light up. */
  protected readonly wins = computed(() =>
    this.isWin() ? (this.play.outcome()?.wins ?? []) : NO_WINS,
  );
  /** The board of a round that did not count stays dark, in the colour of where its stake is. */
  protected readonly veil = computed(() => {
    if (this.play.outcome()?.status === 'voided') return 'returned';
    if (this.play.trouble() === null) return '';
    const status = this.play.stakeStatus();
    return status === 'returned' || status === 'untouched' ? 'returned' : 'pending';
  });
  protected readonly stakeText = computed(() =>
    this.language.formats().money(this.play.stake(), this.currency()),
  );
  protected readonly perLine = computed(() => {
    const lines = this.paytable.paylines().length || 1;
    return this.say('machine.perLine', {
      lines,
      amount: this.language.formats().amount(this.play.stake() / lines, this.currency()),
    });
  });
}
