import { ReleaseFigures } from '../core/api/schema';
import { barWidths, changeOf, fixesOf, rtpOf } from './releases';

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
});

describe('the RTP of a release', () => {
  it('is judged by the interval that the services tell', () => {
    const rtp = rtpOf(release(1, 126, 19.6), 0.96);
    expect(rtp?.half).toBeCloseTo(0.196, 3);
    expect(rtp).toMatchObject({ observed: 1.26, verdict: 'outside' });
  });

  it('is judged only by spins enough', () => {
    expect(rtpOf(release(1, 150, 1_464), 0.96)).toMatchObject({
      verdict: 'few',
      band: { low: 0 },
    });
    expect(rtpOf(release(1, 100, 18), 0.96)?.verdict).toBe('inside');
    expect(rtpOf(release(1), 0.96)).toBeNull();
  });
});

describe('what runs', () => {
  it('is a release with so many fixes, unless it also has a problem more', () => {
    const faults = ['slow-rng', 'payment-errors'] as const;
    expect(
      fixesOf(
        [
          { id: 'slow-rng', state: 'fixed' },
          { id: 'payment-errors', state: 'on' },
        ],
        { faults },
      ),
    ).toBe(1);
    expect(
      fixesOf(
        [
          { id: 'slow-rng', state: 'fixed' },
          { id: 'missing-index', state: 'on' },
        ],
        { faults },
      ),
    ).toBe(0);
  });
});
