import { Micros, micros } from '../core/micros';
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

/** The narrowest width, in microseconds, that needs no more than `most` buckets. */
export function widthFor(from: Micros, to: Micros, most: number): Micros {
  const needed = (to - from) / SECOND / Math.max(1, most - 1);
  const seconds = WIDTHS.find((width) => width >= needed) ?? Math.ceil(needed / 86_400) * 86_400;
  return micros(seconds * SECOND);
}

/** Spins, oldest first, in buckets that follow one another without a hole, at whole multiples of their width. */
export function bucketsOf(spins: readonly SpinMoney[], most: number): Bucket[] {
  const first = spins[0]?.at;
  const last = spins.at(-1)?.at;
  if (first === undefined || last === undefined) return [];
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
