import fc from 'fast-check';

import { anyTree, spanOf, treeOf } from '../../testing/any-spans';
import { minimap } from './minimap';

describe('the minimap', () => {
  it('lies within its frame', () => {
    fc.assert(
      fc.property(anyTree, fc.integer({ min: 1, max: 20 }), (tree, most) => {
        const { lanes, bars } = minimap(tree, tree.end - tree.start || 1, most, 1000);
        expect(lanes).toBeLessThanOrEqual(most);
        for (const { left, width, lane } of bars) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left + width).toBeLessThanOrEqual(1 + 1e-9);
          expect(lane).toBeLessThan(lanes);
        }
      }),
    );
  });

  it('shows failures, and no more bars than can be told apart', () => {
    const many = Array.from({ length: 9_999 }, (_, number) =>
      spanOf(
        `s${number}`,
        'r',
        100 + (number % 10),
        500,
        number === 7 ? { status: 'aborted' } : {},
      ),
    );
    const { bars } = minimap(treeOf(spanOf('r', null, 1, 1000), ...many), 999, 50, 100);
    expect(bars.length).toBeLessThan(500);
    expect(bars.some(({ node }) => node.failed)).toBe(true);
  });
});
