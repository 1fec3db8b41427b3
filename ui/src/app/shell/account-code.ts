const DIGITS = 6;

/** "rs-42", "42" and "RS-000042" all mean RS-000042; null when it cannot be an account code. */
export function normalisedCode(typed: string): string | null {
  const digits = /^\s*(?:rs-?)?(\d{1,6})\s*$/i.exec(typed)?.[1];
  return digits ? `RS-${digits.padStart(DIGITS, '0')}` : null;
}
