import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  afterRenderEffect,
  computed,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import uPlot from 'uplot';

import { paint, token } from '../core/ui/tokens';
import { Marks, fitsBefore, roundMarks } from './marks';

/**
 * A line or the bars of a chart. Later bars are in front of earlier ones, so that sums which begin with the largest are
 * a stack. `area` and `edge` are the upper and the lower edge of a band.
 */
interface Series {
  readonly label: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly kind: 'line' | 'steps' | 'dashes' | 'bars' | 'area' | 'edge';
}

/** The content of a chart. `x` ascends; each of `ys` has a value or null for each x. */
export interface Drawing {
  readonly x: readonly number[];
  readonly ys: readonly (readonly (number | null)[])[];
  readonly series: readonly Series[];
  /** Whether x counts the places of bars, from 0. */
  readonly bars: boolean;
  /** Places of bars that stand for a pause. */
  readonly pauses: readonly number[];
  /** The unit of y, shown above its axis. */
  readonly unit: string;
  /** The indices of the two series between which the area is filled. */
  readonly band: readonly [upper: number, lower: number] | null;
  /** Upper end of y from 0, for a scale that does not depend on its points; null for one that does. */
  readonly yMost: number | null;
  /** Labels of marks that are `step` apart. */
  readonly xText: (x: number, step: number) => string;
  readonly yText: (y: number, step: number) => string;
}

/** With fewer bars there is empty room beside them. */
const FEW_BARS = 12;
/** Room right of the plot, in rem. */
const RIGHT_ROOM = 0.5;
const BAND = 'var(--gleam-band)';

/**
 * A chart whose points can be visited with the keyboard, like the values of a slider, and chosen.
 * `pointText` describes a point to those who cannot see the canvas.
 */
@Component({
  selector: 'rs-line-chart',
  template: `
    <p class="legend" aria-hidden="true">
      @for (series of drawing().series; track series.label) {
        @if (series.kind !== 'edge') {
          <span
            ><i [style.background]="series.colour" [attr.data-kind]="series.kind"></i
            >{{ series.label }}</span
          >
        }
      }
    </p>
    @if (drawing().unit) {
      <p class="unit" aria-hidden="true">{{ drawing().unit }}</p>
    }
    <div
      #box
      class="box"
      role="slider"
      tabindex="0"
      [attr.aria-label]="label()"
      aria-valuemin="0"
      [attr.aria-valuemax]="last()"
      [attr.aria-valuenow]="at() ?? last()"
      [attr.aria-valuetext]="text()"
      (keydown)="press($event)"
    ></div>
    <p class="point" data-test="chart-point">{{ text() }}</p>
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: var(--space-3);
      min-width: 0;
    }
    .legend {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2) var(--space-10);
      color: var(--dim);
      font-size: 0.85rem;
    }
    .unit {
      margin-bottom: calc(-1 * var(--space-3));
      color: var(--dim);
      font-size: 0.85rem;
    }
    .legend span {
      display: flex;
      align-items: center;
      gap: var(--space-3);
    }
    .legend i {
      width: 0.9rem;
      height: 0.2rem;
      border-radius: 0.1rem;
    }
    .legend i[data-kind='bars'],
    .legend i[data-kind='area'] {
      height: 0.7rem;
    }
    .box {
      height: 15rem;
      min-width: 0;
      overflow: hidden;
      cursor: pointer;
    }
    /* Two lines, which the Russian words about money need, so that nothing moves when a point has fewer. */
    .point {
      min-height: 2.6rem;
      line-height: 1.3rem;
      color: var(--soft);
      font-size: 0.85rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LineChart {
  readonly drawing = input.required<Drawing>();
  readonly label = input.required<string>();
  readonly pointText = input.required<(index: number) => string>();
  /** The chosen point, by its index. */
  readonly chosen = output<number>();

  private readonly box = viewChild.required<ElementRef<HTMLElement>>('box');
  private chart: uPlot | undefined;
  private shape = '';
  protected readonly at = signal<number | null>(null);
  private readonly rem = signal(16);
  protected readonly last = computed(() => Math.max(0, this.drawing().x.length - 1));
  protected readonly text = computed(() => {
    const index = Math.min(this.at() ?? this.last(), this.last());
    return this.drawing().x.length === 0 ? '' : this.pointText()(index);
  });

  constructor() {
    const observer = new ResizeObserver(() => this.fit());
    afterNextRender(() => observer.observe(this.box().nativeElement));
    afterRenderEffect(() => this.draw(this.drawing(), this.rem()));
    inject(DestroyRef).onDestroy(() => {
      observer.disconnect();
      this.chart?.destroy();
    });
  }

  protected press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = Math.min(this.at() ?? this.last(), this.last());
    const to = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageUp: at + 10,
      PageDown: at - 10,
      Home: 0,
      End: this.last(),
    }[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.chosen.emit(at);
    else if (to === undefined) return;
    else this.point(Math.max(0, Math.min(this.last(), to)));
    event.preventDefault();
    event.stopPropagation();
  }

  private point(index: number): void {
    const x = this.drawing().x[index];
    if (!this.chart || x === undefined) return;
    const y = this.drawing().ys[0]?.[index] ?? 0;
    this.chart.setCursor({
      left: this.chart.valToPos(x, 'x'),
      top: this.chart.valToPos(y, 'y'),
    });
    this.at.set(index);
  }

  private hasBar(place: number): boolean {
    return place >= 0 && place < this.drawing().x.length;
  }

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.box().nativeElement;
    this.rem.set(parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
    if (width > 0) this.chart?.setSize({ width, height });
  }

  /** The chart is rebuilt only when more than its numbers differ, so that its cursor stays. */
  private draw(drawing: Drawing, rem: number): void {
    const data = [drawing.x, ...drawing.ys].map((row) => [...row]) as uPlot.AlignedData;
    const shape = JSON.stringify([drawing.series, drawing.bars, drawing.yText(1, 1), rem]);
    if (this.chart && shape === this.shape) return this.chart.setData(data);
    this.chart?.destroy();
    this.shape = shape;
    this.chart = new uPlot(this.optionsOf(drawing, rem), data, this.box().nativeElement);
  }

  /** A pause is a dashed line from top to bottom, because its bar would have no height. */
  private drawPauses(chart: uPlot, rem: number): void {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.strokeStyle = token('edge');
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([rem * 0.2 * uPlot.pxRatio, rem * 0.3 * uPlot.pxRatio]);
    for (const place of this.drawing().pauses) {
      const x = chart.valToPos(place, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  private optionsOf({ series, band, bars }: Drawing, rem: number): uPlot.Options {
    const { clientWidth, clientHeight } = this.box().nativeElement;
    const axis = {
      stroke: token('dim'),
      font: `${Math.round(rem * 0.82)}px "Inter Variable", sans-serif`,
      grid: { stroke: token('track'), width: 1 },
      ticks: { show: false },
      gap: rem * 0.3,
    };
    return {
      width: clientWidth || 300,
      height: clientHeight || 200,
      legend: { show: false },
      padding: [rem * 0.6, rem * RIGHT_ROOM, 0, 0],
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: rem * 0.6 },
        bind: {
          // A click chooses the point at the cursor.
          click: (chart) => () => {
            const index = chart.cursor.idx;
            if (index !== null && index !== undefined) this.chosen.emit(index);
            return null;
          },
        },
      },
      scales: {
        x: {
          time: false,
          // Bars are centred at their place, and so few of them as would be broad have room around them.
          range: (_, least, most) => {
            const count = this.drawing().x.length;
            const room = bars ? Math.max(1, FEW_BARS - count) / 2 : 0;
            return [least - room, most + room];
          },
        },
        // Points above the end are cut off; the page states their number beside the chart.
        y: {
          range: (_, least, most) => {
            const cap = this.drawing().yMost;
            if (cap !== null) return [0, cap];
            return uPlot.rangeNum(least, most, 0.1, true);
          },
        },
      },
      axes: [
        {
          ...axis,
          size: rem * 2,
          ...markedBy(
            // Times are longer than numbers of spins.
            ({ bbox }) => bbox.width / (rem * (bars ? 5.6 : 4)),
            (from, to, most, { bbox }) => {
              const marks = roundMarks(from, to, most, 1);
              const perX = bbox.width / uPlot.pxRatio / rem / (to - from);
              return {
                ...marks,
                at: marks.at.filter((x) => {
                  const text = this.drawing().xText(x, marks.step);
                  return (
                    (!bars || this.hasBar(x)) && fitsBefore((to - x) * perX + RIGHT_ROOM, text)
                  );
                }),
              };
            },
            (x, step) => this.drawing().xText(x, step),
          ),
        },
        {
          ...axis,
          size: (_, values) =>
            rem * (0.8 + 0.5 * Math.max(2, ...(values ?? []).map((text) => String(text).length))),
          space: rem * 2.4,
          ...markedBy(
            ({ bbox }) => bbox.height / (rem * 2.4),
            (from, to, most) => roundMarks(from, to, most),
            (y, step) => this.drawing().yText(y, step),
          ),
        },
      ],
      series: [
        {},
        ...series.map(({ label, colour: named, kind }): uPlot.Series => {
          const colour = paint(named);
          const common = { label, stroke: colour, points: { show: false } };
          const dot = { points: { show: dotsOf, size: rem * 0.5, fill: colour, width: 0 } };
          if (kind === 'bars') {
            const paths = uPlot.paths.bars?.({ size: [0.7, rem * 2.4] });
            return { ...common, width: 0, fill: colour, ...(paths ? { paths } : {}) };
          }
          if (kind === 'steps') {
            const paths = uPlot.paths.stepped?.({ align: -1 });
            return { ...common, ...dot, width: rem * 0.13, ...(paths ? { paths } : {}) };
          }
          if (kind === 'edge' || kind === 'area') return { ...common, width: rem * 0.06 };
          if (kind === 'dashes')
            return { ...common, width: rem * 0.08, dash: [rem * 0.4, rem * 0.3] };
          return { ...common, ...dot, width: rem * 0.13 };
        }),
      ],
      // In the library series count from 1, because 0 is x.
      bands: band ? [{ series: [band[0] + 1, band[1] + 1], fill: paint(BAND) }] : [],
      hooks: {
        draw: [(chart) => this.drawPauses(chart, rem)],
        setCursor: [({ cursor }) => this.at.set(cursor.idx ?? null)],
      },
    };
  }
}

/** `most` is the number of marks that have room, in device pixels. */
function markedBy(
  most: (chart: uPlot) => number,
  marksOf: (from: number, to: number, most: number, chart: uPlot) => Marks,
  text: (value: number, step: number) => string,
): Pick<uPlot.Axis, 'splits' | 'values'> {
  // The library requests the labels right after the marks.
  let step = 1;
  return {
    splits: (chart, _, from, to) => {
      const marks = marksOf(from, to, Math.floor(most(chart) / uPlot.pxRatio), chart);
      step = marks.step;
      return [...marks.at];
    },
    values: (_, values) => values.map((value) => text(value, step)),
  };
}

/** A line with a single point is drawn as a dot. */
function dotsOf(chart: uPlot): boolean {
  return chart.data[0].length === 1;
}
