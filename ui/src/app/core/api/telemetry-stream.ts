import { Injectable, signal } from '@angular/core';

import { Coalesced } from './coalesced';
import { readJson } from './exact-json';
import { Delivery, IssueSummary, TraceSummary } from './schema';

/** The messages of the collector's stream. */
export interface Told {
  /** A trace is new or has grown. */
  trace: TraceSummary;
  issue: IssueSummary;
  delivery: Delivery;
  /** Anything of the presentation but a time has changed. */
  presentation: { readonly revision: number };
}
export type Kind = keyof Told;

const RECONNECT_MS = 2_000;

/** The page's only stream of the collector, shared by all stores. */
@Injectable({ providedIn: 'root' })
export class TelemetryStream {
  private readonly listeners: { [K in Kind]: Set<(told: Told[K]) => void> } = {
    trace: new Set(),
    issue: new Set(),
    delivery: new Set(),
    presentation: new Set(),
  };
  private readonly gaps = new Set<Coalesced>();
  private source: EventSource | undefined;
  private readonly _live = signal(true);
  private readonly _refused = signal(false);

  /** Whether the stream is open; false after a break until it is open again. */
  readonly live = this._live.asReadonly();
  /** Whether the collector refused to open it. */
  readonly refused = this._refused.asReadonly();

  /** Calls `listener` with every message from now on. Returns a function that ends it. */
  on<K extends Kind>(kind: K, listener: (told: Told[K]) => void): () => void {
    this.listeners[kind].add(listener);
    if (!this.source) this.connect();
    return () => this.listeners[kind].delete(listener);
  }

  /**
   * Asks for `work` whenever messages were lost, because this page was slow or disconnected: what was read must be read
   * again. It may happen many times a second, hence no listener. Returns a function that ends it.
   */
  afterGap(work: Coalesced): () => void {
    this.gaps.add(work);
    if (!this.source) this.connect();
    return () => this.gaps.delete(work);
  }

  private connect(): void {
    const source = new EventSource('/api/telemetry/events');
    this.source = source;
    for (const kind of Object.keys(this.listeners) as Kind[]) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        // Parsing is expensive, so messages without a listener are not parsed.
        if (this.listeners[kind].size > 0) this.tell(kind, readJson(data) as Told[typeof kind]);
      });
    }
    source.addEventListener('missed', () => this.tellOfGap());
    source.addEventListener('open', () => {
      if (!this._live()) this.tellOfGap();
      this._live.set(true);
      this._refused.set(false);
    });
    source.addEventListener('error', () => {
      this._live.set(false);
      // The browser reconnects after a break, but gives up after an error status.
      if (source.readyState !== EventSource.CLOSED) return;
      this._refused.set(true);
      setTimeout(() => this.connect(), RECONNECT_MS);
    });
  }

  private tellOfGap(): void {
    for (const work of this.gaps) work.ask();
  }

  private tell<K extends Kind>(kind: K, told: Told[K]): void {
    for (const listener of this.listeners[kind]) listener(told);
  }
}
