import { signal } from '@angular/core';

import { RoundSummary, StakeStatus } from '../../core/api/schema';

const RECENT = 12;
/** Number of rounds whose trace is remembered, which exceeds that of the list of rounds. */
const TRACED = 100;

/** A spin in the row below the reels. */
export interface RecentSpin {
  /** The idempotency key, by which a retry replaces the entry of the same spin. */
  key: string;
  /** The begin, by `performance.now()`, which does not follow the wall clock; null if another page began the spin. */
  begunAt: number | null;
  /** Null if the spin is not recorded. */
  traceId: string | null;
  /** Null if the gateway did not report it. */
  roundId: string | null;
  kind: 'won' | 'lost' | StakeStatus;
  /** Payout less stake, in minor units. */
  change: number;
  currency: string;
  /** From the press to the reply; null if this page got none. */
  roundTripMs: number | null;
  /** From the press until the reels rested. */
  totalMs: number | null;
}

/** The part of an entry that does not depend on the outcome. */
export type TimedSpin = Pick<RecentSpin, 'key' | 'begunAt' | 'traceId' | 'roundTripMs' | 'totalMs'>;

/** The last spin that was begun in this window. */
export interface BegunSpin {
  /** By `performance.now()`. */
  readonly begunAt: number;
  /** Null if the spin is not recorded. */
  readonly traceId: string | null;
  /** The trace of the round whose seed the spin uses; null without such a round, or if its trace is not known. */
  readonly repeats: string | null;
}

/** A round that was spun again with its seed, if the traces of both spins are known. */
export interface Repeat {
  /** The first round. */
  of: string;
  /** The second round. */
  roundId: string;
  before: string;
  after: string;
  /** The begin of the second spin, by `performance.now()`. */
  begunAt: number;
}

/** The last spins of this window, and which of them repeated a round. */
export class SpinHistory {
  /** Newest first. */
  readonly recent = signal<readonly RecentSpin[]>([]);
  /** Newest first. */
  readonly repeats = signal<readonly Repeat[]>([]);
  /** Ids of the traces by round id. */
  private readonly traced = new Map<string, string>();

  /** Adds a spin, or replaces its entry, at the beginning of the list or at its end. */
  remember(spin: RecentSpin, isLast = true): void {
    this.recent.update((spins) => {
      const others = spins.filter(({ key }) => key !== spin.key);
      return (isLast ? [spin, ...others] : [...others, spin]).slice(0, RECENT);
    });
  }

  change(key: string, known: Partial<RecentSpin>): void {
    this.recent.update((spins) =>
      spins.map((spin) => (spin.key === key ? { ...spin, ...known } : spin)),
    );
  }

  /** Remembers the trace of a round, and the round that it repeats. */
  pair(roundId: string, of: string | null, { traceId, begunAt }: TimedSpin): void {
    if (traceId === null || begunAt === null) return;
    this.traced.set(roundId, traceId);
    const [oldest] = this.traced.keys();
    if (this.traced.size > TRACED && oldest !== undefined) this.traced.delete(oldest);
    const before = this.traceOf(of);
    if (of === null || before === null) return;
    const repeat = { of, roundId, before, after: traceId, begunAt };
    this.repeats.update((repeats) => [repeat, ...repeats].slice(0, TRACED));
  }

  traceOf(roundId: string | null): string | null {
    return this.traced.get(roundId ?? '') ?? null;
  }

  /** Puts the spins of an earlier page after those of this one. Returns the newest of them if it is the last spin. */
  restore(kept: readonly RecentSpin[], repeats: readonly Repeat[]): BegunSpin | null {
    const keys = new Set(kept.map(({ key }) => key));
    this.recent.update((spins) => [...spins.filter(({ key }) => !keys.has(key)), ...kept]);
    this.repeats.set(repeats);
    for (const { roundId, traceId } of kept)
      if (roundId !== null && traceId !== null) this.traced.set(roundId, traceId);
    const { begunAt = null, traceId = null } = this.recent()[0] ?? {};
    if (begunAt === null) return null;
    const before = repeats.find(({ after }) => after === traceId)?.before ?? null;
    return { begunAt, traceId, repeats: before };
  }

  clear(): void {
    this.recent.set([]);
    this.repeats.set([]);
    this.traced.clear();
  }
}

/** The entry for the money of a round. A payout below the stake counts as lost. */
export function moneyResult({
  status,
  stake,
  payout = 0,
}: Pick<RoundSummary, 'status' | 'stake' | 'payout'>): Pick<RecentSpin, 'kind' | 'change'> {
  if (status === 'reserved' || status === 'pending') return { kind: status, change: 0 };
  if (status === 'voided') return { kind: 'returned', change: 0 };
  return { kind: payout > stake ? 'won' : 'lost', change: payout - stake };
}

export function isOpen({ status }: Pick<RoundSummary, 'status'>): boolean {
  return status !== 'posted' && status !== 'voided';
}
