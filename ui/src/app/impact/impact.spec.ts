import { BeforeAfter, Figures } from '../core/api/schema';
import {
  Pair,
  WholePair,
  errorVerdict,
  heroOf,
  inOrder,
  judged,
  judgedShares,
  missingOf,
  slowedTimes,
  speedUp,
  timeVerdict,
  wayOf,
} from './impact';

function figures(p95: number): Figures {
  return {
    spins: 40,
    recorded: 40,
    failed: 0,
    p50_ms: p95 / 2,
    p95_ms: p95,
    p99_ms: p95 * 1.1,
    error_rate_percent: 0,
    per_second: 2,
    waited_s_per_player: 30,
    failed_minor: 0,
    requests: 240,
    failed_requests: 0,
    overall_error_rate_percent: 0,
  };
}

function pair(problem: BeforeAfter['problem']): BeforeAfter {
  return {
    problem,
    before: null,
    after: null,
    slowed: null,
    before_trace: null,
    after_trace: null,
  };
}

describe('a pair of before and after', () => {
  const [slow, fast] = [figures(5000), figures(250)];

  it('says what of it is still to be measured', () => {
    expect(missingOf({ before: null, after: null })).toBe('both');
    expect(missingOf({ before: slow, after: null })).toBe('after');
    expect(missingOf({ before: null, after: fast })).toBe('before');
    expect(missingOf({ before: slow, after: fast })).toBeNull();
  });

  it('of all problems stands first, and the others as the story tells them', () => {
    const pairs = [pair('missing-index'), pair('slow-rng'), pair('all')];
    expect(inOrder(pairs).map(({ problem }) => problem)).toEqual([
      'all',
      'missing-index',
      'slow-rng',
    ]);
  });

  it('is so many times faster', () => {
    expect(speedUp(5_000, 250)).toBe(20);
    expect(speedUp(250, 5_000)).toBe(0.05);
    expect(speedUp(5_000, 0)).toBeNull();
  });

  it('is as before where nobody would notice a difference', () => {
    expect([20, 1.06, 1.04, 1, 0.96, 0.9].map(wayOf)).toEqual([
      'faster',
      'faster',
      'alike',
      'alike',
      'alike',
      'slower',
    ]);
  });

  const whole = (
    problem: Pair['problem'],
    before: Partial<Figures>,
    after: Partial<Figures>,
  ): WholePair => ({
    ...pair(problem),
    problem,
    before: { ...slow, ...before },
    after: { ...fast, ...after },
  });

  it('has the large figures where all problems are measured, or else what brought most', () => {
    const [few, many] = [
      whole('slow-rng', { recorded: 3, p95_ms: 60_000 }, {}),
      whole('slow-provider', {}, {}),
    ];
    expect(heroOf([{ ...whole('all', {}, {}), after: null }, few, many])).toBe(many);
    const all = whole('all', { recorded: 2 }, {});
    expect(heroOf([all, few, many])).toBe(all);
    expect(heroOf([])).toBeNull();
  });

  it('says nothing of the wait before there are spins enough', () => {
    const few = whole('all', { recorded: 19 }, {});
    expect(timeVerdict(few, slowedTimes(few))).toEqual({ way: 'few', enough: 20 });
    const pair = whole('all', {}, {});
    expect(timeVerdict(pair, slowedTimes(pair))).toEqual({ way: 'faster', times: 20 });
    expect(timeVerdict(pair, [250, 250])).toEqual({ way: 'alike' });
  });

  it('compares a problem by the time of what it slows down', () => {
    const slowed = { actor: 'payment-provider', before_p95_ms: 4_000, after_p95_ms: 0 };
    const pair: WholePair = { ...whole('slow-provider', {}, {}), slowed };
    expect(slowedTimes(pair)).toEqual([4_000, 0]);
    expect(timeVerdict(pair, slowedTimes(pair))).toEqual({ way: 'gone' });
    // What is left of a call in the background, as a factor that nobody believes.
    expect(timeVerdict(pair, [4_000, 0.27])).toEqual({ way: 'gone' });
    expect(timeVerdict(pair, [4_000, 4])).toEqual({ way: 'faster', times: 1_000 });
  });

  it('says of failures how many spins would tell the two sides apart', () => {
    const of = (before: number, after: number, spins: number): unknown => {
      const side = (failed: number): Partial<Figures> => ({ failed, spins, recorded: spins });
      return errorVerdict(whole('payment-errors', side(before), side(after)));
    };
    expect(of(10, 0, 100)).toEqual({ way: 'fewer' });
    expect(of(0, 10, 100)).toEqual({ way: 'more' });
    expect(of(0, 0, 40)).toEqual({ way: 'alike' });
    expect(of(0, 0, 4)).toEqual({ way: 'few', enough: 20 });
    expect(of(4, 0, 4)).toEqual({ way: 'few', enough: 20 });
    expect(of(3, 0, 30)).toEqual({ way: 'few', enough: 37 });
    expect(of(5, 4, 40)).toEqual({ way: 'few', enough: 1_300 });
  });

  it('is judged by failures only as far as chance does not explain them', () => {
    const check = (before: number[], after: number[], expected: string): void => {
      const of = ([failed = 0, spins = 0]: number[]): Figures => ({
        ...slow,
        failed,
        spins,
        recorded: spins,
      });
      expect([before, after, judgedShares(of(before), of(after))]).toEqual([
        before,
        after,
        expected,
      ]);
    };
    check([4, 41], [5, 44], '');
    check([10, 100], [0, 100], 'good');
    check([0, 100], [10, 100], 'bad');
    check([1, 10], [0, 10], '');
    check([0, 10], [0, 10], '');
    check([0, 0], [1, 10], '');
    expect(judgedShares(null, slow)).toBe('');
  });

  it('is judged by less being better', () => {
    expect(judged(10, 1)).toBe('good');
    expect(judged(1, 10)).toBe('bad');
    expect(judged(0, 0)).toBe('');
    expect(judged(0, 2)).toBe('bad');
    expect(judged(100, 98)).toBe('');
    expect(judged(undefined, 98)).toBe('');
  });
});
