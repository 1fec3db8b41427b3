import { Injectable, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { TraceQuery } from '../core/api/parts';
import { TraceSummary } from '../core/api/schema';
import { SpinMoney, spinOf, withSpins } from './spin-money';

/** Limit of spins that are read and added up; the collector has older ones. */
export const MOST = 5_000;
const PAGE = 500;
/** Interval of updates; charts that change with every spin are illegible. */
const CALM_MS = 500;

export type LoadState = 'loading' | 'ready' | 'failed';

/** The spins in the recorded traces, followed live while a page shows them. */
@Injectable({ providedIn: 'root' })
export class SpinsStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly _state = signal<LoadState>('loading');
  private readonly _spins = signal<readonly SpinMoney[]>([]);
  private readonly _truncated = signal(false);
  private readonly news = new Map<string, TraceSummary>();
  /** Traces from the stream since the pending request; newer than every page of its reply. */
  private told: Map<string, TraceSummary> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  readonly state = this._state.asReadonly();
  /** Whether there are older spins that are not counted. */
  readonly truncated = this._truncated.asReadonly();
  /** Oldest first. */
  readonly spins = this._spins.asReadonly();

  /** Begins to follow; returns a function that ends it. */
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
    // The reply contains everything older; without a reply the received traces are shown all the
    // same.
    this.flush();
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
      this.show(withSpins([], found));
      this._state.set('ready');
    } catch {
      if (current()) this._state.set('failed');
    } finally {
      if (current()) this.told = null;
    }
  }

  private take(trace: TraceSummary): void {
    if (!spinOf(trace)) return;
    if (this.told) keep(this.told, trace);
    // Before the first reply there is nothing to add to, and the reply will contain this trace.
    if (this._state() !== 'ready') return;
    this.news.set(trace.trace_id, trace);
    // Timers of a hidden window are slow, so the queue is bounded here.
    if (this.news.size > MOST) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), CALM_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.news.size === 0) return;
    this.show(withSpins(this._spins(), this.news));
    this.news.clear();
  }

  private show(spins: readonly SpinMoney[]): void {
    if (spins.length > MOST) this._truncated.set(true);
    this._spins.set(spins.slice(-MOST));
  }
}

/** Adds a trace to the received ones, of which the last `MOST` are kept. */
function keep(told: Map<string, TraceSummary>, trace: TraceSummary): void {
  told.delete(trace.trace_id);
  told.set(trace.trace_id, trace);
  const [oldest] = told.keys();
  if (told.size > MOST && oldest !== undefined) told.delete(oldest);
}
