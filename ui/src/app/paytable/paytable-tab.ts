import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { PaytableStore } from '../core/api/paytable-store';
import { Session } from '../core/api/session';
import { Language } from '../core/i18n/language';
import { Play } from '../slot/play/play';
import { ReelSymbol } from '../slot/reels/reel-symbol';
import { PaylineDiagram } from './payline-diagram';

/** The paylines, and what each symbol pays, as a multiple and in money for the chosen stake. */
@Component({
  selector: 'rs-paytable-tab',
  imports: [PaylineDiagram, ReelSymbol],
  templateUrl: './paytable-tab.html',
  styleUrl: './paytable-tab.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PaytableTab {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  private readonly session = inject(Session);
  private readonly store = inject(PaytableStore);

  protected readonly say = this.language.say;
  protected readonly paylines = this.store.paylines;

  protected readonly stake = computed(() =>
    this.language.formats().money(this.play.stake(), this.session.currency()),
  );
  protected readonly perLine = computed(() =>
    this.say('paytable.perLine', {
      lines: this.paylines().length,
      amount: this.language
        .formats()
        .money(this.play.stake() / (this.paylines().length || 1), this.session.currency()),
    }),
  );

  protected readonly symbols = computed(() => {
    const { amount, number } = this.language.formats();
    const lineStake = this.play.stake() / (this.paylines().length || 1);
    return (this.store.table()?.symbols ?? []).map(({ symbol, kind, pays }) => ({
      symbol,
      name: this.say(`symbol.${symbol}.name`),
      note: kind === 'regular' ? '' : this.say(`paytable.${kind}`),
      pays: [...pays]
        .sort((left, right) => right.count - left.count)
        .map(({ count, pays: multiple }) => ({
          count,
          multiple: this.say('paytable.of', { multiplier: number(multiple) }),
          // A scatter multiplies the whole stake, every other symbol the stake of its line.
          money: amount(
            multiple * (kind === 'scatter' ? this.play.stake() : lineStake),
            this.session.currency(),
          ),
        })),
    }));
  });
}
