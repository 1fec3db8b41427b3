import { Injectable, inject, signal } from '@angular/core';

import { isRefusal } from '../core/api/api-problem';
import { Coalesced } from '../core/api/coalesced';
import { LoadState } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { PagedTraces } from '../core/api/paged-traces';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { TraceSummary } from '../core/api/schema';
import { SpinMoney, spinOf, withSpins } from './spin-money';

/**
 * Limit of spins that are read and added up; the collector has older ones. It is above the number of spins with which
 * there is a verdict on the RTP.
 */
export const MOST = 10_000;
const PAGE = 500;
/** Interval of updates; charts that change with every spin are illegible. */
const CALM_MS = 500;

/** The spins in the traces, followed live while a page shows them. */
@Injectable({ providedIn: 'root' })
export class SpinsStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly _state = signal<LoadState>('loading');
  private readonly _spins = signal<readonly SpinMoney[]>([]);
  private readonly _truncated = signal(false);
  private readonly news = new Map<string, TraceSummary>();
  private readonly pages = new PagedTraces(this.gateway, MOST);
  private readonly again = new Coalesced(() => this.load());
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly state = this._state.asReadonly();
  /** Whether there are older spins that are not counted. */
  readonly truncated = this._truncated.asReadonly();
  /** Oldest first. */
  readonly spins = this._spins.asReadonly();

  /** Begins to follow; returns a function that ends it. */
  watch(): () => void {
    const endings = [
      this.stream.on('trace', (trace) => this.take(trace)),
      this.stream.afterGap(this.again),
    ];
    this.again.ask();
    return () => {
      for (const end of endings) end();
      clearTimeout(this.timer);
      this.timer = undefined;
      this.news.clear();
      this.again.drop();
      this.pages.end();
    };
  }

  async load(): Promise<void> {
    // The reply includes what came before the request; if the request fails, these spins are shown all the same.
    this.flush();
    const found = new Map<string, TraceSummary>();
    let read = 0;
    let isWhole = true;
    try {
      const isCurrent = await this.pages.read(
        { limit: PAGE },
        ({ traces, next, indexed }, told) => {
          isWhole &&= indexed;
          read += traces.length;
          for (const trace of traces) if (spinOf(trace)) found.set(trace.trace_id, trace);
          if (next !== undefined && read < MOST) return true;
          this._truncated.set(next !== undefined);
          for (const [id, trace] of told) found.set(id, trace);
          return false;
        },
      );
      if (!isCurrent) return;
      this.show(withSpins([], found));
      this._state.set('ready');
      // The collector still reads its log after a start.
      if (!isWhole) this.again.ask();
    } catch (error) {
      this._state.set('failed');
      if (!isRefusal(error)) this.again.ask();
    }
  }

  private take(trace: TraceSummary): void {
    if (!spinOf(trace)) return;
    this.pages.tell(trace);
    // Before the first reply there is no list to add to, and the reply will contain these spins.
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
