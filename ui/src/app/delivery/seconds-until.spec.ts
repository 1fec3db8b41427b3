import { secondsUntil, spelled } from './seconds-until';

describe('a countdown', () => {
  it('counts each second that has begun, and stops at nothing', () => {
    const seen = [2500, 2000, 1999, 1, 0, -1, -5000].map((rest) =>
      secondsUntil(10_000 + rest, 10_000),
    );
    expect(seen).toEqual([3, 2, 2, 1, 0, 0, 0]);
  });

  it('is spelled in minutes and seconds of two digits', () => {
    expect([0, 9, 59, 60, 75, 3599, 3600, 3675].map(spelled)).toEqual([
      '0:00',
      '0:09',
      '0:59',
      '1:00',
      '1:15',
      '59:59',
      '1:00:00',
      '1:01:15',
    ]);
  });
});
