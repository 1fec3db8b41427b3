import { Injectable, effect, inject, signal, untracked } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { TraceDetail, TraceSummary } from '../core/api/schema';
import { FreshTraces } from '../traces/followed-trace';
import type { Layout } from '../traces/layout';
import { Play } from './play';
import { isWhole } from './spin-path';

/** Envelopes come within a moment of one another: the trace is read once for those. */
const TOGETHER_MS = 40;
/**
 * A trace may grow for hours, such as that of a spin whose settlement is tried again and again: it is read twice as seldom each
 * time, down to this.
 */
const SELDOM_MS = 10_000;

/** What the collector tells of the spin that was made last. */
@Injectable({ providedIn: 'root' })
export class FollowedSpin {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly fresh = inject(FreshTraces);
  private readonly play = inject(Play);
  private readonly _summary = signal<TraceSummary | null>(null);
  private readonly _layout = signal<Layout | null>(null);
  private readonly followed = new Followed(
    () => this.gateway.trace(untracked(this.play.traceId) ?? ''),
    { seen: (detail) => this.show(detail) },
  );
  /** What the layout is of. */
  private laidOut: TraceDetail | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the trace that is followed. */
  private reads = 0;

  /** As far as its envelopes are there. */
  readonly summary = this._summary.asReadonly();
  /** Null until the trace is whole. */
  readonly layout = this._layout.asReadonly();

  constructor() {
    effect(() => {
      // The trace's screen is loaded while the first spin is under way, so that nobody waits for it afterwards.
      if (this.play.traceId() !== null) void import('../traces/traces-screen');
      clearTimeout(this.timer);
      this.timer = undefined;
      this.reads = 0;
      this._summary.set(null);
      this._layout.set(null);
      this.laidOut = null;
      untracked(() => this.followed.restart());
    });
    this.stream.on('trace', (trace) => {
      if (trace.trace_id !== untracked(this.play.traceId)) return;
      this._summary.set(trace);
      if (isWhole(trace)) this.readSoon();
    });
    this.stream.on('missed', () => this.readSoon());
  }

  private readSoon(): void {
    const pause = Math.min(TOGETHER_MS * 2 ** this.reads, SELDOM_MS);
    this.timer ??= setTimeout(() => this.read(), pause);
  }

  /** Without its trace the spin is shown all the same; the list of traces has it as soon as it is there. */
  private read(): void {
    this.timer = undefined;
    if (untracked(this.play.traceId) === null) return;
    this.reads += 1;
    void this.followed.load();
  }

  private show(detail: TraceDetail): void {
    this.fresh.keep(detail);
    this._summary.set(detail.summary);
    // The same envelopes make the same trace: nothing is computed and drawn again.
    const isNew = this.laidOut?.envelopes.join() !== detail.envelopes.join();
    if (isNew && isWhole(detail.summary)) void this.layOut(detail);
  }

  /** No trace is laid out before there is one: that is no part of what the page begins with. */
  private async layOut(detail: TraceDetail): Promise<void> {
    const { layoutOf } = await import('../traces/layout');
    if (this.followed.value() !== detail) return;
    this.laidOut = detail;
    this._layout.set(layoutOf(detail));
  }
}
