import fc from 'fast-check';

import { anyTree, spanOf, treeOf } from '../../testing/any-spans';
import { gapsOf, selfTime, uncovered } from './self-time';
import { SpanNode, durationOf } from './span-node';

const rootOf = (...spans: ReturnType<typeof spanOf>[]): SpanNode =>
  treeOf(...spans).roots[0] ?? expect.fail('no root');

describe('self time', () => {
  it('is the number of microseconds in which no child runs', () => {
    fc.assert(
      fc.property(anyTree, ({ nodes }) => {
        for (const node of nodes) {
          let alone = 0;
          for (let at: number = node.start; at < node.end; at += 1) {
            if (!node.children.some(({ start, end }) => start <= at && at < end)) alone += 1;
          }
          expect(selfTime(node)).toBe(alone);
        }
      }),
    );
  });

  it('of a span without children is all of it', () =>
    expect(selfTime(rootOf(spanOf('r', null, 3, 9)))).toBe(6));

  it('counts children that overlap once, and cuts them to the parent', () => {
    const root = rootOf(
      spanOf('r', null, 10, 100),
      spanOf('a', 'r', 5, 40),
      spanOf('b', 'r', 30, 50),
      spanOf('c', 'r', 90, 400),
    );
    expect(uncovered(root)).toEqual([{ start: 50, end: 90 }]);
    expect(selfTime(root)).toBe(40);
    expect(durationOf(root)).toBe(90);
  });
});

describe('gaps', () => {
  it('are 100 ms or more that no child tells of', () => {
    const root = rootOf(
      spanOf('r', null, 1, 1_000_001),
      spanOf('a', 'r', 100_000, 300_000),
      spanOf('b', 'r', 400_000, 900_002),
    );
    expect(gapsOf(root)).toEqual([{ start: 300_000, end: 400_000 }]);
  });
  it('are none where there are no children to leave any', () =>
    expect(gapsOf(rootOf(spanOf('r', null, 1, 5_000_000)))).toEqual([]));
});
