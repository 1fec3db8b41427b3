import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { bandOf, enoughSpins, rtpPoints, rtpVerdict } from './confidence';
import { Drawing, LineChart } from './line-chart';
import { digitsOf } from './marks';
import { RtpBullet } from './rtp-bullet';
import { SpinMoney, totalsOf } from './spin-money';
import { tracesOf } from './traces-of';

const MOST_POINTS = 400;
/** With fewer spins a chart would show the chance of each of them, so a sentence and the interval are shown. */
const LEAST_DRAWN = 100;
/** Upper end of the chart in per cent. */
const END = 200;

/** The observed RTP by the number of spins, in the interval that the PAR sheet lets expect. */
@Component({
  selector: 'rs-rtp-card',
  imports: [LineChart, RtpBullet],
  template: `
    <section class="card">
      <h2>
        {{ say('insights.business.rtpChart') }}
        <small data-test="rtp-rest">{{ rest() }}</small>
      </h2>
      @if (drawing(); as drawing) {
        <rs-line-chart
          data-test="rtp-chart"
          [drawing]="drawing"
          [label]="say('insights.business.rtpChartLabel')"
          [pointText]="text"
          (chosen)="pick($event)"
        />
      } @else if (bullet(); as bullet) {
        <div class="few" data-test="rtp-bullet">
          <p>{{ bullet.words }}</p>
          <rs-rtp-bullet
            [observed]="bullet.observed"
            [exact]="exact()"
            [band]="bullet.band"
            [verdict]="bullet.verdict"
            [scale]="true"
          />
        </div>
      }
    </section>
  `,
  styleUrls: ['../core/ui/insights.css', './chart-card.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RtpCard {
  /** Settled spins that are drawn by chance, in the order of their arrival. */
  readonly spins = input.required<readonly SpinMoney[]>();
  /** The exact RTP, as a fraction of 1, and the standard deviation of a round in stakes. */
  readonly exact = input.required<number>();
  readonly sigma = input.required<number>();

  private readonly language = inject(Language);
  private readonly address = inject(Address);
  protected readonly say = this.language.say;

  private readonly points = computed(() =>
    this.spins().length < LEAST_DRAWN
      ? []
      : rtpPoints(this.spins(), this.exact(), this.sigma(), MOST_POINTS),
  );

  protected readonly drawing = computed((): Drawing | null => {
    const points = this.points();
    if (points.length === 0) return null;
    const { number, percent } = this.language.formats();
    const say = (key: 'observed' | 'exact' | 'bandOf'): string =>
      this.say(`insights.business.${key}`);
    return {
      x: points.map(({ n }) => n),
      ys: [
        points.map(({ band }) => band.high * 100),
        points.map(({ band }) => band.low * 100),
        points.map(() => this.exact() * 100),
        points.map(({ observed }) => observed * 100),
      ],
      series: [
        { label: say('bandOf'), colour: 'var(--edge)', kind: 'area' },
        { label: `${say('bandOf')}, min`, colour: 'var(--edge)', kind: 'edge' },
        { label: say('exact'), colour: 'var(--soft)', kind: 'dashes' },
        { label: say('observed'), colour: 'var(--text)', kind: 'line' },
      ],
      bars: false,
      pauses: [],
      unit: '',
      band: [0, 1],
      yMost: END,
      xText: (x) => number(x),
      yText: (y, step) => percent(y, digitsOf(step)),
    };
  });

  protected readonly bullet = computed(() => {
    const sample = totalsOf(this.spins()).byChance;
    const band = bandOf(this.exact(), this.sigma(), sample);
    if (!band) return null;
    const { number, percent } = this.language.formats();
    const observed = sample.paid / sample.staked;
    const half = band.high - this.exact();
    return {
      observed,
      band,
      verdict: rtpVerdict(observed, this.exact(), half),
      words: this.language.count('insights.business.bulletWords', sample.spins, {
        low: percent(band.low * 100, 0),
        high: percent(band.high * 100, 0),
        enough: number(enoughSpins(sample.spins, half)),
      }),
    };
  });

  protected readonly text = (index: number): string => {
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

  /** What the chart leaves out: spins between its points, and points above its end. */
  protected readonly rest = computed(() => {
    const [points, all] = [this.points(), this.spins().length];
    if (points.length === 0) return '';
    const { number } = this.language.formats();
    const above = points.filter(({ observed }) => observed * 100 > END).length;
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

  protected pick(index: number): void {
    const point = this.points()[index];
    const filter = point && tracesOf(this.spins().slice(point.from, point.to));
    if (filter) this.address.go('/traces', filter);
  }
}
