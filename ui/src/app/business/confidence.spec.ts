import fc from 'fast-check';

import { micros } from '../core/api/micros';
import { Band, Z_95, bandOf, enoughSpins, rtpPoints, rtpVerdict } from './confidence';
import { SpinMoney, totalsOf } from './spin-money';

const spin = (stake: number, payout: number, index = 0): SpinMoney => ({
  traceId: String(index),
  arrived: 1,
  at: micros(index),
  stake,
  payout,
  failed: false,
  byChance: true,
  release: '1.0.0',
  name: 'slot-machine-spin',
  currency: 'RUB',
});
const stakes = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 60 });

function known(band: Band | null): Band {
  if (!band) throw new Error('there are stakes, so there is a band');
  return band;
}

describe('the confidence band of the RTP', () => {
  it('is exact ± z·σ/√n for equal stakes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        (n, sigma) => {
          const spins = Array.from({ length: n }, () => spin(1000, 0));
          const band = bandOf(0.96, sigma, totalsOf(spins).byChance);
          expect((band?.high ?? 0) - 0.96).toBeCloseTo((Z_95 * sigma) / Math.sqrt(n), 9);
        },
      ),
    );
  });

  it('holds the exact RTP, does not care about the currency, and narrows with every spin of a like stake', () => {
    fc.assert(
      fc.property(stakes, fc.double({ min: 0, max: 30, noNaN: true }), (each, sigma) => {
        const spins = each.map((stake) => spin(stake, 0));
        const band = known(bandOf(0.96, sigma, totalsOf(spins).byChance));
        expect(band.low).toBeLessThanOrEqual(0.96);
        expect(band.high).toBeGreaterThanOrEqual(0.96);
        const scaled = known(
          bandOf(0.96, sigma, totalsOf(each.map((stake) => spin(stake * 7, 0))).byChance),
        );
        expect(scaled.high).toBeCloseTo(band.high, 9);
        const twice = known(bandOf(0.96, sigma, totalsOf([...spins, ...spins]).byChance));
        expect(twice.high - 0.96).toBeCloseTo((band.high - 0.96) / Math.SQRT2, 9);
      }),
    );
  });

  it('covers the RTP of a fair game in about 95 of 100 sessions', () => {
    // A coin that pays double or nothing: RTP 1, σ 1. The linear congruential generator makes all
    // runs equal.
    let seed = 12345;
    const coin = (): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed > 0x7fffffff ? 200 : 0;
    };
    let inside = 0;
    for (let session = 0; session < 1000; session += 1) {
      const totals = totalsOf(Array.from({ length: 400 }, () => spin(100, coin()))).byChance;
      const band = known(bandOf(1, 1, totals));
      const rtp = totals.paid / totals.staked;
      if (rtp >= band.low && rtp <= band.high) inside += 1;
    }
    expect(inside).toBeGreaterThan(930);
    expect(inside).toBeLessThan(970);
  });

  it('is unknown without stakes', () => expect(bandOf(0.96, 5, totalsOf([]).byChance)).toBeNull());
});

describe('the verdict on the RTP', () => {
  it('is none while chance could explain nearly any', () => {
    expect(rtpVerdict(0.96, 0.96, 0.21)).toBe('few');
    expect(rtpVerdict(3, 0.96, 9.6)).toBe('few');
  });

  it('is that of the band, once it is narrow enough', () => {
    expect(rtpVerdict(1.1, 0.96, 0.2)).toBe('inside');
    expect(rtpVerdict(0.7, 0.96, 0.2)).toBe('outside');
    expect(rtpVerdict(1.34, 0.96, 0.2)).toBe('outside');
  });

  it('is there after (z·σ/0.2)² spins of equal stakes, however many there are so far', () => {
    const sigma = 4.45;
    for (const spins of [1, 40, 900]) {
      const half = (Z_95 * sigma) / Math.sqrt(spins);
      expect(enoughSpins(spins, half)).toBe(2_000);
    }
    expect(enoughSpins(10, 0.21)).toBe(12);
  });
});

describe('the RTP by number of spins', () => {
  it('ends with all spins, has each spin in one point, and no more points than wanted', () => {
    fc.assert(
      fc.property(stakes, fc.integer({ min: 1, max: 20 }), (each, most) => {
        const spins = each.map((stake, index) => spin(stake, index % 3 === 0 ? stake : 0, index));
        const points = rtpPoints(spins, 0.96, 5, most);
        expect(points.length).toBe(Math.min(most, spins.length));
        const { paid, staked } = totalsOf(spins).byChance;
        expect(points.at(-1)?.observed).toBeCloseTo(paid / staked, 12);
        expect(points.flatMap(({ from, to }) => spins.slice(from, to))).toEqual(spins);
      }),
    );
  });
});
