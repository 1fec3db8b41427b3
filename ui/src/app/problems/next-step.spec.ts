import { ProblemView } from '../core/api/parts';
import { NewestSpin, NextStep, Situation, leadOf, nextStep } from './next-step';

function problem(over: Partial<ProblemView>): ProblemView {
  return {
    id: 'slow-rng',
    service: 'game-engine',
    group: 'story',
    how: 'switch',
    fixable: true,
    fired: 0,
    state: 'on',
    switching: null,
    ends_in_ms: null,
    switched_at: 0,
    switched_ms_ago: 900,
    observed: null,
    ...over,
  };
}

const SEEN = { count: 1, trace_id: 'a', at: 150, ms: 280 };
const LAST = { roundId: 'r', begunAt: 150 };
const NEWEST: NewestSpin = { traceId: 'n', msAgo: 850, looked: false, shares: new Map() };
const FIXED = problem({ state: 'fixed', switched_ms_ago: 800 });

describe('the next step of the demo', () => {
  const check = (over: Partial<Situation>, expected: NextStep | null): void =>
    expect(
      nextStep({
        problems: [problem({})],
        answeredAt: 1_000,
        newest: null,
        last: null,
        repeated: null,
        compared: false,
        ...over,
      }),
    ).toEqual(expected);

  it('is to spin, even if the log-in has shown a problem already', () => {
    check({}, { what: 'spin' });
    check({ problems: [problem({ observed: SEEN })] }, { what: 'spin' });
    // The spin was made before the problem was switched on.
    check({ newest: { ...NEWEST, msAgo: 950 } }, { what: 'spin' });
  });

  it('is to look at the newest spin, and then to fix what takes most of it', () => {
    check({ newest: NEWEST }, { what: 'look', traceId: 'n' });
    check({ newest: { ...NEWEST, looked: true } }, { what: 'fix', id: 'slow-rng' });
    check({ newest: { ...NEWEST, traceId: null } }, { what: 'fix', id: 'slow-rng' });
  });

  it('is to spin the same round again after a fix', () => {
    check({ problems: [FIXED], last: LAST }, { what: 'repeat', roundId: 'r' });
    // The spin was made after the fix.
    check({ problems: [FIXED], last: { ...LAST, begunAt: 250 } }, { what: 'done' });
  });

  it('is not to spin again after a problem was brought back', () =>
    check({ problems: [problem({ switched_ms_ago: 800 })], last: LAST }, { what: 'spin' }));

  it('is to compare what was spun again, and then to go on with the next problem', () => {
    const repeated = { before: 'a', after: 'b', begunAt: 250 };
    const last = { roundId: 's', begunAt: 250 };
    const [before, after] = ['a', 'b'];
    check({ problems: [FIXED], last, repeated }, { what: 'compare', before, after });
    check({ problems: [FIXED], last, repeated, compared: true }, { what: 'done' });
    const newest = { ...NEWEST, msAgo: 750, looked: true };
    const rest = problem({ id: 'slow-provider', observed: SEEN });
    check(
      { problems: [FIXED, rest], last, repeated, newest, compared: true },
      { what: 'fix', id: 'slow-provider' },
    );
    check(
      { problems: [problem({ state: 'fixed', switched_ms_ago: 700 })], last, repeated },
      { what: 'repeat', roundId: 's' },
    );
  });

  it('is to begin in a world without problems', () => {
    const off = problem({ state: 'off', switched_ms_ago: 700 });
    check({ problems: [off, off], last: LAST }, { what: 'begin' });
    check({ problems: [off, problem({ state: 'fixed' })] }, { what: 'done' });
    check({ problems: [] }, null);
  });
});

describe('the problem to fix next', () => {
  const index = problem({ id: 'missing-index', observed: { ...SEEN, ms: 500 } });
  const provider = problem({ id: 'slow-provider', observed: { ...SEEN, ms: 3_000 } });
  const errors = problem({ id: 'payment-errors', observed: { ...SEEN, trace_id: 'n' } });
  const shares = new Map([
    ['missing-index', 0.7],
    ['slow-provider', 0.2],
  ] as const);

  it('takes the largest share of the newest spin', () =>
    expect(leadOf([provider, index], { traceId: 'n', shares })).toBe('missing-index'));

  it('has the longest span while no share is known, and was seen', () => {
    expect(leadOf([index, provider], null)).toBe('slow-provider');
    expect(leadOf([problem({}), index], null)).toBe('missing-index');
  });

  it('is the failure, if the newest spin failed', () =>
    expect(leadOf([index, provider, errors], { traceId: 'n', shares })).toBe('payment-errors'));

  it('is none where nothing hurts', () => {
    expect(leadOf([problem({ state: 'fixed' }), problem({ state: 'off' })], null)).toBeNull();
    expect(leadOf([], null)).toBeNull();
  });
});
