import { writeJson } from '../core/exact-json';
import { SpanNode, TraceTree } from './tree';

/**
 * The spans that say what is searched for, in the order of their rows: in the service, operation, description, id,
 * status, or in a name or value of data and tags. Case does not matter.
 */
export function found(tree: TraceTree, query: string): SpanNode[] {
  const wanted = query.trim().toLowerCase();
  return wanted === '' ? [] : tree.nodes.filter((node) => textOf(node).includes(wanted));
}

/** The next place in a list of rows, going round; -1 where there is none. */
export function nextOf(indices: readonly number[], from: number, direction: 1 | -1): number {
  if (indices.length === 0) return -1;
  if (direction === 1) return indices.find((index) => index > from) ?? indices[0] ?? -1;
  return indices.findLast((index) => index < from) ?? indices.at(-1) ?? -1;
}

const texts = new WeakMap<SpanNode, string>();

/** Made once for each span: a search asks anew with every letter. */
function textOf(node: SpanNode): string {
  const known = texts.get(node);
  if (known !== undefined) return known;
  const { span, peer } = node;
  const parts = [span.service, span.op, span.description, span.span_id, span.status, peer ?? ''];
  for (const [name, value] of [...Object.entries(span.data), ...Object.entries(span.tags)]) {
    parts.push(name, typeof value === 'object' ? writeJson(value) : String(value));
  }
  const text = parts.join('\n').toLowerCase();
  texts.set(node, text);
  return text;
}
