import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { micros, toMilliseconds } from '../core/api/micros';
import { Session } from '../core/api/session';
import { majorUnits, numberFormat } from '../core/i18n/formats';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { Bucket, bucketsOf } from './buckets';
import { Drawing, LineChart } from './line-chart';
import { digitsOf } from './marks';
import { SpinMoney } from './spin-money';
import { tracesOf } from './traces-of';

const MOST_BUCKETS = 40;

/**
 * Money over time: what became of the stakes of each bucket, stacked, and the revenue up to then as a line. What was paid
 * above the stakes is below zero.
 */
@Component({
  selector: 'rs-money-card',
  imports: [LineChart],
  template: `
    <section class="card">
      <h2>
        {{ say('insights.business.moneyChart') }} <small>{{ width() }}</small>
      </h2>
      <rs-line-chart
        data-test="money-chart"
        [drawing]="drawing()"
        [label]="say('insights.business.moneyChartLabel')"
        [pointText]="text"
        (chosen)="pick($event)"
      />
    </section>
  `,
  styleUrls: ['../core/ui/insights.css', './chart-card.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MoneyCard {
  readonly spins = input.required<readonly SpinMoney[]>();

  private readonly language = inject(Language);
  private readonly session = inject(Session);
  private readonly address = inject(Address);
  protected readonly say = this.language.say;
  private readonly buckets = computed(() => bucketsOf(this.spins(), MOST_BUCKETS));

  protected readonly drawing = computed((): Drawing => {
    const buckets = this.buckets();
    const { number, timeMark } = this.language.formats();
    const of = (minor: (bucket: Bucket) => number): number[] =>
      buckets.map((bucket) => majorUnits(minor(bucket), this.session.currency()));
    let ggr = 0;
    const soFar = of(({ totals }) => (ggr += totals.ggr));
    const above = of(({ totals }) => Math.min(0, totals.ggr));
    const hasAbove = above.some((value) => value < 0);
    const [bucket] = buckets;
    const seconds = bucket ? (bucket.to - bucket.from) / 1_000_000 : 1;
    return {
      x: buckets.map((_, place) => place),
      ys: [
        of(({ totals }) => totals.staked + totals.failedStake),
        of(({ totals }) => totals.staked),
        of(({ totals }) => Math.min(totals.paid, totals.staked)),
        ...(hasAbove ? [above] : []),
        soFar,
      ],
      series: [
        { label: this.say('insights.business.failed'), colour: 'var(--bad)', kind: 'bars' },
        { label: this.say('insights.business.ggr'), colour: 'var(--good)', kind: 'bars' },
        { label: this.say('insights.business.paid'), colour: 'var(--paid)', kind: 'bars' },
        ...(hasAbove
          ? [
              {
                label: this.say('insights.business.paidAbove'),
                colour: 'var(--warn)',
                kind: 'bars' as const,
              },
            ]
          : []),
        { label: this.say('insights.business.ggrSoFar'), colour: 'var(--text)', kind: 'steps' },
      ],
      bars: true,
      pauses: buckets.flatMap(({ isPause }, place) => (isPause ? [place] : [])),
      unit: this.language.formats().money(0, this.session.currency()).split(/\s/u).at(-1) ?? '',
      band: null,
      yMost: null,
      xText: (x) => {
        const at = buckets[x]?.from;
        return at === undefined ? '' : timeMark(at, micros(seconds * 1_000_000));
      },
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

  protected readonly text = (index: number): string => {
    const bucket = this.buckets()[index];
    if (!bucket) return '';
    const { clock, money } = this.language.formats();
    const [from, to] = [clock(bucket.from), clock(bucket.to)];
    if (bucket.isPause) return this.say('insights.business.pause', { from, to });
    const { staked, paid, ggr, failedStake } = bucket.totals;
    const words = (minor: number): string => money(minor, this.session.currency());
    return this.say('insights.business.moneyPoint', {
      from,
      to,
      staked: words(staked),
      paid: words(paid),
      ggr: words(ggr),
      failed: words(failedStake),
    });
  };

  protected pick(index: number): void {
    const filter = tracesOf(this.buckets()[index]?.spins ?? []);
    if (filter) this.address.go('/traces', filter);
  }
}
