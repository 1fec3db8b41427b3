import { Micros, micros } from '../../core/api/micros';
import { ErrorEvent, LogLine, Span } from '../../core/api/schema';

/** Oddities of a span: the codes of the collector, and further ones that only the tree reveals. */
export type Oddity = string;

/** A span in its place in the tree. Times are in microseconds since the Unix epoch. */
export interface SpanNode {
  readonly span: Span;
  /** Key of the row, see `keyOf`. */
  readonly key: string;
  /** Index in `TraceTree.nodes`, in which parents precede their children, as in the rows. */
  index: number;
  /** End of the subtree in `TraceTree.nodes`, exclusive. */
  subtreeEnd: number;
  depth: number;
  parent: SpanNode | null;
  /** Ordered by start; of those that start together, the longer one is first. */
  readonly children: SpanNode[];
  readonly start: Micros;
  /** Never before `start`. */
  readonly end: Micros;
  oddities: readonly Oddity[];
  /** Errors and logs that refer to this span. */
  errors: readonly ErrorEvent[];
  logs: readonly LogLine[];
  /** The span itself failed, by its status or an error event. */
  failed: boolean;
  /** A span below it failed. */
  failedBelow: boolean;
  /** It and all spans below it are short, without failures and oddities; see `fold.ts`. */
  minor: boolean;
  /** The called external service, if no span of the callee is in the trace. */
  peer: string | null;
}

/** Duration of a node, in microseconds. */
export function durationOf(node: Pick<SpanNode, 'start' | 'end'>): Micros {
  return micros(node.end - node.start);
}

/** Whether this is where it failed, and not only passes on a failure below. */
export function failedHere({ failed, failedBelow }: SpanNode): boolean {
  return failed && !failedBelow;
}

/** The second name of the row: the called service, or the description. */
export function labelOf({ span }: Pick<SpanNode, 'span'>): string {
  return span.description || span.op || span.span_id;
}

/** The service, or the external service that it waits for, to which the time of this span is attributed. */
export function actorOf(node: SpanNode): string {
  return node.peer ?? node.span.service;
}
