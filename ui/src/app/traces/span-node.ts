import { Micros, micros } from '../core/api/micros';
import { ErrorEvent, LogLine, Span } from '../core/api/schema';

/** What is odd about a span. The words are those of the collector, with more that only the tree shows. */
export type Oddity = string;

/** A span in its place in the tree. Times are microseconds since the Unix epoch. */
export interface SpanNode {
  readonly span: Span;
  /** Names the row, see `keyOf`. */
  readonly key: string;
  /** Place in `TraceTree.nodes`: parents before children, as the rows are read. */
  index: number;
  /** Where the subtree ends in `TraceTree.nodes`, exclusive. */
  subtreeEnd: number;
  depth: number;
  parent: SpanNode | null;
  /** By start; of those that start together the longer first. */
  readonly children: SpanNode[];
  readonly start: Micros;
  /** Never before `start`. */
  readonly end: Micros;
  oddities: readonly Oddity[];
  /** Errors and logs that name this span. */
  errors: readonly ErrorEvent[];
  logs: readonly LogLine[];
  /** It failed itself: its status, or an error event of its own. */
  failed: boolean;
  /** A span below it failed. */
  failedBelow: boolean;
  /** Who it called, where nothing of the callee is in the trace: an external service. */
  peer: string | null;
}

/** Duration of a node, microseconds. */
export function durationOf(node: Pick<SpanNode, 'start' | 'end'>): Micros {
  return micros(node.end - node.start);
}

/** The row's second name: whom it called, or what it did. */
export function labelOf({ span }: Pick<SpanNode, 'span'>): string {
  return span.description || span.op || span.span_id;
}

/** Whom the time of this span is spent on: the service, or the external service that it waits for. */
export function actorOf(node: SpanNode): string {
  return node.peer ?? node.span.service;
}
