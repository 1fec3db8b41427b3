import { Injectable, computed, inject, signal } from '@angular/core';

import { SPIN } from '../core/api/parts';
import { isRefusal } from '../core/api/api-problem';
import { Coalesced } from '../core/api/coalesced';
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
  private readonly again = new Coalesced(() => this.load());
  /** Number of the newest spin up to which none is missing; 0 before the first reply. */
  private wholeTo = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private following = false;

  /** Oldest first. */
  readonly spins = this._spins.asReadonly();
  /** Whether none of the newest spins is missing: false from a gap in the stream until the collector has told of it. */
  readonly whole = computed(() => !this.again.wanted());
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
      if (this.whole()) this.wholeTo = Math.max(this.wholeTo, spin.arrived);
      // A person waits for the own spin; those of virtual players may come together.
      if (!spin.isVirtual) this.show();
      else this.timer ??= setTimeout(() => this.show(), CALM_MS);
    });
    this.stream.afterGap(this.again);
    this.again.ask();
  }

  /**
   * Resolves to false if it has to be repeated. After a gap it reads on until it joins the spins from before, and one
   * page more: a spin that was under way then began before the newest of them. If a request fails, the log shows what
   * the stream tells.
   */
  private async load(): Promise<boolean> {
    const { wholeTo } = this;
    const found: LoggedSpin[] = [];
    let newer: ReadonlyMap<string, TraceSummary> = new Map();
    let [read, joined, isIndexed, isEnd] = [0, 0, true, false];
    try {
      await this.pages.read({ name: SPIN, limit: PAGE }, (page, told) => {
        newer = told;
        read += page.traces.length;
        found.push(...page.traces.flatMap((trace) => loggedSpin(trace) ?? []));
        if ((page.traces.at(-1)?.first_envelope ?? 0) <= wholeTo) joined += 1;
        isIndexed &&= page.indexed;
        isEnd = page.next === undefined;
        return read < READ || (wholeTo > 0 && joined < 2 && read < KEPT);
      });
    } catch (error) {
      return isRefusal(error);
    }
    if (joined === 0 && !isEnd) this.forgetBefore(found);
    for (const spin of found) if (!newer.has(spin.traceId)) this.known.set(spin.traceId, spin);
    this.wholeTo = Math.max(wholeTo, found[0]?.arrived ?? 0);
    this.show();
    return isIndexed;
  }

  /** Spins from before a gap that is too long to be read would stand as if nothing were missing after them. */
  private forgetBefore(found: readonly LoggedSpin[]): void {
    const oldest = found.at(-1)?.arrived ?? 0;
    for (const { traceId, arrived } of this.known.values())
      if (arrived < oldest) this.known.delete(traceId);
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
