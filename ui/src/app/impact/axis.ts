/** A scale that several rows share. */
export interface Axis {
  readonly ticks: readonly number[];
  /** The position of a value, in per cent of the width. */
  readonly place: (value: number) => number;
}

/** A logarithmic scale of milliseconds from 1 ms to 10 s, longer by whole decades where a value lies outside of it. */
export function timeAxis(values: readonly number[]): Axis {
  const decades = values.filter((value) => value > 0).map(Math.log10);
  const least = Math.floor(Math.min(0, ...decades));
  const most = Math.ceil(Math.max(4, ...decades));
  return {
    ticks: Array.from({ length: most - least + 1 }, (_, decade) => 10 ** (least + decade)),
    place: (value) => (value > 0 ? ((Math.log10(value) - least) / (most - least)) * 100 : 0),
  };
}

const ENDS = [5, 10, 20, 50];

/** A linear scale of per cent from 0 to a round number above the values. */
export function shareAxis(values: readonly number[]): Axis {
  const largest = Math.max(0, ...values);
  const end = ENDS.find((each) => each >= largest) ?? 100;
  return { ticks: [0, end / 2, end], place: (value) => (value / end) * 100 };
}
