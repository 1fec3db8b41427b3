const DIGITS = 6;

/** Parses an account code: "rs-42", "42" and "RS-000042" all mean RS-000042. Null for other texts. */
export function normalisedCode(typed: string): string | null {
  const digits = /^\s*(?:rs-?)?(\d{1,6})\s*$/i.exec(typed)?.[1];
  return digits ? `RS-${digits.padStart(DIGITS, '0')}` : null;
}
