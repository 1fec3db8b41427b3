import fc from 'fast-check';

import { FORMATS } from '../testing/languages';
import { digitsOf, fitsBefore, roundMarks } from './marks';

const repeats = (words: readonly string[]): string[] =>
  words.filter((word, index) => index > 0 && word === words[index - 1]);

describe('the marks of an axis', () => {
  it('are round', () => {
    expect(roundMarks(0, 10, 5).at).toEqual([0, 2, 4, 6, 8, 10]);
    expect(roundMarks(0.4, 1.6, 5, 1).at).toEqual([1]);
  });

  it('have labels that end before the edge', () => {
    expect(fitsBefore(0.5, '12:30:45')).toBe(false);
    expect(fitsBefore(2, '12:30:45')).toBe(true);
    expect(fitsBefore(0.5, '80')).toBe(true);
  });

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
});
