/**
 * Parses an organisation as it is typed: its slug, or a URL of Sentry that contains it. `''` is no
 * organisation; null is an invalid text.
 */
export function organizationOf(text: string): string | null {
  const typed = text.trim().toLowerCase();
  const found =
    /^(?:https?:\/\/)?([\w-]+)\.sentry\.io(?:\/.*)?$/.exec(typed) ??
    /^https?:\/\/[^/]+\/(?:organizations|settings)\/([\w-]+)(?:\/.*)?$/.exec(typed);
  const slug = found?.[1] ?? typed;
  return /^(?:[a-z0-9][a-z0-9_-]{0,49})?$/.test(slug) ? slug : null;
}
