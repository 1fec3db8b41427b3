import fc from 'fast-check';

import { anyTree, spanOf, treeOf } from '../../testing/any-spans';
import { compare } from './compare';
import { durationOf } from '../tree/span-node';

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

describe('two traces side by side', () => {
  it('have every span of both once', () => {
    fc.assert(
      fc.property(anyTree, anyTree, (one, other) => {
        const { pairs } = compare(one, other);
        const before = pairs.flatMap(({ before }) => before ?? []);
        const after = pairs.flatMap(({ after }) => after ?? []);
        expect(before).toEqual(one.nodes);
        expect(new Set(after)).toEqual(new Set(other.nodes));
        expect(after).toHaveLength(other.nodes.length);
      }),
    );
  });

  it('differ by the sum of what their parts differ by', () => {
    fc.assert(
      fc.property(anyTree, anyTree, (one, other) => {
        const { actors, pairs, delta } = compare(one, other);
        const whole =
          (other.root ? durationOf(other.root) : 0) - (one.root ? durationOf(one.root) : 0);
        expect(delta).toBe(whole);
        expect(sum(actors.map((actor) => actor.delta))).toBe(whole);
        expect(sum(pairs.map((pair) => pair.criticalDelta))).toBe(whole);
      }),
    );
  });

  it('do not differ from themselves, and the way back is the opposite', () => {
    fc.assert(
      fc.property(anyTree, anyTree, (one, other) => {
        const same = compare(one, one);
        expect(same.pairs.every((pair) => pair.delta === 0 && pair.before === pair.after)).toBe(
          true,
        );
        expect(same.cause).toBeNull();
        expect(compare(one, other).delta + compare(other, one).delta).toBe(0);
      }),
    );
  });

  it('name the provider that became faster', () => {
    const spin = (wait: number): ReturnType<typeof treeOf> =>
      treeOf(
        spanOf('r', null, 1, 1 + 30 + wait, { description: 'spin', service: 'payment-service' }),
        spanOf('out', 'r', 11, 11 + wait, {
          description: 'External payment provider API',
          service: 'payment-service',
          op: 'http.client',
          data: { 'peer.service': 'payment-provider' },
        }),
      );
    const { delta, cause, pairs } = compare(spin(3_000), spin(600));
    expect(delta).toBe(-2_400);
    expect(cause).toMatchObject({ actor: 'payment-provider', external: true, delta: -2_400 });
    expect(pairs.map((pair) => pair.delta)).toEqual([-2_400, -2_400]);
  });

  it('align the n-th of a kind with the n-th, and place what is new where it is', () => {
    const query = { description: 'query' };
    const one = treeOf(
      spanOf('r', null, 1, 90, { description: 'spin' }),
      spanOf('a', 'r', 2, 5, query),
      spanOf('b', 'r', 10, 20, query),
    );
    const other = treeOf(
      spanOf('R', null, 1, 90, { description: 'spin' }),
      spanOf('x', 'R', 2, 3, query),
      spanOf('n', 'R', 4, 6, { description: 'new' }),
      spanOf('y', 'R', 10, 24, query),
    );
    const { pairs } = compare(one, other);
    expect(
      pairs.map(({ before, after, delta }) => [before?.key ?? null, after?.key ?? null, delta]),
    ).toEqual([
      ['r', 'R', 0],
      ['a', 'x', -2],
      [null, 'n', 2],
      ['b', 'y', 4],
    ]);
  });
});
