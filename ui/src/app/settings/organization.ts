/**
 * The slug of an organisation as a person types it: the slug, or an address of Sentry that holds it. `''` is none;
 * null is no slug.
 */
export function organizationOf(text: string): string | null {
  const typed = text.trim().toLowerCase();
  const found =
    /^(?:https?:\/\/)?([\w-]+)\.sentry\.io(?:\/.*)?$/.exec(typed) ??
    /^https?:\/\/[^/]+\/(?:organizations|settings)\/([\w-]+)(?:\/.*)?$/.exec(typed);
  const slug = found?.[1] ?? typed;
  return /^(?:[a-z0-9][a-z0-9_-]{0,49})?$/.test(slug) ? slug : null;
}
