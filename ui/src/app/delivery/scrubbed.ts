/** A scrubbed value: its position, and the rule that removed it. */
export interface Scrubbed {
  /** Member names from the payload's root, joined by points. */
  path: string;
  /** Name of the rule, such as `@email:filter`; `?` where it is missing. */
  rule: string;
}

/**
 * The scrubbed values of a payload, in its order. `_meta` has the structure of the payload; the
 * remarks about a value are in `rem` below the empty name, and each begins with a rule. Source:
 * https://develop.sentry.dev/sdk/foundations/data-model/event-payloads/
 */
export function scrubbed(payload: unknown): readonly Scrubbed[] {
  return isObject(payload) ? below(payload['_meta'], []) : [];
}

function below(meta: unknown, path: readonly string[]): readonly Scrubbed[] {
  if (!isObject(meta)) return [];
  return Object.entries(meta).flatMap(([name, value]) =>
    name === '' ? remarks(value, path) : below(value, [...path, name]),
  );
}

function remarks(said: unknown, path: readonly string[]): readonly Scrubbed[] {
  const rem = isObject(said) ? said['rem'] : undefined;
  if (!Array.isArray(rem)) return [];
  const rules = rem.map((remark: unknown) =>
    Array.isArray(remark) && typeof remark[0] === 'string' ? remark[0] : '?',
  );
  // Three findings of one rule in a text make one line.
  return [...new Set(rules)].map((rule) => ({ path: path.join('.'), rule }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
