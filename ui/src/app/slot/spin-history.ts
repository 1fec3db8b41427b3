import { signal } from '@angular/core';

import { RoundSummary, StakeStatus } from '../core/api/schema';

const RECENT = 12;
/** Rounds whose trace is remembered: more than the list of rounds shows. */
const TRACED = 100;

/** A spin as the chips below the reels remember it. */
export interface RecentSpin {
  /** The idempotency key: asking again for the same spin replaces what was known of it. */
  key: string;
  /** When it was begun, by the page's own clock, which nobody sets (`performance.now()`); null where another page began it. */
  begunAt: number | null;
  /** Null where it is not recorded. */
  traceId: string | null;
  /** Unknown where the gateway did not say it. */
  roundId: string | null;
  kind: 'won' | 'lost' | StakeStatus;
  /** Payout minus stake, minor units. */
  change: number;
  currency: string;
  /** From the press to the answer; null where this page has seen none. */
  roundTripMs: number | null;
  /** From the press until the reels rested. */
  totalMs: number | null;
}

/** What is known of a spin whatever came of it. */
export type TimedSpin = Pick<RecentSpin, 'key' | 'begunAt' | 'traceId' | 'roundTripMs' | 'totalMs'>;

/** A round that was spun again with its seed, where the traces of both times are known. */
export interface Repeat {
  /** The round that was spun again. */
  of: string;
  /** The round that came of it. */
  roundId: string;
  before: string;
  after: string;
  /** When it was begun, by the page's own clock. */
  begunAt: number;
}

/** The last spins of this window, and which of them were the same round again. */
export class SpinHistory {
  /** Newest first. */
  readonly recent = signal<readonly RecentSpin[]>([]);
  /** Newest first. */
  readonly repeats = signal<readonly Repeat[]>([]);
  /** Traces of the rounds of this window, by round. */
  private readonly traced = new Map<string, string>();

  /** As the last one, or as one that was begun before all others. */
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

  /** Remembers which trace a round has, and which two belong together. */
  pair(roundId: string, of: string | null, { traceId, begunAt }: TimedSpin): void {
    if (traceId === null || begunAt === null) return;
    this.traced.set(roundId, traceId);
    const [oldest] = this.traced.keys();
    if (this.traced.size > TRACED && oldest !== undefined) this.traced.delete(oldest);
    const before = of === null ? undefined : this.traced.get(of);
    if (of === null || before === undefined) return;
    const repeat = { of, roundId, before, after: traceId, begunAt };
    this.repeats.update((repeats) => [repeat, ...repeats].slice(0, TRACED));
  }

  clear(): void {
    this.recent.set([]);
    this.repeats.set([]);
    this.traced.clear();
  }
}

/** What a round did to the money. A payout below the stake is no gain, and is not told as one. */
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
