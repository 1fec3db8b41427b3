/** The services of the house, and the external provider, always look the same. */
const KNOWN = new Map(
  Object.entries({
    frontend: '#7aa7ff',
    'api-gateway': '#b48cff',
    'user-service': '#4fd1c5',
    'game-engine': '#f3bd4d',
    'payment-service': '#ff9d6b',
    'payment-provider': '#f08fc0',
  }),
);

/** For services of the customer's own; none is the red of errors. */
const OTHERS = [
  '#8fd46a',
  '#5ec8f2',
  '#d8a0ff',
  '#e0c35a',
  '#62d8a8',
  '#f2a9a0',
  '#9fb4d9',
  '#c9d46a',
];

/** The colour of a service by its name: the same in every trace and every session. */
export function colourOf(service: string): string {
  const known = KNOWN.get(service);
  if (known !== undefined) return known;
  let hash = 0;
  for (const letter of service) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return OTHERS[hash % OTHERS.length] ?? '#9fb4d9';
}
