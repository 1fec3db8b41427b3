import { MapEdge, MapNode } from '../core/api/schema';

/** The position of a node; x and y are the centre of its box, as fractions of the whole. */
interface Placed {
  readonly node: MapNode;
  readonly x: number;
  readonly y: number;
}

/** A curve between two nodes, by their ids. */
interface Wire {
  readonly edge: MapEdge;
  readonly from: Placed;
  readonly to: Placed;
}

export interface Layout {
  readonly nodes: readonly Placed[];
  readonly wires: readonly Wire[];
  readonly columns: number;
  /** Largest number of nodes in one column. */
  readonly rows: number;
}

/**
 * Arranges nodes in columns from left to right in the direction of the calls, each as near to its
 * callers as possible without a call backwards (longest path from a node without callers; Sugiyama,
 * Tagawa and Toda 1981, first phase). Calls that close a cycle are ignored for the columns, but
 * drawn. Within a column a node is at the height of its callers (barycentre), so that wires cross as
 * little as possible; of equal height databases are below services.
 */
export function layoutOf(nodes: readonly MapNode[], edges: readonly MapEdge[]): Layout {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const calls = edges.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to);
  const column = columnsOf(nodes, withoutCircles(nodes, calls));
  const columns: MapNode[][] = [];
  for (const node of nodes) (columns[column.get(node.id) ?? 0] ??= []).push(node);

  const placed = new Map<string, Placed>();
  columns.forEach((members, index) => {
    const height = (id: string): number => {
      const callers = calls.filter(({ to }) => to === id).map(({ from }) => placed.get(from)?.y);
      const heights = callers.filter((y) => y !== undefined);
      return heights.length === 0 ? 0.5 : heights.reduce((sum, y) => sum + y, 0) / heights.length;
    };
    const order = members
      .map((node) => ({ node, height: height(node.id), low: node.kind === 'database' ? 1 : 0 }))
      .sort(
        (one, other) =>
          one.height - other.height ||
          one.low - other.low ||
          (one.node.id < other.node.id ? -1 : 1),
      );
    order.forEach(({ node }, row) => {
      placed.set(node.id, {
        node,
        x: (index + 0.5) / columns.length,
        y: (row + 0.5) / order.length,
      });
    });
  });
  return {
    nodes: [...placed.values()],
    wires: calls.flatMap((edge) => {
      const [from, to] = [placed.get(edge.from), placed.get(edge.to)];
      return from && to ? [{ edge, from, to }] : [];
    }),
    columns: Math.max(1, columns.length),
    rows: Math.max(1, ...columns.map(({ length }) => length)),
  };
}

/** The calls without those that close a cycle. */
function withoutCircles(nodes: readonly MapNode[], calls: readonly MapEdge[]): MapEdge[] {
  const state = new Map<string, 'open' | 'done'>();
  const kept: MapEdge[] = [];
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const edge of calls) {
      if (edge.from !== id || state.get(edge.to) === 'open') continue;
      kept.push(edge);
      if (!state.has(edge.to)) visit(edge.to);
    }
    state.set(id, 'done');
  };
  const called = new Set(calls.map(({ to }) => to));
  // Nodes without callers come first, so that a cycle is cut where it returns.
  for (const { id } of nodes) if (!called.has(id) && !state.has(id)) visit(id);
  for (const { id } of nodes) if (!state.has(id)) visit(id);
  return kept;
}

function columnsOf(nodes: readonly MapNode[], calls: readonly MapEdge[]): Map<string, number> {
  const column = new Map(nodes.map(({ id }) => [id, 0]));
  // Without cycles no path is longer than the number of nodes, so this loop ends.
  let moved = true;
  while (moved) {
    moved = false;
    for (const { from, to } of calls) {
      const least = (column.get(from) ?? 0) + 1;
      if ((column.get(to) ?? 0) >= least) continue;
      column.set(to, least);
      moved = true;
    }
  }
  return column;
}

/** Half the width that a box may take, as a fraction of its column; the rest is for curves. */
export const HALF_BOX = 0.42;
/**
 * Distance from the edge of the field of calls that pass around all boxes, as a fraction of a row's
 * height.
 */
const MARGIN = 0.07;

/**
 * The path of a call in a field of 100 × 100, which passes behind no box but those at its ends:
 * level within columns, above, below or between their boxes, and as a curve between columns. A call
 * backwards passes below all boxes.
 */
export function curveOf({ from, to }: Pick<Wire, 'from' | 'to'>, layout: Layout): string {
  const { columns, rows, nodes } = layout;
  const columnOf = ({ x }: Placed): number => Math.round(x * columns - 0.5);
  const edge = (column: number, side: 1 | -1): number => (column + 0.5 + side * HALF_BOX) / columns;
  const [first, last] = [columnOf(from), columnOf(to)];
  const points: [x: number, y: number][] = [[from.x, from.y]];
  const back = last <= first;
  points.push([edge(first, 1), from.y]);
  if (back) {
    const below = 1 - MARGIN / rows;
    points.push([edge(first, 1), below], [edge(last, -1), below]);
  } else {
    for (let column = first + 1; column < last; column += 1) {
      const part = (column - first) / (last - first);
      const members = nodes.filter((placed) => columnOf(placed) === column).length;
      const y = nearestGap(from.y + (to.y - from.y) * part, members, rows);
      points.push([edge(column, -1), y], [edge(column, 1), y]);
    }
  }
  points.push([edge(last, -1), to.y], [to.x, to.y]);
  return points.reduce((path, [x, y], index) => {
    const [before] = points.slice(index - 1, index);
    const [px, py] = before ?? [x, y];
    if (index === 0) return `M${round(x)} ${round(y)}`;
    if (py === y) return `${path} H${round(x)}`;
    // A call backwards turns within the gutter beside its column.
    const bend =
      px === x ? px + (index === 2 ? 1 : -1) * ((0.5 - HALF_BOX) / columns) : (px + x) / 2;
    return `${path} C${round(bend)} ${round(py)} ${round(bend)} ${round(y)} ${round(x)} ${round(y)}`;
  }, '');
}

/** The gap between the boxes of a column, or outside of them, that is nearest to `y`. */
function nearestGap(y: number, boxes: number, rows: number): number {
  const between = Array.from({ length: Math.max(boxes - 1, 0) }, (_, gap) => (gap + 1) / boxes);
  const gaps = [MARGIN / rows, ...between, 1 - MARGIN / rows];
  return gaps.reduce((best, gap) => (Math.abs(gap - y) < Math.abs(best - y) ? gap : best));
}

function round(part: number): number {
  return Math.round(part * 1e4) / 100;
}
