import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { OverheadStore } from './overhead-store';

describe('the measurement of the overhead', () => {
  const gateway = { overhead: vi.fn(), measureOverhead: vi.fn(), cancelOverhead: vi.fn() };
  const idle = { running: false, done: 0, total: 14, sample_rate: 0, result: null, failed: null };
  const running = { ...idle, running: true, sample_rate: 0.5 };
  const result = { sample_rate: 0.5, on: { bytes_per_spin: 18_000 } };
  let store: OverheadStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    store = TestBed.inject(OverheadStore);
  });
  afterEach(() => vi.useRealTimers());

  it('is begun, followed block by block, and its result kept by its share', async () => {
    gateway.overhead.mockResolvedValueOnce(idle);
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    gateway.measureOverhead.mockResolvedValue(running);
    await store.measure(0.5);
    expect(gateway.measureOverhead).toHaveBeenCalledWith(0.5);
    expect(store.view()?.running).toBe(true);
    gateway.overhead.mockResolvedValueOnce({ ...running, done: 3 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.view()?.done).toBe(3);
    gateway.overhead.mockResolvedValue({ ...running, running: false, result });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([...store.measured()]).toEqual([[0.5, result]]);
    end();
  });

  it('can be cancelled', async () => {
    gateway.cancelOverhead.mockResolvedValue(idle);
    await store.cancel();
    expect([store.view()?.running, store.busy(), store.error()]).toEqual([false, false, null]);
  });

  it('says why it was not begun', async () => {
    const refusal = new Error('refused');
    gateway.measureOverhead.mockRejectedValue(refusal);
    await store.measure(1);
    expect([store.error(), store.busy()]).toEqual([refusal, false]);
    gateway.measureOverhead.mockResolvedValue(running);
    await store.measure(1);
    expect(store.error()).toBeNull();
  });
});
