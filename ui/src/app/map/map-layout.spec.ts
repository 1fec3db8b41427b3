import fc from 'fast-check';

import { ZERO, micros } from '../core/api/micros';
import { MapEdge, MapNode, MapTraffic } from '../core/api/schema';
import { pointsOf } from './curve-points';
import { HALF_BOX, curveOf, layoutOf } from './map-layout';

const traffic: MapTraffic = {
  calls: 1,
  per_minute: 0,
  errors: 0,
  p50_us: micros(1),
  p95_us: micros(1),
};
const node = (id: string, kind: MapNode['kind'] = 'service'): MapNode => ({
  id,
  kind,
  traffic,
  path_us: ZERO,
});
const edge = (from: string, to: string): MapEdge => ({ from, to, traffic });

describe('the layout of the map', () => {
  it('goes from left to right with the calls', () => {
    const { nodes, columns } = layoutOf(
      [
        node('payments'),
        node('bank', 'external'),
        node('users'),
        node('users/polodb', 'database'),
        node('gateway'),
        node('page'),
      ],
      [
        edge('page', 'gateway'),
        edge('gateway', 'users'),
        edge('gateway', 'payments'),
        edge('users', 'payments'),
        edge('users', 'users/polodb'),
        edge('payments', 'bank'),
      ],
    );
    const order = [...nodes].sort((one, other) => one.x - other.x || one.y - other.y);
    expect(columns).toBe(5);
    expect(order.map((placed) => placed.node.id)).toEqual([
      'page',
      'gateway',
      'users',
      'payments',
      'users/polodb',
      'bank',
    ]);
  });

  it('has no crossing where a database is on the other side of its service than its neighbour', () => {
    const { nodes } = layoutOf(
      [
        node('gateway'),
        node('game'),
        node('users'),
        node('payments'),
        node('game/polodb', 'database'),
        node('users/polodb', 'database'),
      ],
      [
        edge('gateway', 'game'),
        edge('gateway', 'users'),
        edge('gateway', 'payments'),
        edge('users', 'payments'),
        edge('game', 'game/polodb'),
        edge('users', 'users/polodb'),
      ],
    );
    const last = nodes.filter(({ x }) => x > 0.7).sort((one, other) => one.y - other.y);
    expect(last.map((placed) => placed.node.id)).toEqual([
      'game/polodb',
      'payments',
      'users/polodb',
    ]);
  });

  it('places every node once and within, no two at one place, whatever calls whom', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.array(fc.tuple(name, name)), (names, pairs) => {
        const layout = layoutOf(
          names.map((id) => node(id)),
          pairs.map(([from, to]) => edge(from, to)),
        );
        expect(layout.nodes.map((placed) => placed.node.id).sort()).toEqual([...names].sort());
        const places = layout.nodes.map(({ x, y }) => `${x} ${y}`);
        expect(new Set(places).size).toBe(places.length);
        for (const { x, y } of layout.nodes) expect(x > 0 && x < 1 && y > 0 && y < 1).toBe(true);
      }),
    );
  });

  it('leads every call past the boxes of others', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.array(fc.tuple(name, name)), (names, pairs) => {
        const layout = layoutOf(
          names.map((id) => node(id)),
          pairs.map(([from, to]) => edge(from, to)),
        );
        // A row of the map is at least 9.2 rem high, and a box 6.4 rem.
        const [halfWidth, halfHeight] = [(HALF_BOX / layout.columns) * 100 - 0.1, 35 / layout.rows];
        for (const wire of layout.wires) {
          const others = layout.nodes.filter(({ node: { id } }) => {
            return id !== wire.edge.from && id !== wire.edge.to;
          });
          for (const [x, y] of pointsOf(curveOf(wire, layout)))
            for (const box of others) {
              const hit =
                Math.abs(x - box.x * 100) < halfWidth && Math.abs(y - box.y * 100) < halfHeight;
              expect(hit, `${wire.edge.from} → ${wire.edge.to} at ${x} ${y}`).toBe(false);
            }
        }
      }),
    );
  });

  it('draws a call to a neighbour as one curve, and a call back around below', () => {
    const layout = layoutOf([node('a'), node('b')], [edge('a', 'b'), edge('b', 'a')]);
    expect(layout.wires.map((wire) => curveOf(wire, layout))).toEqual([
      'M25 50 H46 H54 H75',
      'M75 50 H96 C100 50 100 93 96 93 H4 C0 93 0 50 4 50 H25',
    ]);
  });
});
