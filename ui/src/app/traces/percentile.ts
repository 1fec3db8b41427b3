/**
 * The smallest value that `percent` per cent of the values do not exceed (nearest rank, as Hyndman and Fan 1996 call
 * definition 1): always a value that was measured. `sorted` is ascending; null when it is empty.
 */
export function percentile(sorted: readonly number[], percent: number): number | null {
  const rank = Math.min(Math.max(Math.ceil((percent / 100) * sorted.length), 1), sorted.length);
  return sorted[rank - 1] ?? null;
}

/** How many a minute; `estimated` where that is no plain count. */
export interface Rate {
  readonly perMinute: number;
  readonly estimated: boolean;
}

/**
 * How many of `times` (milliseconds, the last to arrive first) lie in the minute before `now`. Where only the newest are known,
 * and they do not reach back a minute, it is the rate of the time that they cover. What seems to come from the future arrived
 * before the clock was set back.
 */
export function rateOf(times: readonly number[], now: number, all: boolean): Rate {
  const recent = times.filter((time) => time > now - 60_000 && time <= now);
  const oldest = times.at(-1) ?? now;
  if (all || oldest <= now - 60_000 || oldest >= now)
    return { perMinute: recent.length, estimated: false };
  return { perMinute: Math.round((recent.length * 60_000) / (now - oldest)), estimated: true };
}
