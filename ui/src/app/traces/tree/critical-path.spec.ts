import fc from 'fast-check';

import { anyTree, spanOf, treeOf } from '../../testing/any-spans';
import { criticalTimes, sharesOf } from './bottleneck';
import { criticalPath } from './critical-path';
import { durationOf } from './span-node';
import { hasNoLength } from './tree';

const told = (...spans: ReturnType<typeof spanOf>[]): [string, number, number][] =>
  criticalPath(treeOf(...spans)).segments.map(({ node, start, end }) => [
    node.span.span_id,
    start,
    end,
  ]);

describe('the critical path', () => {
  it('is the root from start to end, in disjoint pieces, whatever comes', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const { segments, why } = criticalPath(tree);
        if (why !== null) {
          expect(segments).toEqual([]);
          const unknown = tree.root !== null && hasNoLength(tree.root.span);
          const none = unknown ? 'unknown_duration' : 'no_duration';
          expect(tree.root === null ? 'no_spans' : none).toBe(why);
          return;
        }
        const root = tree.root ?? expect.fail('a path without a root');
        expect(segments[0]?.start).toBe(root.start);
        expect(segments.at(-1)?.end).toBe(root.end);
        let sum = 0;
        for (const [index, { node, start, end }] of segments.entries()) {
          expect(start).toBeLessThan(end);
          expect(node.start).toBeLessThanOrEqual(start);
          expect(node.end).toBeGreaterThanOrEqual(end);
          if (index > 0) expect(segments[index - 1]?.end).toBe(start);
          sum += end - start;
        }
        expect(sum).toBe(durationOf(root));
      }),
    );
  });

  it('is never empty without a word why', () => {
    expect(criticalPath(treeOf())).toEqual({ segments: [], why: 'no_spans' });
    expect(criticalPath(treeOf(spanOf('r', null, 5, 5))).why).toBe('no_duration');
    const endless = spanOf('r', null, 5, 5, { oddities: ['missing_end'] });
    expect(criticalPath(treeOf(endless)).why).toBe('unknown_duration');
  });

  it('takes the child that ends last, then goes on from its start', () =>
    expect(
      told(
        spanOf('r', null, 0, 100),
        spanOf('early', 'r', 10, 40),
        spanOf('beside', 'r', 15, 55),
        spanOf('last', 'r', 50, 90),
      ),
    ).toEqual([
      ['r', 0, 10],
      ['early', 10, 40],
      ['r', 40, 50],
      ['last', 50, 90],
      ['r', 90, 100],
    ]));

  it('takes a child that ends where the next begins', () =>
    expect(
      told(spanOf('r', null, 1, 9), spanOf('one', 'r', 1, 5), spanOf('two', 'r', 5, 9)),
    ).toEqual([
      ['one', 1, 5],
      ['two', 5, 9],
    ]));

  it('goes down, and cuts children to their parents', () =>
    expect(
      told(
        spanOf('r', null, 10, 100),
        spanOf('child', 'r', 5, 130),
        spanOf('grandchild', 'child', 2, 60),
      ),
    ).toEqual([
      ['grandchild', 10, 60],
      ['child', 60, 100],
    ]));

  it('leaves out what ran after the root', () =>
    expect(told(spanOf('r', null, 1, 9), spanOf('later', 'r', 20, 30))).toEqual([['r', 1, 9]]));

  it('is found in a chain of ten thousand', () => {
    const spans = Array.from({ length: 10_000 }, (_, number) =>
      spanOf(`s${number}`, number === 0 ? null : `s${number - 1}`, number + 1, 30_000 - number),
    );
    expect(told(...spans)).toHaveLength(19_999);
  });
});

describe('the bottleneck', () => {
  it('has shares that sum to one, and times that sum to the root', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const path = criticalPath(tree);
        const shares = sharesOf(path);
        if (path.why !== null || !tree.root) {
          expect(shares).toEqual([]);
          return;
        }
        const sum = (numbers: number[]): number => numbers.reduce((one, other) => one + other, 0);
        expect(sum(shares.map(({ time }) => time))).toBe(durationOf(tree.root));
        expect(sum([...criticalTimes(path).values()])).toBe(durationOf(tree.root));
        expect(sum(shares.map(({ share }) => share))).toBeCloseTo(1);
      }),
    );
  });

  it('is the external provider, by its name', () => {
    const [first, second] = sharesOf(
      criticalPath(
        treeOf(
          spanOf('r', null, 1, 101, { service: 'payment-service' }),
          spanOf('out', 'r', 11, 92, {
            service: 'payment-service',
            op: 'http.client',
            data: { 'peer.service': 'payment-provider' },
          }),
        ),
      ),
    );
    expect(first).toMatchObject({
      actor: 'payment-provider',
      external: true,
      time: 81,
      share: 0.81,
    });
    expect(first?.span.key).toBe('out');
    expect(second).toMatchObject({ actor: 'payment-service', external: false, time: 19 });
  });
});
