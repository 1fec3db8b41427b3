import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { micros, toMilliseconds } from '../core/api/micros';
import { PaytableStore } from '../core/api/paytable-store';
import { Session } from '../core/api/session';
import { Language } from '../core/i18n/language';
import { majorUnits, numberFormat } from '../core/i18n/formats';
import { Address } from '../core/ui/address';
import { LoadWords } from '../core/ui/load-words';
import { addressOf } from '../traces/trace-list';
import { bucketsOf, periodOf } from './buckets';
import { BusinessParts } from './business-parts';
import { RtpPoint, Z_95, bandOf, rtpPoints } from './confidence';
import { DailyReport } from './daily-report';
import { Drawing, LineChart } from './line-chart';
import { digitsOf } from './marks';
import { SpinMoney, totalsOf } from './spin-money';
import { MOST, SpinsStore } from './spins-store';

const MOST_POINTS = 400;
const MOST_BUCKETS = 48;

/**
 * Money: stakes, payouts and revenue, the observed RTP against the exact one, and the cost of
 * failures.
 */
@Component({
  selector: 'rs-business-page',
  imports: [BusinessParts, DailyReport, LineChart, LoadWords],
  templateUrl: './business-page.html',
  styleUrls: ['../core/ui/insights.css', './business-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BusinessPage {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly paytable = inject(PaytableStore);
  private readonly session = inject(Session);
  protected readonly store = inject(SpinsStore);
  protected readonly say = this.language.say;

  /**
   * Amounts of several currencies cannot be added, so the page shows those in the player's
   * currency.
   */
  private readonly spins = computed(() =>
    this.store
      .spins()
      .filter(({ currency }) => currency === '' || currency === this.session.currency()),
  );
  /** The settled spins that are drawn by chance, from which the RTP is computed. */
  private readonly drawn = computed(() =>
    this.spins().filter(({ failed, byChance }) => !failed && byChance),
  );
  private readonly totals = computed(() => totalsOf(this.spins()));
  private readonly par = computed(() => {
    const par = this.paytable.table()?.par_sheet;
    return par && { exact: par.rtp_percent / 100, sigma: par.volatility.standard_deviation };
  });
  private readonly buckets = computed(() => bucketsOf(this.spins(), MOST_BUCKETS));
  private readonly points = computed(() => {
    const par = this.par();
    return par ? rtpPoints(this.drawn(), par.exact, par.sigma, MOST_POINTS) : [];
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

  protected readonly tiles = computed(() => {
    const totals = this.totals();
    const { number } = this.language.formats();
    const sums = (['staked', 'paid', 'ggr'] as const).map((name) => ({
      name,
      value: this.money(totals[name]),
      hint: this.say(`insights.business.${name}Hint`),
      href: '',
    }));
    const failed = {
      name: 'failed',
      value: this.money(totals.failedStake),
      hint: this.say('insights.business.failedHint', {
        count: number(totals.failed),
        all: number(this.spins().length),
      }),
      href: failuresPath(this.spins()),
    } as const;
    return [...sums, failed];
  });
  protected readonly rtp = computed(() => {
    const { byChance, settled } = this.totals();
    const par = this.par();
    if (!par || byChance.staked === 0) return null;
    const { number, percent } = this.language.formats();
    const observed = byChance.paid / byChance.staked;
    const band = bandOf(par.exact, par.sigma, byChance);
    const leftOut = settled - byChance.spins;
    const inside = band !== null && observed >= band.low && observed <= band.high;
    return {
      value: percent(observed * 100),
      hint: this.say('insights.business.rtpHint', { exact: percent(par.exact * 100, 3) }),
      band: band ? this.bandWords(band) : '',
      inside,
      verdict: this.say(inside ? 'insights.business.inside' : 'insights.business.outside'),
      bandHint: this.say('insights.business.bandHint', {
        z: number(Z_95, 2),
        sigma: number(par.sigma, 2),
      }),
      leftOut: leftOut > 0 ? this.say('insights.business.replays', { count: number(leftOut) }) : '',
    };
  });

  protected readonly rtpDrawing = computed((): Drawing | null => {
    const points = this.points();
    const par = this.par();
    if (points.length === 0 || !par) return null;
    const { number, percent } = this.language.formats();
    const say = (key: 'observed' | 'exact' | 'bandOf'): string =>
      this.say(`insights.business.${key}`);
    return {
      x: points.map(({ n }) => n),
      ys: [
        points.map(({ observed }) => observed * 100),
        points.map(() => par.exact * 100),
        points.map(({ band }) => band.high * 100),
        points.map(({ band }) => band.low * 100),
      ],
      series: [
        { label: say('observed'), colour: 'var(--gold)', kind: 'line' },
        { label: say('exact'), colour: 'var(--text)', kind: 'dashes' },
        { label: say('bandOf'), colour: 'var(--gold-band)', kind: 'area' },
        { label: `${say('bandOf')}, min`, colour: 'var(--gold-band)', kind: 'edge' },
      ],
      time: false,
      band: [2, 3],
      yMost: mostShown(points) * 100,
      xText: (x) => number(x),
      yText: (y, step) => percent(y, digitsOf(step)),
    };
  });
  protected readonly rtpText = (index: number): string => {
    const point = this.points()[index];
    if (!point) return '';
    const { number, percent } = this.language.formats();
    return this.say('insights.business.rtpPoint', {
      n: number(point.n),
      rtp: percent(point.observed * 100),
      low: percent(point.band.low * 100, 1),
      high: percent(point.band.high * 100, 1),
    });
  };

  /** What the chart of the RTP leaves out: spins between its points, and points above its edge. */
  protected readonly rtpRest = computed(() => {
    const [points, all] = [this.points(), this.drawn().length];
    const { number } = this.language.formats();
    const above = aboveEdge(points);
    return [
      points.length < all
        ? this.say('insights.business.fewerPoints', {
            count: number(points.length),
            all: number(all),
          })
        : '',
      above > 0 ? this.say('insights.business.above', { count: number(above) }) : '',
    ]
      .filter((words) => words !== '')
      .join(' · ');
  });

  protected readonly moneyDrawing = computed((): Drawing => {
    const buckets = this.buckets();
    const { number, timeMark } = this.language.formats();
    const of = (key: 'staked' | 'paid' | 'ggr' | 'failedStake'): number[] =>
      buckets.map(({ totals }) => majorUnits(totals[key], this.session.currency()));
    return {
      x: buckets.map(({ from }) => from / 1_000_000),
      ys: [of('staked'), of('failedStake'), of('paid'), of('ggr')],
      series: [
        { label: this.say('insights.business.staked'), colour: 'var(--staked)', kind: 'bars' },
        { label: this.say('insights.business.failed'), colour: 'var(--bad)', kind: 'thin-bars' },
        { label: this.say('insights.business.paid'), colour: 'var(--paid)', kind: 'line' },
        { label: this.say('insights.business.ggr'), colour: 'var(--gold)', kind: 'line' },
      ],
      time: true,
      band: null,
      yMost: null,
      xText: (x, step) => timeMark(micros(x * 1_000_000), micros(step * 1_000_000)),
      yText: (y, step) => number(y, digitsOf(step)),
    };
  });
  protected readonly width = computed(() => {
    const [bucket] = this.buckets();
    if (!bucket) return '';
    const seconds = toMilliseconds(bucket.to) / 1000 - toMilliseconds(bucket.from) / 1000;
    const unit =
      seconds >= 86_400 ? 'day' : seconds >= 3_600 ? 'hour' : seconds >= 60 ? 'minute' : 'second';
    const length = { day: 86_400, hour: 3_600, minute: 60, second: 1 }[unit];
    const written = numberFormat(this.language.active(), {
      style: 'unit',
      unit,
      unitDisplay: 'short',
    }).format(seconds / length);
    return this.say('insights.business.perBucket', { width: written });
  });
  protected readonly moneyText = (index: number): string => {
    const bucket = this.buckets()[index];
    if (!bucket) return '';
    const { clock } = this.language.formats();
    const { staked, paid, ggr, failedStake } = bucket.totals;
    return this.say('insights.business.moneyPoint', {
      from: clock(bucket.from),
      to: clock(bucket.to),
      staked: this.money(staked),
      paid: this.money(paid),
      ggr: this.money(ggr),
      failed: this.money(failedStake),
    });
  };

  protected readonly releases = computed(() => {
    const byRelease = new Map<string, SpinMoney[]>();
    for (const spin of this.spins()) {
      const spins = byRelease.get(spin.release);
      if (spins) spins.push(spin);
      else byRelease.set(spin.release, [spin]);
    }
    const par = this.par();
    const { number, percent } = this.language.formats();
    return [...byRelease]
      .sort(([one], [other]) => other.localeCompare(one, 'en', { numeric: true }))
      .map(([release, spins]) => {
        const totals = totalsOf(spins);
        const { byChance } = totals;
        const band = par ? bandOf(par.exact, par.sigma, byChance) : null;
        const observed = byChance.staked > 0 ? byChance.paid / byChance.staked : null;
        return {
          release,
          name: release || this.say('insights.business.noRelease'),
          spins: number(spins.length),
          staked: this.money(totals.staked),
          paid: this.money(totals.paid),
          ggr: this.money(totals.ggr),
          rtp: observed === null ? '–' : percent(observed * 100),
          band: band ? `${percent(band.low * 100, 1)} – ${percent(band.high * 100, 1)}` : '',
          outside: !!band && observed !== null && (observed < band.low || observed > band.high),
          failed: this.money(totals.failedStake),
          failures: failuresPath(spins, release),
          href: release ? `/traces?release=${encodeURIComponent(release)}` : '/traces',
        };
      });
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.store.watch());
  }

  protected pickRtp(index: number): void {
    const point = this.points()[index];
    if (point) this.showTraces(this.drawn().slice(point.from, point.to));
  }

  protected pickMoney(index: number): void {
    this.showTraces(this.buckets()[index]?.spins ?? []);
  }

  /** Link to the list of traces, from the earliest of these spins to the latest. */
  private showTraces(spins: readonly SpinMoney[]): void {
    const [first] = spins;
    const period = periodOf(spins);
    if (!first || !period) return;
    const filter = addressOf({
      since: period.first,
      until: micros(period.last + 1),
      // Restricted to the name of the spins, because the page sends other requests in between.
      ...(spins.every(({ name }) => name === first.name) ? { name: first.name } : {}),
    });
    this.address.go('/traces', filter);
  }

  protected follow(event: MouseEvent, href: string): void {
    const { pathname, searchParams } = new URL(href, location.origin);
    this.address.follow(event, pathname, Object.fromEntries(searchParams));
  }

  private money(minorUnits: number): string {
    return this.language.formats().money(minorUnits, this.session.currency());
  }

  private bandWords({ low, high }: { low: number; high: number }): string {
    const { percent } = this.language.formats();
    return this.say('insights.business.band', {
      low: percent(low * 100, 1),
      high: percent(high * 100, 1),
    });
  }
}

/** Link to the traces of the failed spins, of one release or of all; empty where none failed. */
function failuresPath(spins: readonly SpinMoney[], release = ''): string {
  const names = new Set(spins.filter(({ failed }) => failed).map(({ name }) => name));
  if (names.size === 0) return '';
  const [name] = names;
  const query = new URLSearchParams(
    addressOf({
      outcome: 'failed',
      ...(release === '' ? {} : { release }),
      ...(names.size === 1 && name !== undefined ? { name } : {}),
    }),
  );
  return `/traces?${query}`;
}

/**
 * Upper end of the chart of the RTP, as a fraction of 1: above the last two thirds of the band and
 * of the observed values. The first spins vary so much that the rest would be illegible.
 */
function mostShown(points: readonly RtpPoint[]): number {
  const settled = points.slice(Math.floor(points.length / 3));
  return 1.1 * Math.max(...settled.map(({ observed, band }) => Math.max(observed, band.high)));
}

/** Number of points of the observed RTP above that end. */
function aboveEdge(points: readonly RtpPoint[]): number {
  const end = mostShown(points);
  return points.filter(({ observed }) => observed > end).length;
}
