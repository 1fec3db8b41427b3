import { TestBed } from '@angular/core/testing';

import { SPIN } from '../core/api/parts';
import { Gateway } from '../core/api/gateway';
import { TraceSummary } from '../core/api/schema';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { TRACE } from '../testing/replies';
import { StreamDouble } from '../testing/stream-double';
import { SpinLog } from './spin-log';

function spin(id: string, arrived: number, over: Partial<TraceSummary> = {}): TraceSummary {
  return { ...TRACE, name: SPIN, trace_id: id, first_envelope: arrived, ...over };
}

describe('the log of spins', () => {
  const gateway = { traces: vi.fn() };
  let stream: StreamDouble;
  let log: SpinLog;
  const ids = (): string[] => log.spins().map(({ traceId }) => traceId);

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    log = TestBed.inject(SpinLog);
  });
  afterEach(() => vi.useRealTimers());

  it('has the spins of the collector and of the stream, oldest first, each once', async () => {
    gateway.traces.mockResolvedValue({ traces: [spin('b', 2), spin('a', 1)], indexed: true });
    log.follow();
    log.follow();
    stream.tell('trace', spin('c', 3));
    stream.tell('trace', { ...TRACE, trace_id: 'd', first_envelope: 4 });
    await vi.advanceTimersByTimeAsync(0);
    expect(gateway.traces).toHaveBeenCalledOnce();
    expect(ids()).toEqual(['a', 'b', 'c']);
    stream.tell('trace', spin('c', 3, { ok: false }));
    expect(log.spins().map(({ failed }) => failed)).toEqual([false, false, true]);
  });

  it('corrects what it knew when messages were missed', async () => {
    gateway.traces.mockResolvedValue({ traces: [], indexed: true });
    log.follow();
    stream.tell('trace', spin('a', 1));
    await vi.advanceTimersByTimeAsync(1_000);
    gateway.traces.mockResolvedValue({
      traces: [spin('b', 2), spin('a', 1, { ok: false })],
      indexed: true,
    });
    stream.miss();
    stream.tell('trace', spin('b', 2, { ok: false }));
    await vi.advanceTimersByTimeAsync(0);
    expect(log.spins().map(({ failed }) => failed)).toEqual([true, true]);
  });

  describe('after a gap in the stream', () => {
    /** The collector has spins up to this number; it returns them newest first, page after page. */
    const collected = (newest: number): void => {
      gateway.traces.mockImplementation(
        ({ cursor = `${newest}`, limit }: { cursor?: string; limit: number }) => {
          const from = Number(cursor);
          const traces = Array.from({ length: Math.min(limit, from) }, (_, at) =>
            spin(`${from - at}`, from - at),
          );
          const next = from > limit ? `${from - limit}` : undefined;
          return Promise.resolve({ traces, next, indexed: true });
        },
      );
    };
    const places = (): number[] => log.spins().map(({ arrived }) => arrived);
    const upTo = (first: number, last: number): number[] =>
      Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const begin = async (newest: number): Promise<void> => {
      collected(newest);
      log.follow();
      await vi.advanceTimersByTimeAsync(1_000);
      gateway.traces.mockClear();
    };

    it('has the spins of the gap, each once, however many there are', async () => {
      await begin(700);
      collected(5_700);
      stream.miss();
      stream.tell('trace', spin('5701', 5_701));
      stream.tell('trace', spin('5700', 5_700));
      expect(log.whole()).toBe(false);
      await vi.advanceTimersByTimeAsync(0);
      expect(log.whole()).toBe(true);
      expect(places()).toEqual(upTo(1, 5_701));
    });

    it('reads no more than the gap and a page from before it', async () => {
      await begin(20_000);
      for (let number = 20_001; number <= 23_000; number += 1)
        stream.tell('trace', spin(`${number}`, number));
      collected(25_000);
      stream.miss();
      await vi.advanceTimersByTimeAsync(0);
      expect(gateway.traces).toHaveBeenCalledTimes(6);
      expect(places()).toEqual(upTo(19_001, 25_000));
    });

    it('forgets the spins before a gap that is too long to be read', async () => {
      await begin(1_000);
      collected(50_000);
      stream.miss();
      await vi.advanceTimersByTimeAsync(0);
      expect(places()).toEqual(upTo(40_001, 50_000));
    });

    it('asks until it is answered, and is not whole before', async () => {
      await begin(700);
      gateway.traces.mockRejectedValue(new Error('away'));
      stream.miss();
      stream.tell('trace', spin('950', 950));
      await vi.advanceTimersByTimeAsync(5_000);
      expect([log.whole(), log.spins().length]).toEqual([false, 701]);
      expect(gateway.traces.mock.calls.length).toBeLessThan(8);
      collected(960);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(log.whole()).toBe(true);
      expect(places()).toEqual(upTo(1, 960));
    });
  });

  it('asks again until the collector has read its log', async () => {
    gateway.traces.mockResolvedValueOnce({ traces: [spin('a', 1)], indexed: false });
    gateway.traces.mockResolvedValue({ traces: [spin('b', 2), spin('a', 1)], indexed: true });
    log.follow();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([gateway.traces.mock.calls.length, ids()]).toEqual([2, ['a', 'b']]);
  });

  it('begins with some of the newest spins, and keeps many times as many', async () => {
    const page = (from: number): TraceSummary[] =>
      Array.from({ length: 500 }, (_, at) => spin(`${from - at}`, from - at));
    gateway.traces.mockImplementation(({ cursor = '2000' }: { cursor?: string }) => ({
      traces: page(Number(cursor)),
      next: `${Number(cursor) - 500}`,
      indexed: true,
    }));
    log.follow();
    await vi.advanceTimersByTimeAsync(0);
    expect([log.spins()[0]?.arrived, log.spins().length]).toEqual([1_001, 1_000]);
    for (let at = 2_001; at <= 9_000; at += 1)
      stream.tell('trace', spin(`${at}`, at, { virtual_player: true }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([log.spins()[0]?.arrived, log.spins().length]).toEqual([1_001, 8_000]);
  });

  it('shows spins of virtual players together, and knows the newest of a person', async () => {
    gateway.traces.mockRejectedValue(new Error('away'));
    log.follow();
    stream.tell('trace', spin('a', 1));
    stream.tell('trace', spin('v', 2, { virtual_player: true }));
    expect(ids()).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ids()).toEqual(['a', 'v']);
    expect(log.newest()?.traceId).toBe('a');
  });
});
