import { Micros, micros } from '../../core/api/micros';
import { CriticalPath } from './critical-path';
import { SpanNode, actorOf } from './span-node';

/** The time of a service or an external peer on the critical path. */
export interface Share {
  /** A service, or the peer of a client span without a span of the callee. */
  readonly actor: string;
  readonly external: boolean;
  readonly time: Micros;
  /** Fraction of the whole critical path, 0 to 1. */
  readonly share: number;
  /** The span with most of this time. */
  readonly span: SpanNode;
}

/** The shares of the critical path, the largest first. The times sum to the root's duration. */
export function sharesOf({ segments }: Pick<CriticalPath, 'segments'>): Share[] {
  const times = new Map<
    string,
    { external: boolean; time: number; spans: Map<SpanNode, number> }
  >();
  let total = 0;
  for (const { node, start, end } of segments) {
    const actor = actorOf(node);
    const known = times.get(actor) ?? { external: node.peer !== null, time: 0, spans: new Map() };
    known.time += end - start;
    known.spans.set(node, (known.spans.get(node) ?? 0) + end - start);
    times.set(actor, known);
    total += end - start;
  }
  const shares: Share[] = [];
  for (const [actor, { external, time, spans }] of times) {
    const [largest] = [...spans].sort(([, one], [, other]) => other - one);
    if (!largest) continue;
    shares.push({ actor, external, time: micros(time), share: time / total, span: largest[0] });
  }
  return shares.sort((one, other) => other.time - one.time);
}

/** The time of each span on the critical path, in microseconds. */
export function criticalTimes({ segments }: Pick<CriticalPath, 'segments'>): Map<SpanNode, Micros> {
  const times = new Map<SpanNode, Micros>();
  for (const { node, start, end } of segments)
    times.set(node, micros((times.get(node) ?? 0) + end - start));
  return times;
}
