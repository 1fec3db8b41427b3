import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterRenderEffect,
  computed,
  effect,
  inject,
  input,
  output,
  untracked,
  viewChildren,
} from '@angular/core';

import { Language } from '../core/language';
import { reducedMotion } from '../core/reduced-motion';
import { SymbolName, Win } from '../core/wire';
import { drawBlurredStrip, smearedSymbols } from './blurred-strip';
import { Phase, Target } from './play';
import { ReelSymbol } from './reel-symbol';
import { NORMAL_PACE, Run, TURBO_PACE, blurAt, landing, reelAt, restTimes } from './reel-motion';
import { unrolled } from './strip-window';
import { cellKey, litCells, winLines } from './win-lines';

const ROWS = 3;
/** Rows repeated below the seam of a strip: the window, and one row that is passing. */
const SEAM = ROWS + 1;
const CROSS_FADE_MS = 160;
/** A hidden window gets no animation frames; the round must not wait for them. */
const FRAMES_MISSING_MS = 400;

/**
 * Five reels. At rest a reel shows three cells of the board; while it moves, its whole strip slides
 * past instead, as one layer per reel of which only the transform and the opacities change.
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
  /** Which spin the phase is that of. */
  readonly spin = input.required<number>();
  readonly target = input.required<Target>();
  readonly wins = input.required<readonly Win[]>();
  readonly turbo = input.required<boolean>();
  readonly hurried = input.required<boolean>();

  /** A reel has stopped; its index. */
  readonly stopped = output<number>();
  /** All reels rest on the target. */
  readonly rested = output();

  private readonly reels = viewChildren<ElementRef<HTMLElement>>('reel');
  private readonly movers = viewChildren<ElementRef<HTMLElement>>('mover');
  private readonly sharps = viewChildren<ElementRef<HTMLElement>>('sharp');
  private readonly blurs = viewChildren<ElementRef<HTMLCanvasElement>>('blur');

  protected readonly unrolledStrips = computed(() =>
    this.strips().map((strip) => unrolled(strip, SEAM)),
  );
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

  private runs: Run[] = [];
  private restedReels = 0;
  private shownStops: readonly number[] = [];
  private frame = 0;
  private deadline: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    afterRenderEffect(() => void this.drawBlurs(this.unrolledStrips(), this.blurs()));
    effect(() => {
      const phase = this.phase();
      // Without the number a spin that begins and is answered between two looks would not be seen at all.
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
    inject(DestroyRef).onDestroy(() => this.halt());
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
      // A reel that already brakes is let alone: it could not come to rest any sooner gracefully.
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
    const movers = this.movers();
    let rested = 0;
    for (const [reel, run] of this.runs.entries()) {
      const rows = this.strips()[reel]?.length ?? 1;
      const mover = movers[reel]?.nativeElement;
      const state = reelAt(run, now, rows);
      if (state.rested) {
        rested += 1;
        this.reels()[reel]?.nativeElement.classList.remove('moving');
        continue;
      }
      const blur = blurAt(state.speed);
      if (mover) mover.style.transform = `translate3d(0,${(-state.position * 100) / ROWS}%,0)`;
      setOpacity(this.blurs()[reel]?.nativeElement, blur);
      setOpacity(this.sharps()[reel]?.nativeElement, 1 - blur);
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

  private async drawBlurs(
    strips: readonly (readonly SymbolName[])[],
    canvases: readonly ElementRef<HTMLCanvasElement>[],
  ): Promise<void> {
    const symbols = await smearedSymbols([...new Set(strips.flat())]).catch(() => null);
    // Without them the reels still turn: an empty canvas hides nothing but the blur.
    if (!symbols) return;
    for (const [reel, { nativeElement }] of canvases.entries()) {
      drawBlurredStrip(nativeElement, strips[reel] ?? [], symbols);
    }
  }
}

function setOpacity(element: HTMLElement | undefined, opacity: number): void {
  const text = opacity.toFixed(2);
  if (element && element.style.opacity !== text) element.style.opacity = text;
}
