import { SpanNode, failedHere } from '../tree/span-node';
import { TraceTree } from '../tree/tree';

/** A bar of the minimap; left and width are fractions of its width, 0 to 1. */
interface MinimapBar {
  readonly left: number;
  readonly width: number;
  readonly lane: number;
  readonly node: SpanNode;
}

interface Minimap {
  readonly lanes: number;
  readonly bars: readonly MinimapBar[];
}

/**
 * Limit of the number of services, so that a mark stays an integer that a double represents exactly. Further services
 * share marks.
 */
const MOST_SERVICES = 4_096;

/**
 * Places each span of the first `total` microseconds that is not folded away in a lane of its own, in the order of the rows; if there are more spans than lanes, they share them.
 * Spans in a lane that cannot be distinguished (the same service, closer than a pixel of `resolution`) become one bar,
 * so that ten thousand spans are drawn as fast as a hundred.
 */
export function minimap(tree: TraceTree, total: number, most: number, resolution: number): Minimap {
  const nodes = tree.nodes.filter(({ minor, start }) => !minor && start - tree.start < total);
  const lanes = Math.max(1, Math.min(most, nodes.length));
  const bars: MinimapBar[] = [];
  const seen = new Set<number>();
  const services = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    const lane = Math.floor((index * lanes) / nodes.length);
    const left = (node.start - tree.start) / total;
    const width = (node.end - node.start) / total;
    const { service } = node.span;
    let number = services.get(service);
    if (number === undefined) services.set(service, (number = services.size));
    // All visible properties, as the digits of one number.
    const kind = (lane * 2 + Number(failedHere(node))) * MOST_SERVICES + (number % MOST_SERVICES);
    const base = resolution + 1;
    const mark =
      (kind * base + Math.round(left * resolution)) * base + Math.round(width * resolution);
    if (seen.has(mark)) continue;
    seen.add(mark);
    bars.push({ left, width, lane, node });
  }
  return { lanes, bars };
}
