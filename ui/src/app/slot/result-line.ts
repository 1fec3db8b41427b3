import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  untracked,
} from '@angular/core';

import { SpinResult } from '../core/api/schema';
import { problemWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { CountedMoney } from './counted-money';
import { FailedTrace } from './failed-trace';
import { isWin } from './play/is-win';
import { Play } from './play/play';
import { Sound } from './sound';
import { SpinClock } from './spin-path/spin-clock';
import { winDetail } from './win-words';

/** The line below the reels: the clock of a running spin, then its result or its error. */
@Component({
  selector: 'rs-result-line',
  imports: [CountedMoney, FailedTrace, SpinClock],
  templateUrl: './result-line.html',
  styleUrl: './result-line.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ResultLine {
  private readonly language = inject(Language);
  private readonly sound = inject(Sound);
  protected readonly play = inject(Play);
  protected readonly say = this.language.say;

  protected readonly isWin = computed(() => {
    const outcome = this.play.outcome();
    return outcome !== null && isWin(outcome);
  });
  protected readonly winDetail = computed(() =>
    winDetail(this.language, this.play.outcome()?.wins ?? []),
  );
  protected readonly returned = computed(() => {
    const outcome = this.play.outcome();
    return outcome ? this.say('machine.returned', this.amounts(outcome)) : '';
  });
  protected readonly multiple = computed(() => {
    const { payout = 0, stake = 1 } = this.play.outcome() ?? {};
    const multiple = Math.round((payout / stake) * 10) / 10;
    const digits = Number.isInteger(multiple) ? 0 : 1;
    return this.say('win.multiple', { multiple: this.language.formats().number(multiple, digits) });
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
      const result = outcome.payout > 0 ? this.payoutText(outcome) : this.say('machine.noWin');
      return `${result}. ${this.say('machine.pending')}`;
    }
    if (outcome.payout === 0) return this.say('win.spokenLoss', { balance });
    const { amount, stake } = this.amounts(outcome);
    if (!isWin(outcome)) return this.say('win.spokenReturn', { amount, stake, balance });
    return `${this.say('win.spoken', { amount, balance })} ${this.winDetail()}`;
  });

  constructor() {
    let heard = '';
    effect(() => {
      const outcome = this.play.outcome();
      // A later settlement changes the outcome of the same round, which must not sound again.
      if (!outcome || !isWin(outcome) || outcome.round_id === heard) return;
      heard = outcome.round_id;
      untracked(() => this.sound.win(outcome.payout / outcome.stake));
    });
  }

  private payoutText(outcome: SpinResult): string {
    return this.say(isWin(outcome) ? 'win.title' : 'machine.returned', this.amounts(outcome));
  }

  private amounts({ payout, stake, currency }: SpinResult): { amount: string; stake: string } {
    const { money, amount } = this.language.formats();
    return { amount: money(payout, currency), stake: amount(stake, currency) };
  }
}
