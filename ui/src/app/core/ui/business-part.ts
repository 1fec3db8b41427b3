/** The parts of the business pages. */
export const PARTS = [
  { name: 'money', path: '/business', key: 'impact.parts.money' },
  { name: 'impact', path: '/business/impact', key: 'impact.parts.impact' },
  { name: 'releases', path: '/business/releases', key: 'impact.parts.releases' },
] as const;
export type Part = (typeof PARTS)[number]['name'];

export const IMPACT_PATH = PARTS[1].path;

/** What lies below the business page and is none of its parts is its first. */
export function partAt(path: string): Part {
  return PARTS.find((part) => part.path === path)?.name ?? 'money';
}
