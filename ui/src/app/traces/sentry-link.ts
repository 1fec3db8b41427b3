import { ShownSettings } from '../core/api/schema';

/** The URL of a trace in Sentry, or the setting that is missing for it. */
type SentryLink = { readonly url: string } | { readonly missing: 'dsn' | 'organization' };

/**
 * The DSN contains host and project, but not the slug of the organisation. Sentry's own service has the slug in the
 * host; other installations have it in the path.
 */
export function sentryLink(
  { dsn, organization }: Pick<ShownSettings, 'dsn' | 'organization'>,
  traceId: string,
): SentryLink {
  // The gateway masks the key with characters that are invalid in a URL.
  const parts = /^(https?):\/\/[^@/]*@([^/@]+)((?:\/[^/]+)*)\/[^/]+$/.exec(dsn ?? '');
  if (!parts) return { missing: 'dsn' };
  const [, scheme, host, path] = parts;
  if (!organization) return { missing: 'organization' };
  const slug = encodeURIComponent(organization);
  const trace = `explore/traces/trace/${encodeURIComponent(traceId)}/`;
  return /(?:^|\.)sentry\.io$/.test(host ?? '')
    ? { url: `https://${slug}.sentry.io/${trace}` }
    : { url: `${scheme}://${host}${path}/organizations/${slug}/${trace}` };
}
