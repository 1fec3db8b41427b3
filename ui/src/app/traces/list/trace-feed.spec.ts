import { TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { micros } from '../../core/api/micros';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TraceSummary } from '../../core/api/schema';
import { StreamDouble } from '../../testing/stream-double';
import { TRACE } from '../../testing/replies';
import { MOST, TraceFeed } from './trace-feed';
import { NO_FILTER } from './trace-list';

function trace(number: number, more: Partial<TraceSummary> = {}): TraceSummary {
  return {
    ...TRACE,
    trace_id: `t${number}`,
    name: 'slot-machine-spin',
    op: 'ui.action',
    service: 'frontend',
    first_envelope: number,
    start_us: micros(number * 1_000_000),
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
    services: [],
    external: [],
    critical_path: [],
    oddities: [],
    ...more,
  };
}

describe('the feed of traces', () => {
  const gateway = { traces: vi.fn() };
  let stream: StreamDouble;
  let feed: TraceFeed;
  let end: () => void;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    gateway.traces.mockResolvedValue({ traces: [trace(2), trace(1)], indexed: true });
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    feed = TestBed.inject(TraceFeed);
    end = feed.watch();
    await feed.show(NO_FILTER);
  });
  afterEach(() => {
    end();
    vi.useRealTimers();
  });

  it('says that the log is not read yet, and asks until it is', async () => {
    expect(feed.indexed()).toBe(true);
    gateway.traces.mockResolvedValue({ traces: [trace(1)], indexed: false });
    await feed.show(NO_FILTER);
    expect(feed.indexed()).toBe(false);
    gateway.traces.mockResolvedValue({ traces: [trace(3), trace(1)], indexed: true });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(feed.indexed()).toBe(true);
    expect(feed.shown()).toHaveLength(2);
    const asked = gateway.traces.mock.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(gateway.traces).toHaveBeenCalledTimes(asked);
  });

  const tell = (...traces: TraceSummary[]): void => {
    for (const each of traces) stream.tell('trace', each);
    vi.advanceTimersByTime(200);
  };
  const shown = (): string[] => feed.shown().map(({ trace_id }) => trace_id);

  it('shows what comes, together and newest first', () => {
    stream.tell('trace', trace(3));
    expect(shown()).toEqual(['t2', 't1']);
    tell(trace(4));
    expect(shown()).toEqual(['t4', 't3', 't2', 't1']);
  });

  it('does not move under a reader, counts what waits, and shows it when asked', () => {
    feed.hold(true);
    tell(trace(3), trace(4), trace(1, { spans: 9 }));
    expect(shown()).toEqual(['t2', 't1']);
    expect(feed.shown()[1]?.spans).toBe(9);
    expect(feed.waiting()).toBe(2);
    feed.hold(false);
    expect(shown()).toEqual(['t4', 't3', 't2', 't1']);
    expect(feed.waiting()).toBe(0);
  });

  it('goes on when the clock is set back two hours', () => {
    const late = { start_us: micros(-7_200_000_000) };
    feed.hold(true);
    tell(trace(3, late), trace(4, late));
    expect(feed.waiting()).toBe(2);
    feed.hold(false);
    expect(shown()).toEqual(['t4', 't3', 't2', 't1']);
  });

  it('never holds more than it may, whatever comes', () => {
    feed.hold(true);
    tell(...Array.from({ length: 3 * MOST }, (_, number) => trace(10 + number)));
    expect(feed.shown()).toHaveLength(2);
    feed.hold(false);
    expect(feed.shown()).toHaveLength(MOST);
    expect(shown()[0]).toBe(`t${9 + 3 * MOST}`);
    expect(feed.more()).toBe(true);
  });

  it('lets through what the filter lets through, from the stream too', async () => {
    await feed.show({ ...NO_FILTER, outcome: 'failed' });
    expect(gateway.traces).toHaveBeenLastCalledWith({ ok: false, limit: 500 });
    expect(shown()).toEqual([]);
    tell(trace(5), trace(6, { ok: false }));
    expect(shown()).toEqual(['t6']);
  });

  it('knows what there is to choose from, whatever the filter lets through', async () => {
    gateway.traces.mockResolvedValue({ traces: [trace(1, { release: '1.0.0' })], indexed: true });
    await feed.show(NO_FILTER);
    gateway.traces.mockResolvedValue({ traces: [], indexed: true });
    await feed.show({ ...NO_FILTER, release: '1.1.0' });
    tell(trace(2, { release: '1.2.0' }));
    expect(shown()).toEqual([]);
    expect([...feed.seen().releases]).toEqual(['1.0.0', '1.2.0']);
  });

  it('asks anew when the stream has lost something', async () => {
    gateway.traces.mockResolvedValue({ traces: [trace(9)], indexed: true });
    stream.miss();
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual(['t9']);
  });

  it('takes the answer to the last question, not the one that came last', async () => {
    let answer: (reply: unknown) => void = () => undefined;
    gateway.traces.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const first = feed.show({ ...NO_FILTER, service: 'frontend' });
    gateway.traces.mockResolvedValue({ traces: [trace(7)], indexed: true });
    await feed.show(NO_FILTER);
    answer({ traces: [trace(8)], indexed: true });
    await first;
    expect(shown()).toEqual(['t7']);
  });

  it('keeps what comes between two pages of an answer', async () => {
    let second: (reply: unknown) => void = () => undefined;
    gateway.traces
      .mockResolvedValueOnce({ traces: [trace(3), trace(2)], next: 'further', indexed: true })
      .mockReturnValueOnce(new Promise((resolve) => (second = resolve)));
    const loaded = feed.show(NO_FILTER);
    await vi.advanceTimersByTimeAsync(0);
    tell(trace(9), trace(1, { spans: 7 }));
    expect(shown()).toEqual(['t9', 't3', 't2', 't1']);
    second({ traces: [trace(1)], indexed: true });
    await loaded;
    expect(shown()).toEqual(['t9', 't3', 't2', 't1']);
    expect(feed.shown().at(-1)?.spans).toBe(7);
  });

  it('adds the older traces of a second page while no row may move', async () => {
    let second: (reply: unknown) => void = () => undefined;
    gateway.traces
      .mockResolvedValueOnce({ traces: [trace(3), trace(2)], next: 'further', indexed: true })
      .mockReturnValueOnce(new Promise((resolve) => (second = resolve)));
    const loaded = feed.show(NO_FILTER);
    await vi.advanceTimersByTimeAsync(0);
    feed.hold(true);
    tell(trace(9));
    second({ traces: [trace(1)], indexed: true });
    await loaded;
    expect(shown()).toEqual(['t3', 't2', 't1']);
    expect(feed.waiting()).toBe(1);
  });

  it('takes an answer for newer than what was told before its question', async () => {
    stream.tell('trace', trace(2, { spans: 5 }));
    gateway.traces.mockResolvedValue({ traces: [trace(2, { spans: 9 })], indexed: true });
    stream.miss();
    await vi.advanceTimersByTimeAsync(200);
    expect(feed.shown()[0]?.spans).toBe(9);
  });

  it('says whether there are older ones than it holds', async () => {
    expect(feed.more()).toBe(false);
    gateway.traces.mockResolvedValue({ traces: [trace(1)], next: 'further', indexed: true });
    await feed.load();
    expect(feed.more()).toBe(true);
    gateway.traces.mockResolvedValue({ traces: [trace(1)], indexed: true });
    await feed.load();
    expect(feed.more()).toBe(false);
  });

  it('says when the collector does not answer', async () => {
    gateway.traces.mockRejectedValue(new Error('gone'));
    await feed.load();
    expect(feed.state()).toBe('failed');
  });

  it('finds the previous of a kind with the collector, whatever is shown', async () => {
    gateway.traces.mockClear();
    const query = {
      name: 'slot-machine-spin',
      service: 'frontend',
      limit: 50,
      cursor: '20.t20',
    };
    // The list contains t2; the collector has the traces between.
    gateway.traces
      .mockResolvedValueOnce({
        traces: [trace(19, { service: 'game-engine' }), trace(18, { op: 'pageload' })],
        next: 'further',
        indexed: true,
      })
      .mockResolvedValueOnce({ traces: [trace(11)], next: 'more', indexed: true });
    expect((await feed.previous(trace(20)))?.trace_id).toBe('t11');
    expect(gateway.traces.mock.calls).toEqual([[query], [{ ...query, cursor: 'further' }]]);
  });

  it('finds no previous where there is none', async () => {
    gateway.traces.mockResolvedValue({ traces: [], indexed: true });
    expect(await feed.previous(trace(20))).toBeNull();
  });
});
