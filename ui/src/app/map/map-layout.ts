import { MapEdge, MapNode } from '../core/telemetry-wire';

/** Where a node stands; x and y are the middle of its box, as parts of the whole. */
export interface Placed {
  readonly node: MapNode;
  readonly x: number;
  readonly y: number;
}

/** A curve from one node to another, by the ids of its ends. */
export interface Wire {
  readonly edge: MapEdge;
  readonly from: Placed;
  readonly to: Placed;
}

export interface Layout {
  readonly nodes: readonly Placed[];
  readonly wires: readonly Wire[];
  readonly columns: number;
  /** Most nodes in one column. */
  readonly rows: number;
}

/**
 * Columns from left to right in the direction of the calls, each node as near to its callers as no crossing back allows
 * (longest path from a node that nobody calls; Sugiyama, Tagawa and Toda 1981, first phase). A call that closes a circle
 * is passed over when columns are made, and drawn all the same. Within its column a node stands at the height of its
 * callers (barycentre); databases below services.
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
          one.low - other.low ||
          one.height - other.height ||
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

/** The calls without those that lead back to a node on the way to them. */
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
  // Whoever is called by nobody begins, so that a circle is cut where it comes back.
  for (const { id } of nodes) if (!called.has(id) && !state.has(id)) visit(id);
  for (const { id } of nodes) if (!state.has(id)) visit(id);
  return kept;
}

function columnsOf(nodes: readonly MapNode[], calls: readonly MapEdge[]): Map<string, number> {
  const column = new Map(nodes.map(({ id }) => [id, 0]));
  // Without circles no path is longer than there are nodes, so this ends.
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

/** A curve between two points of a field of 100 × 100, leaving and arriving level; a call back goes around below. */
export function curveOf({ from, to }: Pick<Wire, 'from' | 'to'>): string {
  const [x1, y1, x2, y2] = [from.x * 100, from.y * 100, to.x * 100, to.y * 100];
  if (x2 > x1) {
    const bend = (x1 + x2) / 2;
    return `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
  }
  const below = Math.min(100, Math.max(y1, y2) + 20);
  return `M${x1} ${y1} C${x1} ${below} ${x2} ${below} ${x2} ${y2}`;
}
