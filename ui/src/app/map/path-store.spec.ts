import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { micros } from '../core/api/micros';
import { Share } from '../traces/bottleneck';
import { PathStore, meanOf } from './path-store';

const share = (actor: string, ms: number): Share =>
  ({ actor, external: false, time: micros(ms * 1_000) }) as Share;

describe('the shares of the critical path', () => {
  it('are those of the sum, so that a long trace counts by its length', () => {
    const shares = meanOf([[share('provider', 900), share('gateway', 50)], [share('gateway', 50)]]);
    expect(shares.get('provider')).toEqual({ share: 0.9, time: 450_000 });
    expect(shares.get('gateway')).toEqual({ share: 0.1, time: 50_000 });
    expect(meanOf([]).size).toBe(0);
  });

  it('are of spins that are over, each read once', async () => {
    vi.useFakeTimers();
    const summary = (trace_id: string, more: object = {}): object => ({
      trace_id,
      start_us: (Date.now() - 60_000) * 1_000,
      root_us: 1_000,
      oddities: [],
      ...more,
    });
    const gateway = {
      traces: vi.fn().mockResolvedValue({
        traces: [
          summary('late', { start_us: Date.now() * 1_000 }),
          summary('odd', { oddities: ['missing_root'] }),
          summary('whole'),
        ],
      }),
      trace: vi.fn().mockResolvedValue({ spans: [], errors: [], logs: [] }),
    };
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    const store = TestBed.inject(PathStore);
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.traces()).toBe(1);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(gateway.trace.mock.calls).toEqual([['whole'], ['late']]);
    end();
    vi.useRealTimers();
  });
});
