import fc from 'fast-check';

import { Arrived, cursorBefore, isNewer, newestFirst } from './arrival';

const arrived = (first_envelope: number, trace_id = 'a'): Arrived => ({ trace_id, first_envelope });

describe('the order of traces', () => {
  it('is that of their arrival, and of their ids within an envelope', () => {
    const list = [arrived(2, 'b'), arrived(10, 'a'), arrived(2, 'c'), arrived(9, 'z')];
    expect(list.sort(newestFirst).map(cursorBefore)).toEqual(['10.a', '9.z', '2.c', '2.b']);
    expect(isNewer(arrived(10), arrived(9))).toBe(true);
    expect(isNewer(arrived(9), arrived(9))).toBe(false);
  });

  it('is total, so that every page and every merge agree', () => {
    const any = fc.record({
      trace_id: fc.constantFrom('a', 'b', 'c'),
      first_envelope: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(any, any, any, (one, two, three) => {
        expect(Math.sign(newestFirst(one, two))).toBe(-Math.sign(newestFirst(two, one)) + 0);
        if (newestFirst(one, two) < 0 && newestFirst(two, three) < 0)
          expect(newestFirst(one, three)).toBeLessThan(0);
      }),
    );
  });
});
