import { writeJson } from '../../core/api/exact-json';
import { ErrorEvent, LogLine } from '../../core/api/schema';
import { LooseEvent } from '../tree/loose-events';
import { SpanNode } from '../tree/span-node';
import { TraceTree } from '../tree/tree';

/** A result of a search: a span, or a log line or an error that belongs to no span. */
export type Hit = SpanNode | LooseEvent;

/**
 * The spans and events that contain the query, in the order of the rows. The text of a span consists of service,
 * operation, description, id, status, names and values of data and tags, and its log lines and errors. Case is ignored.
 */
export function found(tree: TraceTree, query: string): Hit[] {
  const wanted = query.trim().toLowerCase();
  return wanted === ''
    ? []
    : [...tree.nodes, ...tree.loose].filter((each) => textOf(each).includes(wanted));
}

export function isSpan(hit: Hit): hit is SpanNode {
  return 'span' in hit;
}

/** The next index in a cyclic list; -1 if the list is empty. */
export function nextOf(indices: readonly number[], from: number, direction: 1 | -1): number {
  if (indices.length === 0) return -1;
  if (direction === 1) return indices.find((index) => index > from) ?? indices[0] ?? -1;
  return indices.findLast((index) => index < from) ?? indices.at(-1) ?? -1;
}

const texts = new WeakMap<Hit, string>();

/** Cached, because a search runs with every typed letter. */
function textOf(hit: Hit): string {
  const known = texts.get(hit);
  if (known !== undefined) return known;
  const parts = isSpan(hit)
    ? partsOfSpan(hit)
    : hit.kind === 'log'
      ? partsOfLog(hit.log)
      : partsOfError(hit.error);
  const text = parts.join('\n').toLowerCase();
  texts.set(hit, text);
  return text;
}

function partsOfSpan({ span, peer, logs, errors }: SpanNode): string[] {
  return [
    ...[span.service, span.op, span.description, span.span_id, span.status, peer ?? ''],
    ...pairsIn(span.data),
    ...pairsIn(span.tags),
    ...logs.flatMap(partsOfLog),
    ...errors.flatMap(partsOfError),
  ];
}

function partsOfLog({ service, level, message, span_id = '', attributes }: LogLine): string[] {
  return [service, level, message, span_id, ...pairsIn(attributes)];
}

function partsOfError({
  service,
  level,
  kind,
  value,
  event_id,
  span_id = '',
  tags,
  frames,
}: ErrorEvent): string[] {
  return [
    ...[service, level, kind, value, event_id, span_id],
    ...pairsIn(tags),
    ...frames.flatMap(({ function: name, file = '', module = '' }) => [name, file, module]),
  ];
}

function pairsIn(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [
    name,
    typeof value === 'object' ? writeJson(value) : String(value),
  ]);
}
