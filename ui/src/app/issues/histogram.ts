import { Micros, micros } from '../core/micros';

/** How many events fall between `from` (included) and `to` (not included, except for the last bar). */
export interface Bar {
  readonly from: Micros;
  readonly to: Micros;
  readonly count: number;
}

const SHORTEST = 1_000_000;

/** Counts times in bars of equal width over `[from, to]`, widened to whole seconds. Times outside are left out. */
export function histogram(times: readonly Micros[], from: Micros, to: Micros, bars: number): Bar[] {
  const width = Math.max(SHORTEST, Math.ceil((to - from) / bars));
  const counts = new Array<number>(bars).fill(0);
  for (const time of times) {
    if (time < from || time > from + width * bars) continue;
    const index = Math.min(bars - 1, Math.floor((time - from) / width));
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count, index) => ({
    from: micros(from + index * width),
    to: micros(from + (index + 1) * width),
    count,
  }));
}
