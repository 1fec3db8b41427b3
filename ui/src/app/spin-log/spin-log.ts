import { Injectable, computed, inject, signal } from '@angular/core';

import { SPIN } from '../core/api/parts';
import { Gateway } from '../core/api/gateway';
import { PagedTraces } from '../core/api/paged-traces';
import { TraceSummary } from '../core/api/schema';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { LoggedSpin, loggedSpin, oldestFirst } from './logged-spin';

/**
 * The newest spins are kept, at least this many, so that a presentation is seen from its begin while virtual players
 * spin; the list of traces has older ones.
 */
const KEPT = 10_000;
/** Of these, how many are read from the collector when the page opens. */
const READ = 1_000;
/** The oldest spins are dropped together, so that the others keep their columns in the strip. */
const DROPPED = 64;
const PAGE = 500;
/** Interval of updates, in milliseconds, because virtual players spin many times a second. */
const CALM_MS = 500;

/** The newest spins of people and of virtual players, from their traces, followed live. */
@Injectable({ providedIn: 'root' })
export class SpinLog {
  private readonly stream = inject(TelemetryStream);
  private readonly pages = new PagedTraces(inject(Gateway), READ);
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
    let newer: ReadonlyMap<string, TraceSummary> = new Map();
    let read = 0;
    try {
      const isCurrent = await this.pages.read({ name: SPIN, limit: PAGE }, (page, told) => {
        newer = told;
        read += page.traces.length;
        found.push(...page.traces.flatMap((trace) => loggedSpin(trace) ?? []));
        return read < READ;
      });
      if (!isCurrent) return;
    } catch {
      return;
    }
    for (const spin of found) if (!newer.has(spin.traceId)) this.known.set(spin.traceId, spin);
    this.show();
  }

  private show(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const spins = [...this.known.values()].sort(oldestFirst);
    const tooMany = Math.floor((spins.length - KEPT) / DROPPED) * DROPPED;
    for (const { traceId } of spins.splice(0, Math.max(0, tooMany))) this.known.delete(traceId);
    this._spins.set(spins);
  }
}
