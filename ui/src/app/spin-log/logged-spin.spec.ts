import { newestFirst } from '../core/api/arrival';
import { SPIN } from '../core/api/parts';
import { micros } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { TRACE } from '../testing/replies';
import { LoggedSpin, columnsOf, flagsOf, heightOf, loggedSpin, oldestFirst } from './logged-spin';

function trace(over: Partial<TraceSummary>): TraceSummary {
  return { ...TRACE, name: SPIN, service: 'frontend', ...over };
}

function spin(over: Partial<LoggedSpin>): LoggedSpin {
  const made = {
    traceId: 't',
    arrived: 1,
    start: micros(0),
    took: micros(1_000),
    ended: micros(over.start ?? 0),
    failed: false,
    isVirtual: false,
    culprit: null,
    problems: [],
    fixed: [],
    faults: [],
    ...over,
  };
  return { ...made, switches: [made.problems, made.fixed, made.faults].join('|') };
}

describe('a spin of the log', () => {
  it('is a trace that began with SPIN and whose root is there', () => {
    expect(loggedSpin({ ...TRACE, name: 'GET /' })).toBeNull();
    expect(loggedSpin(trace({ oddities: ['missing_root'] }))).toBeNull();
    expect(loggedSpin(trace({ root_us: micros(5_000), ok: false }))).toMatchObject({
      took: 5_000,
      failed: true,
    });
  });

  it('stands in the order of arrival, as the lists of traces do', () => {
    const places = [
      [2, 'a'],
      [1, 'b'],
      [2, 'b'],
      [1, 'a'],
    ] as const;
    const ids = (told: { first_envelope: number; trace_id: string }[]): string[] =>
      told.map(({ first_envelope, trace_id }) => `${first_envelope}${trace_id}`);
    const traces = places.map(([first_envelope, trace_id]) => ({ first_envelope, trace_id }));
    const logged = traces
      .map(({ first_envelope, trace_id }) => spin({ arrived: first_envelope, traceId: trace_id }))
      .sort(oldestFirst)
      .map(({ arrived, traceId }) => ({ first_envelope: arrived, trace_id: traceId }));
    expect(ids(logged)).toEqual(ids(traces.sort(newestFirst).reverse()));
  });

  it('names who has most of its critical path, unless it is fast', () => {
    const culprit = (root: number): string | null | undefined =>
      loggedSpin(
        trace({
          root_us: micros(root),
          critical_path: [
            { actor: 'payment-provider', time_us: micros(root - 10_000) },
            { actor: 'game-engine', time_us: micros(10_000) },
          ],
        }),
      )?.culprit;
    expect(culprit(4_000_000)).toBe('payment-provider');
    expect(culprit(60_000)).toBeNull();
    expect(loggedSpin(trace({ root_us: micros(4_000_000) }))?.culprit).toBeNull();
  });
});

describe('the flags of the log', () => {
  it('stand where a spin was made under another condition than the one before', () => {
    const spins = [
      spin({ problems: ['slow-rng'] }),
      spin({ problems: ['slow-rng'] }),
      spin({ fixed: ['slow-rng'] }),
      spin({ fixed: ['slow-rng'], faults: ['provider-down'] }),
      spin({ problems: ['slow-rng'] }),
    ];
    expect(flagsOf(spins)).toEqual([
      { at: 2, kind: 'fix', id: 'slow-rng' },
      { at: 3, kind: 'fault', id: 'provider-down' },
      { at: 4, kind: 'problem', id: 'slow-rng' },
    ]);
  });

  it('are one for each switch while several players spin at the same time', () => {
    const during = (from: number, over: Partial<LoggedSpin>): LoggedSpin =>
      spin({ start: micros(from), ended: micros(from + 40), ...over });
    const before = { problems: ['slow-rng', 'slow-provider'] };
    const spins = [
      during(0, before),
      during(50, before),
      during(60, { problems: ['slow-provider'], fixed: ['slow-rng'] }),
      during(70, before),
      during(80, { problems: ['slow-rng'], fixed: ['slow-rng', 'slow-provider'] }),
      during(90, { fixed: ['slow-rng', 'slow-provider'] }),
      during(95, before),
      during(150, { fixed: ['slow-rng', 'slow-provider'] }),
      during(200, before),
    ];
    expect(flagsOf(spins)).toEqual([
      { at: 2, kind: 'fix', id: 'slow-rng' },
      { at: 2, kind: 'fix', id: 'slow-provider' },
      { at: 8, kind: 'problem', id: 'slow-rng' },
      { at: 8, kind: 'problem', id: 'slow-provider' },
    ]);
  });
});

describe('the columns of the log', () => {
  it('are one for each spin while there is room, and then the slowest of several', () => {
    const spins = [3, 9, 5, 4, 8].map((took, at) =>
      spin({ took: micros(took), failed: at === 0, traceId: String(at) }),
    );
    expect(columnsOf(spins, 5).map((each) => each.of)).toEqual([1, 1, 1, 1, 1]);
    expect(columnsOf(spins, 3).map((each) => [each.spin.traceId, each.of, each.failed])).toEqual([
      ['1', 2, true],
      ['2', 2, false],
      ['4', 1, false],
    ]);
    expect(columnsOf(spins, 2).map((each) => each.of)).toEqual([4, 1]);
    expect(columnsOf([], 3)).toEqual([]);
  });

  it('have a height on a logarithmic scale from 1 ms to 10 s', () => {
    expect([0, 1_000, 100_000, 10_000_000, 60_000_000].map(heightOf)).toEqual([
      0.08,
      0.08,
      expect.closeTo(0.5),
      1,
      1,
    ]);
  });
});
