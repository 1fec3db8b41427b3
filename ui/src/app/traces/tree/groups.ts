import { Micros, micros } from '../../core/api/micros';
import { SpanNode } from './span-node';

/** Smallest number of similar spans that become a group. */
export const LEAST = 5;

/**
 * Spans that are one row: similar siblings without children, usually a query in a loop; siblings that take next to no
 * time; or all that began after the root had ended.
 */
export interface Group {
  readonly why: 'alike' | 'minor' | 'later';
  readonly key: string;
  readonly parent: SpanNode | null;
  /** Ordered by start. */
  readonly members: readonly SpanNode[];
  readonly start: Micros;
  readonly end: Micros;
  /** Number of spans, with those below the members. */
  readonly spans: number;
  /** Sum of the members' durations; of later ones the time from the first start to the last end. */
  readonly total: Micros;
  readonly failed: boolean;
}

/**
 * The children in the order of their rows. Leaves with equal service, operation and description form a group in the
 * place of the first one, and siblings without influence on the duration form one too. What is below such a group
 * forms no further ones.
 */
export function grouped(
  children: readonly SpanNode[],
  parent: SpanNode | null,
): (SpanNode | Group)[] {
  const lines = alikeGrouped(children, parent);
  return parent === null || parent.minor ? lines : minorGrouped(lines, parent);
}

/** The group of all that began after the root had ended; there must be such spans. */
export function laterGroup(later: readonly SpanNode[]): Group {
  const group = groupOf('later', 'later', later, null);
  return { ...group, total: micros(group.end - group.start) };
}

/** All of one parent are one row in the place of the first, unless that one is a row already. */
function minorGrouped(
  lines: readonly (SpanNode | Group)[],
  parent: SpanNode,
): (SpanNode | Group)[] {
  const minor = lines.filter((line): line is SpanNode => !isGroup(line) && line.minor);
  const [first] = minor;
  if (!first || (minor.length === 1 && first.children.length === 0)) return [...lines];
  // The key names no member, so that it stays when the trace grows.
  const group = groupOf('minor', `minor:${parent.key}`, minor, parent);
  return lines.flatMap((line) => {
    if (isGroup(line) || !line.minor) return line;
    return line === first ? group : [];
  });
}

function alikeGrouped(
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
    else if (members[0] === child) {
      // The key contains the parent and the kind of the members, so that it stays when the trace grows at either end.
      const key = `group:${parent?.key ?? ''}:${hashOf(kindOf(child))}`;
      rows.push(groupOf('alike', key, members, parent));
    }
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

function groupOf(
  why: Group['why'],
  key: string,
  members: readonly SpanNode[],
  parent: SpanNode | null,
): Group {
  let start = Infinity;
  let end = -Infinity;
  let total = 0;
  let spans = 0;
  let failed = false;
  for (const member of members) {
    start = Math.min(start, member.start);
    end = Math.max(end, member.end);
    total += member.end - member.start;
    spans += member.subtreeEnd - member.index;
    failed ||= member.failed || member.failedBelow;
  }
  return {
    why,
    key,
    parent,
    members,
    start: micros(start),
    end: micros(end),
    spans,
    total: micros(total),
    failed,
  };
}
