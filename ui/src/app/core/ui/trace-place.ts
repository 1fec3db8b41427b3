/** What a path below `/traces` shows. */
export type Place =
  | { readonly what: 'list' }
  | { readonly what: 'trace'; readonly id: string }
  | { readonly what: 'compare'; readonly before: string; readonly after: string };

/** Parses `/traces`, `/traces/ID` and `/traces/ID/with/ID`; the earlier trace is first. */
export function placeAt(path: string): Place {
  const [, , id, word, other] = path.split('/');
  if (!id) return { what: 'list' };
  if (word === 'with' && other) return { what: 'compare', before: id, after: other };
  return { what: 'trace', id };
}

export function tracePath(id: string): string {
  return `/traces/${id}`;
}

export function comparePath(before: string, after: string): string {
  return `/traces/${before}/with/${after}`;
}
