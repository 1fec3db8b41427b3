import { Signal, computed, linkedSignal } from '@angular/core';

import { ZERO, micros } from '../core/api/micros';
import { Formats } from '../core/i18n/formats';
import { Layout } from './layout';
import { Row } from './rows';
import { View, isWhole, panned, percentAt, ticks, whole, within, zoomed } from './time-scale';
import { Reading } from './trace-address';

const STEP = 1.25;
const PAN = 0.2;

/** The visible part of a trace. */
export class TimeView {
  /** Null for the whole trace; at first the part that the address contains. */
  readonly wished = linkedSignal<View | null>(() => this.initial().view);
  readonly total = computed(() => this.layout()?.total ?? ZERO);
  readonly view = computed(() => {
    const view = this.wished();
    return view ? within(view, this.total()) : whole(this.total());
  });
  readonly isPart = computed(() => !isWhole(this.view(), this.total()));

  constructor(
    private readonly initial: Signal<Reading>,
    private readonly layout: Signal<Layout | null>,
  ) {}

  look(view: View | null): void {
    this.wished.set(view && within(view, this.total()));
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

  /** The marks of the ruler, without one at its end, whose text would be cut. */
  marks({ mark }: Formats): { text: string; left: number }[] {
    const view = this.view();
    const times = ticks(view, 5);
    const step = micros((times[1] ?? 0) - (times[0] ?? 0));
    return times
      .map((time) => ({
        text: mark(time, step > 0 ? step : undefined),
        left: percentAt(view, time),
      }))
      .filter(({ left }) => left < 94);
  }

  private zoomAt(factor: number, at: number): void {
    this.look(zoomed(this.view(), factor, Math.min(Math.max(at, 0), 1), this.total()));
  }
}
