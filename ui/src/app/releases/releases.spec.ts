import * as fc from 'fast-check';

import { ReleaseFigures } from '../core/api/schema';
import { barWidths, changeOf, rtpDrawings } from './releases';

function release(p95: number, rtp: number | null = null, band: number | null = null) {
  return {
    release: '1.0.0',
    changes: [],
    figures: {
      spins: 40,
      recorded: 40,
      failed: 0,
      p50_ms: p95 / 2,
      p95_ms: p95,
      p99_ms: p95,
      error_rate_percent: 0,
      per_second: 2,
      waited_s_per_player: 30,
      failed_minor: 0,
      requests: 240,
      failed_requests: 0,
      overall_error_rate_percent: 0,
    },
    rtp_percent: rtp,
    rtp_band_percent: band,
    regressions: [],
  } satisfies ReleaseFigures;
}

describe('a change of a release', () => {
  it('brings a problem or takes it away', () => {
    expect(changeOf('slow-rng')).toEqual({
      mends: false,
      key: 'problems.name.slow-rng',
      name: 'slow-rng',
    });
    expect(changeOf('slow-rng-fixed')).toMatchObject({
      mends: true,
      key: 'problems.name.slow-rng',
    });
    expect(changeOf('wrong-paytable')).toMatchObject({
      mends: false,
      key: 'releases.wrongPaytable',
    });
    expect(changeOf('wrong-paytable-fixed')).toMatchObject({
      mends: true,
      key: 'releases.wrongPaytable',
    });
  });

  it('of a newer gateway keeps its name', () =>
    expect(changeOf('new-thing-fixed')).toEqual({
      mends: true,
      key: null,
      name: 'new-thing-fixed',
    }));
});

describe('releases drawn', () => {
  it('are drawn to the longest', () => {
    expect(barWidths([release(5000), release(250)], 'p95_ms')).toEqual([100, 5]);
    expect(barWidths([release(0)], 'p50_ms')).toEqual([0]);
    expect(barWidths([], 'p50_ms')).toEqual([]);
  });

  it('have the exact RTP in the middle, and the band around it to one scale', () => {
    const [wide, narrow, none] = rtpDrawings(
      [release(1, 96, 20), release(1, 106, 10), release(1)],
      96,
    );
    expect(wide).toEqual({ observed: 50, from: 2, width: 96 });
    expect(narrow).toEqual({ observed: 74, from: 26, width: 48 });
    expect(none).toBeNull();
  });

  it('of few spins do not squeeze those of many', () => {
    const [few, many] = rtpDrawings([release(1, 150, 1464), release(1, 126, 30)], 96);
    expect(few).toEqual({ observed: 62.96, from: 2, width: 96 });
    expect(many?.observed).toBeCloseTo(57.2);
    expect(many?.width).toBeCloseTo(14.4);
  });

  it('never leave their place', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 900 })), {
          minLength: 1,
        }),
        (drawn) => {
          const releases = drawn.map(([rtp, band]) => release(1, rtp, band));
          for (const drawing of rtpDrawings(releases, 96)) {
            expect(drawing?.observed).toBeGreaterThanOrEqual(1.9);
            expect(drawing?.observed).toBeLessThanOrEqual(98.1);
            expect(drawing?.from).toBeGreaterThanOrEqual(1.9);
            expect(drawing?.width).toBeLessThanOrEqual(96.2);
          }
        },
      ),
    ));
});
