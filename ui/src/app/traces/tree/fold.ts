import { SpanNode, durationOf } from './span-node';

// Its spec is `waterfall/folded-rows.spec.ts`: what is folded shows in the rows.

/** What takes less than this share of the root is folded away, so that what takes the time is in sight. */
const MINOR = 0.01;
/** A trace of fewer spans is in sight as a whole. */
const FOLDED_FROM = 12;

/**
 * Marks spans without influence on the duration: neither they nor any span below them takes 1 % of the root, so that
 * their share of the critical path is smaller too. What failed or is odd is never hidden. `nodes` is in reading order.
 */
export function markMinor(nodes: readonly SpanNode[], root: SpanNode | null): void {
  const most = root === null ? 0 : durationOf(root) * MINOR;
  if (nodes.length < FOLDED_FROM || most === 0) return;
  for (let at = nodes.length - 1; at >= 0; at -= 1) {
    const node = nodes[at];
    if (!node) continue;
    node.minor =
      durationOf(node) < most &&
      !node.failed &&
      node.oddities.length === 0 &&
      node.children.every(({ minor }) => minor);
  }
}

/** Takes the spans that began after the root had ended from their parents. */
export function takeLater(all: readonly SpanNode[], root: SpanNode | null): SpanNode[] {
  if (root === null || root.end <= root.start) return [];
  const isLater = (node: SpanNode): boolean => node.start >= root.end;
  const later = all.filter((node) => isLater(node) && node.parent && !isLater(node.parent));
  for (const parent of new Set(later.map(({ parent }) => parent))) {
    const kept = parent?.children.filter((child) => !isLater(child)) ?? [];
    parent?.children.splice(0);
    for (const child of kept) parent?.children.push(child);
  }
  for (const node of later) node.parent = null;
  return later;
}
