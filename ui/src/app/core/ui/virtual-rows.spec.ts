import fc from 'fast-check';

import { windowOf } from './virtual-rows';

describe('the rows that are drawn', () => {
  it('are all that are in sight, and not many more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400_000 }),
        fc.integer({ min: 0, max: 2_000 }),
        fc.integer({ min: 10, max: 80 }),
        fc.integer({ min: 0, max: 10_000 }),
        (top, height, row, count) => {
          const { first, last } = windowOf(top, height, row, count);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThanOrEqual(count);
          expect(last).toBeGreaterThanOrEqual(first);
          expect(last - first).toBeLessThanOrEqual(height / row + 20);
          const begun = Math.floor(top / row);
          const ended = Math.min(count, Math.ceil((top + height) / row));
          for (let index = begun; index < ended; index += 1) {
            expect(index).toBeGreaterThanOrEqual(first);
            expect(index).toBeLessThan(last);
          }
        },
      ),
    );
  });
});
