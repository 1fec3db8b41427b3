import { Signal, computed, linkedSignal } from '@angular/core';

import { ZERO, micros } from '../../core/api/micros';
import { Formats } from '../../core/i18n/formats';
import { Layout } from '../tree/layout';
import { Row } from './rows';
import { View, panned, percentAt, ticks, whole, within, zoomed } from './time-scale';
import { Reading } from './trace-address';

const STEP = 1.25;
const PAN = 0.2;

/** The visible part of a trace. */
export class TimeView {
  /** Null for the part until the root ended, for which somebody waited; at first what the address contains. */
  readonly wished = linkedSignal<View | null>(() => this.initial().view);
  readonly total = computed(() => this.layout()?.total ?? ZERO);
  private readonly answered = computed(() => this.layout()?.answered ?? ZERO);
  readonly view = computed(() => {
    const view = this.wished();
    return view ? within(view, this.total()) : whole(this.answered());
  });
  /** Whether the reader looks at another part than at first. */
  readonly isPart = computed(() => {
    const { from, to } = this.view();
    return from !== 0 || to !== Math.max(this.answered(), 1);
  });
  /** What happened after the visible part, if that ends with the root; otherwise null. */
  readonly beyond = computed(() =>
    !this.isPart() && this.answered() < this.total()
      ? micros(this.total() - this.answered())
      : null,
  );
  /** The part that the minimap shows: until the root ended, unless the reader looks beyond it. */
  readonly mapped = computed(() =>
    this.view().to > this.answered() ? this.total() : this.answered(),
  );
  /** The end of the root in per cent of the width, if it is visible and something began after it. */
  readonly answer = computed(() => {
    if (this.answered() === this.total()) return null;
    const left = percentAt(this.view(), this.answered());
    return left > 0 && left < 100 ? left : null;
  });

  constructor(
    private readonly initial: Signal<Reading>,
    private readonly layout: Signal<Layout | null>,
  ) {}

  look(view: View | null): void {
    this.wished.set(view && within(view, this.total()));
  }

  lookAtAll(): void {
    this.look(whole(this.total()));
  }

  /** Moves by a fraction of the visible part. */
  pan(share: number): void {
    this.look(panned(this.view(), share, this.total()));
  }

  panTo(direction: 1 | -1): void {
    this.pan(direction * PAN);
  }

  /** Zooms around the middle of a span, as far as it is visible, or else of the view. */
  zoom(direction: 'in' | 'out', row: Row | null): void {
    const node = row?.kind === 'span' ? row.node : null;
    const start = this.layout()?.tree.start ?? ZERO;
    const middle = node && micros((node.start + node.end) / 2 - start);
    const at = middle === null ? 0.5 : percentAt(this.view(), middle) / 100;
    this.zoomAt(direction === 'in' ? 1 / STEP : STEP, at);
  }

  /** The wheel zooms at the pointer within `box` while Ctrl is pressed, and pans while Shift is pressed. */
  wheel(event: WheelEvent, box: DOMRect | undefined): void {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    if (!box || box.width === 0) return;
    const by = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
    if (event.ctrlKey) this.zoomAt(Math.exp(by / 300), (event.clientX - box.left) / box.width);
    else this.pan(by / box.width);
  }

  /** The marks of the ruler. Of those at its end the text may not fit. */
  marks({ mark }: Formats): { text: string; left: number }[] {
    const view = this.view();
    const times = ticks(view, 5);
    const step = micros((times[1] ?? 0) - (times[0] ?? 0));
    return times.map((time) => ({
      text: mark(time, step > 0 ? step : undefined),
      left: percentAt(view, time),
    }));
  }

  private zoomAt(factor: number, at: number): void {
    this.look(zoomed(this.view(), factor, Math.min(Math.max(at, 0), 1), this.total()));
  }
}
