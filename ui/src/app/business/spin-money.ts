import { Arrived, newestFirst } from '../core/api/arrival';
import { Micros } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { minorUnits } from '../core/i18n/formats';
import { WELL } from '../traces/measured-words';

/** The money of one spin, in minor units. */
export interface SpinMoney {
  readonly traceId: string;
  /** Number of the first envelope that told of it. */
  readonly arrived: number;
  readonly at: Micros;
  readonly stake: number;
  /** 0 for a spin that failed: what it drew was not paid. */
  readonly payout: number;
  readonly failed: boolean;
  /** Whether it was drawn by chance, so that it says something about the RTP. */
  readonly byChance: boolean;
  readonly release: string;
  /** Name of its trace. */
  readonly name: string;
  /** ISO 4217 code; empty where the trace names none. */
  readonly currency: string;
}

/** What a trace lacks while its root is still to come. */
const UNFINISHED = new Set(['missing_root', 'no_spans']);

/**
 * What a trace says of money, or null when it says nothing. A spin is measured by three services and in three ways; the
 * summary of its trace has what the root measured, once. When the root did not end well, what others measured on the way
 * is money that was not earned: the stake was drawn for, and given back or left open. So it is with a round that was voided
 * behind an answer that was good: a service measured its stake as failed. A round that was spun again with a known seed has
 * no RTP among its measurements.
 */
export function spinOf(trace: TraceSummary): SpinMoney | null {
  const { stake, payout, failed_stake, rtp } = trace.measurements;
  const currency = trace.currency ?? '';
  const lost = failed_stake?.value ?? 0;
  const staked = lost > 0 ? lost : (stake?.value ?? 0);
  if (staked <= 0 || trace.oddities.some((word) => UNFINISHED.has(word))) return null;
  const failed = lost > 0 || !WELL.has(trace.status);
  if (!failed && !payout) return null;
  return {
    traceId: trace.trace_id,
    arrived: trace.first_envelope,
    at: trace.start_us,
    stake: minorUnits(staked, currency),
    payout: failed ? 0 : minorUnits(payout?.value ?? 0, currency),
    failed,
    byChance: rtp !== undefined,
    release: trace.release ?? '',
    name: trace.name,
    currency,
  };
}

/** What spins amount to, in minor units. */
export interface Totals {
  /** Spins that were settled. */
  readonly settled: number;
  readonly staked: number;
  readonly paid: number;
  /** Gross gaming revenue: stakes less payouts. */
  readonly ggr: number;
  readonly failed: number;
  readonly failedStake: number;
  /** Settled spins that were drawn by chance: what an RTP can be observed of. */
  readonly byChance: Sample;
}

/** Stakes and payouts of some spins, in minor units. */
export interface Sample {
  readonly spins: number;
  readonly staked: number;
  readonly paid: number;
  /** Σs² of the stakes: how unequal they are decides how sure their RTP is. */
  readonly squares: number;
}

export function totalsOf(spins: readonly SpinMoney[]): Totals {
  const sums = { settled: 0, staked: 0, paid: 0, failed: 0, failedStake: 0 };
  const sample = { spins: 0, staked: 0, paid: 0, squares: 0 };
  for (const { stake, payout, failed, byChance } of spins) {
    if (failed) {
      sums.failed += 1;
      sums.failedStake += stake;
    } else {
      sums.settled += 1;
      sums.staked += stake;
      sums.paid += payout;
      if (!byChance) continue;
      sample.spins += 1;
      sample.staked += stake;
      sample.paid += payout;
      sample.squares += stake * stake;
    }
  }
  return { ...sums, ggr: sums.staked - sums.paid, byChance: sample };
}

/**
 * Spins as they arrived, oldest first, each trace once, with those of traces that are new or have grown. What was in order stays
 * so: a sort of what is nearly sorted goes through it once.
 */
export function withSpins(
  spins: readonly SpinMoney[],
  news: ReadonlyMap<string, TraceSummary>,
): SpinMoney[] {
  const others = spins.filter(({ traceId }) => !news.has(traceId));
  const added = [...news.values()].flatMap((trace) => spinOf(trace) ?? []);
  return [...others, ...added].sort((one, other) => newestFirst(placeOf(other), placeOf(one)));
}

function placeOf({ traceId, arrived }: SpinMoney): Arrived {
  return { trace_id: traceId, first_envelope: arrived };
}
