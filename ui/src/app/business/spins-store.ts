import { Injectable, computed, inject, signal } from '@angular/core';

import { newestFirst } from '../core/arrival';
import { Gateway } from '../core/gateway';
import { TelemetryStream } from '../core/telemetry-stream';
import { TraceQuery, TraceSummary } from '../core/telemetry-wire';
import { inOrder, spinOf } from './spin-money';

/** No more traces are added up; older ones are with the collector. */
export const MOST = 5_000;
const PAGE = 500;
/** Charts that changed with every spin could not be read. */
const CALM_MS = 500;

export type LoadState = 'loading' | 'ready' | 'failed';

/** The spins that the traces tell of, followed live while a page shows them. */
@Injectable({ providedIn: 'root' })
export class SpinsStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly _state = signal<LoadState>('loading');
  private readonly _traces = signal<ReadonlyMap<string, TraceSummary>>(new Map());
  private readonly _truncated = signal(false);
  private readonly news = new Map<string, TraceSummary>();
  /** What the stream has told since the question that is not answered in full yet: newer than any page of the answer. */
  private told: Map<string, TraceSummary> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  readonly state = this._state.asReadonly();
  /** Whether there are older spins that are not counted. */
  readonly truncated = this._truncated.asReadonly();
  /** Oldest first. */
  readonly spins = computed(() => inOrder(this._traces().values()));

  /** Begins to follow; the answer ends it. */
  watch(): () => void {
    const endings = [
      this.stream.on('trace', (trace) => this.take(trace)),
      this.stream.on('missed', () => void this.load()),
    ];
    void this.load();
    return () => {
      for (const end of endings) end();
      clearTimeout(this.timer);
      this.timer = undefined;
      this.news.clear();
      this.asked += 1;
    };
  }

  async load(): Promise<void> {
    const question = (this.asked += 1);
    const current = (): boolean => question === this.asked;
    // What came before the question is in its answer; should there be none, it is shown all the same.
    if (this._state() === 'ready') this.flush();
    else this.news.clear();
    const told = (this.told = new Map<string, TraceSummary>());
    const found = new Map<string, TraceSummary>();
    let read = 0;
    let query: TraceQuery = { limit: PAGE };
    try {
      for (;;) {
        const { traces, next } = await this.gateway.traces(query);
        if (!current()) return;
        read += traces.length;
        for (const trace of traces) if (spinOf(trace)) found.set(trace.trace_id, trace);
        if (next === undefined || read >= MOST) {
          this._truncated.set(next !== undefined);
          break;
        }
        query = { ...query, cursor: next };
      }
      for (const [id, trace] of told) found.set(id, trace);
      this._traces.set(found);
      this._state.set('ready');
    } catch {
      if (current()) this._state.set('failed');
    } finally {
      if (current()) this.told = null;
    }
  }

  private take(trace: TraceSummary): void {
    if (!spinOf(trace)) return;
    this.news.set(trace.trace_id, trace);
    this.told?.set(trace.trace_id, trace);
    if (this._state() === 'ready') this.timer ??= setTimeout(() => this.flush(), CALM_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const traces = new Map(this._traces());
    for (const [id, trace] of this.news) traces.set(id, trace);
    this.news.clear();
    // Beyond twice the bound the oldest half goes at once, so that it does not happen with every spin.
    const newest = [...traces.values()].sort(newestFirst);
    const kept = traces.size > 2 * MOST ? newest.slice(0, MOST) : newest;
    if (kept.length < newest.length) this._truncated.set(true);
    this._traces.set(new Map(kept.map((trace) => [trace.trace_id, trace])));
  }
}
