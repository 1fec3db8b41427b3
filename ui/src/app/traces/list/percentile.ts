/**
 * The smallest value that at least `percent` per cent of the values do not exceed (nearest rank, definition 1 of
 * Hyndman and Fan 1996), which is always a measured value. `sorted` is ascending; null if it is empty.
 */
export function percentile(sorted: readonly number[], percent: number): number | null {
  const rank = Math.min(Math.max(Math.ceil((percent / 100) * sorted.length), 1), sorted.length);
  return sorted[rank - 1] ?? null;
}

/** A rate per minute; `estimated` if it is not a plain count. */
export interface Rate {
  readonly perMinute: number;
  readonly estimated: boolean;
}

/**
 * The number of `times` (milliseconds, the last to arrive first) in the minute before `now`. If older ones are unknown
 * and the known ones cover less than a minute, it is their rate. A time after `now` arrived before the clock was set
 * back.
 */
export function rateOf(times: readonly number[], now: number, all: boolean): Rate {
  const recent = times.filter((time) => time > now - 60_000 && time <= now);
  const oldest = times.at(-1) ?? now;
  if (all || oldest <= now - 60_000 || oldest >= now)
    return { perMinute: recent.length, estimated: false };
  return { perMinute: Math.round((recent.length * 60_000) / (now - oldest)), estimated: true };
}
