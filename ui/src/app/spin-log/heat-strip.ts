import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  afterRenderEffect,
  computed,
  inject,
  linkedSignal,
  signal,
  viewChild,
} from '@angular/core';

import { TelemetryStream } from '../core/api/telemetry-stream';
import { Language, isKey } from '../core/i18n/language';
import { joined } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { colourOf } from '../core/ui/service-colour';
import { paint, token } from '../core/ui/tokens';
import { tracePath } from '../core/ui/trace-place';
import { Column, Flag, LoggedSpin, columnsOf, heightOf } from './logged-spin';
import { SpinLog } from './spin-log';

/** Widest and narrowest pitch of the columns, in rem and in pixels. */
const WIDEST_REM = 0.7;
const NARROWEST_PX = 2;
/** Height of the flags above the columns, as a part of the strip. */
const FLAGS = 0.28;
/** The colours of flags by what was switched. */
const FLAG_COLOURS = { fix: 'good', problem: 'warn', fault: 'bad' } as const;

interface Looked {
  readonly spins: readonly LoggedSpin[];
  readonly isLooked: boolean;
}

/**
 * The session at a glance: every spin is a column, its height is the duration on a logarithmic scale, its colour the
 * service that took most of it, and flags stand where something was fixed or broken. A column leads to its trace.
 */
@Component({
  selector: 'rs-heat-strip',
  templateUrl: './heat-strip.html',
  styleUrl: './heat-strip.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class HeatStrip {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly log = inject(SpinLog);
  private readonly stream = inject(TelemetryStream);
  protected readonly say = this.language.say;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  /** Whether no newest spin is missing: not while the stream is broken, nor until its gap is read. */
  private readonly isWhole = computed(() => this.stream.live() && this.log.whole());
  /** Size of the canvas, in CSS pixels. */
  private readonly size = signal({ width: 0, height: 0, rem: 16 });
  /** The trace of the column under the pointer, or of the one that the keys chose. */
  private readonly chosenId = signal<string | null>(null);

  /** Those of the log; while a column is chosen they stay, so that it does not move away. */
  private readonly spins = linkedSignal<Looked, readonly LoggedSpin[]>({
    source: () => ({ spins: this.log.spins(), isLooked: this.chosenId() !== null }),
    computation: ({ spins, isLooked }, before) => (isLooked && before ? before.value : spins),
  });
  private readonly columns = computed(() =>
    columnsOf(this.spins(), Math.floor(this.size().width / NARROWEST_PX)),
  );
  private readonly pitch = computed(() => {
    const { width, rem } = this.size();
    return Math.min(WIDEST_REM * rem, width / Math.max(1, this.columns().length));
  });
  protected readonly title = computed(() => {
    const { length } = this.log.spins();
    if (length === 0) return '';
    const count = (this.isWhole() ? '' : '≥\u00a0') + this.language.formats().number(length);
    return this.language.count('heat.spins', length, { count });
  });
  /** Why the strip may lack spins. */
  protected readonly hint = computed(() => (this.isWhole() ? null : this.say('heat.missing')));
  protected readonly last = computed(() => this.columns().length - 1);
  protected readonly chosen = computed(() =>
    this.columns().findIndex(({ spin }) => spin.traceId === this.chosenId()),
  );
  protected readonly current = computed(() => (this.chosen() < 0 ? this.last() : this.chosen()));
  /** What the chosen column, or else the newest, says; and where it stands. */
  protected readonly words = computed(() => {
    const column = this.columns()[this.current()];
    return column ? this.wordsOf(column) : this.say('heat.none');
  });
  protected readonly bubble = computed(() => {
    if (this.chosen() < 0) return null;
    const middle = (this.chosen() + 0.5) * this.pitch();
    return { words: this.words(), middle, late: middle > this.size().width / 2 };
  });

  constructor() {
    this.log.follow();
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const { nativeElement } = this.canvas();
      const watched = new ResizeObserver(() => {
        const { clientWidth: width, clientHeight: height } = nativeElement;
        const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
        this.size.set({ width, height, rem });
      });
      watched.observe(nativeElement);
      destroyed.onDestroy(() => watched.disconnect());
    });
    afterRenderEffect(() => this.draw());
  }

  protected point(event: PointerEvent): void {
    this.choose(Math.floor(event.offsetX / this.pitch()));
  }

  protected leave(): void {
    this.chosenId.set(null);
  }

  protected open(): void {
    const column = this.columns()[this.current()];
    if (column) this.address.go(tracePath(column.spin.traceId));
  }

  /** The arrows move along the strip here, and must not change the stake. */
  protected press(event: KeyboardEvent): void {
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: this.current() - 1,
      ArrowDown: this.current() - 1,
      ArrowRight: this.current() + 1,
      ArrowUp: this.current() + 1,
      Home: 0,
      End: this.last(),
    };
    const place = places[event.key];
    if (place === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (place === undefined) return this.open();
    this.choose(place);
  }

  /** Chooses the column at this place, or the nearest one. */
  private choose(place: number): void {
    const column = this.columns()[Math.min(Math.max(place, 0), this.last())];
    if (column) this.chosenId.set(column.spin.traceId);
  }

  private wordsOf({ spin, of, failed, flags }: Column): string {
    const { lapse, clock } = this.language.formats();
    return joined(' · ', [
      clock(spin.start),
      of > 1
        ? this.language.count('heat.slowest', of, { time: lapse(spin.took) })
        : lapse(spin.took),
      spin.culprit === null ? '' : this.nameOf(spin.culprit),
      failed ? this.say('heat.failed') : '',
      ...flags.map((flag) => this.flagWords(flag)),
    ]);
  }

  private nameOf(actor: string): string {
    return actor === 'payment-provider' ? this.say('viewer.path.names.payment-provider') : actor;
  }

  private flagWords({ kind, id }: Flag): string {
    const key = `${kind === 'fault' ? 'faults' : 'problems'}.name.${id}`;
    return this.say(`heat.${kind}`, { name: isKey(key) ? this.say(key) : id });
  }

  private draw(): void {
    const { width, height, rem } = this.size();
    const columns = this.columns();
    const pitch = this.pitch();
    const chosen = this.chosen();
    const { nativeElement } = this.canvas();
    const context = nativeElement.getContext('2d');
    if (!context || width === 0) return;
    const scale = devicePixelRatio;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    // An assignment allocates the canvas anew, even of the same size.
    if (nativeElement.width !== wide) nativeElement.width = wide;
    if (nativeElement.height !== high) nativeElement.height = high;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const top = height * FLAGS;
    const gap = pitch > 4 ? 0.15 * pitch : 0;
    columns.forEach(({ spin, failed, flags }, place) => {
      const left = place * pitch;
      const tall = heightOf(spin.took) * (height - top);
      context.fillStyle = paint(spin.culprit === null ? 'var(--mark)' : colourOf(spin.culprit));
      context.globalAlpha = chosen < 0 || chosen === place ? 1 : 0.45;
      context.fillRect(left, height - tall, pitch - gap, tall);
      if (failed) {
        context.fillStyle = token('bad');
        context.fillRect(left, height - tall - 0.2 * rem, pitch - gap, 0.2 * rem);
      }
      context.globalAlpha = 1;
      const [flag] = flags;
      if (flag) drawFlag(context, left, height, rem, token(FLAG_COLOURS[flag.kind]));
    });
  }
}

/** A pole of the whole height with a pennant at its top. */
function drawFlag(
  context: CanvasRenderingContext2D,
  left: number,
  height: number,
  rem: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.fillRect(left - 0.06 * rem, 0, 0.12 * rem, height);
  context.beginPath();
  context.moveTo(left, 0);
  context.lineTo(left + 0.55 * rem, 0.25 * rem);
  context.lineTo(left, 0.5 * rem);
  context.fill();
}
