import { ApiProblem } from './api-problem';
import { Followed } from './followed';

describe('what is followed', () => {
  const ask = vi.fn<() => Promise<string>>();
  let followed: Followed<string>;

  beforeEach(() => {
    vi.useFakeTimers();
    ask.mockReset();
    followed = new Followed(ask, { everyMs: 1_000 });
  });
  afterEach(() => vi.useRealTimers());

  it('is looked at for as long as anybody sees it, however many do', async () => {
    ask.mockResolvedValue('seen');
    const ends = [followed.watch(), followed.watch()];
    await vi.advanceTimersByTimeAsync(2_500);
    expect(ask).toHaveBeenCalledTimes(3);
    ends[0]?.();
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ask).toHaveBeenCalledTimes(4);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(4);
    expect([followed.state(), followed.value()]).toEqual(['ready', 'seen']);
  });

  it('is looked at by one, though one who left came back before the answer', async () => {
    let answer: (value: string) => void = () => undefined;
    ask.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    ask.mockResolvedValue('seen');
    followed.watch()();
    const end = followed.watch();
    answer('late');
    await vi.advanceTimersByTimeAsync(3_500);
    // The two that began at once, and one a second since then.
    expect(ask).toHaveBeenCalledTimes(5);
    end();
  });

  it('is what a change was answered with, not what an older look says later', async () => {
    let answer: (value: string) => void = () => undefined;
    ask.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const looked = followed.load();
    followed.take('changed');
    answer('older');
    await looked;
    expect(followed.value()).toBe('changed');
  });

  /** Questions that are answered when the test says so. */
  function later(): { answer: (value: string) => void; fail: (error: unknown) => void }[] {
    const questions: ReturnType<typeof later> = [];
    ask.mockImplementation(() => new Promise((answer, fail) => questions.push({ answer, fail })));
    return questions;
  }

  it('is as the newest answer says, whichever comes last', async () => {
    const questions = later();
    const loads = [followed.load(), followed.load(), followed.load()];
    questions[0]?.answer('first');
    await loads[0];
    expect(followed.value()).toBe('first');
    questions[2]?.answer('third');
    questions[1]?.answer('second');
    await Promise.all(loads);
    expect(followed.value()).toBe('third');
  });

  it('stays where there is no answer, and says that it is old until there is one', async () => {
    const away = new Error('away');
    ask.mockRejectedValueOnce(away);
    expect([followed.state(), followed.error()]).toEqual(['loading', null]);
    await followed.load();
    expect([followed.state(), followed.error()]).toEqual(['failed', away]);
    ask.mockResolvedValueOnce('seen');
    await followed.load();
    ask.mockRejectedValueOnce(away);
    await followed.load();
    expect([followed.state(), followed.value(), followed.error()]).toEqual(['ready', 'seen', away]);
    ask.mockResolvedValueOnce('again');
    await followed.load();
    expect([followed.value(), followed.error()]).toEqual(['again', null]);
  });

  it('is not old because an older question was not answered', async () => {
    const questions = later();
    const loads = [followed.load(), followed.load()];
    questions[1]?.answer('newer');
    questions[0]?.fail(new Error('away'));
    await Promise.all(loads);
    expect([followed.value(), followed.error()]).toEqual(['newer', null]);
  });

  it('is old where a newer question was not answered, whatever an older one says later', async () => {
    const questions = later();
    const away = new Error('away');
    const loads = [followed.load(), followed.load()];
    questions[1]?.fail(away);
    await loads[1];
    expect([followed.state(), followed.error()]).toEqual(['failed', away]);
    questions[0]?.answer('older');
    await loads[0];
    expect([followed.value(), followed.error()]).toEqual(['older', away]);
    const after = followed.load();
    questions[2]?.answer('newer');
    await after;
    expect([followed.value(), followed.error()]).toEqual(['newer', null]);
  });

  it('is asked for where the window is hidden and nothing is known, and then not until it is seen', async () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    try {
      ask.mockResolvedValue('seen');
      const end = followed.watch();
      await vi.advanceTimersByTimeAsync(3_500);
      expect([ask.mock.calls.length, followed.value()]).toEqual([1, 'seen']);
      hidden.mockReturnValue(false);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(ask).toHaveBeenCalledTimes(2);
      end();
    } finally {
      hidden.mockRestore();
    }
  });

  it('is asked for by what is told of it while nothing is known, once for all of that', async () => {
    const questions = later();
    const first = followed.load();
    questions[0]?.fail(new Error('away'));
    await first;
    followed.change((value) => value + '+');
    followed.change((value) => value + '!');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(questions).toHaveLength(2);
    followed.change((value) => value + '?');
    questions[1]?.answer('a');
    await vi.advanceTimersByTimeAsync(0);
    expect([followed.value(), followed.error()]).toEqual(['a?', null]);
  });

  it('has what was told while its answer was under way', async () => {
    const questions = later();
    const loads = [followed.load(), followed.load()];
    followed.change((value) => value + '+');
    questions[0]?.answer('a');
    await loads[0];
    expect(followed.value()).toBe('a+');
    questions[1]?.answer('b');
    await loads[1];
    expect(followed.value()).toBe('b+');
    const after = followed.load();
    questions[2]?.answer('c');
    await after;
    expect(followed.value()).toBe('c');
  });

  it('is nothing of before once something else is followed, nor once nobody looks', async () => {
    const questions = later();
    const load = followed.load();
    followed.restart('known');
    questions[0]?.answer('of before');
    await load;
    expect(followed.value()).toBe('known');
    followed.watch()();
    questions[1]?.answer('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(followed.value()).toBe('known');
  });

  it('stays the same value where the answer is no other, and tells of each answer', async () => {
    const seen = vi.fn();
    const one = { size: 1 };
    const objects = new Followed(() => Promise.resolve({ size: 1 }), {
      seen,
      equal: (a, b) => a.size === b.size,
    });
    objects.take(one);
    await objects.load();
    expect(objects.value()).toBe(one);
    expect(seen).toHaveBeenCalledTimes(2);
  });

  describe('because of events', () => {
    it('is asked for one at a time, and again after what was under way', async () => {
      const questions = later();
      const load = followed.load();
      for (let event = 0; event < 100; event += 1) {
        followed.again.ask();
        await vi.advanceTimersByTimeAsync(10);
      }
      expect(questions).toHaveLength(1);
      questions[0]?.answer('before the events');
      await load;
      await vi.advanceTimersByTimeAsync(0);
      expect(questions).toHaveLength(2);
      questions[1]?.answer('after them');
      await vi.advanceTimersByTimeAsync(0);
      expect(followed.value()).toBe('after them');
    });

    it('is asked for at most once a second while they go on', async () => {
      ask.mockResolvedValue('seen');
      for (let event = 0; event < 1_000; event += 1) {
        followed.again.ask();
        await vi.advanceTimersByTimeAsync(20);
      }
      expect(ask.mock.calls.length).toBeLessThan(26);
      expect(ask.mock.calls.length).toBeGreaterThan(18);
    });

    it('is asked for until there is an answer, also a refusal', async () => {
      ask.mockRejectedValue(new Error('away'));
      followed.again.ask();
      await vi.advanceTimersByTimeAsync(10_000);
      const tried = ask.mock.calls.length;
      expect(tried).toBeGreaterThan(9);
      ask.mockRejectedValue(new ApiProblem({ status: 404, code: 'not_found' }));
      await vi.advanceTimersByTimeAsync(10_000);
      expect(ask).toHaveBeenCalledTimes(tried + 1);
    });

    it('is not asked for once something else is followed, nor once nobody looks', async () => {
      ask.mockResolvedValue('seen');
      followed.again.ask();
      followed.restart();
      const end = followed.watch();
      followed.again.ask();
      end();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(ask).toHaveBeenCalledTimes(1);
    });

    it('is not asked for while there is nothing to ask', async () => {
      const nothing = new Followed<string>(() => null);
      nothing.again.ask();
      await vi.advanceTimersByTimeAsync(10_000);
      expect([nothing.state(), nothing.again.wanted()]).toEqual(['loading', false]);
    });
  });
});
