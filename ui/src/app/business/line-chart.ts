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

/**
 * One line, or the bars, of a chart; thin bars stand in front of the others. `area` and `edge` are the upper and the lower
 * end of a band.
 */
export interface Series {
  readonly label: string;
  readonly colour: string;
  readonly kind: 'line' | 'dashes' | 'bars' | 'thin-bars' | 'area' | 'edge';
}

/** Everything that a chart draws. `x` ascends; each of `ys` has a value, or null, for each x. */
export interface Drawing {
  readonly x: readonly number[];
  readonly ys: readonly (readonly (number | null)[])[];
  readonly series: readonly Series[];
  /** Whether x are seconds since the Unix epoch. */
  readonly time: boolean;
  /** The area between two of the series, by index. */
  readonly band: readonly [upper: number, lower: number] | null;
  /** Where y ends, for a chart whose first points would make the others flat. */
  readonly yMost: number | null;
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
}

const DIM = '#929cb0';
const GRID = '#1c2230';

/**
 * A chart whose points can be walked through by keyboard, as a slider is, and chosen. Its words are told by `pointText`
 * to those who cannot see the canvas.
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
    <p class="point" [title]="text()" data-test="chart-point">{{ text() }}</p>
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 0.3rem;
      min-width: 0;
    }
    .legend {
      display: flex;
      flex-wrap: wrap;
      gap: 0.2rem 1rem;
      color: var(--dim);
      font-size: 0.75rem;
    }
    .legend span {
      display: flex;
      align-items: center;
      gap: 0.35rem;
    }
    .legend i {
      width: 0.9rem;
      height: 0.2rem;
      border-radius: 0.1rem;
    }
    .legend i[data-kind='bars'],
    .legend i[data-kind='thin-bars'],
    .legend i[data-kind='area'] {
      height: 0.6rem;
    }
    .box {
      height: 15rem;
      min-width: 0;
      overflow: hidden;
      cursor: pointer;
    }
    .point {
      overflow: hidden;
      color: var(--soft);
      font-size: 0.78rem;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LineChart {
  readonly drawing = input.required<Drawing>();
  readonly label = input.required<string>();
  readonly pointText = input.required<(index: number) => string>();
  /** The point that was chosen, by its index. */
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

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.box().nativeElement;
    this.rem.set(parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
    if (width > 0) this.chart?.setSize({ width, height });
  }

  /** A chart is made anew only when more than its numbers differ: its cursor stays where it is. */
  private draw(drawing: Drawing, rem: number): void {
    const data = [drawing.x, ...drawing.ys].map((row) => [...row]) as uPlot.AlignedData;
    const shape = JSON.stringify([drawing.series, drawing.time, drawing.yText(1), rem]);
    if (this.chart && shape === this.shape) return this.chart.setData(data);
    this.chart?.destroy();
    this.shape = shape;
    this.chart = new uPlot(this.optionsOf(drawing, rem), data, this.box().nativeElement);
  }

  private optionsOf({ series, band, time }: Drawing, rem: number): uPlot.Options {
    const { clientWidth, clientHeight } = this.box().nativeElement;
    const axis = {
      stroke: DIM,
      font: `${Math.round(rem * 0.72)}px "Inter Variable", sans-serif`,
      grid: { stroke: GRID, width: 1 },
      ticks: { show: false },
      gap: rem * 0.3,
    };
    return {
      width: clientWidth || 300,
      height: clientHeight || 200,
      legend: { show: false },
      // The last mark of x may stick out by half of its words.
      padding: [rem * 0.6, rem * 2, 0, 0],
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: rem * 0.6 },
        bind: {
          // A click chooses the point that the cursor is at.
          click: (chart) => () => {
            const index = chart.cursor.idx;
            if (index !== null && index !== undefined) this.chosen.emit(index);
            return null;
          },
        },
      },
      scales: {
        x: {
          time,
          // Bars stand around their x: the first and the last need room for half of theirs. One point needs some too.
          range: (_, least, most) => {
            const [first, second] = this.drawing().x;
            const step = first === undefined || second === undefined ? 1 : second - first;
            const room = least === most || this.drawing().time ? step / 2 : 0;
            return [least - room, most + room];
          },
        },
        // What lies above is cut off; its figures are told beside the chart.
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
          size: rem * 1.8,
          space: rem * 5,
          values: (_, splits) => withoutRepeats(splits.map((x) => this.drawing().xText(x))),
        },
        {
          ...axis,
          size: rem * 5.4,
          space: rem * 2.4,
          values: (_, splits) => splits.map((y) => this.drawing().yText(y)),
        },
      ],
      series: [
        {},
        ...series.map(({ label, colour, kind }): uPlot.Series => {
          const common = { label, stroke: colour, points: { show: false } };
          if (kind === 'bars' || kind === 'thin-bars') {
            const size: [number, number] = kind === 'bars' ? [0.7, rem * 2] : [0.25, rem * 0.7];
            const paths = uPlot.paths.bars?.({ size });
            return { ...common, width: 0, fill: colour, ...(paths ? { paths } : {}) };
          }
          if (kind === 'edge' || kind === 'area') return { ...common, width: 0 };
          if (kind === 'dashes')
            return { ...common, width: rem * 0.08, dash: [rem * 0.4, rem * 0.3] };
          return { ...common, width: rem * 0.13 };
        }),
      ],
      // Series count from 1 there: 0 is x.
      bands: band ? [{ series: [band[0] + 1, band[1] + 1], fill: '#f3bd4d22' }] : [],
      hooks: {
        setCursor: [({ cursor }) => this.at.set(cursor.idx ?? null)],
      },
    };
  }
}

/** Marks closer than what their words tell apart would repeat them. */
function withoutRepeats(words: readonly string[]): string[] {
  return words.map((word, index) => (word === words[index - 1] ? '' : word));
}
