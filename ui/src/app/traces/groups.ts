import { Micros, micros } from '../core/api/micros';
import { SpanNode } from './span-node';

/** Smallest number of similar spans that become a group. */
export const LEAST = 5;

/** Similar siblings without children; usually a query in a loop. */
export interface Group {
  readonly key: string;
  readonly parent: SpanNode | null;
  /** Ordered by start. */
  readonly members: readonly SpanNode[];
  readonly start: Micros;
  readonly end: Micros;
  /** Sum of the members' durations. */
  readonly total: Micros;
  readonly failed: boolean;
}

/**
 * The children in the order of their rows. Leaves with equal service, operation and description form a group in the
 * place of the first one.
 */
export function grouped(
  children: readonly SpanNode[],
  parent: SpanNode | null,
): (SpanNode | Group)[] {
  if (children.length < LEAST) return [...children];
  const alike = new Map<string, SpanNode[]>();
  for (const child of children) {
    if (child.children.length > 0) continue;
    const kind = kindOf(child);
    const members = alike.get(kind);
    if (members) members.push(child);
    else alike.set(kind, [child]);
  }
  const rows: (SpanNode | Group)[] = [];
  for (const child of children) {
    const members = child.children.length > 0 ? undefined : alike.get(kindOf(child));
    if (!members || members.length < LEAST) rows.push(child);
    else if (members[0] === child) rows.push(groupOf(members, parent));
  }
  return rows;
}

export function isGroup(row: SpanNode | Group): row is Group {
  return 'members' in row;
}

function kindOf({ span }: SpanNode): string {
  return JSON.stringify([span.service, span.op, span.description]);
}

/** A hash of 53 bits (cyrb53, bryc, public domain), which is short enough for an address. */
function hashOf(text: string): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}

function groupOf(members: readonly SpanNode[], parent: SpanNode | null): Group {
  let start = Infinity;
  let end = -Infinity;
  let total = 0;
  let failed = false;
  for (const member of members) {
    start = Math.min(start, member.start);
    end = Math.max(end, member.end);
    total += member.end - member.start;
    failed ||= member.failed;
  }
  // The key contains the parent and the kind of the members, so that it stays when the trace grows at either end.
  const key = `group:${parent?.key ?? ''}:${members[0] ? hashOf(kindOf(members[0])) : ''}`;
  return {
    key,
    parent,
    members,
    start: micros(start),
    end: micros(end),
    total: micros(total),
    failed,
  };
}
