import { Injectable, signal } from '@angular/core';

import { readJson } from './exact-json';
import { Delivery, IssueSummary, TraceSummary } from './schema';

/** What the collector tells as it happens. */
export interface Told {
  /** A trace has grown, or is new. */
  trace: TraceSummary;
  issue: IssueSummary;
  delivery: Delivery;
  /** Some of it was lost, since this page read too slowly or was cut off: lists have to be asked for again. */
  missed: null;
}
export type Kind = keyof Told;

const KINDS = ['trace', 'issue', 'delivery'] as const;
const RECONNECT_MS = 2_000;

/** The one stream of the collector that this page holds open, shared by everything that follows it. */
@Injectable({ providedIn: 'root' })
export class TelemetryStream {
  private readonly listeners: { [K in Kind]: Set<(told: Told[K]) => void> } = {
    trace: new Set(),
    issue: new Set(),
    delivery: new Set(),
    missed: new Set(),
  };
  private source: EventSource | undefined;
  private readonly _live = signal(true);
  private readonly _refused = signal(false);

  /** Whether it is open; false from a break until it is open again. */
  readonly live = this._live.asReadonly();
  /** Whether it was answered that it may not be opened. */
  readonly refused = this._refused.asReadonly();

  /** Calls `listener` with all that comes from now on. Returns what ends it. */
  on<K extends Kind>(kind: K, listener: (told: Told[K]) => void): () => void {
    this.listeners[kind].add(listener);
    if (!this.source) this.connect();
    return () => this.listeners[kind].delete(listener);
  }

  private connect(): void {
    const source = new EventSource('/api/telemetry/events');
    this.source = source;
    for (const kind of KINDS) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        // Parsing is what costs; nobody listens to traces while the machine plays by itself.
        if (this.listeners[kind].size > 0) this.tell(kind, readJson(data) as Told[typeof kind]);
      });
    }
    source.addEventListener('missed', () => this.tell('missed', null));
    source.addEventListener('open', () => {
      if (!this._live()) this.tell('missed', null);
      this._live.set(true);
      this._refused.set(false);
    });
    source.addEventListener('error', () => {
      this._live.set(false);
      // The browser reconnects after a break, but gives up where the answer was an error.
      if (source.readyState !== EventSource.CLOSED) return;
      this._refused.set(true);
      setTimeout(() => this.connect(), RECONNECT_MS);
    });
  }

  private tell<K extends Kind>(kind: K, told: Told[K]): void {
    for (const listener of this.listeners[kind]) listener(told);
  }
}
