/** Number of parts that are told apart; a longer name is rarely one. */
const MOST_PARTS = 24;

/** Splits a name after its separators: `a.b_c` is `a.`, `b_`, `c`. Joined, the parts are the name. */
export function partsOf(name: string): string[] {
  const parts = name.split(/(?<=[._:/-])(?=[^._:/-])/u);
  return parts.length <= MOST_PARTS ? parts : [name];
}
