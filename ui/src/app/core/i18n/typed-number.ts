/**
 * Reads a number as people type it; null where it is none. A sign before it is ignored: "−80" of a decrease is 80. With
 * `isLarge`, points and commas between groups of three digits part thousands.
 */
export function typedNumber(typed: string, isLarge: boolean): number | null {
  const text = typed.replace(/\s/g, '').replace(/^[+\-−–]/, '');
  const [, groups, decimals = '0'] =
    (isLarge && /^(\d{1,3}(?:[.,]\d{3})+)(?:[.,](\d{1,2}))?$/.exec(text)) || [];
  const plain = groups ? `${groups.replace(/[.,]/g, '')}.${decimals}` : text.replace(',', '.');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}
