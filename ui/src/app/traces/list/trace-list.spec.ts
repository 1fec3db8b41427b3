import { micros } from '../../core/api/micros';
import { TraceSummary } from '../../core/api/schema';
import { FORMATS } from '../../testing/languages';
import {
  Filter,
  NO_FILTER,
  addressOf,
  durationOf,
  figuresOf,
  filterOf,
  matches,
  merged,
  previousOf,
  queryOf,
  refreshed,
} from './trace-list';
import { SHARE, TRACE } from '../../testing/replies';

function trace(id: string, start: number, more: Partial<TraceSummary> = {}): TraceSummary {
  return {
    ...TRACE,
    trace_id: id,
    name: 'slot-machine-spin',
    op: 'ui.action',
    service: 'frontend',
    first_envelope: start,
    start_us: micros(start),
    duration_us: micros(2_000),
    root_us: micros(2_000),
    spans: 1,
    transactions: 1,
    errors: 0,
    logs: 0,
    status: 'ok',
    ok: true,
    measurements: {},
    problems: [],
    virtual_player: false,
    services: [
      {
        ...SHARE,
        service: 'frontend',
        transactions: 1,
        errors: 0,
        own_us: micros(1),
        waiting_us: micros(1),
      },
    ],
    external: [],
    critical_path: [],
    oddities: [],
    ...more,
  };
}
const news = (...traces: TraceSummary[]): Map<string, TraceSummary> =>
  new Map(traces.map((each) => [each.trace_id, each]));
const ids = (traces: readonly TraceSummary[]): string[] => traces.map(({ trace_id }) => trace_id);

describe('the list of traces', () => {
  const list = [trace('c', 30), trace('b', 20), trace('a', 10)];

  it('has what is new in its place, and what has grown once', () => {
    const grown = trace('b', 20, { spans: 9 });
    const now = merged(list, news(trace('d', 25), grown), NO_FILTER);
    expect(ids(now)).toEqual(['c', 'd', 'b', 'a']);
    expect(now[2]).toBe(grown);
  });

  it('loses a trace that no longer matches', () => {
    const filter = { ...NO_FILTER, outcome: 'ok' } as const;
    expect(ids(merged(list, news(trace('b', 20, { ok: false })), filter))).toEqual(['c', 'a']);
  });

  it('does not move while it is read', () => {
    const grown = trace('a', 10, { spans: 9 });
    const now = refreshed(list, news(trace('d', 40), grown));
    expect(ids(now)).toEqual(['c', 'b', 'a']);
    expect(now[2]).toBe(grown);
  });

  it('stands in the order of arrival where the clock was set back two hours', () => {
    const hours = 7_200_000_000;
    const at = (id: string, first_envelope: number, start: number): TraceSummary =>
      trace(id, start, { first_envelope });
    const before = [at('c', 30, hours + 30), at('b', 20, hours + 20)];
    const now = merged(before, news(at('d', 40, 10), at('e', 50, 20)), NO_FILTER);
    expect(ids(now)).toEqual(['e', 'd', 'c', 'b']);
    expect(previousOf(at('e', 50, 20), now)?.trace_id).toBe('d');
    expect(previousOf(at('d', 40, 10), now)?.trace_id).toBe('c');
  });

  it('knows the previous of the same kind', () => {
    const other = trace('x', 25, { name: 'pageload' });
    expect(previousOf(trace('c', 30), [trace('c', 30), other, ...list])?.trace_id).toBe('b');
    expect(previousOf(trace('a', 10), list)).toBeNull();
  });
});

describe('a filter', () => {
  const cases: [Partial<Filter>, Partial<TraceSummary>, boolean][] = [
    [{ outcome: 'ok' }, {}, true],
    [{ outcome: 'failed' }, {}, false],
    [{ by: 'people' }, {}, true],
    [{ by: 'people' }, { virtual_player: true }, false],
    [{ by: 'virtual' }, {}, false],
    [{ by: 'virtual' }, { virtual_player: true }, true],
    [{ name: 'slot-machine-spin' }, {}, true],
    [{ name: 'pageload' }, {}, false],
    [{ service: 'frontend' }, {}, true],
    [{ service: 'game-engine' }, {}, false],
    [{ release: '1.0.0' }, { release: '1.0.0' }, true],
    [{ release: '1.0.0' }, {}, false],
    [{ player: 'p1' }, { player: 'p2' }, false],
    [{ least: 2 }, {}, true],
    [{ least: 3 }, { duration_us: micros(4_000_000) }, false],
    [{ most: 2 }, { duration_us: micros(4_000_000) }, true],
    [{ most: 1 }, {}, false],
    [{ since: micros(1) }, {}, true],
    [{ since: micros(2) }, {}, false],
    [{ until: micros(2) }, {}, true],
    [{ until: micros(1) }, {}, false],
  ];
  for (const [filter, more, answer] of cases) {
    it(`${JSON.stringify(filter)} ${answer ? 'takes' : 'leaves'} ${JSON.stringify(more)}`, () =>
      expect(matches({ ...NO_FILTER, ...filter }, trace('a', 1, more))).toBe(answer));
  }

  it('is read from the address, and nonsense in it does not filter', () => {
    const query = new URLSearchParams('outcome=failed&least=1,5&most=x&service=frontend');
    expect(filterOf(query)).toEqual({
      ...NO_FILTER,
      outcome: 'failed',
      least: 1.5,
      service: 'frontend',
    });
    expect(queryOf(filterOf(query))).toEqual({
      ok: false,
      service: 'frontend',
      min_duration_ms: 1,
    });
    expect(filterOf(new URLSearchParams('what=all&since=1.5&until=soon'))).toEqual(NO_FILTER);
  });

  it('means spins, unless it names a trace or a service', () => {
    const whatOf = (query: string): string => filterOf(new URLSearchParams(query)).what;
    expect(['', 'outcome=failed', 'what=spins&service=a'].map(whatOf)).toEqual([
      'spins',
      'spins',
      'spins',
    ]);
    expect(['what=all', 'name=a', 'service=a'].map(whatOf)).toEqual(['all', 'all', 'all']);
    const spins = { ...NO_FILTER, what: 'spins' } as const;
    expect(queryOf(spins)).toEqual({ name: 'slot-machine-spin' });
    const named = (name: string, ...oddities: string[]): boolean =>
      matches(spins, trace('a', 1, { name, oddities }));
    expect(named('slot-machine-spin')).toBe(true);
    // Until its root arrives, a spin has the name of a request.
    expect(named('POST /v1/eligibility', 'missing_root')).toBe(true);
    expect(named('POST /v1/eligibility')).toBe(false);
    expect(named('POST /v1/sessions', 'missing_root')).toBe(false);
  });

  it('is the same when it has been in the address', () => {
    const filter = {
      ...NO_FILTER,
      name: 'a & b',
      by: 'people' as const,
      least: 5,
      since: micros(1_700_000_000_000_000),
      until: micros(1_700_000_000_000_001),
    };
    expect(filterOf(new URLSearchParams(addressOf(filter)))).toEqual(filter);
    expect(queryOf(filter)).toEqual({
      name: 'a & b',
      virtual_player: false,
      min_duration_ms: 5,
      since_us: filter.since,
      until_us: filter.until,
    });
  });
});

describe('a duration as it is typed', () => {
  const check = (text: string, expected: number | null, lang: 'ru' | 'en' = 'en'): void =>
    expect(durationOf(text, FORMATS[lang]), text).toBe(expected);

  it('has the units that the list writes', () => {
    check('2s', 2_000);
    check('500us', 0.5);
    check('500 µs', 0.5);
    check('1\u00a0000', 1_000);
    check('1\u202f000 ms', 1_000);
    check('1,000', 1_000);
    check('1,000', 1, 'ru');
    check('0.4', 0.4);
    check('2,5 с', 2_500, 'ru');
    check('1 мин 05 с', 65_000, 'ru');
    check('24 h 00 min', 86_400_000);
    check('0', 0);
  });

  it('is refused where it is none', () => {
    for (const text of [
      '',
      '-1',
      'soon',
      '2 days',
      '5 s 1 min',
      '1..2',
      '1e3',
      '2 s 5',
      'Infinity',
      '9'.repeat(30),
    ])
      check(text, null);
  });

  it('is read as the list writes it', () => {
    for (const lang of ['ru', 'en'] as const) {
      const { lapse } = FORMATS[lang];
      for (const span of [0, 400, 1_400, 99_000, 500_000, 2_500_000, 61_000_000, 86_400_000_000])
        check(lapse(micros(span)), span / 1_000, lang);
    }
  });

  it('finds traces by microseconds', () => {
    const found = (most: string, root: number): boolean =>
      matches(
        { ...NO_FILTER, most: durationOf(most) },
        { ...trace('a', 1), root_us: micros(root) },
      );
    expect([found('0.4', 400), found('0.4', 401), found('500us', 500)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(queryOf({ ...NO_FILTER, least: 0.4, most: 0.4 })).toEqual({
      min_duration_ms: 0,
      max_duration_ms: 1,
    });
  });
});

describe('the figures of a list', () => {
  it('are of what was measured', () => {
    const list = [10, 20, 30, 40].map((ms, index) =>
      trace(String(index), 1_000_000 * index, {
        // The whole duration, including background work.
        duration_us: micros(4_000_000),
        root_us: micros(ms * 1000),
        ok: index > 0,
      }),
    );
    expect(figuresOf(list, 60_500, true)).toEqual({
      count: 4,
      p50: 20_000,
      p95: 40_000,
      p99: 40_000,
      rate: { perMinute: 3, estimated: false },
      failed: 1,
    });
  });

  it('leave out a duration that nobody knows, and so does a search for one', () => {
    const unknown = trace('a', 1, { duration_unknown: true });
    const known = trace('b', 1, { root_us: micros(7_000) });
    expect(figuresOf([unknown, known], 60_500, true)).toMatchObject({ count: 2, p50: 7_000 });
    expect(figuresOf([unknown], 60_500, true).p50).toBeNull();
    expect(matches({ ...NO_FILTER, most: 1 }, unknown)).toBe(false);
    expect(matches({ ...NO_FILTER, least: 0 }, unknown)).toBe(false);
    expect(matches(NO_FILTER, unknown)).toBe(true);
  });

  it('count a trace for as many as it stands for', () => {
    const list = [1, 2].map((id) => trace(String(id), 60_000_000, { sample_rate: 0.25 }));
    expect(figuresOf(list, 60_500, true).rate).toEqual({ perMinute: 8, estimated: true });
  });
});
