import { SpanNode } from './span-node';
import { TraceTree } from './tree';

/** A bar of the minimap: shares of its width and height, 0 to 1. */
export interface MinimapBar {
  readonly left: number;
  readonly width: number;
  readonly lane: number;
  readonly node: SpanNode;
}

export interface Minimap {
  readonly lanes: number;
  readonly bars: readonly MinimapBar[];
}

/** More services than this share their marks, so that a mark is a whole number that a double holds. */
const MOST_SERVICES = 4_096;

/**
 * Every span in a lane of its own, from top to bottom as the rows are; more spans than lanes share them. Within a
 * lane, what a reader could not tell apart (the same service, closer than a pixel of `resolution`) is one bar, so
 * that ten thousand spans draw as fast as a hundred.
 */
export function minimap(tree: TraceTree, most: number, resolution: number): Minimap {
  const lanes = Math.max(1, Math.min(most, tree.nodes.length));
  const total = Math.max(tree.end - tree.start, 1);
  const bars: MinimapBar[] = [];
  const seen = new Set<number>();
  const services = new Map<string, number>();
  for (const node of tree.nodes) {
    const lane = Math.floor((node.index * lanes) / tree.nodes.length);
    const left = (node.start - tree.start) / total;
    const width = (node.end - node.start) / total;
    const { service } = node.span;
    let number = services.get(service);
    if (number === undefined) services.set(service, (number = services.size));
    // Everything that a reader can tell apart, as the digits of one number.
    const kind = (lane * 2 + Number(node.failed)) * MOST_SERVICES + (number % MOST_SERVICES);
    const base = resolution + 1;
    const mark =
      (kind * base + Math.round(left * resolution)) * base + Math.round(width * resolution);
    if (seen.has(mark)) continue;
    seen.add(mark);
    bars.push({ left, width, lane, node });
  }
  return { lanes, bars };
}
