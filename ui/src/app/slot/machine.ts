import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  untracked,
} from '@angular/core';

import { PaytableStore } from '../core/api/paytable-store';
import { Preferences } from '../core/api/preferences';
import { Session } from '../core/api/session';
import { SpinResult } from '../core/api/schema';
import { problemWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { PartFailed } from '../core/ui/part-states';
import { CountedMoney } from './counted-money';
import { Play } from './play';
import { RecentSpins } from './recent-spins';
import { Reels } from './reels';
import { Sound } from './sound';
import { SpinPathStrip } from './spin-path-strip';
import { winDetail } from './win-words';

/** The slot machine: reels, result, stake, SPIN and balance. */
@Component({
  selector: 'rs-machine',
  imports: [CountedMoney, PartFailed, RecentSpins, Reels, SpinPathStrip],
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

  protected readonly wins = computed(() => this.play.outcome()?.wins ?? []);
  protected readonly winDetail = computed(() => winDetail(this.language, this.wins()));
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
  /** The text around the amount of "Win 45.00 ₽", because the amount is a component that counts. */
  protected readonly winTitle = computed(() => this.say('win.title', { amount: '' }).trim());

  protected readonly trouble = computed(() => {
    const error = this.play.trouble();
    if (error === null) return null;
    const { what, money, todo } = problemWords(error, this.play.stakeStatus());
    return {
      what: this.language.text(what),
      money: this.language.text(money),
      todo: this.language.text(todo),
    };
  });

  /** The text for screen readers once the reels rest; an error is announced by its own alert. */
  protected readonly spoken = computed(() => {
    const outcome = this.play.outcome();
    if (!outcome) return '';
    const { money } = this.language.formats();
    const balance = money(outcome.balance, outcome.currency);
    if (outcome.status === 'voided') return this.say('machine.voided');
    if (outcome.status === 'pending') {
      // The balance is omitted, because the settlement will change it.
      const result = outcome.payout > 0 ? this.winText(outcome) : this.say('machine.noWin');
      return `${result}. ${this.say('machine.pending')}`;
    }
    if (outcome.payout === 0) return this.say('win.spokenLoss', { balance });
    const amount = money(outcome.payout, outcome.currency);
    return `${this.say('win.spoken', { amount, balance })} ${this.winDetail()}`;
  });

  constructor() {
    let heard = '';
    effect(() => {
      const outcome = this.play.outcome();
      // A later settlement changes the outcome of the same round, which must not sound again.
      if (!outcome || outcome.payout === 0 || outcome.round_id === heard) return;
      if (outcome.status === 'voided') return;
      heard = outcome.round_id;
      untracked(() => this.sound.win(outcome.payout / outcome.stake));
    });
  }

  private winText({ payout, currency }: SpinResult): string {
    return this.say('win.title', { amount: this.language.formats().money(payout, currency) });
  }
}
