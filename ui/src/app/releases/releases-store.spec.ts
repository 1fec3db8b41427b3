import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { ReleasesStore } from './releases-store';

describe('the releases', () => {
  const gateway = { releases: vi.fn() };
  let store: ReleasesStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    store = TestBed.inject(ReleasesStore);
  });
  afterEach(() => vi.useRealTimers());

  it('are looked at for as long as a page shows them, and stay when a look is not answered', async () => {
    gateway.releases.mockResolvedValueOnce({ since: 1, exact_rtp_percent: 96, releases: [] });
    gateway.releases.mockRejectedValue(new Error('away'));
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(5_000);
    end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.releases).toHaveBeenCalledTimes(3);
    expect([store.state(), store.releases()?.since]).toEqual(['ready', 1]);
  });

  it('are missing where the first look is not answered', async () => {
    gateway.releases.mockRejectedValueOnce(new Error('away'));
    await store.load();
    expect([store.state(), store.releases()]).toEqual(['failed', null]);
  });
});
