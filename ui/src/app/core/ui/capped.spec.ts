import fc from 'fast-check';

import { firstOf, lastOf } from './capped';

describe('a list that is cut', () => {
  it('shows the beginning or the end of it, and counts what it does not show', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 12 }), (all, most) => {
        const [first, last] = [firstOf(all, most), lastOf(all, most)];
        for (const { shown, rest } of [first, last]) {
          expect(shown.length).toBe(Math.min(all.length, most));
          expect(shown.length + rest).toBe(all.length);
        }
        expect(all.slice(0, first.shown.length)).toEqual(first.shown);
        expect(all.slice(last.rest)).toEqual(last.shown);
      }),
    );
  });
});
