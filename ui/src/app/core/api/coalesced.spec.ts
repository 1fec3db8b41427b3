import { Coalesced } from './coalesced';

describe('work that is asked for too often', () => {
  let done: (() => void)[];
  let work: Coalesced;

  beforeEach(() => {
    vi.useFakeTimers();
    done = [];
    work = new Coalesced(() => new Promise<void>((resolve) => done.push(resolve)), 500);
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

  it('is not done once it was dropped, and a run from before says nothing when it ends', async () => {
    work.ask();
    work.ask();
    work.drop();
    expect(work.wanted()).toBe(false);
    work.ask();
    expect(done).toHaveLength(2);
    work.ask();
    done[0]?.();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(done).toHaveLength(2);
    work.drop();
    done[1]?.();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(done).toHaveLength(2);
  });

  it('is wanted until a run from after the request has succeeded, and repeated until then', async () => {
    let isDone = false;
    const tried = vi.fn(() => Promise.resolve(isDone));
    const repeated = new Coalesced(tried, 500);
    repeated.ask();
    await vi.advanceTimersByTimeAsync(2_100);
    expect([tried.mock.calls.length, repeated.wanted()]).toEqual([5, true]);
    isDone = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([tried.mock.calls.length, repeated.wanted()]).toEqual([6, false]);
  });

  it('is done soon where it is asked for seldom, and seldom where that goes on', async () => {
    const quick = vi.fn(() => Promise.resolve());
    const growing = new Coalesced(quick, 1_000, 100);
    const askFor = async (times: number): Promise<number> => {
      const before = quick.mock.calls.length;
      for (let time = 0; time < times; time += 1) {
        growing.ask();
        await vi.advanceTimersByTimeAsync(50);
      }
      return quick.mock.calls.length - before;
    };
    growing.ask();
    expect(quick).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(quick).toHaveBeenCalledTimes(1);
    await askFor(40);
    expect(await askFor(200)).toBe(10);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await askFor(3)).toBe(1);
  });
});
