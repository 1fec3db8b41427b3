/** The services of the house, and the external provider, have tokens of their own. */
const KNOWN: ReadonlySet<string> = new Set([
  'frontend',
  'api-gateway',
  'user-service',
  'game-engine',
  'payment-service',
  'payment-provider',
]);

/** How many tokens there are for services of the customer's own. */
const OTHERS = 8;

/** The colour of a service by its name, as a style takes it: the same in every trace and every session. */
export function colourOf(service: string): string {
  if (KNOWN.has(service)) return `var(--service-${service})`;
  let hash = 0;
  for (const letter of service) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return `var(--service-other-${hash % OTHERS})`;
}
