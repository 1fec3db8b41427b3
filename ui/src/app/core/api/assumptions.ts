/** What the customer's script expects of the fixes, and nobody can measure in a demo. */
export interface Assumptions {
  /** Hours. */
  repairBeforeFrom: number;
  repairBeforeTo: number;
  /** Minutes. */
  repairAfterFrom: number;
  repairAfterTo: number;
  /** Per cent more. */
  conversion: number;
  engagement: number;
  /** Per cent less. */
  downtime: number;
  /** Months. */
  returnFrom: number;
  returnTo: number;
}

export const AS_IN_SCRIPT: Assumptions = {
  repairBeforeFrom: 4,
  repairBeforeTo: 6,
  repairAfterFrom: 30,
  repairAfterTo: 60,
  conversion: 15,
  engagement: 25,
  downtime: 80,
  returnFrom: 2,
  returnTo: 3,
};

export type Assumption = keyof Assumptions;

const MOST = 1_000;

/** As they were kept; what cannot be read is as in the script. */
export function assumptionsOf(kept: unknown): Assumptions {
  const values = new Map(Object.entries(typeof kept === 'object' && kept !== null ? kept : {}));
  const names = Object.keys(AS_IN_SCRIPT) as Assumption[];
  const found = names.flatMap((name) => {
    const value: unknown = values.get(name);
    return isAssumption(value) ? [[name, value] as const] : [];
  });
  return { ...AS_IN_SCRIPT, ...Object.fromEntries(found) };
}

/** A figure as somebody typed it, or null where it is none. */
export function assumptionOf(typed: string): number | null {
  const text = typed
    .trim()
    .replace(',', '.')
    .replace(/^\+|^[-−–]/, '');
  const value = text === '' ? NaN : Number(text);
  return isAssumption(value) ? value : null;
}

function isAssumption(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= MOST;
}
