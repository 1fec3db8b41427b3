import { Injectable, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { ServiceMap } from '../core/api/schema';

/**
 * Shortest interval of requests for the map, in milliseconds, because the collector computes it for
 * each request.
 */
const CALM_MS = 2_000;
/** Interval of requests without new traces, in milliseconds, because "the last minute" moves on. */
const REST_MS = 10_000;

export type LoadState = 'loading' | 'ready' | 'failed';

/** The map of services, updated while a page shows it and traces arrive. */
@Injectable({ providedIn: 'root' })
export class MapStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly _state = signal<LoadState>('loading');
  private readonly _map = signal<ServiceMap | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watched = false;

  readonly state = this._state.asReadonly();
  readonly map = this._map.asReadonly();

  /** Begins to follow; returns a function that ends it. */
  watch(): () => void {
    this.watched = true;
    const endings = [
      this.stream.on('trace', () => this.soon()),
      this.stream.on('missed', () => this.soon()),
    ];
    const clock = setInterval(() => this.soon(), REST_MS);
    void this.load();
    return () => {
      this.watched = false;
      for (const end of endings) end();
      clearInterval(clock);
      clearTimeout(this.timer);
      this.timer = undefined;
    };
  }

  async load(): Promise<void> {
    try {
      const map = await this.gateway.serviceMap();
      if (!this.watched) return;
      this._map.set(map);
      this._state.set('ready');
    } catch {
      if (this._state() !== 'ready') this._state.set('failed');
    }
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      void this.load().finally(() => (this.timer = undefined));
    }, CALM_MS);
  }
}
