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
  untracked,
  viewChildren,
} from '@angular/core';

import { SymbolName, Win } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import { painted } from '../../core/ui/painted';
import { reducedMotion } from '../../core/ui/reduced-motion';
import { Phase } from '../play/play';
import { Target } from '../play/shown-spin';
import { NORMAL_PACE, Run, TURBO_PACE, blurAt, landing, reelAt, restTimes } from './reel-motion';
import { SymbolPictures, drawReel, symbolPictures } from './reel-picture';
import { ReelSymbol } from './reel-symbol';
import { cellKey, litCells, winLines } from '../play/win-lines';

const ROWS = 3;
const CROSS_FADE_MS = 160;
/** Additional time after which a spin ends without frames, in milliseconds, because a hidden window gets none. */
const FRAMES_MISSING_MS = 400;

/**
 * Five reels. A resting reel shows three cells of the board. A moving reel draws its strip on a canvas from bitmaps of
 * the symbols, which a web view without a GPU copies in a fraction of a frame.
 */
@Component({
  selector: 'rs-reels',
  imports: [ReelSymbol],
  templateUrl: './reels.html',
  styleUrl: './reels.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Reels {
  private readonly say = inject(Language).say;

  readonly strips = input.required<readonly (readonly SymbolName[])[]>();
  readonly paylines = input.required<readonly (readonly number[])[]>();
  readonly phase = input.required<Phase>();
  /** Number of the spin to which the phase belongs. */
  readonly spin = input.required<number>();
  readonly target = input.required<Target>();
  readonly wins = input.required<readonly Win[]>();
  readonly turbo = input.required<boolean>();
  readonly hurried = input.required<boolean>();

  /** Emits the index of a reel that has stopped. */
  readonly stopped = output<number>();
  /** Emitted when all reels rest on the target. */
  readonly rested = output();

  private readonly reels = viewChildren<ElementRef<HTMLElement>>('reel');
  private readonly canvases = viewChildren<ElementRef<HTMLCanvasElement>>('canvas');

  protected readonly lines = computed(() => winLines(this.wins(), this.paylines()));
  protected readonly lit = computed(() => litCells(this.wins()));
  protected readonly boardInWords = computed(() =>
    this.say('machine.board', {
      board: this.target()
        .board.map((column, reel) =>
          this.say('machine.boardReel', {
            reel: reel + 1,
            symbols: column.map((symbol) => this.say(`symbol.${symbol}.name`)).join(', '),
          }),
        )
        .join('; '),
    }),
  );

  /** Whether the bitmaps exist; without them the board cross-fades. */
  protected readonly pictured = signal(false);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private pictures: SymbolPictures | null = null;
  /** The size and the symbols of the requested bitmaps. */
  private requested = '';
  private runs: Run[] = [];
  private restedReels = 0;
  private shownStops: readonly number[] = [];
  private frame = 0;
  private deadline: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    effect(() => {
      const phase = this.phase();
      // The number reveals a spin that begins and is answered between two change detections.
      this.spin();
      untracked(() => {
        if (phase === 'spinning') this.launch();
        if (phase === 'stopping') this.land();
        if (phase === 'idle') this.halt();
      });
    });
    effect(() => {
      if (this.hurried()) untracked(() => this.hurry());
    });
    const resized = new ResizeObserver(() => void this.picture());
    afterNextRender(() => resized.observe(this.host));
    effect(() => {
      // Another paytable may have other symbols.
      this.strips();
      untracked(() => void this.picture());
    });
    inject(DestroyRef).onDestroy(() => {
      resized.disconnect();
      this.requested = '';
      this.halt();
    });
  }

  protected isLit(reel: number, row: number): boolean {
    return this.lit().has(cellKey([reel, row]));
  }

  private launch(): void {
    this.halt();
    if (reducedMotion()) return;
    const pace = this.pace();
    const now = performance.now();
    const stops = this.target().stops;
    this.runs = this.strips().map((_, reel) => ({
      launchedAt: now + reel * pace.launchStagger,
      pace,
      from: stops[reel] ?? 0,
    }));
    this.restedReels = 0;
    this.draw(now);
    for (const { nativeElement } of this.reels()) nativeElement.classList.add('moving');
    this.frame = requestAnimationFrame(this.tick);
  }

  private land(): void {
    this.shownStops = this.target().stops;
    if (this.runs.length === 0) {
      clearTimeout(this.deadline);
      this.deadline = setTimeout(() => this.finish(), CROSS_FADE_MS);
      return;
    }
    this.aim(performance.now());
  }

  private hurry(): void {
    if (this.phase() === 'stopping' && this.runs.length > 0) this.aim(performance.now(), true);
  }

  private aim(now: number, hurried = false): void {
    const pace = hurried ? TURBO_PACE : this.pace();
    const times = restTimes(this.runs, now, pace);
    this.runs = this.runs.map((run, reel) => {
      // A reel that brakes already would not stop sooner without a jerk.
      if (run.landing && run.landing.brakeAt <= now) return run;
      const stop = this.shownStops[reel] ?? 0;
      return { ...run, landing: landing(run, stop, times[reel] ?? now, pace) };
    });
    clearTimeout(this.deadline);
    const last = Math.max(...this.runs.map(({ landing: end }) => end?.restAt ?? now));
    this.deadline = setTimeout(() => this.finish(), last - now + FRAMES_MISSING_MS);
  }

  private readonly tick = (): void => {
    const now = performance.now();
    if (this.draw(now)) this.finish();
    else this.frame = requestAnimationFrame(this.tick);
  };

  /** True once every reel rests. */
  private draw(now: number): boolean {
    let rested = 0;
    for (const [reel, run] of this.runs.entries()) {
      const strip = this.strips()[reel] ?? [];
      const state = reelAt(run, now, strip.length);
      if (state.rested) {
        rested += 1;
        this.reels()[reel]?.nativeElement.classList.remove('moving');
        continue;
      }
      const pen = this.canvases()[reel]?.nativeElement.getContext('2d');
      if (pen && this.pictures && strip.length > 0)
        drawReel(pen, strip, state.position, blurAt(state.speed), this.pictures);
    }
    for (; this.restedReels < rested; this.restedReels += 1) this.stopped.emit(this.restedReels);
    return rested === this.runs.length;
  }

  private finish(): void {
    this.halt();
    this.rested.emit();
  }

  private halt(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.deadline);
    for (const { nativeElement } of this.reels()) nativeElement.classList.remove('moving');
    this.runs = [];
  }

  private pace(): typeof NORMAL_PACE {
    return this.turbo() ? TURBO_PACE : NORMAL_PACE;
  }

  /** Renders the symbols for the present size of the reels, at the resolution of the screen. */
  private async picture(): Promise<void> {
    const names = [...new Set(this.strips().flat())];
    const [reel] = this.reels();
    const { clientWidth = 0, clientHeight = 0 } = reel?.nativeElement ?? {};
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    const requested = [width, height, ratio, ...names].join(' ');
    if (requested === this.requested) return;
    this.requested = requested;
    await painted();
    // Another size was requested meanwhile.
    if (requested !== this.requested) return;
    const pictures = await symbolPictures(names, width, Math.round(height / ROWS)).catch(
      () => null,
    );
    if (requested !== this.requested) return;
    if (!pictures) this.requested = '';
    for (const { nativeElement: canvas } of this.canvases()) {
      Object.assign(canvas, { width, height });
      // The size in whole pixels of the screen, so that the canvas is not scaled; that of a reel may be a fraction.
      canvas.style.width = `${width / ratio}px`;
      canvas.style.height = `${height / ratio}px`;
    }
    this.pictures = pictures;
    this.pictured.set(pictures !== null);
    if (this.runs.length > 0) this.draw(performance.now());
  }
}
