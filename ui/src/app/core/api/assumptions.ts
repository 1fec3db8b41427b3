/** What the demo's script expects of the fixes; a demo cannot measure it. */
export interface Assumptions {
  /** In hours. */
  repairBeforeFrom: number;
  repairBeforeTo: number;
  /** In minutes. */
  repairAfterFrom: number;
  repairAfterTo: number;
  /** Increase in per cent. */
  conversion: number;
  engagement: number;
  /** Decrease in per cent. */
  downtime: number;
  /** In months. */
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

/** Reads stored assumptions; an unreadable one has the script's value. */
export function assumptionsOf(kept: unknown): Assumptions {
  const values = new Map(Object.entries(typeof kept === 'object' && kept !== null ? kept : {}));
  const names = Object.keys(AS_IN_SCRIPT) as Assumption[];
  const found = names.flatMap((name) => {
    const value: unknown = values.get(name);
    return isAssumption(value) ? [[name, value] as const] : [];
  });
  return { ...AS_IN_SCRIPT, ...Object.fromEntries(found) };
}

/** Parses a figure as it is typed; null where it is none. */
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
