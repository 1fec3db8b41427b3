import { Micros, ZERO, micros } from '../core/api/micros';
import { ErrorEvent, LogLine, Span, TraceDetail, TraceSummary } from '../core/api/schema';
import { LooseEvent, isError, looseEvents } from './loose-events';
import { Oddity, SpanNode } from './span-node';

/** How far a span may begin before its parent without a word: clocks of one machine differ by less. */
export const SKEW = micros(1_000);

export interface TraceTree {
  /** Every span, as a reader of the fully opened tree meets them. */
  readonly nodes: readonly SpanNode[];
  readonly roots: readonly SpanNode[];
  readonly byKey: ReadonlyMap<string, SpanNode>;
  /** The root that the trace is about: the one that its line is about. */
  readonly root: SpanNode | null;
  readonly start: Micros;
  readonly end: Micros;
  /** Errors and logs of spans that are not in the trace. */
  readonly looseErrors: readonly ErrorEvent[];
  readonly looseLogs: readonly LogLine[];
  /** The same, by time: each is a row below those of the spans. */
  readonly loose: readonly LooseEvent[];
}

/** Most spans have no oddities, errors and logs: ten thousand need not have an empty list of each. */
const NONE: readonly never[] = [];

/** Statuses that are no failure; Sentry counts `cancelled` and `unknown` as none either. */
const CALM = new Set(['ok', 'unset', 'unknown', 'cancelled', '']);

export function isFailure(status: string): boolean {
  return !CALM.has(status);
}

/**
 * Builds the tree of a trace from whatever came. Its root is the one that the collector named. Spans whose parent is missing or that go round in a circle become
 * roots; a time that is not known is that of the trace's start; an end before its start counts as the start. Each of
 * them says so in `oddities`. Takes O(n log n) and does not recurse.
 */
export function buildTree({
  spans,
  errors,
  logs,
  summary,
}: Pick<TraceDetail, 'spans' | 'errors' | 'logs'> & {
  summary?: Pick<TraceSummary, 'root_span_id'>;
}): TraceTree {
  const earliest = earliestStart(spans);
  const byKey = new Map<string, SpanNode>();
  const keys = keysOf(spans);
  const all = spans.map((span, index) => {
    const node = nodeOf(span, keys[index] ?? '', earliest);
    byKey.set(node.key, node);
    return node;
  });
  for (const node of all) {
    const parentId = node.span.parent_span_id;
    if (!parentId) continue;
    // Children of a repeated id belong to the first that had it.
    const parent = byKey.get(keyOf(parentId));
    if (parent) node.parent = parent;
    else note(node, 'orphan');
  }
  cutCycles(all);

  const roots: SpanNode[] = [];
  for (const node of all) (node.parent?.children ?? roots).push(node);
  for (const node of all) {
    if (node.children.length > 1) node.children.sort(byStart);
    const { parent } = node;
    if (!parent) continue;
    if (node.start + SKEW < parent.start) note(node, 'clock_skew');
    if (node.start > parent.end) note(node, 'after_parent');
  }
  roots.sort(byStart);

  const looseErrors = attach(errors, byKey, (node, own) => (node.errors = own));
  const looseLogs = attach(logs, byKey, (node, own) => (node.logs = own));
  const nodes = inReadingOrder(roots);
  markFailures(nodes);
  for (const node of nodes) node.peer = peerOf(node);

  const loose = looseEvents(looseErrors, looseLogs, logs);
  let start = Infinity;
  let end = -Infinity;
  // Log lines and errors are no part of how long a trace took, unless it is made of nothing else.
  const timed = nodes.filter(({ span }) => !isTimeless(span));
  const parts = timed.length > 0 ? timed : nodes.length > 0 ? nodes : loose;
  for (const part of parts) {
    start = Math.min(start, 'at' in part ? part.at : part.start);
    end = Math.max(end, 'at' in part ? part.at : part.end);
  }
  return {
    nodes,
    roots,
    byKey,
    root: rootOf(roots, summary?.root_span_id),
    start: parts.length === 0 ? ZERO : micros(start),
    end: parts.length === 0 ? ZERO : micros(end),
    looseErrors,
    looseLogs,
    loose,
  };
}

/** Of those that have a time of their own, or of all where none has. */
function earliestStart(spans: readonly Span[]): Micros {
  let earliest = Infinity;
  let timeless = Infinity;
  for (const span of spans) {
    if (isTimeless(span)) timeless = Math.min(timeless, span.start_us);
    else earliest = Math.min(earliest, span.start_us);
  }
  if (Number.isFinite(earliest)) return micros(earliest);
  return Number.isFinite(timeless) ? micros(timeless) : ZERO;
}

/** Neither of its times was given: the collector has it stand where it came, which would stretch the trace. */
function isTimeless({ oddities }: Span): boolean {
  return oddities?.includes('missing_time') ?? false;
}

/** Of its two times one is known: nobody knows how long it took. */
export function hasNoLength({ oddities }: Span): boolean {
  return ['missing_time', 'missing_start', 'missing_end'].some((word) => oddities?.includes(word));
}

function nodeOf(span: Span, key: string, earliest: Micros): SpanNode {
  const repeated = span.span_id !== '' && key !== keyOf(span.span_id);
  const timeless = isTimeless(span);
  const start = timeless ? earliest : span.start_us;
  const end = timeless ? earliest : micros(Math.max(span.start_us, span.end_us));
  const node: SpanNode = {
    span,
    key,
    index: 0,
    subtreeEnd: 0,
    depth: 0,
    parent: null,
    children: [],
    start,
    end,
    oddities: span.oddities ?? NONE,
    errors: NONE,
    logs: NONE,
    failed: isFailure(span.status),
    failedBelow: false,
    peer: null,
  };
  if (span.end_us < span.start_us) note(node, 'negative_duration');
  else if (span.end_us === span.start_us && !hasNoLength(span)) note(node, 'zero_duration');
  if (repeated) note(node, 'repeated_span_id');
  return node;
}

/**
 * The name of a span's row: its id, followed by a number where the id is missing or another span had it before. A number
 * is never a part of an id: what separates them is doubled there.
 */
export function keyOf(id: string, repeat = 0): string {
  const plain = id.replaceAll('~', '~~');
  return repeat === 0 && id !== '' ? plain : `${plain}~${repeat}`;
}

/** Of the spans of one id the first is the one that arrived first: no name changes when a trace grows, wherever it grows. */
function keysOf(spans: readonly Span[]): string[] {
  const keys: string[] = [];
  const times = new Map<string, number>();
  const arrived = spans.map(({ span_id, seq }, index) => ({ span_id, seq, index }));
  arrived.sort((one, other) => one.seq - other.seq || one.index - other.index);
  for (const { span_id, index } of arrived) {
    const repeat = times.get(span_id) ?? 0;
    times.set(span_id, repeat + 1);
    keys[index] = keyOf(span_id, repeat);
  }
  return keys;
}

function note(node: SpanNode, oddity: Oddity): void {
  if (!node.oddities.includes(oddity)) node.oddities = [...node.oddities, oddity];
}

/**
 * Opens every circle of parents at its earliest span, which becomes a root. Each node is walked over once; until the
 * nodes have their places, `index` says by which walk.
 */
function cutCycles(all: readonly SpanNode[]): void {
  for (const [number, begin] of all.entries()) {
    const walk = number + 1;
    let node: SpanNode | null = begin;
    while (node && node.index === 0) {
      node.index = walk;
      node = node.parent;
    }
    if (!node || node.index !== walk) continue;
    let first = node;
    for (let each = node.parent; each && each !== node; each = each.parent) {
      if (byStart(each, first) < 0) first = each;
    }
    first.parent = null;
    note(first, 'cycle');
  }
}

function byStart(one: SpanNode, other: SpanNode): number {
  return one.start - other.start || other.end - one.end;
}

function inReadingOrder(roots: readonly SpanNode[]): SpanNode[] {
  const nodes: SpanNode[] = [];
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    node.index = nodes.length;
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    nodes.push(node);
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      const child = node.children[at];
      if (child) waiting.push(child);
    }
  }
  for (let at = nodes.length - 1; at >= 0; at -= 1) {
    const node = nodes[at];
    if (node) node.subtreeEnd = node.children.at(-1)?.subtreeEnd ?? at + 1;
  }
  return nodes;
}

/** Gives each event to its span; answers those that have none. */
function attach<T extends { span_id?: string }>(
  events: readonly T[],
  byKey: ReadonlyMap<string, SpanNode>,
  give: (node: SpanNode, own: readonly T[]) => void,
): T[] {
  const loose: T[] = [];
  const owned = new Map<SpanNode, T[]>();
  for (const event of events) {
    const node = event.span_id ? byKey.get(keyOf(event.span_id)) : undefined;
    if (!node) loose.push(event);
    else if (owned.has(node)) owned.get(node)?.push(event);
    else owned.set(node, [event]);
  }
  for (const [node, own] of owned) give(node, own);
  return loose;
}

function markFailures(nodes: readonly SpanNode[]): void {
  for (let at = nodes.length - 1; at >= 0; at -= 1) {
    const node = nodes[at];
    if (!node) continue;
    node.failed ||= node.errors.some(isError);
    if (node.parent && (node.failed || node.failedBelow)) node.parent.failedBelow = true;
  }
}

function peerOf({ span, children }: SpanNode): string | null {
  if (children.length > 0 || !isClient(span)) return null;
  for (const name of ['peer.service', 'server.address', 'net.peer.name']) {
    const value = span.data[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return hostOf(span.data['url.full'] ?? span.data['http.url'] ?? span.data['url']);
}

function isClient(span: Span): boolean {
  return /^(?:http|rpc|grpc|graphql)\.client/.test(span.op) || span.data['span.kind'] === 'client';
}

function hostOf(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  return new URL(url).host || null;
}

/** The one that the collector named; else, as there, the earliest transaction, and the earliest span where there is none. */
function rootOf(roots: readonly SpanNode[], id: string | undefined): SpanNode | null {
  const named = roots.find(({ span }) => id !== undefined && span.span_id === id);
  return named ?? roots.find(({ span }) => span.transaction) ?? roots[0] ?? null;
}
