/**
 * The marks of an axis: round values, `step` apart, so that a formatter knows the number of digits.
 */
export interface Marks {
  readonly at: readonly number[];
  readonly step: number;
}

const NONE: Marks = { at: [], step: 1 };

/**
 * Steps of 1, 2 or 5 times a power of ten, with at most `most` marks within the ends, and at least
 * `least`.
 */
export function roundMarks(from: number, to: number, most: number, least = 0): Marks {
  const rough = Math.max((to - from) / Math.max(1, most), least);
  if (!(rough > 0) || !Number.isFinite(rough)) return NONE;
  const power = 10 ** Math.floor(Math.log10(rough));
  // The factor ten covers rounding errors of the power.
  const times = [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return marksOf(from, to, times * power);
}

/** Number of digits after the point that distinguish values which are `step` apart. */
export function digitsOf(step: number): number {
  return Math.min(Math.max(Math.ceil(-Math.log10(step) - 1e-9), 0), 20);
}

/** Width of a letter of a label of an axis, in rem. */
const PER_LETTER = 0.5;

/** Whether a label whose middle is `rems` before an edge ends before it; it would be cut there. */
export function fitsBefore(rems: number, label: string): boolean {
  return (label.length * PER_LETTER) / 2 <= rems;
}

/** Multiples of the step. Each is computed by itself, because sums of steps drift. */
function marksOf(from: number, to: number, step: number): Marks {
  const at: number[] = [];
  const last = Math.floor(to / step + 1e-9);
  for (let number = Math.ceil(from / step - 1e-9); number <= last; number += 1)
    // Rounding may give −0, which would be shown.
    at.push(number * step + 0);
  return { at, step };
}
