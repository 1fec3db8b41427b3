import fc from 'fast-check';

import { micros } from '../core/api/micros';
import { bucketsOf } from './buckets';
import { totalsOf } from './spin-money';

describe('money over time', () => {
  it('has every spin once, in few buckets that join', () => {
    const time = fc.integer({ min: 0, max: 40 * 86_400_000_000 });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), (times) => {
        // In the order of arrival: the clock may have been set back in between.
        const spins = times.map((at, index) => ({
          traceId: String(index),
          arrived: 1,
          at: micros(at),
          stake: 10,
          payout: index,
          failed: index % 4 === 0,
          byChance: true,
          release: '',
          name: '',
          currency: '',
        }));
        const buckets = bucketsOf(spins, 40);
        expect(buckets.length).toBeLessThanOrEqual(41);
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

  it('is empty without spins', () => expect(bucketsOf([], 40)).toEqual([]));
});
