import { Micros, micros } from '../../core/api/micros';

/** The visible part of the trace, in microseconds since its start. */
export interface View {
  readonly from: Micros;
  readonly to: Micros;
}

/** The shortest view. */
const NARROWEST = micros(10);

export function whole(total: Micros): View {
  return { from: micros(0), to: micros(Math.max(total, 1)) };
}

/** The nearest view that lies within the trace and is not too short. */
export function within(view: View, total: Micros): View {
  const longest = Math.max(total, 1);
  const width = Math.min(longest, Math.max(view.to - view.from, Math.min(NARROWEST, longest)));
  const from = Math.min(Math.max(view.from, 0), longest - width);
  return { from: micros(from), to: micros(from + width) };
}

/** Zooms in with a `factor` below 1. The time at the position `at`, a fraction of the width, stays in place. */
export function zoomed(view: View, factor: number, at: number, total: Micros): View {
  const width = view.to - view.from;
  const longest = Math.max(total, 1);
  const wished = Math.min(longest, Math.max(width * factor, Math.min(NARROWEST, longest)));
  const fixed = view.from + width * at;
  const from = fixed - wished * at;
  return within({ from: micros(from), to: micros(from + wished) }, total);
}

/** Moves the view by a fraction of its width. */
export function panned(view: View, part: number, total: Micros): View {
  const by = (view.to - view.from) * part;
  return within({ from: micros(view.from + by), to: micros(view.to + by) }, total);
}

export function isWhole(view: View, total: Micros): boolean {
  return view.from <= 0 && view.to >= total;
}

/**
 * The position of a time since the trace's start, in per cent of the width; below 0 or above 100 if it is not visible.
 */
export function percentAt(view: View, time: number): number {
  return ((time - view.from) / (view.to - view.from)) * 100;
}

/** The visible part of a bar, in per cent of the width; null if nothing of it is visible. */
export function barOf(
  view: View,
  start: number,
  end: number,
): { left: number; width: number; cutLeft: boolean; cutRight: boolean } | null {
  const left = percentAt(view, start);
  const right = percentAt(view, end);
  if (right < 0 || left > 100) return null;
  const from = Math.max(left, 0);
  return {
    left: from,
    width: Math.min(right, 100) - from,
    cutLeft: left < 0,
    cutRight: right > 100,
  };
}

/** Round times within the view, at most `most`: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(view: View, most: number): Micros[] {
  const width = view.to - view.from;
  if (most < 1 || !(width > 0)) return [];
  const rough = width / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(view.from / step);
  const marks: Micros[] = [];
  for (let number = first; number * step <= view.to && marks.length < most + 1; number += 1)
    marks.push(micros(number * step));
  return marks;
}
