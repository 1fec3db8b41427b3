/** The parts of the business pages. */
export const PARTS = [
  { name: 'money', path: '/business', key: 'impact.parts.money' },
  { name: 'impact', path: '/business/impact', key: 'impact.parts.impact' },
  { name: 'releases', path: '/business/releases', key: 'impact.parts.releases' },
] as const;
type Part = (typeof PARTS)[number]['name'];

export const IMPACT_PATH = PARTS[1].path;

/** The part at a path; an unknown path below `/business` shows the first part. */
export function partAt(path: string): Part {
  return PARTS.find((part) => part.path === path)?.name ?? 'money';
}
