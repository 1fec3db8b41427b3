import { writeJson } from '../core/api/exact-json';
import { ErrorEvent, LogLine } from '../core/api/schema';
import { LooseEvent } from './loose-events';
import { SpanNode } from './span-node';
import { TraceTree } from './tree';

/** What a search finds: a span, or a log line or an error that belongs to none. */
export type Hit = SpanNode | LooseEvent;

/**
 * What says what is searched for, in the order of the rows. Of a span that is the service, operation, description, id, status,
 * the names and values of data and tags, and what its log lines and errors say. Case does not matter.
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

/** The next place in a list of rows, going round; -1 where there is none. */
export function nextOf(indices: readonly number[], from: number, direction: 1 | -1): number {
  if (indices.length === 0) return -1;
  if (direction === 1) return indices.find((index) => index > from) ?? indices[0] ?? -1;
  return indices.findLast((index) => index < from) ?? indices.at(-1) ?? -1;
}

const texts = new WeakMap<Hit, string>();

/** Made once for each: a search asks anew with every letter. */
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
