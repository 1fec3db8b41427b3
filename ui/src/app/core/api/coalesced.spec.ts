import { Coalesced } from './coalesced';

describe('work that is asked for too often', () => {
  let done: (() => void)[];
  let work: Coalesced;

  beforeEach(() => {
    vi.useFakeTimers();
    done = [];
    work = new Coalesced(() => new Promise((resolve) => done.push(resolve)), 500);
  });
  afterEach(() => vi.useRealTimers());

  it('is done one at a time, and once more for all that was asked meanwhile', async () => {
    work.ask();
    for (let more = 0; more < 100; more += 1) work.ask();
    expect(done).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(done).toHaveLength(1);
    done[0]?.();
    await vi.advanceTimersByTimeAsync(499);
    work.ask();
    expect(done).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveLength(2);
    done[1]?.();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(done).toHaveLength(2);
  });

  it('is not done any more once it has ended', async () => {
    work.ask();
    work.ask();
    done[0]?.();
    work.end();
    await vi.advanceTimersByTimeAsync(10_000);
    work.ask();
    expect(done).toHaveLength(1);
  });
});
