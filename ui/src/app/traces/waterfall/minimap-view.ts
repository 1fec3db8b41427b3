import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';

import { Micros, micros } from '../../core/api/micros';
import { Language } from '../../core/i18n/language';
import { colourOf } from '../../core/ui/service-colour';
import { paint } from '../../core/ui/tokens';
import { minimap } from './minimap';
import { SpanNode, actorOf, failedHere } from '../tree/span-node';
import { View, isWhole, percentAt, within } from './time-scale';
import { TraceTree } from '../tree/tree';

/** A drag over a shorter distance is a click, in pixels. */
const CLICK_PX = 4;

/**
 * The whole trace at a small scale. A drag zooms in, a double click shows the whole trace. The keys of the waterfall do
 * the same.
 */
@Component({
  selector: 'rs-minimap',
  template: `
    <canvas #canvas aria-hidden="true"></canvas>
    @if (frame(); as frame) {
      <i class="shade" [style.left.%]="0" [style.width.%]="frame.left"></i>
      <i class="shade" [style.left.%]="frame.right" [style.right.px]="0"></i>
      <i class="frame" [style.left.%]="frame.left" [style.width.%]="frame.right - frame.left"></i>
    }
  `,
  styles: `
    :host {
      position: relative;
      display: block;
      height: 3rem;
      border: var(--hair) solid var(--line);
      border-radius: 0.7rem;
      background: var(--list);
      overflow: hidden;
      cursor: crosshair;
      touch-action: none;
    }
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
    }
    i {
      position: absolute;
      inset-block: 0;
      pointer-events: none;
    }
    .shade {
      background: var(--ink-veil);
    }
    .frame {
      min-width: 2px;
      border: solid var(--gold);
      border-width: 1px 2px;
      border-radius: 0.3rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '[title]': "say('viewer.trace.minimap')",
    '(pointerdown)': 'begin($event)',
    '(dblclick)': 'looked.emit(null)',
  },
})
export class MinimapView {
  readonly tree = input.required<TraceTree>();
  /** The span with most of the critical path, which is drawn thicker. */
  readonly culprit = input<SpanNode | null>(null);
  readonly total = input.required<Micros>();
  readonly view = input.required<View>();
  /** Emits the requested view; null for the whole trace. */
  readonly looked = output<View | null>();

  protected readonly say = inject(Language).say;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private readonly box = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly size = signal({ width: 0, height: 0 });
  private readonly dragged = signal<View | null>(null);

  protected readonly frame = computed(() => {
    const view = this.dragged() ?? this.view();
    const total = this.total();
    if (!this.dragged() && isWhole(view, total)) return null;
    const all = { from: micros(0), to: micros(Math.max(total, 1)) };
    return { left: percentAt(all, view.from), right: percentAt(all, view.to) };
  });

  constructor() {
    const observer = new ResizeObserver(() => this.measure());
    afterNextRender(() => {
      this.measure();
      observer.observe(this.box);
    });
    inject(DestroyRef).onDestroy(() => observer.disconnect());
    effect(() => this.draw());
  }

  protected begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { left, width } = this.box.getBoundingClientRect();
    const at = (x: number): number =>
      Math.min(Math.max((x - left) / width, 0), 1) * Math.max(this.total(), 1);
    const from = event.clientX;
    const viewTo = (x: number): View => ({
      from: micros(Math.min(at(from), at(x))),
      to: micros(Math.max(at(from), at(x))),
    });
    const move = ({ clientX }: PointerEvent): void => this.dragged.set(viewTo(clientX));
    const end = ({ clientX }: PointerEvent): void => {
      this.box.removeEventListener('pointermove', move);
      this.dragged.set(null);
      if (Math.abs(clientX - from) > CLICK_PX)
        this.looked.emit(within(viewTo(clientX), this.total()));
    };
    this.box.setPointerCapture(event.pointerId);
    this.box.addEventListener('pointermove', move);
    this.box.addEventListener('pointerup', end, { once: true });
  }

  private measure(): void {
    const { clientWidth, clientHeight } = this.box;
    this.size.set({
      width: Math.round(clientWidth * devicePixelRatio),
      height: Math.round(clientHeight * devicePixelRatio),
    });
  }

  private draw(): void {
    const { width, height } = this.size();
    const tree = this.tree();
    const canvas = this.canvas().nativeElement;
    const pencil = canvas.getContext('2d');
    if (!pencil || width === 0) return;
    canvas.width = width;
    canvas.height = height;
    // A rem depends on the window, so that bars are thicker on a 4K projector.
    const dot =
      (parseFloat(getComputedStyle(document.documentElement).fontSize) / 16) * devicePixelRatio;
    const edge = 4 * dot;
    const room = height - 2 * edge;
    const { lanes, bars } = minimap(
      tree,
      Math.max(this.total(), 1),
      Math.max(Math.floor(room / (4 * dot)), 1),
      width,
    );
    const lane = Math.min(room / lanes, 7 * dot);
    for (const bar of bars) {
      const thick = Math.max(lane - dot, bar.node === this.culprit() ? 6 * dot : 3 * dot);
      pencil.fillStyle = paint(failedHere(bar.node) ? 'var(--bad)' : colourOf(actorOf(bar.node)));
      const long = Math.max(bar.width * width, 2 * dot);
      pencil.fillRect(bar.left * width, edge + (bar.lane + 0.5) * lane - thick / 2, long, thick);
    }
  }
}
