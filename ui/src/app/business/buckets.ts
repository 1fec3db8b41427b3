import { Micros, micros } from '../core/api/micros';
import { SpinMoney, Totals, totalsOf } from './spin-money';

/** Spins of a while: `from` included, `to` not. */
export interface Bucket {
  readonly from: Micros;
  readonly to: Micros;
  readonly spins: readonly SpinMoney[];
  readonly totals: Totals;
}

const SECOND = 1_000_000;
/** Widths that people say, in seconds. */
const WIDTHS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400];

/** When the earliest and the latest of them began, by the wall clock; null without spins. */
export function periodOf(
  spins: readonly Pick<SpinMoney, 'at'>[],
): { readonly first: Micros; readonly last: Micros } | null {
  const [one] = spins;
  if (!one) return null;
  let [first, last] = [one.at, one.at];
  for (const { at } of spins) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return { first, last };
}

/** The narrowest width, in microseconds, that needs no more than `most` buckets. */
export function widthFor(from: Micros, to: Micros, most: number): Micros {
  const needed = (to - from) / SECOND / Math.max(1, most - 1);
  const seconds = WIDTHS.find((width) => width >= needed) ?? Math.ceil(needed / 86_400) * 86_400;
  return micros(seconds * SECOND);
}

/**
 * Spins in buckets that follow one another without a hole, at whole multiples of their width: by the wall clock, whatever the
 * order in which they came.
 */
export function bucketsOf(spins: readonly SpinMoney[], most: number): Bucket[] {
  const period = periodOf(spins);
  if (!period) return [];
  const { first, last } = period;
  const width = widthFor(first, last, most);
  const begin = Math.floor(first / width) * width;
  const count = Math.floor((last - begin) / width) + 1;
  const parts = Array.from({ length: count }, (): SpinMoney[] => []);
  for (const spin of spins) parts[Math.floor((spin.at - begin) / width)]?.push(spin);
  return parts.map((part, index) => ({
    from: micros(begin + index * width),
    to: micros(begin + (index + 1) * width),
    spins: part,
    totals: totalsOf(part),
  }));
}
