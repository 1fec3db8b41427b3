/** Limit of a name in characters; a longer text is none. */
const LONGEST = 120;

/** Splits a name after its separators: `a.b_c` is `a.`, `b_`, `c`; a number stays whole. Joined, the parts are the name. */
export function partsOf(name: string): string[] {
  return name.length > LONGEST ? [name] : name.split(/(?<=[._:/-])(?=[^._:/\d-])/u);
}
