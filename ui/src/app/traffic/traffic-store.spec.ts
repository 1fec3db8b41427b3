import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { ApiProblem } from '../core/api/api-problem';
import { Traffic } from '../core/api/schema';
import { TrafficStore } from './traffic-store';

const IDLE: Traffic = {
  running: false,
  players: 50,
  budget_percent: 50,
  spins: 0,
  failed: 0,
  per_second: 0,
  p95_ms: null,
  wanted_per_second: 16.7,
  cpu_percent: null,
  throttled: false,
};

describe('the virtual players', () => {
  const gateway = { traffic: vi.fn(), setTraffic: vi.fn() };
  let store: TrafficStore;
  let end: () => void;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    gateway.traffic.mockResolvedValue(IDLE);
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    store = TestBed.inject(TrafficStore);
    end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
  });
  afterEach(() => {
    end();
    vi.useRealTimers();
  });

  it('are looked at each second while they are shown', async () => {
    await vi.advanceTimersByTimeAsync(2_000);
    expect(gateway.traffic).toHaveBeenCalledTimes(3);
    end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(gateway.traffic).toHaveBeenCalledTimes(3);
  });

  it('are told everything, with what changes', async () => {
    gateway.setTraffic.mockResolvedValue({ ...IDLE, running: true });
    await store.wish({ running: true });
    expect(gateway.setTraffic).toHaveBeenCalledWith({
      running: true,
      players: 50,
      budget_percent: 50,
    });
    expect(store.traffic()?.running).toBe(true);
  });

  it('do what was wished for last, and show it at once', async () => {
    let answer: (traffic: Traffic) => void = () => undefined;
    gateway.setTraffic.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const first = store.wish({ players: 60 });
    await store.wish({ players: 70 });
    await store.wish({ budget_percent: null });
    expect(store.traffic()).toMatchObject({ players: 70, budget_percent: null });
    gateway.setTraffic.mockResolvedValue({ ...IDLE, players: 70, budget_percent: null });
    answer({ ...IDLE, players: 60 });
    await first;
    expect(gateway.setTraffic.mock.calls.map(([wish]) => (wish as Traffic).players)).toEqual([
      60, 70,
    ]);
    expect(store.traffic()).toMatchObject({ players: 70, budget_percent: null });
  });

  it('are not what a look says that was asked for before a wish was granted', async () => {
    let answer: (traffic: Traffic) => void = () => undefined;
    gateway.traffic.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    await vi.advanceTimersByTimeAsync(1_000);
    gateway.setTraffic.mockResolvedValue({ ...IDLE, running: true });
    await store.wish({ running: true });
    answer(IDLE);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.traffic()?.running).toBe(true);
  });

  it('say why a wish was not granted, and are as they were', async () => {
    const refusal = new ApiProblem({ status: 400, code: 'invalid_request' });
    gateway.setTraffic.mockRejectedValueOnce(refusal);
    await store.wish({ players: 500 });
    expect(store.error()).toBe(refusal);
    expect(store.traffic()?.players).toBe(50);
    gateway.setTraffic.mockResolvedValue(IDLE);
    await store.wish({ players: 40 });
    expect(store.error()).toBeNull();
  });
});
