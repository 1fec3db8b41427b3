import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TraceDetail, TraceSummary } from '../../core/api/schema';
import { StreamDouble } from '../../testing/stream-double';
import { FollowedSpin } from './followed-spin';
import { KeptSpins } from '../play/kept-spins';
import { Play } from '../play/play';
import { BegunSpin } from '../play/spin-history';

const summaryOf = (spans: number): TraceSummary =>
  ({
    trace_id: 'a',
    service: 'frontend',
    spans,
    oddities: [],
    services: [],
    external: [],
  }) as Partial<TraceSummary> as TraceSummary;
const detailOf = (spans: number): TraceDetail =>
  ({
    summary: summaryOf(spans),
    spans: [],
    errors: [],
    logs: [],
    envelopes: [spans],
  }) as unknown as TraceDetail;

describe('the spin that is followed', () => {
  const gateway = { trace: vi.fn() };
  const traceId = signal<string | null>('a');
  const play = {
    traceId,
    last: signal<BegunSpin | null>(null),
    phase: signal('spinning'),
    outcome: signal(null),
  };
  let stream: StreamDouble;
  let spin: FollowedSpin;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    traceId.set('a');
    play.phase.set('spinning');
    play.last.set(null);
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
        { provide: Play, useValue: play },
        { provide: KeptSpins, useValue: {} },
      ],
    });
    spin = TestBed.inject(FollowedSpin);
    TestBed.tick();
  });
  afterEach(() => vi.useRealTimers());

  it('is as an answer says that was asked for after the last message', async () => {
    const answers: ((detail: TraceDetail) => void)[] = [];
    gateway.trace.mockImplementation(() => new Promise((done) => answers.push(done)));
    stream.miss();
    await vi.advanceTimersByTimeAsync(1_000);
    stream.miss();
    answers[0]?.(detailOf(5));
    await vi.advanceTimersByTimeAsync(1_000);
    answers[1]?.(detailOf(9));
    await vi.advanceTimersByTimeAsync(0);
    expect(spin.summary()?.spans).toBe(9);
  });

  it('is read once for what comes together', async () => {
    gateway.trace.mockResolvedValue(detailOf(7));
    for (let spans = 1; spans <= 7; spans += 1) stream.tell('trace', summaryOf(spans));
    stream.miss();
    await vi.advanceTimersByTimeAsync(40);
    expect(gateway.trace).toHaveBeenCalledTimes(1);
    await vi.dynamicImportSettled();
    expect(spin.layout()).not.toBeNull();
  });

  it('is known to a later spin of the same round', async () => {
    gateway.trace.mockResolvedValue(detailOf(7));
    stream.miss();
    await vi.advanceTimersByTimeAsync(40);
    await vi.dynamicImportSettled();
    expect(spin.before()).toBeNull();
    play.last.set({ begunAt: 0, traceId: 'b', repeats: 'a' });
    expect(spin.before()).toMatchObject({ total: 0 });
  });

  it('waits for nothing that it cannot know', () => {
    play.phase.set('spinning');
    expect(spin.waiting()).toBe('user-service');
    stream.live.set(false);
    expect(spin.waiting()).toBeNull();
    stream.live.set(true);
    traceId.set(null);
    expect(spin.waiting()).toBeNull();
  });

  it('is read with the one that it repeats after the page was reloaded', async () => {
    gateway.trace.mockResolvedValue(detailOf(7));
    play.phase.set('idle');
    play.last.set({ begunAt: 0, traceId: 'b', repeats: 'a' });
    traceId.set('b');
    TestBed.tick();
    await vi.dynamicImportSettled();
    await vi.waitFor(() => expect(spin.layout()).not.toBeNull());
    expect(gateway.trace.mock.calls).toEqual([['a'], ['b']]);
    expect(spin.before()).toMatchObject({ total: 0 });
  });

  it('is read seldom where it grows for hours, and shown as it is at last', async () => {
    let spans = 0;
    gateway.trace.mockImplementation(() => Promise.resolve(detailOf(spans)));
    const hour = 3_600_000;
    for (let at = 0; at < hour; at += 500) {
      spans += 1;
      stream.tell('trace', summaryOf(spans));
      if (at % 5_000 === 0) stream.miss();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(gateway.trace.mock.calls.length).toBeLessThan(hour / 10_000 + 20);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(spin.summary()?.spans).toBe(spans);
  });

  it('is read at once again when the next one has begun', async () => {
    gateway.trace.mockResolvedValue(detailOf(1));
    for (let read = 0; read < 12; read += 1) {
      stream.tell('trace', summaryOf(read));
      await vi.advanceTimersByTimeAsync(10_000);
    }
    const reads = gateway.trace.mock.calls.length;
    traceId.set('b');
    TestBed.tick();
    stream.tell('trace', { ...summaryOf(1), trace_id: 'b' });
    await vi.advanceTimersByTimeAsync(40);
    expect(gateway.trace).toHaveBeenCalledTimes(reads + 1);
  });
});
