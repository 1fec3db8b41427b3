import { signal } from '@angular/core';

import { Coalesced } from '../core/api/coalesced';
import { Kind, Told } from '../core/api/telemetry-stream';

/** A stream of the collector for specs, whose messages a spec sends. */
export class StreamDouble {
  /** Whether it is open. */
  readonly live = signal(true);
  /** Whether the collector refused to open it. */
  readonly refused = signal(false);
  private readonly listeners = new Map<Kind, Set<(told: never) => void>>();
  private readonly gaps = new Set<Coalesced>();

  on<K extends Kind>(kind: K, listener: (told: Told[K]) => void): () => void {
    const known = this.listeners.get(kind) ?? new Set();
    this.listeners.set(kind, known.add(listener));
    return () => known.delete(listener);
  }

  afterGap(work: Coalesced): () => void {
    this.gaps.add(work);
    return () => this.gaps.delete(work);
  }

  /** Messages were lost. */
  miss(): void {
    for (const work of this.gaps) work.ask();
  }

  tell<K extends Kind>(kind: K, told: Told[K]): void {
    for (const listener of this.listeners.get(kind) ?? [])
      (listener as (told: Told[K]) => void)(told);
  }

  /** Number of listeners. */
  get followers(): number {
    return [...this.listeners.values(), this.gaps].reduce((sum, { size }) => sum + size, 0);
  }
}
