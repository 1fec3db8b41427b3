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
  return marksOf(from, to, times * power, 0);
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
/** Usual steps of time, in seconds. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
];

/** Marks of a clock that is `ahead` of UTC, in seconds; their step is at least one second. */
export function timeMarks(from: number, to: number, most: number, ahead: number): Marks {
  const rough = (to - from) / Math.max(1, most);
  if (!(rough >= 0) || !Number.isFinite(rough)) return NONE;
  const step = TIME_STEPS.find((each) => each >= rough);
  if (step !== undefined) return marksOf(from, to, step, ahead);
  const { step: days } = roundMarks(from / DAY, to / DAY, most, 1);
  return marksOf(from, to, days * DAY, ahead);
}

/** Number of digits after the point that distinguish values which are `step` apart. */
export function digitsOf(step: number): number {
  return Math.min(Math.max(Math.ceil(-Math.log10(step) - 1e-9), 0), 20);
}

/**
 * Multiples of the step, counted from `-ahead`. Each is computed by itself, because sums of steps
 * drift.
 */
function marksOf(from: number, to: number, step: number, ahead: number): Marks {
  const at: number[] = [];
  const last = Math.floor((to + ahead) / step + 1e-9);
  for (let number = Math.ceil((from + ahead) / step - 1e-9); number <= last; number += 1)
    // Rounding may give −0, which would be shown.
    at.push(number * step - ahead + 0);
  return { at, step };
}
