import { Micros, micros } from '../../core/api/micros';
import { SpanNode, durationOf } from './span-node';
import { TraceTree, hasNoLength } from './tree';

/** A stretch of the critical path, in which the trace waited for this span and for none of its children. */
export interface Segment {
  readonly node: SpanNode;
  readonly start: Micros;
  readonly end: Micros;
}

export interface CriticalPath {
  /** Ordered by time, without gaps and overlaps, from the root's start to its end. */
  readonly segments: readonly Segment[];
  /** Why there is no path. */
  readonly why: 'no_spans' | 'no_duration' | 'unknown_duration' | null;
}

interface Visit {
  readonly node: SpanNode;
  readonly start: Micros;
  /** The children by end, the last first, cut to their parent. */
  readonly children: readonly Segment[];
  next: number;
  /** Segments after this time exist already. */
  cursor: Micros;
}

/**
 * Computes the spans that determined the duration of the trace. From the end of the root it takes the child that ends
 * last, follows its path, and continues from its start. This is the algorithm of CRISP (Zhang, Ramanathan et al.,
 * USENIX ATC 2022), which the Jaeger UI uses too. Children are cut to their parent; a child that ends after the start
 * of the next one ran in parallel and is skipped. Iterative, because a trace may be thousands of spans deep.
 */
export function criticalPath({ root }: Pick<TraceTree, 'root'>): CriticalPath {
  if (!root) return { segments: [], why: 'no_spans' };
  if (hasNoLength(root.span)) return { segments: [], why: 'unknown_duration' };
  if (durationOf(root) === 0) return { segments: [], why: 'no_duration' };
  const segments: Segment[] = [];
  const addSegment = (node: SpanNode, start: Micros, end: Micros): void => {
    if (start < end) segments.push({ node, start, end });
  };
  const visits = [visit(root, root.start, root.end)];
  for (let last = visits.at(-1); last; last = visits.at(-1)) {
    const child = last.children[last.next];
    if (child === undefined) {
      addSegment(last.node, last.start, last.cursor);
      visits.pop();
      continue;
    }
    last.next += 1;
    if (child.end > last.cursor) continue;
    addSegment(last.node, child.end, last.cursor);
    last.cursor = child.start;
    if (child.node.children.length === 0) addSegment(child.node, child.start, child.end);
    else visits.push(visit(child.node, child.start, child.end));
  }
  return { segments: segments.reverse(), why: null };
}

function visit(node: SpanNode, start: Micros, end: Micros): Visit {
  const children: Segment[] = [];
  for (const child of node.children) {
    const cut = {
      node: child,
      start: micros(Math.max(child.start, start)),
      end: micros(Math.min(child.end, end)),
    };
    if (cut.start < cut.end) children.push(cut);
  }
  if (children.length > 1)
    children.sort((one, other) => other.end - one.end || other.start - one.start);
  return { node, start, children, next: 0, cursor: end };
}
