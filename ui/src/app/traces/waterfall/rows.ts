import { Micros } from '../../core/api/micros';
import { Group, grouped, isGroup, laterGroup } from '../tree/groups';
import { LooseEvent } from '../tree/loose-events';
import { gapsOf } from '../tree/self-time';
import { SpanNode } from '../tree/span-node';
import { TraceTree } from '../tree/tree';

/**
 * The closed rows: either only those in `except`, or all but those. Groups are closed but for those in `opened`; with
 * `groups` it is the other way round. Only the reader changes it.
 */
export interface Folding {
  readonly all: boolean;
  readonly except: ReadonlySet<string>;
  readonly groups: boolean;
  readonly opened: ReadonlySet<string>;
}

/** How a trace is shown at first. */
export const UNFOLDED: Folding = {
  all: false,
  except: new Set(),
  groups: false,
  opened: new Set(),
};

interface Place {
  readonly key: string;
  readonly depth: number;
  /** Position among the siblings, from 1, and their number, for the attributes of a treegrid. */
  readonly position: number;
  readonly siblings: number;
  /** Null if there is nothing to open. */
  readonly open: boolean | null;
}
interface SpanRow extends Place {
  readonly kind: 'span';
  readonly node: SpanNode;
}
interface GroupRow extends Place {
  readonly kind: 'group';
  readonly group: Group;
  readonly open: boolean;
}
interface GapRow extends Place {
  readonly kind: 'gap';
  readonly parent: SpanNode;
  readonly start: Micros;
  readonly end: Micros;
  readonly open: null;
}
/** A log line or an error that belongs to none of the trace's spans. */
export interface EventRow extends Place {
  readonly kind: 'event';
  readonly event: LooseEvent;
  readonly open: null;
}
export type Row = SpanRow | GroupRow | GapRow | EventRow;
type Line = SpanNode | Group | GapRow | EventRow;

interface Wishes {
  readonly folding: Folding;
  /** Whether long gaps between spans are rows. */
  readonly gaps: boolean;
  /** Rows that a search opens, independently of the folding, which applies again after the search. */
  readonly revealed?: ReadonlySet<string>;
  /** Those of them that the reader has closed again, to which the folding applies. */
  readonly concealed?: ReadonlySet<string>;
}

/** The visible rows from top to bottom. Does not recurse. */
export function visibleRows(tree: TraceTree, wishes: Wishes): Row[] {
  const rows: Row[] = [];
  const waiting: Line[][] = [];
  const places: { depth: number; total: number }[] = [];
  const enter = (lines: Line[], depth: number): void => {
    waiting.push(lines.reverse());
    places.push({ depth, total: lines.length });
  };
  enter([...topLines(tree), ...tree.loose.map(eventRow)], 0);
  for (let lines = waiting.at(-1); lines; lines = waiting.at(-1)) {
    const line = lines.pop();
    const place = places.at(-1);
    if (!line || !place) {
      waiting.pop();
      places.pop();
      continue;
    }
    const { depth, total: siblings } = place;
    const position = siblings - lines.length;
    if ('kind' in line) {
      rows.push({ ...line, depth, position, siblings });
    } else if (isGroup(line)) {
      const open = isOpenGroup(line.key, wishes);
      rows.push({ kind: 'group', key: line.key, group: line, depth, position, siblings, open });
      if (open) enter([...line.members], depth + 1);
    } else {
      const below = line.children.length > 0;
      const open = below ? isOpen(line.key, wishes) : null;
      rows.push({ kind: 'span', key: line.key, node: line, depth, position, siblings, open });
      if (open) enter(below ? childLines(line, wishes.gaps) : [], depth + 1);
    }
  }
  return rows;
}

/** Opens or closes a row as it is seen, even if only a search had opened it. */
export function toggled(folding: Folding, row: Row): Folding {
  if (row.open === null) return folding;
  const open = !row.open;
  if (row.kind === 'group') return withGroup(folding, row.key, open);
  return { ...folding, except: put(folding.except, row.key, folding.all === open) };
}

export function foldedAll(): Folding {
  return { ...UNFOLDED, all: true };
}

export function unfoldedAll(): Folding {
  return { ...UNFOLDED, groups: true };
}

/** Opens or closes a group. */
function withGroup(folding: Folding, key: string, open: boolean): Folding {
  return { ...folding, opened: put(folding.opened, key, open !== folding.groups) };
}

/** The rows of the roots, and the one of all that began after the root had ended. */
function topLines({ roots, later }: TraceTree): (SpanNode | Group)[] {
  const lines = grouped(roots, null);
  return later.length === 0 ? lines : [...lines, laterGroup(later)];
}

/** Opens all rows that hide a span: its ancestors, and the groups that contain it or one of them. */
export function openedTo(folding: Folding, tree: TraceTree, node: SpanNode): Folding {
  const except = new Set(folding.except);
  for (let each = node.parent; each; each = each.parent) {
    if (folding.all) except.add(each.key);
    else except.delete(each.key);
  }
  let opened: Folding = { ...folding, except };
  for (let each: SpanNode | null = node; each; each = each.parent)
    for (const group of groupsAround(tree, each)) opened = withGroup(opened, group, true);
  return opened;
}

/** Keys of all rows that must be open to show these spans. */
export function revealing(tree: TraceTree, nodes: readonly SpanNode[]): Set<string> {
  const keys = new Set<string>();
  const parents = new Set<SpanNode | null>();
  const wanted = new Set(nodes);
  for (const node of nodes) {
    parents.add(node.parent);
    for (let each = node.parent; each && !keys.has(each.key); each = each.parent) {
      keys.add(each.key);
      // A group may contain an ancestor.
      wanted.add(each);
      parents.add(each.parent);
    }
  }
  for (const parent of parents) {
    for (const line of parent ? grouped(parent.children, parent) : topLines(tree)) {
      if (isGroup(line) && line.members.some((member) => wanted.has(member))) keys.add(line.key);
    }
  }
  return keys;
}

function isOpen(key: string, wishes: Wishes): boolean {
  const { all, except } = wishes.folding;
  return all === except.has(key) || isRevealed(key, wishes);
}

function isOpenGroup(key: string, wishes: Wishes): boolean {
  const { groups, opened } = wishes.folding;
  return groups !== opened.has(key) || isRevealed(key, wishes);
}

function isRevealed(key: string, { revealed, concealed }: Wishes): boolean {
  return (revealed?.has(key) ?? false) && !(concealed?.has(key) ?? false);
}

function childLines(node: SpanNode, gaps: boolean): Line[] {
  const lines: (SpanNode | Group)[] = grouped(node.children, node);
  if (!gaps) return lines;
  const found = gapsOf(node).map(({ start, end }): GapRow => ({
    kind: 'gap',
    key: `gap:${node.key}:${start - node.start}`,
    depth: 0,
    position: 0,
    siblings: 0,
    open: null,
    parent: node,
    start,
    end,
  }));
  if (found.length === 0) return lines;
  // Both lists are ordered by time, and so is the result.
  const merged: Line[] = [];
  let at = 0;
  for (const gap of found) {
    for (let line = lines[at]; line && line.start < gap.start; line = lines[at]) {
      merged.push(line);
      at += 1;
    }
    merged.push(gap);
  }
  merged.push(...lines.slice(at));
  return merged;
}

function groupsAround(tree: TraceTree, node: SpanNode): string[] {
  const lines = node.parent ? grouped(node.parent.children, node.parent) : topLines(tree);
  return lines
    .filter(isGroup)
    .filter((group) => group.members.includes(node))
    .map(({ key }) => key);
}

/** The position among the siblings is set when the row is placed. */
function eventRow(event: LooseEvent): EventRow {
  return {
    kind: 'event',
    key: event.key,
    depth: 0,
    position: 0,
    siblings: 0,
    open: null,
    event,
  };
}

/**
 * The folding after the trace has grown. Visible rows stay visible, even if they now form a group or have a closed
 * parent.
 */
export function grown(folding: Folding, before: TraceTree, after: TraceTree): Folding {
  const read = visibleRows(before, { folding, gaps: false }).flatMap((row) =>
    row.kind === 'span' ? (after.byKey.get(row.key) ?? []) : [],
  );
  const except = new Set(folding.except);
  let shown: Folding = { ...folding, except };
  for (const key of revealing(after, read)) {
    if (!after.byKey.has(key)) shown = withGroup(shown, key, true);
    else if (folding.all) except.add(key);
    else except.delete(key);
  }
  return shown;
}

/**
 * Keys of rows that can replace an invisible one, the nearest first: its group, or its ancestors in the tree. `last` is
 * the row as it was drawn last, or null.
 */
export function standIns(tree: TraceTree, key: string, last: Row | null): string[] {
  const node = tree.byKey.get(key);
  if (!node && last?.kind === 'group') {
    const members = last.group.members.map((member) => member.key);
    return [...members, ...standIns(tree, members[0] ?? '', null)];
  }
  if (!node && last?.kind === 'gap')
    return [last.parent.key, ...standIns(tree, last.parent.key, null)];
  const keys: string[] = [];
  for (let each = node ?? null; each; each = each.parent) {
    keys.push(...groupsAround(tree, each));
    if (each.parent) keys.push(each.parent.key);
  }
  return keys;
}

/** The set with the key or without it. */
export function put(keys: ReadonlySet<string>, key: string, there: boolean): Set<string> {
  const changed = new Set(keys);
  if (there) changed.add(key);
  else changed.delete(key);
  return changed;
}
