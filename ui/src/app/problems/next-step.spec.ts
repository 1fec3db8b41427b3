import { ProblemView } from '../core/api/parts';
import { LastRound, NextStep, Repeated, nextStep } from './next-step';

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
    switched_at: 0,
    switched_ms_ago: 900,
    observed: null,
    ...over,
  };
}

const SEEN = { count: 1, trace_id: 'a', at: 150, ms: 280 };

describe('the next step of the demo', () => {
  const check = (
    problems: readonly ProblemView[],
    last: LastRound | null,
    repeated: Repeated | null,
    expected: NextStep | null,
  ): void => expect(nextStep(problems, 1_000, last, repeated)).toEqual(expected);

  it('is to spin until a problem is seen, and then to fix it', () => {
    check([problem({})], null, null, { what: 'spin' });
    check([problem({ observed: SEEN }), problem({})], { roundId: 'r', begunAt: 150 }, null, {
      what: 'fix',
    });
  });

  it('is to spin the same round again after a fix', () => {
    const fixed = problem({ state: 'fixed', switched_ms_ago: 800 });
    check([fixed], { roundId: 'r', begunAt: 150 }, null, { what: 'repeat', roundId: 'r' });
    // The spin was made after the fix.
    check([fixed], { roundId: 'r', begunAt: 250 }, null, null);
    check([fixed], null, null, null);
  });

  it('is not to spin again after a problem was brought back', () =>
    check([problem({ switched_ms_ago: 800 })], { roundId: 'r', begunAt: 150 }, null, {
      what: 'spin',
    }));

  it('is to compare what was spun again, until something is switched once more', () => {
    const repeated = { before: 'a', after: 'b', begunAt: 250 };
    const last = { roundId: 's', begunAt: 250 };
    check([problem({ state: 'fixed', switched_ms_ago: 800 })], last, repeated, {
      what: 'compare',
      before: 'a',
      after: 'b',
    });
    check([problem({ state: 'fixed', switched_ms_ago: 700 })], last, repeated, {
      what: 'repeat',
      roundId: 's',
    });
  });

  it('is to begin in a world without problems', () => {
    const off = problem({ state: 'off', switched_ms_ago: 700 });
    check([off, off], { roundId: 'r', begunAt: 150 }, null, { what: 'begin' });
    check([off, problem({ state: 'fixed' })], null, null, null);
    check([], null, null, null);
  });
});
