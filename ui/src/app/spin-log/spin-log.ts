import { Injectable, computed, inject, signal } from '@angular/core';

import { newestFirst } from '../core/api/arrival';
import { Gateway } from '../core/api/gateway';
import { PagedTraces } from '../core/api/paged-traces';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { LoggedSpin, SPIN, loggedSpin } from './logged-spin';

/** Limit of spins that are kept; the list of traces has older ones. */
export const MOST = 1_000;
const PAGE = 500;
/** Interval of updates, in milliseconds, because virtual players spin many times a second. */
const CALM_MS = 500;

/** The newest spins of people and of virtual players, from their traces, followed live. */
@Injectable({ providedIn: 'root' })
export class SpinLog {
  private readonly stream = inject(TelemetryStream);
  private readonly pages = new PagedTraces(inject(Gateway), MOST);
  private readonly known = new Map<string, LoggedSpin>();
  private readonly _spins = signal<readonly LoggedSpin[]>([]);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private following = false;

  /** Oldest first. */
  readonly spins = this._spins.asReadonly();
  /** The newest spin of a person; null if there is none. */
  readonly newest = computed(() => this.spins().findLast(({ isVirtual }) => !isVirtual) ?? null);

  /** Begins to follow; a second call changes nothing. */
  follow(): void {
    if (this.following) return;
    this.following = true;
    this.stream.on('trace', (trace) => {
      const spin = loggedSpin(trace);
      if (!spin) return;
      this.pages.tell(trace);
      this.known.set(spin.traceId, spin);
      // A person waits for the own spin; those of virtual players may come together.
      if (!spin.isVirtual) this.show();
      else this.timer ??= setTimeout(() => this.show(), CALM_MS);
    });
    this.stream.on('missed', () => void this.load());
    void this.load();
  }

  /** If the request fails, the log shows what the stream tells. */
  private async load(): Promise<void> {
    const found: LoggedSpin[] = [];
    let read = 0;
    try {
      const isCurrent = await this.pages.read({ name: SPIN, limit: PAGE }, ({ traces, next }) => {
        read += traces.length;
        found.push(...traces.flatMap((trace) => loggedSpin(trace) ?? []));
        return next !== undefined && read < MOST;
      });
      if (!isCurrent) return;
    } catch {
      return;
    }
    // What the stream told meanwhile is newer.
    for (const spin of found) if (!this.known.has(spin.traceId)) this.known.set(spin.traceId, spin);
    this.show();
  }

  private show(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const place = ({ traceId, arrived }: LoggedSpin) => ({
      trace_id: traceId,
      first_envelope: arrived,
    });
    const spins = [...this.known.values()].sort((one, other) =>
      newestFirst(place(other), place(one)),
    );
    for (const { traceId } of spins.splice(0, spins.length - MOST)) this.known.delete(traceId);
    this._spins.set(spins);
  }
}
