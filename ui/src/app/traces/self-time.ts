import { Micros, micros } from '../core/api/micros';
import { SpanNode } from './span-node';

/** A stretch of time without a span. */
export interface Stretch {
  readonly start: Micros;
  readonly end: Micros;
}

/** Gaps shorter than this are no news. */
export const GAP = micros(100_000);

/**
 * When no child of this span ran: a sweep over the children, which are sorted by start, each cut to the parent.
 * The stretches are disjoint and by time.
 */
export function uncovered(node: SpanNode): Stretch[] {
  const stretches: Stretch[] = [];
  let covered: number = node.start;
  for (const child of node.children) {
    if (child.start >= node.end) break;
    if (child.start > covered) stretches.push({ start: micros(covered), end: child.start });
    covered = Math.max(covered, child.end);
  }
  if (covered < node.end) stretches.push({ start: micros(covered), end: node.end });
  return stretches;
}

/** Time that a span did not spend waiting for its children, microseconds: the sum of what is uncovered. */
export function selfTime(node: SpanNode): Micros {
  let sum = 0;
  let covered: number = node.start;
  for (const child of node.children) {
    if (child.start >= node.end) break;
    if (child.start > covered) sum += child.start - covered;
    if (child.end > covered) covered = child.end;
  }
  return micros(sum + Math.max(node.end - covered, 0));
}

/** Long stretches of a span with children of which no child tells anything. */
export function gapsOf(node: SpanNode): Stretch[] {
  if (node.children.length === 0) return [];
  return uncovered(node).filter(({ start, end }) => end - start >= GAP);
}
