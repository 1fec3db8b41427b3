import { nearest, stakeLadder, stepped } from './stake-ladder';

const LADDER = [100, 500, 1000, 5000];

describe('the stakes', () => {
  it('are those within the limits and on the step', () => {
    const limits = { min_stake: 200, max_stake: 5000, stake_step: 10 };
    expect(stakeLadder([100, 200, 505, 1000, 5000, 10_000], limits)).toEqual([200, 1000, 5000]);
  });

  it('go up and down a step and stop at the ends', () => {
    const check = (from: number, direction: 1 | -1, to: number): void =>
      expect(stepped(LADDER, from, direction)).toBe(to);
    check(500, 1, 1000);
    check(500, -1, 100);
    check(5000, 1, 5000);
    check(100, -1, 100);
  });

  it('fall to the next lower one when the wished one is not offered', () => {
    expect([nearest(LADDER, 999), nearest(LADDER, 1000), nearest(LADDER, 5)]).toEqual([
      500, 1000, 100,
    ]);
  });
});
