import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';

import { Followed } from '../../core/api/followed';
import { Gateway } from '../../core/api/gateway';
import { Micros } from '../../core/api/micros';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TraceDetail, TraceSummary } from '../../core/api/schema';
import { FreshTraces } from '../../traces/tree/followed-trace';
import type { Layout } from '../../traces/tree/layout';
import { KeptSpins } from '../play/kept-spins';
import { OtherWindows } from '../play/other-windows';
import { Play } from '../play/play';
import { MeasuredPath, Station, StationName, isWhole, measuredPath, pathOf } from './spin-path';

/** Pause before the first request because of a message, in milliseconds: a person waits for the path of the spin. */
const TOGETHER_MS = 40;
/** Upper limit of that pause. A trace may grow for hours if its settlement is retried. */
const SELDOM_MS = 10_000;
/** Number of spins whose measured path is kept for a later spin of the same round. */
const MOST_KEPT = 100;

/** The trace of the last spin, as far as the collector has it. */
@Injectable({ providedIn: 'root' })
export class FollowedSpin {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly fresh = inject(FreshTraces);
  private readonly play = inject(Play);
  private readonly _summary = signal<TraceSummary | null>(null);
  private readonly _layout = signal<Layout | null>(null);
  private readonly followed = new Followed(
    () => {
      const id = untracked(this.play.traceId);
      return id === null ? null : this.gateway.trace(id);
    },
    { seen: (detail) => this.show(detail), firstMs: TOGETHER_MS, calmMs: SELDOM_MS },
  );
  /** The trace from which the layout was computed. */
  private laidOut: TraceDetail | null = null;
  private readonly kept = new Map<string, MeasuredPath>();

  /** The summary of the envelopes that have arrived. */
  readonly summary = this._summary.asReadonly();
  /** Null until the trace is complete. */
  readonly layout = this._layout.asReadonly();
  /** Without telemetry of the running spin nothing is known of its way. */
  readonly path = computed(() => {
    const isTold = this.play.traceId() !== null && this.stream.live();
    const spinning = this.play.phase() === 'spinning';
    const path = pathOf(this._summary(), this._layout(), spinning && isTold);
    if (this.play.outcome()?.status !== 'pending') return path;
    // The settlement goes on after the response.
    return path.map((station): Station =>
      station.name === 'payment-provider' && station.state === 'dark'
        ? { ...station, state: 'asked' }
        : station,
    );
  });
  /** The station that a running spin waits for; null if that is unknown, or if none is running. */
  readonly waiting = computed((): StationName | null => {
    return this.path().find(({ state }) => state === 'waiting')?.name ?? null;
  });
  /** The first spin of the round that the last spin repeats, if its trace was complete. */
  readonly before = computed(() => this.kept.get(this.play.last()?.repeats ?? '') ?? null);

  constructor() {
    inject(KeptSpins);
    inject(OtherWindows);
    effect(() => {
      // The page of the trace is loaded during the first spin, so that it opens without delay.
      if (this.play.traceId() !== null) void import('../../traces/traces-screen');
      this._summary.set(null);
      this._layout.set(null);
      this.laidOut = null;
      untracked(() => this.followed.restart());
      // The stream has told of a spin from before a reload of the page already.
      if (untracked(this.play.phase) === 'idle') void this.readKept();
    });
    this.stream.on('trace', (trace) => {
      if (trace.trace_id !== untracked(this.play.traceId)) return;
      this._summary.set(trace);
      if (isWhole(trace)) this.followed.again.ask();
    });
    this.stream.afterGap(this.followed.again);
  }

  /** The time of a spin by its trace, in microseconds; null if the trace was not complete. */
  totalOf(traceId: string | null): Micros | null {
    // Read so that a value which depends on this one follows a new trace.
    this._layout();
    return this.kept.get(traceId ?? '')?.total ?? null;
  }

  /** Reads the last spin, after the one that it repeats. */
  private async readKept(): Promise<void> {
    const { repeats = null } = untracked(this.play.last) ?? {};
    if (repeats !== null) await this.readBefore(repeats).catch(() => undefined);
    // If the request fails, the spin is shown without its trace, which the list of traces will contain.
    void this.followed.load();
  }

  /** Rejects if the collector no longer has the trace; then the last spin is compared with none. */
  private async readBefore(traceId: string): Promise<void> {
    const { layoutOf } = await import('../../traces/tree/layout');
    this.keep(traceId, measuredPath(layoutOf(await this.gateway.trace(traceId))));
  }

  private show(detail: TraceDetail): void {
    this.fresh.keep(detail);
    this._summary.set(detail.summary);
    // A reply with the same envelopes needs no new layout.
    const isNew = this.laidOut?.envelopes.join() !== detail.envelopes.join();
    if (isNew && isWhole(detail.summary)) void this.layOut(detail);
  }

  /** The code for the layout is loaded on demand, because the first screen does not need it. */
  private async layOut(detail: TraceDetail): Promise<void> {
    const { layoutOf } = await import('../../traces/tree/layout');
    if (this.followed.value() !== detail) return;
    this.laidOut = detail;
    const layout = layoutOf(detail);
    this.keep(detail.summary.trace_id, measuredPath(layout));
    this._layout.set(layout);
  }

  private keep(traceId: string, path: MeasuredPath): void {
    this.kept.delete(traceId);
    this.kept.set(traceId, path);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}
