import fc from 'fast-check';

import { percentile, perMinute } from './percentile';

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
  it('counts the last minute', () =>
    expect(perMinute([1_000, 59_000, 60_000, 61_000, 70_000], 62_000)).toBe(3));
});
