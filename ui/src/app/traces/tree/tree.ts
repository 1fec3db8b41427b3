import { Micros, ZERO, micros } from '../../core/api/micros';
import { ErrorEvent, LogLine, Span, TraceDetail, TraceSummary } from '../../core/api/schema';
import { markMinor, takeLater } from './fold';
import { LooseEvent, isError, looseEvents } from './loose-events';
import { Oddity, SpanNode } from './span-node';

/** How far a span may begin before its parent without being odd; clocks on one machine differ by less. */
export const SKEW = micros(1_000);

export interface TraceTree {
  /** Every span, in the order of the completely opened tree. */
  readonly nodes: readonly SpanNode[];
  readonly roots: readonly SpanNode[];
  /** What began after the root had ended, without its parents, because nobody waited for it. Ordered by start. */
  readonly later: readonly SpanNode[];
  readonly byKey: ReadonlyMap<string, SpanNode>;
  /** The root of which the summary tells. */
  readonly root: SpanNode | null;
  readonly start: Micros;
  readonly end: Micros;
  /** Errors and logs of spans that are not in the trace. */
  readonly looseErrors: readonly ErrorEvent[];
  readonly looseLogs: readonly LogLine[];
  /** Both in one list by time; each is a row below the spans. */
  readonly loose: readonly LooseEvent[];
}

/** Shared by all spans without oddities, errors and logs, because ten thousand spans need not have a list each. */
const NONE: readonly never[] = [];

/** Statuses that are no failure; Sentry does not count `cancelled` and `unknown` as failures either. */
const CALM = new Set(['ok', 'unset', 'unknown', 'cancelled', '']);

export function isFailure(status: string): boolean {
  return !CALM.has(status);
}

/**
 * Builds the tree of any spans. Its root is the one that the collector named. Spans whose parent is missing, and one
 * span of each cycle, become roots; an unknown time is replaced by the trace's start, and an end before the start by
 * the start. `oddities` of these spans says so. Takes O(n log n) and does not recurse.
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
    // Children of a repeated id belong to the first span with it.
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
  const root = rootOf(roots, summary?.root_span_id);
  const later = roots.length === 1 ? takeLater(all, root) : [];

  const looseErrors = attach(errors, byKey, (node, own) => (node.errors = own));
  const looseLogs = attach(logs, byKey, (node, own) => (node.logs = own));
  const nodes = inReadingOrder([...roots, ...later.sort(byStart)]);
  markFailures(nodes);
  markMinor(nodes, root);
  for (const node of nodes) node.peer = peerOf(node);

  const loose = looseEvents(looseErrors, looseLogs, logs);
  let start = Infinity;
  let end = -Infinity;
  // Log lines and errors do not extend the duration of a trace, unless it has no spans.
  const timed = nodes.filter(({ span }) => !isTimeless(span));
  const parts = timed.length > 0 ? timed : nodes.length > 0 ? nodes : loose;
  for (const part of parts) {
    start = Math.min(start, 'at' in part ? part.at : part.start);
    end = Math.max(end, 'at' in part ? part.at : part.end);
  }
  return {
    nodes,
    roots,
    later,
    byKey,
    root,
    start: parts.length === 0 ? ZERO : micros(start),
    end: parts.length === 0 ? ZERO : micros(end),
    looseErrors,
    looseLogs,
    loose,
  };
}

/** The earliest start of spans with a time of their own, or of all if none has one. */
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

/** Whether a span has neither time. The collector sets the time of arrival, which would extend the trace. */
function isTimeless({ oddities }: Span): boolean {
  return oddities?.includes('missing_time') ?? false;
}

/** Whether a span has only one of its times, so that its duration is unknown. */
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
    minor: false,
    peer: null,
  };
  if (span.end_us < span.start_us) note(node, 'negative_duration');
  else if (span.end_us === span.start_us && !hasNoLength(span)) note(node, 'zero_duration');
  if (repeated) note(node, 'repeated_span_id');
  return node;
}

/**
 * The key of a span's row: its id, followed by a number if the id is missing or repeated. The separator is doubled
 * within ids, so that keys are unique.
 */
export function keyOf(id: string, repeat = 0): string {
  const plain = id.replaceAll('~', '~~');
  return repeat === 0 && id !== '' ? plain : `${plain}~${repeat}`;
}

/**
 * The keys of all spans. Of spans with the same id the first to arrive has the plain key, so that keys stay when a
 * trace grows.
 */
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
 * Cuts each cycle of parents at its earliest span, which becomes a root. Each node is visited once; until the nodes
 * have their final index, `index` contains the number of the walk that visited it.
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

/** Assigns events to their spans; returns those without one. */
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

/** The root that the collector named; without one, the earliest transaction, or the earliest span. */
function rootOf(roots: readonly SpanNode[], id: string | undefined): SpanNode | null {
  const named = roots.find(({ span }) => id !== undefined && span.span_id === id);
  return named ?? roots.find(({ span }) => span.transaction) ?? roots[0] ?? null;
}
