import { Injectable, computed, inject, signal } from '@angular/core';

import { isRefusal } from '../../core/api/api-problem';
import { cursorBefore, isNewer } from '../../core/api/arrival';
import { Coalesced } from '../../core/api/coalesced';
import { LoadState } from '../../core/api/followed';
import { Gateway } from '../../core/api/gateway';
import { PagedTraces } from '../../core/api/paged-traces';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TraceQuery } from '../../core/api/parts';
import { TraceSummary } from '../../core/api/schema';
import { firstOf } from '../../core/ui/capped';
import { NOTHING_SEEN, withSeen } from './seen';
import {
  Filter,
  NO_FILTER,
  figuresOf,
  matches,
  merged,
  previousOf,
  queryOf,
  refreshed,
  withOlder,
} from './trace-list';

/** Limit of the number of traces in the list; the collector has older ones. */
export const MOST = 1_000;
const PAGE = 500;
const FEW = 50;
/** Shortest interval of updates, in milliseconds; a list that changed with every message would be illegible. */
const CALM_MS = 150;
/** Limit of the number of pages that are requested for one filter or name. */
const PAGES_BACK = 6;

/** The list of traces, followed live while a page shows it. */
@Injectable({ providedIn: 'root' })
export class TraceFeed {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);

  private readonly _state = signal<LoadState>('loading');
  private readonly _all = signal<readonly TraceSummary[]>([]);
  private readonly _shown = signal<readonly TraceSummary[]>([]);
  private readonly _filter = signal<Filter>(NO_FILTER);
  private readonly _now = signal(Date.now());
  private readonly _seen = signal(NOTHING_SEEN);
  private readonly _indexed = signal(true);
  private readonly _more = signal(false);

  private readonly news = new Map<string, TraceSummary>();
  private readonly pages = new PagedTraces(this.gateway, MOST);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly again = new Coalesced(() => this.load());
  private held = false;
  private endings: (() => void)[] = [];

  readonly state = this._state.asReadonly();
  /** Newest first. No row moves while a person reads the list. */
  readonly shown = this._shown.asReadonly();
  readonly filter = this._filter.asReadonly();
  /** Whether the collector has read its whole log since the start; before that traces are missing. */
  readonly indexed = this._indexed.asReadonly();
  /** The names that filters offer, independently of the filter. */
  readonly seen = this._seen.asReadonly();
  /** Whether the collector has older traces that are not in the list. */
  readonly more = this._more.asReadonly();
  /** Number of newer traces that are not shown yet. */
  readonly waiting = computed(() => {
    const [newest] = this._shown();
    return this._all().filter((trace) => !newest || isNewer(trace, newest)).length;
  });
  readonly figures = computed(() => figuresOf(this._all(), this._now(), !this._more()));

  /** Begins to follow; the returned function ends it. */
  watch(): () => void {
    this.endings = [
      this.stream.on('trace', (trace) => this.take(trace)),
      this.stream.afterGap(this.again),
    ];
    // "In the last minute" changes with time, even without new traces.
    const clock = setInterval(() => this._now.set(Date.now()), 5_000);
    this.endings.push(() => clearInterval(clock));
    return () => {
      for (const end of this.endings) end();
      this.endings = [];
      this.again.drop();
      clearTimeout(this.timer);
      this.timer = undefined;
      this.news.clear();
    };
  }

  /** Shows the traces that match the filter: requests them, and adds those of the stream. */
  async show(filter: Filter): Promise<void> {
    this._filter.set(filter);
    this._state.set('loading');
    this.held = false;
    await this.load();
  }

  async load(): Promise<void> {
    // The reply includes traces that came before the request.
    if (this.news.size > 0) this.flush();
    let found: readonly TraceSummary[] = [];
    let pages = 0;
    const query = { ...queryOf(this._filter()), limit: PAGE };
    try {
      const isCurrent = await this.pages.read(query, ({ traces, next, indexed }, told) => {
        this._indexed.set(indexed);
        this._seen.update((seen) => withSeen(seen, traces));
        found = [...found, ...traces.filter((trace) => matches(this._filter(), trace))];
        this.set(merged(found, told, this._filter()), next !== undefined);
        this._shown.update((shown) => (this.held ? withOlder(shown, this._all()) : this._all()));
        this._now.set(Date.now());
        this._state.set('ready');
        pages += 1;
        return found.length < MOST && pages < PAGES_BACK;
      });
      // Until the collector has read its whole log, an empty list may be incomplete.
      if (isCurrent && !this._indexed()) this.askAgain();
    } catch (error) {
      this._state.set('failed');
      if (!isRefusal(error)) this.askAgain();
    }
  }

  private askAgain(): void {
    if (this.endings.length > 0) this.again.ask();
  }

  /** While the list is held, no row moves; released, it shows the newest traces. */
  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    if (!held) this._shown.set(this._all());
  }

  /** The last trace of the same kind that arrived before this one; null if there is none. */
  async previous(trace: TraceSummary): Promise<TraceSummary | null> {
    const { name, service } = trace;
    // A few traces of the same name begin with another service or operation, so several are requested.
    let query: TraceQuery = { name, service, limit: FEW, cursor: cursorBefore(trace) };
    for (let page = 0; page < PAGES_BACK; page += 1) {
      const { traces, next } = await this.gateway.traces(query);
      const found = previousOf(trace, traces);
      if (found || next === undefined) return found;
      query = { ...query, cursor: next };
    }
    return null;
  }

  private take(trace: TraceSummary): void {
    this.news.set(trace.trace_id, trace);
    this.pages.tell(trace);
    // Timers of a hidden window are slow, so the queue is bounded here.
    if (this.news.size > MOST) this.flush();
    this.timer ??= setTimeout(() => this.flush(), CALM_MS);
  }

  private set(traces: readonly TraceSummary[], more: boolean): void {
    const { shown, rest } = firstOf(traces, MOST);
    this._all.set(shown);
    this._more.set(more || rest > 0);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this._now.set(Date.now());
    this._seen.update((seen) => withSeen(seen, [...this.news.values()]));
    this.set(merged(this._all(), this.news, this._filter()), this._more());
    this._shown.set(this.held ? refreshed(this._shown(), this.news) : this._all());
    this.news.clear();
  }
}
