import fc from 'fast-check';

import { micros } from '../core/micros';
import { MapEdge, MapNode, Traffic } from '../core/telemetry-wire';
import { curveOf, layoutOf } from './map-layout';

const traffic: Traffic = {
  calls: 1,
  last_minute: 0,
  errors: 0,
  p50_us: micros(1),
  p95_us: micros(1),
};
const node = (id: string, kind: MapNode['kind'] = 'service'): MapNode => ({ id, kind, traffic });
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

  it('draws a call back as a curve too', () => {
    const { wires } = layoutOf([node('a'), node('b')], [edge('a', 'b'), edge('b', 'a')]);
    expect(wires.map((wire) => curveOf(wire))).toEqual([
      'M25 50 C50 50 50 50 75 50',
      'M75 50 C75 70 25 70 25 50',
    ]);
  });
});
