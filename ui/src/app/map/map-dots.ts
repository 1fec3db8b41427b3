import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  inject,
  input,
  viewChild,
} from '@angular/core';

import { token } from '../core/ui/tokens';
import { pointsOf } from './curve-points';
import { Dot, Dots, Flow } from './flow';

/** A wire along which dots move; x and y of its ends in per cent of the field. */
export interface Lane {
  readonly id: string;
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly level: number;
  /** Whether players wait for the called box, of which most of the time is. */
  readonly hot: boolean;
}

/** Width of a box, in rem, where its column has room. */
const BOX = 12.8;
/** Size and distance of the dots, in rem, and how many stand upon each other before a box. */
const SIZE = 0.42;
const STEP = 0.6;
const PILE = 7;
/** Time between two frames, in milliseconds. */
const FRAME_MS = 1_000 / 30;

/** Calls in progress as dots: they move along the wires and wait before the box that is called. */
@Component({
  selector: 'rs-map-dots',
  template: `<canvas #canvas data-test="map-dots" aria-hidden="true"></canvas>`,
  styles: `
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      pointer-events: none;
      /* A layer of its own: without a GPU the boxes and wires around it would be painted anew with each frame. */
      will-change: transform;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MapDots {
  readonly lanes = input.required<readonly Lane[]>();
  readonly flows = input.required<readonly Flow[]>();
  /** Width of a box in per cent of the field, where its column has no more. */
  readonly boxWidth = input.required<number>();

  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private readonly dots = new Dots();
  private frame = 0;
  private drawn = 0;

  constructor() {
    afterNextRender(() => this.next());
    inject(DestroyRef).onDestroy(() => cancelAnimationFrame(this.frame));
  }

  private next(): void {
    this.frame = requestAnimationFrame((now) => {
      if (now - this.drawn >= FRAME_MS - 1) {
        this.drawn = now;
        this.draw(this.dots.at(now, this.flows()));
      }
      this.next();
    });
  }

  private draw(dots: readonly Dot[]): void {
    const { nativeElement: canvas } = this.canvas();
    const context = canvas.getContext('2d');
    if (!context) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    // An assignment allocates the canvas anew, even of the same size.
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const half = Math.min(BOX * rem, (this.boxWidth() / 100) * width) / 2;
    const lanes = new Map(this.lanes().map((lane) => [lane.id, lane]));
    const queues = new Map<string, number>();
    for (const { id, place } of dots) if (place !== null) queues.set(id, (queues.get(id) ?? 0) + 1);
    for (const dot of dots) {
      const lane = lanes.get(dot.id);
      if (!lane) continue;
      const end = (lane.to / 100) * width - half;
      const [x, y] =
        dot.place === null
          ? along(lane, dot.way, { width, height, half })
          : [
              end - rem * STEP * (0.7 + Math.floor(dot.place / PILE)),
              (lane.level / 100) * height + pileAt(dot.place, queues.get(dot.id) ?? 1) * rem,
            ];
      context.fillStyle = token(lane.hot ? 'warn' : 'soft');
      context.beginPath();
      context.arc(x, y, (rem * SIZE) / 2, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** The height of a waiting dot above or below its wire, in rem; each pile is centred. */
function pileAt(place: number, all: number): number {
  const pile = Math.floor(place / PILE);
  const high = Math.min(PILE, all - pile * PILE);
  return (place - pile * PILE - (high - 1) / 2) * STEP;
}

/** A point of the part of a wire between its boxes; a call backwards is seen all along its way. */
function along(
  { path, from, to }: Lane,
  way: number,
  { width, height, half }: { width: number; height: number; half: number },
): [x: number, y: number] {
  const points = pointsOf(path).map(([x, y]): [number, number] => [
    (x / 100) * width,
    (y / 100) * height,
  ]);
  const [begin, end] = [(from / 100) * width + half, (to / 100) * width - half];
  const seen = end > begin ? points.filter(([x]) => x >= begin && x <= end) : points;
  const lengths = seen.map(([x, y], index) => {
    const [px, py] = seen[index - 1] ?? [x, y];
    return Math.hypot(x - px, y - py);
  });
  let left = way * lengths.reduce((sum, length) => sum + length, 0);
  const at = lengths.findIndex((length) => (left -= length) <= 0);
  const [x, y] = seen[Math.max(at, 0)] ?? [end, height / 2];
  const [px, py] = seen[Math.max(at, 0) - 1] ?? [x, y];
  const part = lengths[at] ? 1 + left / lengths[at] : 1;
  return [px + (x - px) * part, py + (y - py) * part];
}
