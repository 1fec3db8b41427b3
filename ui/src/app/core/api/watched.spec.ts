import { Watched } from './watched';

describe('what is watched', () => {
  const ask = vi.fn<() => Promise<string>>();
  let watched: Watched<string>;

  beforeEach(() => {
    vi.useFakeTimers();
    ask.mockReset();
    watched = new Watched(ask, 1_000);
  });
  afterEach(() => vi.useRealTimers());

  it('is looked at for as long as anybody sees it, however many do', async () => {
    ask.mockResolvedValue('seen');
    const ends = [watched.watch(), watched.watch()];
    await vi.advanceTimersByTimeAsync(2_500);
    expect(ask).toHaveBeenCalledTimes(3);
    ends[0]?.();
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ask).toHaveBeenCalledTimes(4);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(4);
    expect([watched.state(), watched.value()]).toEqual(['ready', 'seen']);
  });

  it('is looked at by one, though one who left came back before the answer', async () => {
    let answer: (value: string) => void = () => undefined;
    ask.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    ask.mockResolvedValue('seen');
    watched.watch()();
    const end = watched.watch();
    answer('late');
    await vi.advanceTimersByTimeAsync(3_500);
    // Two at the start, and one each second since then.
    expect(ask).toHaveBeenCalledTimes(5);
    end();
  });

  it('is what a change was answered with, not what an older look says later', async () => {
    let answer: (value: string) => void = () => undefined;
    ask.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const looked = watched.load();
    watched.take('changed');
    answer('older');
    await looked;
    expect(watched.value()).toBe('changed');
  });
});
