import { Span } from '../../core/api/schema';
import { spanOf, treeOf } from '../../testing/any-spans';
import { UNFOLDED, toggled, unfoldedAll, visibleRows } from './rows';
import { TraceTree } from '../tree/tree';

/** A second, of which 900 ms are in `slow`; and ten short spans below two others. */
function spin(...more: Span[]): TraceTree {
  const below = (parent: string, start: number): Span[] =>
    Array.from({ length: 5 }, (_, number) =>
      spanOf(`${parent}${number}`, parent, start + number * 1_000, start + number * 1_000 + 500),
    );
  return treeOf(
    spanOf('r', null, 1, 1_000_001),
    spanOf('verify', 'r', 2_000, 8_000),
    ...below('verify', 2_100),
    spanOf('slow', 'r', 10_000, 910_000),
    spanOf('post', 'r', 920_000, 926_000),
    ...below('post', 920_100),
    ...more,
  );
}
const keys = (tree: TraceTree, folding = UNFOLDED): string[] =>
  visibleRows(tree, { folding, gaps: false }).map(({ key }) => key);

describe('what takes less than a hundredth of the trace', () => {
  it('is one row of each parent, which says how many spans and how long', () => {
    const tree = spin();
    expect(keys(tree)).toEqual(['r', 'minor:r', 'slow']);
    const [, row] = visibleRows(tree, { folding: UNFOLDED, gaps: false });
    expect(row?.kind === 'group' && row.group).toMatchObject({
      why: 'minor',
      spans: 12,
      total: 12_000,
      failed: false,
    });
  });

  it('is opened as one, and then all of it is there', () => {
    const tree = spin();
    const [, row] = visibleRows(tree, { folding: UNFOLDED, gaps: false });
    expect(keys(tree, toggled(UNFOLDED, row ?? expect.fail()))).toHaveLength(15);
    expect(keys(tree, unfoldedAll())).toHaveLength(15);
  });

  it('is never what failed or is odd', () => {
    const failed = spin(spanOf('x', 'verify', 7_000, 7_500, { status: 'aborted' }));
    expect(keys(failed)).toContain('x');
    const odd = spin(spanOf('x', 'verify', 7_000, 7_500, { oddities: ['clock_corrected'] }));
    expect(keys(odd)).toContain('x');
  });

  it('stays in a small trace, and where no duration is known', () => {
    const small = treeOf(spanOf('r', null, 1, 1_000_001), spanOf('a', 'r', 2, 3));
    expect(keys(small)).toEqual(['r', 'a']);
  });
});

describe('what began after the root had ended', () => {
  it('stands last, in a row of its own, without its parent', () => {
    const tree = spin(
      spanOf('settle', 'verify', 1_500_000, 3_500_000, { status: 'aborted' }),
      spanOf('call', 'settle', 1_600_000, 3_400_000),
    );
    expect(keys(tree)).toEqual(['r', 'minor:r', 'slow', 'later']);
    expect(keys(tree, unfoldedAll()).slice(-3)).toEqual(['later', 'settle', 'call']);
    expect(tree.later.map(({ key }) => key)).toEqual(['settle']);
    const { root, byKey } = tree;
    // A failure there is none of the trace that was waited for.
    expect([root?.failedBelow, byKey.get('settle')?.depth]).toEqual([false, 0]);
  });

  it('is not taken away where several roots leave open what followed which', () => {
    const other = spanOf('other', null, 5, 6);
    const tree = spin(other, spanOf('settle', 'slow', 1_500_000, 3_500_000));
    expect(tree.later).toEqual([]);
  });
});
