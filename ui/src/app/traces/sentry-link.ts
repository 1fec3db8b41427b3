import { ShownSettings } from '../core/api/schema';

/** Where Sentry shows a trace, or what the settings lack to know it. */
export type SentryLink = { readonly url: string } | { readonly missing: 'dsn' | 'organization' };

/**
 * The DSN knows the host and the project; the slug of the organisation has to be told. Sentry's own service has the
 * slug in the host, a Sentry of one's own has it in the path.
 */
export function sentryLink(
  { dsn, organization }: Pick<ShownSettings, 'dsn' | 'organization'>,
  traceId: string,
): SentryLink {
  // The key is masked with signs that an address does not allow.
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
