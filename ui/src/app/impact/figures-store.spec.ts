import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { FiguresStore } from './figures-store';

describe('the figures before and after', () => {
  const gateway = { figures: vi.fn() };
  let store: FiguresStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    store = TestBed.inject(FiguresStore);
  });
  afterEach(() => vi.useRealTimers());

  it('are looked at for as long as a page shows them', async () => {
    gateway.figures.mockResolvedValue({ since: 1, pairs: [] });
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(gateway.figures).toHaveBeenCalledTimes(3);
    expect([store.state(), store.figures()?.since]).toEqual(['ready', 1]);
    end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.figures).toHaveBeenCalledTimes(3);
  });

  it('stay when a look is not answered, and are missing only before the first', async () => {
    gateway.figures.mockRejectedValueOnce(new Error('away'));
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.state()).toBe('failed');
    gateway.figures.mockResolvedValueOnce({ since: 2, pairs: [] });
    await vi.advanceTimersByTimeAsync(2_000);
    gateway.figures.mockRejectedValue(new Error('away'));
    await vi.advanceTimersByTimeAsync(2_000);
    expect([store.state(), store.figures()?.since]).toEqual(['ready', 2]);
    end();
  });

  it('are not looked at any more by a look that is answered after the page has gone', async () => {
    let answer: (reply: unknown) => void = () => undefined;
    gateway.figures.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    store.watch()();
    answer({ since: 1, pairs: [] });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.figures).toHaveBeenCalledTimes(1);
  });
});
