import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { micros } from '../core/api/micros';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { TraceSummary } from '../core/api/schema';
import { StreamDouble } from '../testing/stream-double';
import { TRACE } from '../testing/replies';
import { MOST, SpinsStore } from './spins-store';

function spin(number: number, more: Partial<TraceSummary> = {}): TraceSummary {
  return {
    ...TRACE,
    trace_id: `t${number}`,
    name: 'slot-machine-spin',
    op: 'ui.action',
    service: 'frontend',
    first_envelope: number,
    start_us: micros(number),
    duration_us: micros(2_000),
    root_us: micros(2_000),
    spans: 1,
    transactions: 1,
    errors: 0,
    logs: 0,
    status: 'ok',
    ok: true,
    measurements: { stake: { value: 10, unit: 'none' }, payout: { value: 5, unit: 'none' } },
    problems: [],
    virtual_player: false,
    services: [],
    external: [],
    oddities: [],
    ...more,
  };
}

describe('the spins that traces tell of', () => {
  const gateway = { traces: vi.fn() };
  let stream: StreamDouble;
  let store: SpinsStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    gateway.traces.mockResolvedValue({
      traces: [spin(2), spin(9, { measurements: {} }), spin(1)],
      indexed: true,
    });
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    store = TestBed.inject(SpinsStore);
  });
  afterEach(() => vi.useRealTimers());

  const ids = (): string[] => store.spins().map(({ traceId }) => traceId);

  it('are those with money, oldest first, page after page', async () => {
    gateway.traces
      .mockResolvedValueOnce({ traces: [spin(4), spin(3)], next: 'further', indexed: true })
      .mockResolvedValueOnce({ traces: [spin(2)], indexed: true });
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect(ids()).toEqual(['t2', 't3', 't4']);
    expect(gateway.traces).toHaveBeenLastCalledWith({ limit: 500, cursor: 'further' });
    expect([store.state(), store.truncated()]).toEqual(['ready', false]);
    end();
  });

  it('come together and not one by one, each once', async () => {
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    stream.tell('trace', spin(3));
    stream.tell('trace', spin(3, { status: 'deadline_exceeded', ok: false }));
    stream.tell('trace', spin(8, { measurements: {} }));
    expect(ids()).toEqual(['t1', 't2']);
    await vi.advanceTimersByTimeAsync(500);
    expect(store.spins().map(({ traceId, failed }) => [traceId, failed])).toEqual([
      ['t1', false],
      ['t2', false],
      ['t3', true],
    ]);
    end();
  });

  it('that come between two pages of an answer are counted', async () => {
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    let second: (reply: unknown) => void = () => undefined;
    gateway.traces
      .mockResolvedValueOnce({ traces: [spin(2)], next: 'further', indexed: true })
      .mockReturnValueOnce(new Promise((resolve) => (second = resolve)));
    stream.miss();
    await vi.advanceTimersByTimeAsync(0);
    stream.tell('trace', spin(7));
    stream.tell('trace', spin(1, { status: 'deadline_exceeded', ok: false }));
    await vi.advanceTimersByTimeAsync(500);
    second({ traces: [spin(1)], indexed: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(store.spins().map(({ traceId, failed }) => [traceId, failed])).toEqual([
      ['t1', true],
      ['t2', false],
      ['t7', false],
    ]);
    end();
  });

  it('are as the answer has them, not as they were told before its question', async () => {
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    stream.tell('trace', spin(3));
    gateway.traces.mockResolvedValue({
      traces: [spin(3, { status: 'deadline_exceeded', ok: false })],
      indexed: true,
    });
    stream.miss();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.spins().map(({ failed }) => failed)).toEqual([true]);
    end();
  });

  it('stand as they arrived, and the newest stay, where the clock was set back', async () => {
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    for (let number = 3; number <= 2 * MOST + 2; number += 1)
      stream.tell('trace', spin(number, { start_us: micros(-number) }));
    await vi.advanceTimersByTimeAsync(500);
    const [first] = ids();
    expect([ids().length, first, ids().at(-1)]).toEqual([MOST, `t${MOST + 3}`, `t${2 * MOST + 2}`]);
    end();
  });

  it('are never more than are said to be counted, however long it goes on', async () => {
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    let number = 2;
    for (let batch = 0; batch < 12; batch += 1) {
      for (let each = 0; each < MOST / 4; each += 1) stream.tell('trace', spin((number += 1)));
      await vi.advanceTimersByTimeAsync(500);
      expect(ids().length).toBe(Math.min(number, MOST));
      expect(store.truncated()).toBe(number > MOST);
    }
    expect(ids().at(-1)).toBe(`t${number}`);
    end();
  });

  it('are bounded, and it is said that there are older ones', async () => {
    gateway.traces.mockImplementation(() =>
      Promise.resolve({
        traces: Array.from({ length: 500 }, (_, number) => spin(number)),
        next: 'further',
        indexed: true,
      }),
    );
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect([gateway.traces.mock.calls.length, store.truncated()]).toEqual([MOST / 500, true]);
    end();
  });

  it('are not asked for when nobody looks any more', async () => {
    store.watch()();
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(), stream.followers]).toEqual([[], 0]);
  });

  it('that cannot be had are said to be so', async () => {
    gateway.traces.mockRejectedValue(new Error('away'));
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.state()).toBe('failed');
    end();
  });
});
