import { Micros, micros } from '../core/api/micros';
import { SpinMoney, Totals, totalsOf } from './spin-money';

/** The spins of a period: `from` inclusive, `to` exclusive. */
interface Bucket {
  readonly from: Micros;
  readonly to: Micros;
  readonly spins: readonly SpinMoney[];
  readonly totals: Totals;
}

const SECOND = 1_000_000;
/** Widths of buckets that are easy to read, in seconds. */
const WIDTHS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400];

/** Start of the earliest and of the latest spin, by the wall clock; null without spins. */
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

/** The smallest width, in microseconds, that needs at most `most` buckets. */
function widthFor(from: Micros, to: Micros, most: number): Micros {
  const needed = (to - from) / SECOND / Math.max(1, most - 1);
  const seconds = WIDTHS.find((width) => width >= needed) ?? Math.ceil(needed / 86_400) * 86_400;
  return micros(seconds * SECOND);
}

/**
 * Puts spins into adjacent buckets whose ends are multiples of their width, by the wall clock,
 * whatever the order of arrival.
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
