/**
 * Parses a share of traces as it is typed, in per cent with comma or point; null where it is none.
 */
export function rateOf(text: string): number | null {
  const typed = text.trim().replace(',', '.').replace(/\s*%$/, '');
  if (!/^\d+(\.\d+)?$/.test(typed)) return null;
  const rate = Number(typed) / 100;
  return rate <= 1 ? rate : null;
}
