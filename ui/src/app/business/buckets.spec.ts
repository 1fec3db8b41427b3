import fc from 'fast-check';

import { micros } from '../core/api/micros';
import { bucketsOf } from './buckets';
import { SpinMoney, totalsOf } from './spin-money';

const SPIN: SpinMoney = {
  traceId: '',
  arrived: 1,
  at: micros(0),
  stake: 10,
  payout: 0,
  failed: false,
  byChance: true,
  release: '',
  name: '',
  currency: '',
};

describe('money over time', () => {
  it('has every spin once, in few buckets that join', () => {
    const time = fc.integer({ min: 0, max: 40 * 86_400_000_000 });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), (times) => {
        // In the order of arrival: the clock may have been set back in between.
        const spins = times.map((at, index) => ({
          ...SPIN,
          traceId: String(index),
          at: micros(at),
          payout: index,
          failed: index % 4 === 0,
        }));
        const buckets = bucketsOf(spins, 40);
        expect(buckets.length).toBeLessThanOrEqual(40);
        const all = buckets.flatMap((bucket) => bucket.spins);
        expect(all).toHaveLength(spins.length);
        expect(new Set(all)).toEqual(new Set(spins));
        const sum = buckets.reduce((total, { totals }) => total + totals.ggr, 0);
        expect(sum).toBe(totalsOf(spins).ggr);
        for (const { from, to, spins: part } of buckets)
          for (const { at } of part) expect(at >= from && at < to).toBe(true);
        buckets.slice(1).forEach(({ from }, index) => expect(from).toBe(buckets[index]?.to));
      }),
    );
  });

  it('has no buckets of less than ten seconds, and one for a pause of any length', () => {
    const at = (seconds: number): SpinMoney => ({ ...SPIN, at: micros(seconds * 1_000_000) });
    const lengths = (...seconds: number[]): number[] =>
      bucketsOf(seconds.map(at), 40).map(({ from, to }) => (to - from) / 1_000_000);
    expect(lengths(100, 101, 119)).toEqual([10, 10]);
    expect(lengths(100, 130)).toEqual([10, 10, 10, 10]);
    expect(lengths(100, 4_000)).toEqual([10, 3_890, 10]);
    expect(bucketsOf([at(100), at(4_000)], 40).map(({ isPause }) => isPause)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('is empty without spins', () => expect(bucketsOf([], 40)).toEqual([]));
});
