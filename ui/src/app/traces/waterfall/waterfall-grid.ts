import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Key, Language } from '../../core/i18n/language';
import { VirtualRows } from '../../core/ui/virtual-rows';
import { Columns } from './columns';
import { Row } from './rows';
import { Hit } from './search';
import { TimeView } from './time-view';
import { Reading } from './trace-address';
import { TraceTree } from '../tree/tree';
import { Waterfall } from './waterfall';
import { PER_LETTER, Scene, WaterfallLine, lineOf } from './waterfall-line';

/** What a mark of the ruler, and the button at its right end, have beside their text, in rem. */
const BESIDE_A_MARK = 0.4;
const BESIDE_THE_BUTTON = 1.4;
/** The minimum width of the bars, in rem. */
const NARROWEST_BARS = 14;

/** The rows of a trace with their bars, and the draggable lines between the columns. */
@Component({
  selector: 'rs-waterfall-grid',
  imports: [VirtualRows],
  templateUrl: './waterfall-grid.html',
  styleUrls: ['../../core/ui/rows.css', './span-name.css', './waterfall-grid.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[style.--name]': 'columns.name() + "rem"', '[style.--time]': 'columns.time() + "rem"' },
})
export class WaterfallGrid {
  readonly waterfall = input.required<Waterfall>();
  readonly time = input.required<TimeView>();
  /** Whether the critical path is drawn. */
  readonly critical = input.required<boolean>();

  private readonly injector = inject(Injector);
  private readonly language = inject(Language);
  protected readonly columns = inject(Columns);
  protected readonly say = this.language.say;
  private readonly scroller = viewChild.required('rows', { read: VirtualRows });
  private readonly grid = viewChild.required('rows', { read: ElementRef<HTMLElement> });
  private readonly timeline = viewChild.required<ElementRef<HTMLElement>>('timeline');

  /** Width of the bars, in whole rem; until it is measured, the narrowest. */
  private readonly width = signal(NARROWEST_BARS);
  private readonly scene = computed((): Scene | null => {
    const layout = this.waterfall().layout();
    const hits = this.waterfall().hits();
    return (
      layout && {
        layout,
        view: this.time().view(),
        width: this.width(),
        critical: this.critical(),
        formats: this.language.formats(),
        say: this.say,
        count: this.language.count,
        matched: hits && new Set<Hit>(hits),
      }
    );
  });
  /** Cache of the lines in this scene, so that scrolling computes only those that come into sight. */
  private readonly known = computed(() => {
    this.scene();
    return new WeakMap<Row, WaterfallLine>();
  });
  protected readonly lines = computed((): WaterfallLine[] => {
    const scene = this.scene();
    if (!scene) return [];
    const known = this.known();
    return this.scroller()
      .inSight(this.waterfall().rows())
      .map((row) => {
        const line = known.get(row) ?? lineOf(row, scene);
        known.set(row, line);
        return line;
      });
  });
  /** Marks of the ruler that fit; at its right end there may be the way to what came after the visible part. */
  protected readonly marks = computed(() => {
    const later = this.beyond();
    const button = later === '' ? 0 : BESIDE_THE_BUTTON + later.length * PER_LETTER;
    const end = this.width() - button;
    const fits = ({ text, left }: { text: string; left: number }): boolean =>
      (left / 100) * this.width() + BESIDE_A_MARK + text.length * PER_LETTER <= end;
    return this.time().marks(this.language.formats()).filter(fits);
  });

  /** How long it went on after the visible part; empty if nothing did. */
  protected readonly beyond = computed(() => {
    const later = this.time().beyond();
    return later === null ? '' : this.language.formats().lapseChange(later);
  });

  constructor() {
    this.revealLinked();
    this.stayWhereRead();
    this.measureBars();
  }

  /** Number of rows that fit, less one. */
  page(): number {
    return this.scroller().page();
  }

  reveal(index: number): void {
    this.scroller().reveal(index);
  }

  focus(): void {
    this.grid().nativeElement.focus({ preventScroll: true });
  }

  protected wheel(event: WheelEvent): void {
    this.time().wheel(event, this.timeline().nativeElement.getBoundingClientRect());
  }

  protected ownError(row: Row): Key {
    return row.kind === 'event' ? 'viewer.trace.eventError' : 'viewer.trace.ownError';
  }

  /** Scrolls to the row of the address when it exists, or else to the one that is selected at first: the culprit. */
  private revealLinked(): void {
    let followed: { initial: Reading | null; key: string } = { initial: null, key: '' };
    effect(() => {
      const waterfall = this.waterfall();
      const initial = waterfall.initial();
      const key = initial.span || waterfall.firstKey();
      const isKnown = followed.initial === initial && followed.key === key;
      if (isKnown || waterfall.indexOf(key) === undefined) return;
      followed = { initial, key };
      // The reader may have chosen another row before this one came.
      if (initial.span === '' && untracked(waterfall.chosen) !== '') return;
      // The box cannot be scrolled before the rows are drawn.
      const reveal = (): void => this.reveal(untracked(waterfall.active));
      afterNextRender({ write: reveal }, { injector: this.injector });
    });
  }

  private measureBars(): void {
    const observer = new ResizeObserver(([entry]) => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const width = Math.floor((entry?.contentRect.width ?? 0) / rem);
      this.width.set(Math.max(width, NARROWEST_BARS));
    });
    afterNextRender(() => observer.observe(this.timeline().nativeElement));
    inject(DestroyRef).onDestroy(() => observer.disconnect());
  }

  /** Keeps the visible rows in place when the trace grows. */
  private stayWhereRead(): void {
    let drawn: { id: string; tree: TraceTree | null; rows: readonly Row[] } | null = null;
    effect(() => {
      const waterfall = this.waterfall();
      const [tree, rows] = [waterfall.layout()?.tree ?? null, waterfall.rows()];
      untracked(() => {
        const before = drawn;
        drawn = { id: waterfall.id(), tree, rows };
        if (!before?.tree || before.id !== drawn.id || before.tree === tree) return;
        const key = waterfall.chosen();
        this.scroller().follow(
          (index) => waterfall.indexOf(before.rows[index]?.key ?? ''),
          key === '' ? -1 : before.rows.findIndex((row) => row.key === key),
        );
      });
    });
  }
}
