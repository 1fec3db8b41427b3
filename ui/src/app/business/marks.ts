/** The marks of an axis: round values, a `step` apart, so that whoever writes them knows how many digits tell them apart. */
export interface Marks {
  readonly at: readonly number[];
  readonly step: number;
}

const NONE: Marks = { at: [], step: 1 };

/** Steps of 1, 2 or 5 times a power of ten, at most `most` marks within the ends; none closer than `least`. */
export function roundMarks(from: number, to: number, most: number, least = 0): Marks {
  const rough = Math.max((to - from) / Math.max(1, most), least);
  if (!(rough > 0) || !Number.isFinite(rough)) return NONE;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Ten is for what rounding has made of the power.
  const times = [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  return marksOf(from, to, times * power, 0);
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
/** Steps that people count time in, in seconds. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
];

/** Times of a clock that is `ahead` of UTC; all are seconds, and a mark is never closer to another than a second. */
export function timeMarks(from: number, to: number, most: number, ahead: number): Marks {
  const rough = (to - from) / Math.max(1, most);
  if (!(rough >= 0) || !Number.isFinite(rough)) return NONE;
  const step = TIME_STEPS.find((each) => each >= rough);
  if (step !== undefined) return marksOf(from, to, step, ahead);
  const { step: days } = roundMarks(from / DAY, to / DAY, most, 1);
  return marksOf(from, to, days * DAY, ahead);
}

/** How many digits after the point tell values apart that are `step` apart. */
export function digitsOf(step: number): number {
  return Math.min(Math.max(Math.ceil(-Math.log10(step) - 1e-9), 0), 20);
}

/** Multiples of the step, counted from `-ahead`. They are computed one by one, since sums of steps drift. */
function marksOf(from: number, to: number, step: number, ahead: number): Marks {
  const at: number[] = [];
  const last = Math.floor((to + ahead) / step + 1e-9);
  for (let number = Math.ceil((from + ahead) / step - 1e-9); number <= last; number += 1)
    // Rounding up to nothing makes −0, which would be read so.
    at.push(number * step - ahead + 0);
  return { at, step };
}
