import { Micros, micros } from '../core/api/micros';

/** Number of events from `from` (exclusive, but inclusive for the first bar) to `to` (inclusive). */
interface Bar {
  readonly from: Micros;
  readonly to: Micros;
  readonly count: number;
}

const SHORTEST = 1_000_000;

/**
 * Counts times in bars of equal width over `[from, to]`. The interval is extended to whole seconds, and only into the
 * past, because no event lies after `to`. Times outside are ignored.
 */
export function histogram(times: readonly Micros[], from: Micros, to: Micros, bars: number): Bar[] {
  const width = Math.max(SHORTEST, Math.ceil((to - from) / bars));
  const begin = to - width * bars;
  const counts = new Array<number>(bars).fill(0);
  for (const time of times) {
    if (time < begin || time > to) continue;
    const index = Math.max(0, Math.ceil((time - begin) / width) - 1);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count, index) => ({
    from: micros(begin + index * width),
    to: micros(begin + (index + 1) * width),
    count,
  }));
}
