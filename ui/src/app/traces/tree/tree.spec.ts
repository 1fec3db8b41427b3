import fc from 'fast-check';

import { micros } from '../../core/api/micros';
import { ErrorEvent } from '../../core/api/schema';
import { anySpan, anyTree, spanOf, treeOf } from '../../testing/any-spans';
import { ERROR } from '../../testing/replies';
import { SpanNode } from './span-node';
import { buildTree, hasNoLength } from './tree';

const shape = ({ span, children }: SpanNode): unknown =>
  children.length === 0 ? span.span_id : [span.span_id, ...children.map(shape)];

const oddities = (spans: ReturnType<typeof spanOf>[], id: string): readonly string[] =>
  treeOf(...spans).byKey.get(id)?.oddities ?? [];

describe('the tree of a trace', () => {
  it('has every span once, parents before children, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 40 }), (spans) => {
        const { nodes, roots, later, byKey } = treeOf(...spans);
        expect(nodes.map(({ span }) => span)).toHaveLength(spans.length);
        expect(new Set(nodes.map(({ span }) => span))).toEqual(new Set(spans));
        expect(byKey.size).toBe(spans.length);
        for (const [index, node] of nodes.entries()) {
          expect(node.index).toBe(index);
          expect(node.end).toBeGreaterThanOrEqual(node.start);
          if (node.parent) {
            expect(node.parent.index).toBeLessThan(index);
            expect(node.parent.subtreeEnd).toBeGreaterThan(index);
            expect(node.depth).toBe(node.parent.depth + 1);
          } else expect([...roots, ...later]).toContain(node);
          // A subtree is a contiguous part of the rows.
          for (const below of nodes.slice(index + 1, node.subtreeEnd))
            expect(below.depth).toBeGreaterThan(node.depth);
        }
      }),
    );
  });

  it('marks exactly the ancestors of what failed', () => {
    fc.assert(
      fc.property(anyTree, ({ nodes }) => {
        for (const node of nodes) {
          const below = nodes.slice(node.index + 1, node.subtreeEnd).some(({ failed }) => failed);
          expect(node.failedBelow).toBe(below);
        }
      }),
    );
  });

  it('sorts children by start, the longer first', () => {
    const { roots } = treeOf(
      spanOf('r', null, 0, 90),
      spanOf('late', 'r', 50, 60),
      spanOf('short', 'r', 10, 20),
      spanOf('long', 'r', 10, 30),
    );
    expect(roots.map(shape)).toEqual([['r', 'long', 'short', 'late']]);
  });

  it('takes a span whose parent is missing as a root, and says so', () => {
    const spans = [spanOf('r', null, 1, 9), spanOf('lost', 'nobody', 2, 3)];
    expect(treeOf(...spans).roots.map(shape)).toEqual(['r', 'lost']);
    expect(oddities(spans, 'lost')).toEqual(['orphan']);
  });

  it('opens a circle at its earliest span', () => {
    const spans = [spanOf('a', 'b', 5, 9), spanOf('b', 'a', 3, 8), spanOf('below', 'a', 6, 7)];
    expect(treeOf(...spans).roots.map(shape)).toEqual([['b', ['a', 'below']]]);
    expect(oddities(spans, 'b')).toEqual(['cycle']);
    expect(oddities(spans, 'a')).toEqual([]);
  });

  it('takes a span that is its own parent as a root', () =>
    expect(oddities([spanOf('a', 'a', 1, 2)], 'a')).toEqual(['cycle']));

  it('has a word for what is odd about times', () => {
    const root = spanOf('r', null, 10_000, 20_000);
    expect(oddities([root, spanOf('x', 'r', 12_000, 11_000)], 'x')).toEqual(['negative_duration']);
    expect(oddities([root, spanOf('x', 'r', 12_000, 12_000)], 'x')).toEqual(['zero_duration']);
    expect(oddities([root, spanOf('x', 'r', 8_000, 12_000)], 'x')).toEqual(['clock_skew']);
    expect(oddities([root, spanOf('x', 'r', 9_500, 12_000)], 'x')).toEqual([]);
    expect(oddities([root, spanOf('x', 'r', 21_000, 22_000)], 'x')).toEqual(['after_parent']);
    const timeless = spanOf('x', 'r', 0, 0, { oddities: ['missing_time'] });
    expect(oddities([root, timeless], 'x')).toEqual(['missing_time']);
  });

  it('does not stretch for a span without a time, wherever it stands', () => {
    for (const at of [0, 5_000, 90_000_000]) {
      const timeless = spanOf('x', 'r', at, at, { oddities: ['missing_time'] });
      const { start, end } = treeOf(spanOf('r', null, 10_000, 20_000), timeless);
      expect([start, end]).toEqual([10_000, 20_000]);
      const alone = treeOf(timeless);
      expect([alone.start, alone.end]).toEqual([at, at]);
    }
  });

  it('knows no length where one end is missing', () => {
    const root = spanOf('r', null, 10_000, 20_000);
    for (const word of ['missing_start', 'missing_end']) {
      const half = spanOf('x', 'r', 12_000, 12_000, { oddities: [word] });
      expect(oddities([root, half], 'x')).toEqual([word]);
      expect(hasNoLength(half)).toBe(true);
    }
    expect(hasNoLength(root)).toBe(false);
  });

  it('is about the root that the collector named', () => {
    const first = spanOf('first', null, 10_000, 11_000, { transaction: true });
    const longer = spanOf('longer', null, 15_000, 90_000, { transaction: true });
    const rootOf = (id?: string): string | undefined =>
      buildTree({
        spans: [first, longer],
        errors: [],
        logs: [],
        ...(id === undefined ? {} : { summary: { root_span_id: id } }),
      }).root?.span.span_id;
    expect(rootOf('longer')).toBe('longer');
    expect(rootOf('first')).toBe('first');
    // The same choice as the collector's.
    expect(rootOf()).toBe('first');
    expect(rootOf('elsewhere')).toBe('first');
  });

  it('gives children of a repeated id to the first, and keeps both', () => {
    const { nodes } = treeOf(
      spanOf('r', null, 1, 9),
      spanOf('twin', 'r', 2, 5),
      spanOf('twin', 'r', 6, 8),
      spanOf('child', 'twin', 3, 4),
    );
    expect(nodes.map(({ key }) => key)).toEqual(['r', 'twin', 'child', 'twin~1']);
    expect(nodes.at(-1)?.oddities).toEqual(['repeated_span_id']);
  });

  it('has names that no later span changes, wherever it stands', () => {
    const id = fc.constantFrom('', 'a', 'a~', 'a~1', '~1', 'b,c', '*');
    const arrived = fc.record({ id, start: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.array(arrived, { maxLength: 20 }), fc.nat(20), (all, split) => {
        const spans = all.map(({ id, start }, seq) => spanOf(id, null, start, start + 5, { seq }));
        // In the order of the collector: by start.
        const inOrder = (some: typeof spans): typeof spans =>
          some.toSorted((one, other) => one.start_us - other.start_us);
        const names = (some: typeof spans): Map<unknown, string> =>
          new Map(treeOf(...inOrder(some)).nodes.map(({ span, key }) => [span, key]));
        const [before, after] = [names(spans.slice(0, split)), names(spans)];
        expect(new Set(after.values()).size).toBe(spans.length);
        for (const [span, key] of before) expect(after.get(span)).toBe(key);
      }),
    );
  });

  it('gives an error to its span, and keeps one without', () => {
    const error = (span_id: string): ErrorEvent => ({
      ...ERROR,
      event_id: span_id,
      issue_id: 'i',
      service: 's',
      at_us: micros(1),
      level: 'error',
      kind: 'Timeout',
      value: '',
      span_id,
      tags: {},
      frames: [],
      breadcrumbs: [],
      seq: 1,
    });
    const tree = buildTree({
      spans: [spanOf('r', null, 1, 9), spanOf('x', 'r', 2, 3)],
      errors: [error('x'), error('elsewhere')],
      logs: [],
    });
    expect(tree.byKey.get('x')?.failed).toBe(true);
    expect(tree.byKey.get('r')?.failed).toBe(false);
    expect(tree.byKey.get('r')?.failedBelow).toBe(true);
    expect(tree.looseErrors).toHaveLength(1);
  });

  it('names the peer of a client span that nobody answers for', () => {
    const client = { op: 'http.client', data: { 'peer.service': 'payment-provider' } };
    const { byKey } = treeOf(
      spanOf('out', null, 1, 9, client),
      spanOf('answered', null, 1, 9, client),
      spanOf('server', 'answered', 2, 8),
      spanOf('url', null, 1, 9, { op: 'http.client', data: { url: 'https://pay.example/x' } }),
    );
    expect(byKey.get('out')?.peer).toBe('payment-provider');
    expect(byKey.get('answered')?.peer).toBeNull();
    expect(byKey.get('server')?.peer).toBeNull();
    expect(byKey.get('url')?.peer).toBe('pay.example');
  });

  it('is built of a chain of ten thousand without recursion', () => {
    const spans = Array.from({ length: 10_000 }, (_, number) =>
      spanOf(`s${number}`, number === 0 ? null : `s${number - 1}`, number + 1, 30_000 - number),
    );
    expect(treeOf(...spans).nodes.at(-1)?.depth).toBe(9_999);
  });
});
