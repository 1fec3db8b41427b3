/** The services in the order in which a spin meets them, and the external provider. Each has a token of its own. */
export const STATIONS = [
  'frontend',
  'api-gateway',
  'user-service',
  'game-engine',
  'payment-service',
  'payment-provider',
] as const;

/** Number of tokens for services of other systems. */
const OTHERS = 8;

/** The colour of a service as a CSS value, derived from its name, so that it is the same in every trace and session. */
export function colourOf(service: string): string {
  if ((STATIONS as readonly string[]).includes(service)) return `var(--service-${service})`;
  let hash = 0;
  for (const letter of service) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return `var(--service-other-${hash % OTHERS})`;
}
