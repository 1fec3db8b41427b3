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
    gateway.traces.mockResolvedValue({ traces: [spin('b', 2), spin('a', 1)] });
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
    gateway.traces.mockResolvedValue({ traces: [] });
    log.follow();
    stream.tell('trace', spin('a', 1));
    await vi.advanceTimersByTimeAsync(0);
    gateway.traces.mockResolvedValue({ traces: [spin('b', 2), spin('a', 1, { ok: false })] });
    stream.tell('missed', null);
    stream.tell('trace', spin('b', 2, { ok: false }));
    await vi.advanceTimersByTimeAsync(0);
    expect(log.spins().map(({ failed }) => failed)).toEqual([true, true]);
  });

  it('begins with some of the newest spins, and keeps many times as many', async () => {
    const page = (from: number): TraceSummary[] =>
      Array.from({ length: 500 }, (_, at) => spin(`${from - at}`, from - at));
    gateway.traces.mockImplementation(({ cursor = '2000' }: { cursor?: string }) => ({
      traces: page(Number(cursor)),
      next: `${Number(cursor) - 500}`,
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
