import fc from 'fast-check';

import { percentile, rateOf } from './percentile';

describe('a percentile', () => {
  it('is a measured value that enough others do not exceed', () => {
    const values = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (list, percent) => {
        const sorted = list.toSorted((one, other) => one - other);
        const value = percentile(sorted, percent) ?? expect.fail('no value');
        expect(list).toContain(value);
        const below = list.filter((each) => each <= value).length;
        expect(below).toBeGreaterThanOrEqual((percent / 100) * list.length);
        const strictly = list.filter((each) => each < value).length;
        expect(strictly).toBeLessThan((percent / 100) * list.length);
      }),
    );
  });
  it('of nothing is nothing', () => expect(percentile([], 95)).toBeNull());
});

describe('the rate', () => {
  const times = [70_000, 61_000, 60_000, 59_000, 1_000];
  it('counts the last minute', () =>
    expect(rateOf(times, 62_000, true)).toEqual({ perMinute: 3, estimated: false }));

  it('of the newest is that of the time they cover', () => {
    const second = Array.from({ length: 1_000 }, (_, n) => 100_999 - n);
    expect(rateOf(second, 101_000, false)).toEqual({ perMinute: 60_000, estimated: true });
    expect(rateOf([...second, 1], 101_000, false)).toEqual({ perMinute: 1_000, estimated: false });
  });

  it('is a plain count where the clock was set back: the list reaches back further than its times say', () => {
    const hours = 7_200_000;
    const known = [50_000, 40_000, hours + 61_000, hours + 60_000];
    expect(rateOf(known, 61_000, false)).toEqual({ perMinute: 2, estimated: false });
  });
});
