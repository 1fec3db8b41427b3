import { Micros, micros } from '../../core/api/micros';
import { SpanNode } from './span-node';

/** An interval without a span. */
export interface Stretch {
  readonly start: Micros;
  readonly end: Micros;
}

/** Smallest gap that is shown. */
export const GAP = micros(100_000);

/**
 * The intervals of a span in which none of its children ran, disjoint and ordered by time. A sweep over the children,
 * which are ordered by start and cut to the parent.
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

/** Time of a span outside of its children, in microseconds: the sum of the uncovered intervals. */
export function selfTime(node: SpanNode): Micros {
  return micros(uncovered(node).reduce((sum, { start, end }) => sum + end - start, 0));
}

/** Long intervals of a span with children in which none of them ran. */
export function gapsOf(node: SpanNode): Stretch[] {
  if (node.children.length === 0) return [];
  return uncovered(node).filter(({ start, end }) => end - start >= GAP);
}
