import { Micros, ZERO, micros } from '../../core/api/micros';
import { criticalTimes, sharesOf } from '../tree/bottleneck';
import { criticalPath } from '../tree/critical-path';
import { selfTime } from '../tree/self-time';
import { SpanNode, actorOf, durationOf } from '../tree/span-node';
import { TraceTree } from '../tree/tree';

/** Two corresponding spans of two traces, or a span without counterpart. */
export interface Pair {
  readonly key: string;
  readonly depth: number;
  readonly before: SpanNode | null;
  readonly after: SpanNode | null;
  /** Durations in microseconds; 0 for a missing span. */
  readonly beforeTime: Micros;
  readonly afterTime: Micros;
  /** After less before; negative is faster. */
  readonly delta: Micros;
  /** The change of the time on the critical path. */
  readonly criticalDelta: Micros;
}

/** The change of a service or an external peer; times as in `Pair`. */
export interface ActorChange {
  readonly actor: string;
  readonly external: boolean;
  readonly beforeTime: Micros;
  readonly afterTime: Micros;
  readonly delta: Micros;
  /** Change of the self time of all its spans, on the critical path or not. */
  readonly selfDelta: Micros;
}

export interface Comparison {
  /**
   * In the order of the first trace's rows; spans of the second trace alone follow the row that precedes them there.
   */
  readonly pairs: readonly Pair[];
  /** Ordered by the size of the change on the critical path; the deltas sum to `delta`. */
  readonly actors: readonly ActorChange[];
  /** Durations of the roots. */
  readonly beforeTime: Micros;
  readonly afterTime: Micros;
  readonly delta: Micros;
  /** The largest change in the direction of the whole; null if nothing changed. */
  readonly cause: ActorChange | null;
}

/**
 * Aligns two traces by service, operation and description, the n-th span of a kind with the n-th (in the order of
 * rows), and computes the changes. The critical path is a partition of the root's duration, so the changes of its parts
 * sum to the change of the whole.
 */
export function compare(before: TraceTree, after: TraceTree): Comparison {
  const [pathBefore, pathAfter] = [criticalPath(before), criticalPath(after)];
  const [timesBefore, timesAfter] = [criticalTimes(pathBefore), criticalTimes(pathAfter)];
  const pairs = align(before, after).map(({ key, one, other }): Pair => {
    const beforeTime = one ? durationOf(one) : ZERO;
    const afterTime = other ? durationOf(other) : ZERO;
    const critical = ((other && timesAfter.get(other)) ?? 0) - ((one && timesBefore.get(one)) ?? 0);
    return {
      key,
      depth: (one ?? other)?.depth ?? 0,
      before: one,
      after: other,
      beforeTime,
      afterTime,
      delta: micros(afterTime - beforeTime),
      criticalDelta: micros(critical),
    };
  });
  const beforeTime = before.root ? durationOf(before.root) : ZERO;
  const afterTime = after.root ? durationOf(after.root) : ZERO;
  const delta = micros(afterTime - beforeTime);
  const actors = changes(
    new Map(sharesOf(pathBefore).map((share) => [share.actor, share.time])),
    new Map(sharesOf(pathAfter).map((share) => [share.actor, share.time])),
    selfTimes(before),
    selfTimes(after),
    externals(before, after),
  );
  const [cause] = actors
    .filter((actor) => Math.sign(actor.delta) === Math.sign(delta) && delta !== 0)
    .sort((one, other) => Math.abs(other.delta) - Math.abs(one.delta));
  return { pairs, actors, beforeTime, afterTime, delta, cause: cause ?? null };
}

interface Aligned {
  key: string;
  one: SpanNode | null;
  other: SpanNode | null;
}

function align(before: TraceTree, after: TraceTree): Aligned[] {
  const numberedBefore = numbered(before);
  const numberedAfter = numbered(after);
  const rows: Aligned[] = [];
  /** Spans of the second trace alone, by the row that precedes them; '' before all rows. */
  const extra = new Map<string, Aligned[]>();
  let previous = '';
  for (const [key, other] of numberedAfter) {
    if (!numberedBefore.has(key)) {
      const line = { key, one: null, other };
      const known = extra.get(previous);
      if (known) known.push(line);
      else extra.set(previous, [line]);
    } else previous = key;
  }
  rows.push(...(extra.get('') ?? []));
  for (const [key, one] of numberedBefore) {
    rows.push({ key, one, other: numberedAfter.get(key) ?? null }, ...(extra.get(key) ?? []));
  }
  return rows;
}

function numbered(tree: TraceTree): Map<string, SpanNode> {
  const counts = new Map<string, number>();
  const named = new Map<string, SpanNode>();
  for (const node of tree.nodes) {
    const kind = JSON.stringify([node.span.service, node.span.op, node.span.description]);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    named.set(`${kind}${count}`, node);
  }
  return named;
}

function selfTimes(tree: TraceTree): Map<string, number> {
  const times = new Map<string, number>();
  for (const node of tree.nodes) {
    const actor = actorOf(node);
    times.set(actor, (times.get(actor) ?? 0) + selfTime(node));
  }
  return times;
}

function externals(...trees: TraceTree[]): Set<string> {
  const names = new Set<string>();
  for (const { nodes } of trees) for (const { peer } of nodes) if (peer !== null) names.add(peer);
  return names;
}

function changes(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  selfBefore: ReadonlyMap<string, number>,
  selfAfter: ReadonlyMap<string, number>,
  external: ReadonlySet<string>,
): ActorChange[] {
  const actors = new Set([...selfBefore.keys(), ...selfAfter.keys()]);
  return [...actors]
    .map((actor) => {
      const [one, other] = [before.get(actor) ?? 0, after.get(actor) ?? 0];
      return {
        actor,
        external: external.has(actor),
        beforeTime: micros(one),
        afterTime: micros(other),
        delta: micros(other - one),
        selfDelta: micros((selfAfter.get(actor) ?? 0) - (selfBefore.get(actor) ?? 0)),
      };
    })
    .sort((one, other) => Math.abs(other.delta) - Math.abs(one.delta));
}
