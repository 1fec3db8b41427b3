import { Micros, micros } from '../core/api/micros';
import { SpinMoney, Totals, totalsOf } from './spin-money';

/** The spins of a period: `from` inclusive, `to` exclusive. */
export interface Bucket {
  readonly from: Micros;
  readonly to: Micros;
  readonly spins: readonly SpinMoney[];
  readonly totals: Totals;
  /** Whether it stands for a pause, however long that was. */
  readonly isPause: boolean;
}

const SECOND = 1_000_000;
/** Widths of buckets that are easy to read, in seconds; narrower ones would show single spins. */
const WIDTHS = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400];
/** A longer time without spins, in seconds, takes the room of one bucket. */
const PAUSE = 120;

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

/**
 * Puts spins into at most `most` buckets of one width, whose ends are multiples of it, by the wall clock and whatever
 * the order of arrival. Buckets join; a pause of more than two minutes is a single one.
 */
export function bucketsOf(spins: readonly SpinMoney[], most: number): Bucket[] {
  for (let days = 1; ; days *= 2) {
    const widths = days === 1 ? WIDTHS : [days * 86_400];
    for (const seconds of widths) {
      const buckets = withWidth(spins, seconds * SECOND);
      if (buckets.length <= most) return buckets;
    }
  }
}

function withWidth(spins: readonly SpinMoney[], width: number): Bucket[] {
  const parts = new Map<number, SpinMoney[]>();
  for (const spin of spins) {
    const place = Math.floor(spin.at / width);
    const part = parts.get(place);
    if (part) part.push(spin);
    else parts.set(place, [spin]);
  }
  const buckets: Bucket[] = [];
  const add = (from: number, to: number, part: readonly SpinMoney[], isPause = false): void => {
    buckets.push({
      from: micros(from * width),
      to: micros(to * width),
      spins: part,
      totals: totalsOf(part),
      isPause,
    });
  };
  let next: number | null = null;
  for (const [place, part] of [...parts].sort(([one], [other]) => one - other)) {
    if (next !== null && (place - next) * width > PAUSE * SECOND) add(next, place, [], true);
    else for (let empty = next ?? place; empty < place; empty += 1) add(empty, empty + 1, []);
    add(place, place + 1, part);
    next = place + 1;
  }
  return buckets;
}
