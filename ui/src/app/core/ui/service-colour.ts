/** Reelscope's services and the external provider have tokens of their own. */
const KNOWN: ReadonlySet<string> = new Set([
  'frontend',
  'api-gateway',
  'user-service',
  'game-engine',
  'payment-service',
  'payment-provider',
]);

/** Number of tokens for services of other systems. */
const OTHERS = 8;

/** The colour of a service as a CSS value, derived from its name, so that it is the same in every trace and session. */
export function colourOf(service: string): string {
  if (KNOWN.has(service)) return `var(--service-${service})`;
  let hash = 0;
  for (const letter of service) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return `var(--service-other-${hash % OTHERS})`;
}
