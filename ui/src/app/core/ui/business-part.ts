/** The parts of the business pages; the first one is at the address of the page. */
export const PARTS = [
  { name: 'impact', path: '/business', key: 'impact.parts.impact' },
  { name: 'money', path: '/business/money', key: 'impact.parts.money' },
  { name: 'daily_report', path: '/business/report', key: 'impact.parts.dailyReport' },
  { name: 'releases', path: '/business/releases', key: 'impact.parts.releases' },
  { name: 'calculator', path: '/business/calculator', key: 'impact.parts.calculator' },
] as const;
type Part = (typeof PARTS)[number]['name'];

export const IMPACT_PATH = PARTS[0].path;

/** The part at a path; an unknown path below `/business` shows the first part. */
export function partAt(path: string): Part {
  return PARTS.find((part) => part.path === path)?.name ?? PARTS[0].name;
}
