import { Micros, micros } from '../../core/api/micros';
import { Share, criticalTimes, sharesOf } from './bottleneck';
import { CriticalPath, Segment, criticalPath } from './critical-path';
import { selfTime } from './self-time';
import { SpanNode, actorOf, failedHere } from './span-node';
import { TraceTree, buildTree } from './tree';

/** Everything that is computed once for a trace before its rows are drawn. */
export interface Layout {
  readonly tree: TraceTree;
  readonly path: CriticalPath;
  readonly segments: ReadonlyMap<SpanNode, readonly Segment[]>;
  readonly critical: ReadonlyMap<SpanNode, Micros>;
  readonly self: ReadonlyMap<SpanNode, Micros>;
  readonly shares: readonly Share[];
  /** From the first start to the last end. */
  readonly total: Micros;
  /** From the first start to the end of the root, if something began after it; otherwise the same as `total`. */
  readonly answered: Micros;
}

export function layoutOf(detail: Parameters<typeof buildTree>[0]): Layout {
  const tree = buildTree(detail);
  const path = criticalPath(tree);
  const segments = new Map<SpanNode, Segment[]>();
  for (const segment of path.segments) {
    const known = segments.get(segment.node);
    if (known) known.push(segment);
    else segments.set(segment.node, [segment]);
  }
  const self = new Map<SpanNode, Micros>();
  for (const node of tree.nodes) self.set(node, selfTime(node));
  return {
    tree,
    path,
    segments,
    critical: criticalTimes(path),
    self,
    shares: sharesOf(path),
    total: micros(tree.end - tree.start),
    answered: micros((tree.later.length > 0 && tree.root ? tree.root.end : tree.end) - tree.start),
  };
}

/** The services and external peers in which something failed: those of the lowest failed spans. */
export function failedActors({ nodes, looseErrors }: TraceTree): ReadonlySet<string> {
  return new Set([
    ...nodes.filter(failedHere).map(actorOf),
    ...looseErrors.map(({ service }) => service),
  ]);
}
