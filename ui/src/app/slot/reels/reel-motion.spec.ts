import {
  FULL_SPEED,
  NORMAL_PACE,
  Run,
  TURBO_PACE,
  blurAt,
  landing,
  reelAt,
  restTimes,
} from './reel-motion';

const LENGTH = 32;
const FRAME = 1000 / 60;

function runs(pace = NORMAL_PACE): Run[] {
  return [0, 1, 2, 3, 4].map((reel) => ({
    launchedAt: reel * pace.launchStagger,
    pace,
    from: 7,
  }));
}

function landed(answeredAt: number, stop: number, pace = NORMAL_PACE): Run[] {
  const started = runs(pace);
  const times = restTimes(started, answeredAt, pace);
  return started.map((run, reel) => ({
    ...run,
    landing: landing(run, stop, times[reel] ?? 0, pace),
  }));
}

/** Number of rows that the strip moved down between two positions, modulo its length. */
function moved(from: number, to: number): number {
  const rows = (((from - to) % LENGTH) + LENGTH) % LENGTH;
  return rows > LENGTH / 2 ? rows - LENGTH : rows;
}

describe('the motion of a reel', () => {
  it('starts at rest on the stop it shows', () => {
    const [run] = runs();
    expect(run && reelAt(run, 0, LENGTH)).toEqual({ position: 7, speed: 0, rested: false });
  });

  it('reaches full speed and keeps it while the services work', () => {
    const [run] = runs();
    for (const at of [300, 1000, 6000])
      expect(run && reelAt(run, at, LENGTH).speed).toBeCloseTo(FULL_SPEED);
  });

  it('ends exactly on the stop, wherever the answer meets it', () => {
    for (const pace of [NORMAL_PACE, TURBO_PACE]) {
      for (const answeredAt of [0, 40, 333.3, 1234.5, 5678.9]) {
        for (const stop of [0, 13, LENGTH - 1]) {
          for (const run of landed(answeredAt, stop, pace)) {
            const state = reelAt(run, run.landing?.restAt ?? 0, LENGTH);
            expect(state).toEqual({ position: stop, speed: expect.any(Number), rested: true });
          }
        }
      }
    }
  });

  it('never jumps once it brakes, and goes back only to settle', () => {
    for (const run of landed(900, 20)) {
      const end = run.landing;
      if (!end) throw new Error('the reel has no landing');
      let before = reelAt(run, end.brakeAt, LENGTH).position;
      for (let at = end.brakeAt; at <= end.restAt; at += 1) {
        const { position } = reelAt(run, at, LENGTH);
        const rows = moved(before, position);
        expect(Math.abs(rows)).toBeLessThan((FULL_SPEED * 1.35) / 1000);
        if (at < end.settleAt) expect(rows).toBeGreaterThanOrEqual(-1e-9);
        before = position;
      }
    }
  });

  it('enters the braking at the speed it had', () => {
    for (const run of landed(900, 20)) {
      const at = run.landing?.brakeAt ?? 0;
      const rows = moved(reelAt(run, at, LENGTH).position, reelAt(run, at + 2, LENGTH).position);
      expect((rows / 2) * 1000).toBeGreaterThan(FULL_SPEED * 0.9);
    }
  });

  it('overshoots by the overshoot, no more', () => {
    for (const run of landed(900, 20)) {
      const { position } = reelAt(run, run.landing?.settleAt ?? 0, LENGTH);
      expect(moved(20, position)).toBeCloseTo(NORMAL_PACE.overshoot);
    }
  });

  it('keeps the fraction of a row when the strip is moved under the blur', () => {
    const before = runs()[0];
    const after = landed(900, 20)[0];
    const fraction = (run: Run | undefined): number =>
      run ? reelAt(run, 900, LENGTH).position % 1 : -1;
    expect(fraction(after)).toBeCloseTo(fraction(before));
  });

  it('rests left to right, within 700 ms of the answer, 250 ms in turbo', () => {
    const check = (pace: typeof NORMAL_PACE, within: number): void => {
      const times = restTimes(runs(pace), 2000, pace);
      expect([...times].sort((left, right) => left - right)).toEqual(times);
      expect(new Set(times).size).toBe(5);
      expect(Math.max(...times) - 2000).toBeLessThanOrEqual(within);
    };
    check(NORMAL_PACE, 700);
    check(TURBO_PACE, 251);
  });

  it('brakes no reel before it has reached full speed', () => {
    for (const run of landed(1, 3)) {
      expect(run.landing?.brakeAt).toBeGreaterThanOrEqual(run.launchedAt + NORMAL_PACE.launch);
    }
  });

  it('is blurred at full speed only, where a frame passes half a row', () => {
    expect((FULL_SPEED * FRAME) / 1000).toBeGreaterThan(0.5);
    expect([blurAt(0), blurAt(9), blurAt(FULL_SPEED)]).toEqual([0, 0, 1]);
  });
});
