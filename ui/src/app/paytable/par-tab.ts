import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { PaytableStore } from '../core/api/paytable-store';
import { Session } from '../core/api/session';
import { SymbolName } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { Play } from '../slot/play/play';
import { ReelSymbol } from '../slot/reels/reel-symbol';
import { contributionBars } from './contributions';

/** The PAR sheet: RTP, hit frequency and volatility of the game, exact over the full cycle. */
@Component({
  selector: 'rs-par-tab',
  imports: [ReelSymbol],
  templateUrl: './par-tab.html',
  styleUrl: './par-tab.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ParTab {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  private readonly session = inject(Session);
  private readonly store = inject(PaytableStore);

  protected readonly say = this.language.say;
  protected readonly strips = this.store.strips;
  private readonly _stripsShown = signal(false);
  protected readonly stripsShown = this._stripsShown.asReadonly();

  protected readonly figures = computed(() => {
    const par = this.store.table()?.par_sheet;
    if (!par) return null;
    const { integer, money, number, percent } = this.language.formats();
    const { volatility } = par;
    return {
      rtp: percent(par.rtp_percent),
      rtpFraction: `${integer(par.rtp.numerator)} / ${integer(par.rtp.denominator)}`,
      hit: percent(par.hit_frequency_percent),
      hitHint: this.say('par.hitHint', { spins: number(100 / par.hit_frequency_percent, 1) }),
      volatility: isVolatility(volatility.class)
        ? this.say(`par.${volatility.class}`)
        : volatility.class,
      volatilityHint: this.say('par.volatilityHint', {
        sigma: number(volatility.standard_deviation, 2),
        index: number(volatility.index_90, 2),
      }),
      cycle: integer(par.cycle),
      max: `×${number(par.max_payout)}`,
      maxHint: this.say('par.maxHint', {
        amount: money(par.max_payout * this.play.stake(), this.session.currency()),
      }),
    };
  });

  protected readonly bars = computed(() =>
    contributionBars(this.store.table()?.par_sheet.contributions ?? []).map((bar) => ({
      ...bar,
      name: this.say(`symbol.${bar.symbol}.name`),
      percent: this.language.formats().percent(bar.rtpPercent),
    })),
  );

  protected nameOf(symbol: SymbolName): string {
    return this.say(`symbol.${symbol}.name`);
  }

  protected stopsOf(strip: readonly unknown[]): string {
    return this.language.count('par.stops', strip.length);
  }

  protected toggleStrips(): void {
    this._stripsShown.update((shown) => !shown);
  }
}

function isVolatility(name: string): name is 'low' | 'medium' | 'high' {
  return ['low', 'medium', 'high'].includes(name);
}
