import fc from 'fast-check';

import { Micros, micros } from '../core/api/micros';
import { histogram } from './histogram';

describe('events over time', () => {
  it('counts every event within exactly once, in bars that join', () => {
    const time = fc.integer({ min: 0, max: 10 ** 9 });
    fc.assert(
      fc.property(fc.array(time), time, time, (times, one, other) => {
        const [from, to] = [micros(Math.min(one, other)), micros(Math.max(one, other))];
        const within = times.filter((at) => at >= from && at <= to) as Micros[];
        const bars = histogram(within, from, to, 12);
        expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(within.length);
        bars.slice(1).forEach((bar, index) => expect(bar.from).toBe(bars[index]?.to));
        expect(bars[0]?.from).toBeLessThanOrEqual(from);
        expect(bars[11]?.to).toBe(to);
      }),
    );
  });

  it('keeps a moment readable: no bar is shorter than a second, and none is in the future', () => {
    const bars = histogram([micros(5)], micros(5), micros(6), 4);
    expect(bars.map(({ count }) => count)).toEqual([0, 0, 0, 1]);
    expect(bars.map(({ from, to }) => to - from)).toEqual(Array(4).fill(1_000_000));
  });
});
