const TOKEN = /^var\(--([\w-]+)\)$/;
const read = new Map<string, string>();

/** The value of a custom property of `tokens.css`, which does not change while the page is open. */
export function token(name: string): string {
  const known = read.get(name);
  if (known !== undefined) return known;
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  if (value) read.set(name, value);
  return value;
}

/** A colour for a canvas; one that names a token, such as `var(--gold)`, is resolved. */
export function paint(colour: string): string {
  const [, name] = TOKEN.exec(colour) ?? [];
  return name === undefined ? colour : token(name);
}

/** The tokens that `text` names, as declarations, for a page that is saved without the style sheets. */
export function declared(text: string): string {
  const names = new Set([...text.matchAll(/var\(--([\w-]+)\)/g)].map(([, name = '']) => name));
  return [...names].map((name) => `--${name}:${token(name)};`).join('');
}
