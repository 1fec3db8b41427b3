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
  /** The customer's own volume, by which measured losses are projected. */
  spinsPerHour: number;
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
  spinsPerHour: 10_000,
};

export type Assumption = keyof Assumptions;

/** The largest value of an assumption. */
export function mostOf(name: Assumption): number {
  return name === 'spinsPerHour' ? 100_000_000 : 1_000;
}

/** Reads stored assumptions; an unreadable one has the script's value. */
export function assumptionsOf(kept: unknown): Assumptions {
  const values = new Map(Object.entries(typeof kept === 'object' && kept !== null ? kept : {}));
  const names = Object.keys(AS_IN_SCRIPT) as Assumption[];
  const found = names.flatMap((name) => {
    const value: unknown = values.get(name);
    return isAssumption(name, value) ? [[name, value] as const] : [];
  });
  return { ...AS_IN_SCRIPT, ...Object.fromEntries(found) };
}

/** Parses a figure as it is typed; null where it is none. Points and commas between groups of three digits part thousands. */
export function assumptionOf(name: Assumption, typed: string): number | null {
  const text = typed.replace(/\s/g, '').replace(/^\+|^[-−–]/, '');
  const isGrouped = mostOf(name) > 1_000 && /^\d{1,3}([.,]\d{3})+$/.test(text);
  const value = text === '' ? NaN : Number(text.replace(/[.,]/g, isGrouped ? '' : '.'));
  return isAssumption(name, value) ? value : null;
}

function isAssumption(name: Assumption, value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= mostOf(name);
}
