/** A part of a formula: a name, or what stands between names. */
export interface FormulaPart {
  readonly text: string;
  readonly isName: boolean;
}

const SIGNS: Readonly<Record<string, string>> = { '*': '×', '/': '÷', '-': '−' };

/** A formula to be read: names of this language, and the signs of arithmetic. */
export function readable(
  formula: string,
  nameOf: (id: string) => string | undefined,
): readonly FormulaPart[] {
  const parts = formula.split(/([A-Za-z_][A-Za-z0-9_]*)/);
  return parts.flatMap((text, place): FormulaPart[] => {
    if (text === '') return [];
    const name = place % 2 === 1 ? nameOf(text) : undefined;
    if (name !== undefined) return [{ text: name, isName: true }];
    return [{ text: text.replace(/[*/-]/g, (sign) => SIGNS[sign] ?? sign), isName: false }];
  });
}
