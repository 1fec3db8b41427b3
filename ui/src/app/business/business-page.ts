import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { CalculatorStore } from '../core/api/calculator-store';
import { PaytableStore } from '../core/api/paytable-store';
import { Session } from '../core/api/session';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { LoadWords } from '../core/ui/load-words';
import { BusinessParts } from './business-parts';
import { Z_95, bandOf, enoughSpins, rtpVerdict } from './confidence';
import { MoneyCard } from './money-card';
import { LEAST_PROJECTED, lostPerHour } from './projection';
import { RtpCard } from './rtp-card';
import { Sample, SpinMoney, totalsOf } from './spin-money';
import { MOST, SpinsStore } from './spins-store';
import { failuresPath } from './traces-of';
import { VolumeField } from './volume-field';
import { wholeMoney } from './whole-money';

/** Money: what failures cost, then stakes, payouts and revenue, and the observed RTP against the exact one. */
@Component({
  selector: 'rs-business-page',
  imports: [BusinessParts, LoadWords, MoneyCard, RtpCard, VolumeField],
  templateUrl: './business-page.html',
  styleUrls: ['../core/ui/insights.css', './business-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BusinessPage {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly paytable = inject(PaytableStore);
  private readonly session = inject(Session);
  private readonly calculator = inject(CalculatorStore);
  protected readonly store = inject(SpinsStore);
  protected readonly say = this.language.say;

  /**
   * Amounts of several currencies cannot be added, so the page shows those in the player's
   * currency.
   */
  protected readonly spins = computed(() =>
    this.store
      .spins()
      .filter(({ currency }) => currency === '' || currency === this.session.currency()),
  );
  /** The settled spins that are drawn by chance, from which the RTP is computed. */
  protected readonly drawn = computed(() =>
    this.spins().filter(({ failed, byChance }) => !failed && byChance),
  );
  private readonly totals = computed(() => totalsOf(this.spins()));
  protected readonly par = computed(() => {
    const par = this.paytable.table()?.par_sheet;
    return par && { exact: par.rtp_percent / 100, sigma: par.volatility.standard_deviation };
  });
  protected readonly empty = computed(() => this.spins().length === 0);
  protected readonly scope = computed(() => {
    const first = this.spins()[0];
    if (!first) return '';
    const since = this.language.formats().date(first.at);
    return this.language.count('insights.business.scope', this.spins().length, { since });
  });
  protected readonly truncated = computed(() =>
    this.store.truncated()
      ? this.say('insights.business.truncated', { most: this.language.formats().number(MOST) })
      : '',
  );

  /** What failures cost: measured, and for an hour at the customer's volume. */
  protected readonly loss = computed(() => {
    const { staked, failed, failedStake } = this.totals();
    const { number, percent } = this.language.formats();
    const all = staked + failedStake;
    const spins = this.spins().length;
    const perHour = lostPerHour(failedStake, spins, this.calculator.spinsPerHour());
    return {
      value: this.money(failedStake),
      any: failed > 0,
      share: this.say('insights.business.failedShare', {
        share: percent(all > 0 ? (100 * failedStake) / all : 0, 1),
        count: number(failed),
        all: number(spins),
      }),
      href: failuresPath(this.spins()),
      perHour:
        perHour === null
          ? ''
          : (perHour > 0 ? '≈' : '') + wholeMoney(this.language, perHour, this.session.currency()),
    };
  });
  protected readonly tooFewToProject = computed(() =>
    this.say('insights.business.tooFewToProject', {
      least: this.language.formats().number(LEAST_PROJECTED),
    }),
  );
  protected readonly tiles = computed(() =>
    (['staked', 'paid', 'ggr'] as const).map((name) => ({
      name,
      value: this.money(this.totals()[name]),
      hint: this.say(`insights.business.${name}Hint`),
    })),
  );
  protected readonly rtp = computed(() => {
    const { byChance, settled } = this.totals();
    const par = this.par();
    const judged = this.judge(byChance);
    if (!par || !judged) return null;
    const { number, percent } = this.language.formats();
    const leftOut = settled - byChance.spins;
    return {
      ...judged,
      words: this.say(`insights.business.${judged.verdict}`),
      enough:
        judged.verdict === 'few'
          ? this.say('insights.business.enough', { count: number(judged.enough) })
          : judged.band,
      hint: [
        this.say('insights.business.rtpHint', { exact: percent(par.exact * 100, 3) }),
        judged.band,
        this.say('insights.business.bandHint', {
          z: number(Z_95, 2),
          sigma: number(par.sigma, 2),
        }),
      ].join('\n'),
      leftOut: leftOut > 0 ? this.say('insights.business.replays', { count: number(leftOut) }) : '',
    };
  });

  protected readonly releases = computed(() => {
    const byRelease = new Map<string, SpinMoney[]>();
    for (const spin of this.spins()) {
      const spins = byRelease.get(spin.release);
      if (spins) spins.push(spin);
      else byRelease.set(spin.release, [spin]);
    }
    const { number } = this.language.formats();
    return [...byRelease]
      .sort(([one], [other]) => other.localeCompare(one, 'en', { numeric: true }))
      .map(([release, spins]) => {
        const totals = totalsOf(spins);
        const judged = this.judge(totals.byChance);
        return {
          release,
          name: release || this.say('insights.business.noRelease'),
          spins: number(spins.length),
          staked: this.money(totals.staked),
          paid: this.money(totals.paid),
          ggr: this.money(totals.ggr),
          rtp: judged?.value ?? '–',
          verdict: judged?.verdict ?? '',
          verdictWords: judged ? this.say(`insights.business.${judged.verdict}`) : '',
          band: judged?.range ?? '',
          failed: this.money(totals.failedStake),
          failures: failuresPath(spins, release),
          href: release ? `/traces?release=${encodeURIComponent(release)}` : '/traces',
        };
      });
  });

  constructor() {
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(this.store.watch());
    destroyed.onDestroy(this.calculator.watch());
  }

  protected follow(event: MouseEvent, href: string): void {
    const { pathname, searchParams } = new URL(href, location.origin);
    this.address.follow(event, pathname, Object.fromEntries(searchParams));
  }

  private money(minorUnits: number): string {
    return this.language.formats().money(minorUnits, this.session.currency());
  }

  /** The observed RTP of a sample with its interval and the verdict; null where the PAR sheet or stakes are missing. */
  private judge(sample: Sample) {
    const par = this.par();
    const band = par && bandOf(par.exact, par.sigma, sample);
    if (!band) return null;
    const { percent } = this.language.formats();
    const observed = sample.paid / sample.staked;
    const half = band.high - par.exact;
    const [low, high] = [percent(band.low * 100, 1), percent(band.high * 100, 1)];
    return {
      value: percent(observed * 100),
      verdict: rtpVerdict(observed, par.exact, half),
      enough: enoughSpins(sample.spins, half),
      range: `${low} – ${high}`,
      band: this.say('insights.business.band', { low, high }),
    };
  }
}
