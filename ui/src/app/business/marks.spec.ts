import fc from 'fast-check';

import { micros } from '../core/api/micros';
import { FORMATS } from '../testing/languages';
import { digitsOf, roundMarks, timeMarks } from './marks';

const repeats = (words: readonly string[]): string[] =>
  words.filter((word, index) => index > 0 && word === words[index - 1]);

describe('the marks of an axis', () => {
  it('are round', () => {
    expect(roundMarks(0, 10, 5).at).toEqual([0, 2, 4, 6, 8, 10]);
    expect(roundMarks(0.4, 1.6, 5, 1).at).toEqual([1]);
    expect(timeMarks(0.5, 1.5, 6, 0).at).toEqual([1]);
    expect(timeMarks(0, 3_600, 7, 0)).toEqual({
      at: [0, 600, 1_200, 1_800, 2_400, 3_000, 3_600],
      step: 600,
    });
  });

  it('of whole days are at midnight where the clock stands', () =>
    expect(timeMarks(0, 10 * 86_400, 5, 10_800).at[0]).toBe(2 * 86_400 - 10_800));

  it('are few, within the ends, and two neighbours never read the same', () => {
    const start = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    const length = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
    for (const lang of ['en', 'ru'] as const) {
      const { number, percent } = FORMATS[lang];
      fc.assert(
        fc.property(start, length, fc.integer({ min: 1, max: 12 }), (from, long, most) => {
          // Values that are equal as doubles cannot be distinguished.
          fc.pre(long > Math.abs(from) * 1e-9);
          const { at, step } = roundMarks(from, from + long, most);
          expect(at.length).toBeLessThanOrEqual(most + 1);
          for (const each of at) {
            expect(each).toBeGreaterThanOrEqual(from - step * 1e-6);
            expect(each).toBeLessThanOrEqual(from + long + step * 1e-6);
          }
          expect(repeats(at.map((each) => number(each, digitsOf(step))))).toEqual([]);
          expect(repeats(at.map((each) => percent(each, digitsOf(step))))).toEqual([]);
        }),
      );
    }
  });

  it('of time never read the same either, be they a second or years apart', () => {
    const start = fc.integer({ min: 1_500_000_000, max: 1_900_000_000 });
    const length = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 2e9 }));
    for (const lang of ['en', 'ru'] as const) {
      const { timeMark } = FORMATS[lang];
      fc.assert(
        fc.property(start, length, fc.integer({ min: 1, max: 9 }), (from, long, most) => {
          const ahead = -new Date(from * 1000).getTimezoneOffset() * 60;
          const { at, step } = timeMarks(from, from + long, most, ahead);
          expect(at.length).toBeLessThanOrEqual(most + 1);
          const words = at.map((each) => timeMark(micros(each * 1e6), micros(step * 1e6)));
          expect(repeats(words)).toEqual([]);
        }),
      );
    }
  });
});
