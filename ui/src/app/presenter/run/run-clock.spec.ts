import { RunClock, RunEnded } from './run-clock';
import { pressedAfter, readingMs } from './run-plan';

describe('the time of a run', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('stands still while the run is held', async () => {
    const clock = new RunClock();
    const passed = vi.fn<(there: boolean) => void>();
    void clock.pass(1_000).then(passed);
    await vi.advanceTimersByTimeAsync(600);
    clock.hold();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(passed).not.toHaveBeenCalled();
    clock.goOn();
    await vi.advanceTimersByTimeAsync(399);
    expect(passed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(passed).toHaveBeenCalledWith(false);
  });

  it('ends a wait with its cause, which does not count while the run is held', async () => {
    const clock = new RunClock();
    let there = false;
    const passed = vi.fn<(there: boolean) => void>();
    void clock.pass(1_000, () => there).then(passed);
    clock.hold();
    there = true;
    clock.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(passed).not.toHaveBeenCalled();
    clock.goOn();
    await vi.advanceTimersByTimeAsync(0);
    expect(passed).toHaveBeenCalledWith(true);
  });

  it('ends for everybody who waits, and for everybody who comes later', async () => {
    const clock = new RunClock();
    const waits = expect(clock.pass(1_000)).rejects.toThrow(RunEnded);
    clock.end();
    await waits;
    await expect(clock.pass(0)).rejects.toThrow(RunEnded);
  });
});

describe('the plan of a run', () => {
  it('spreads the buttons of a step over its lines, and presses all of them by the last', () => {
    const check = (lines: number, buttons: number, expected: readonly number[]): void => {
      const places = [...Array(lines).keys()];
      expect(places.map((line) => pressedAfter(line, lines, buttons))).toEqual(expected);
    };
    check(3, 1, [0, 0, 1]);
    check(5, 6, [1, 2, 3, 4, 6]);
    check(4, 3, [0, 1, 2, 3]);
    check(2, 0, [0, 0]);
  });

  it('reads a longer line for longer', () => {
    expect(readingMs('A longer line.')).toBeGreaterThan(readingMs('A line.'));
  });
});
