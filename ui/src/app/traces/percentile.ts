/**
 * The smallest value that `percent` per cent of the values do not exceed (nearest rank, as Hyndman and Fan 1996 call
 * definition 1): always a value that was measured. `sorted` is ascending; null when it is empty.
 */
export function percentile(sorted: readonly number[], percent: number): number | null {
  const rank = Math.min(Math.max(Math.ceil((percent / 100) * sorted.length), 1), sorted.length);
  return sorted[rank - 1] ?? null;
}

/** How many of `times` (milliseconds) lie in the minute before `now`. */
export function perMinute(times: readonly number[], now: number): number {
  return times.filter((time) => time > now - 60_000 && time <= now).length;
}
