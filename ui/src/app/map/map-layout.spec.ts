import fc from 'fast-check';

import { micros } from '../core/api/micros';
import { MapEdge, MapNode, MapTraffic } from '../core/api/schema';
import { HALF_BOX, curveOf, layoutOf } from './map-layout';

const traffic: MapTraffic = {
  calls: 1,
  per_minute: 0,
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

  it('leads every call past the boxes of others', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.array(fc.tuple(name, name)), (names, pairs) => {
        const layout = layoutOf(
          names.map((id) => node(id)),
          pairs.map(([from, to]) => edge(from, to)),
        );
        // A row of the map is at least 8.2 rem high, and a box 5.7 rem.
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

/** Points along a path of level lines and curves. */
function pointsOf(path: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command, rest] of path.matchAll(/([MHC])([^MHC]*)/g)) {
    const numbers = (rest ?? '').trim().split(' ').map(Number);
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = numbers;
    const [toX, toY] = command === 'C' ? [x3, y3] : [x1, command === 'M' ? y1 : y];
    if (command !== 'M')
      for (let step = 0; step <= 20; step += 1) {
        const part = step / 20;
        const of = (a: number, b: number, c: number, d: number): number =>
          command === 'C'
            ? (1 - part) ** 3 * a +
              3 * (1 - part) ** 2 * part * b +
              3 * (1 - part) * part ** 2 * c +
              part ** 3 * d
            : a + (d - a) * part;
        points.push([of(x, x1, x2, toX), of(y, y1, y2, toY)]);
      }
    [x, y] = [toX, toY];
  }
  return points;
}
