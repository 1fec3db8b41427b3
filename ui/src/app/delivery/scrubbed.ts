/** A value that did not leave: where it stood, and the rule that took it. */
export interface Scrubbed {
  /** Names from the payload's root, joined by points. */
  path: string;
  /** As the scrubbing calls it, such as `@email:filter`; `?` where it does not say. */
  rule: string;
}

/**
 * What was scrubbed from a payload, in its own order. `_meta` has the payload's shape; what is said of a value stands
 * below the empty name, and `rem` holds its remarks, each beginning with a rule.
 * Source: https://develop.sentry.dev/sdk/foundations/data-model/event-payloads/
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
  // A text in which one rule found three secrets is one line.
  return [...new Set(rules)].map((rule) => ({ path: path.join('.'), rule }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
