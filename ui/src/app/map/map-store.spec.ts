import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { micros } from '../core/api/micros';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { StreamDouble } from '../testing/stream-double';
import { MapStore } from './map-store';

describe('the map', () => {
  const gateway = { serviceMap: vi.fn() };
  const map = {
    nodes: [],
    edges: [],
    traces: 1,
    from_us: micros(0),
    estimated: false,
    indexed: true,
  };
  let stream: StreamDouble;
  let store: MapStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    gateway.serviceMap.mockResolvedValue(map);
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    store = TestBed.inject(MapStore);
  });
  afterEach(() => vi.useRealTimers());

  it('is asked for at once, and once for all traces of a while', async () => {
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect([store.state(), store.map()]).toEqual(['ready', map]);
    for (let count = 0; count < 20; count += 1) stream.miss();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(gateway.serviceMap).toHaveBeenCalledTimes(2);
    end();
  });

  it('is asked for once though its window is hidden from the first', async () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    try {
      const end = store.watch();
      await vi.advanceTimersByTimeAsync(30_000);
      expect([store.state(), store.map()]).toEqual(['ready', map]);
      expect(gateway.serviceMap).toHaveBeenCalledTimes(1);
      end();
    } finally {
      hidden.mockRestore();
    }
  });

  it('goes on when nothing happens: its last minute passes', async () => {
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(12_500);
    expect(gateway.serviceMap).toHaveBeenCalledTimes(2);
    end();
  });

  it('asks for nothing when nobody looks', async () => {
    store.watch()();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.serviceMap).toHaveBeenCalledTimes(1);
    expect([stream.followers, store.map()]).toEqual([0, null]);
  });

  it('stays when the collector does not answer; without one it says so', async () => {
    gateway.serviceMap.mockRejectedValueOnce(new Error('away'));
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.state()).toBe('failed');
    await store.load();
    gateway.serviceMap.mockRejectedValueOnce(new Error('away'));
    await store.load();
    expect([store.state(), store.map()]).toEqual(['ready', map]);
    end();
  });
});
