import { Micros, fromMilliseconds, micros } from '../../core/api/micros';
import { Layout } from '../../traces/tree/layout';
import { durationOf } from '../../traces/tree/span-node';
import { MeasuredPath, Station, StationName } from './spin-path';

/** A station's part of the bar. */
export interface Segment {
  readonly name: StationName;
  readonly state: Station['state'];
  /** Fraction of the whole bar, 0 to 1. */
  readonly width: number;
  /** Share of the spin; null if it is unknown. */
  readonly share: number | null;
}

/** The bar of a running spin shows at least this time, so that it grows evenly. */
const LEAST = fromMilliseconds(6_000);

/** The time of the whole bar: that of the longer of both spins. */
export function scaleOf(
  layout: Layout | null,
  elapsed: Micros,
  before: Pick<MeasuredPath, 'total'> | null,
): Micros {
  const root = layout?.tree.root;
  if (root) return micros(Math.max(durationOf(root), before?.total ?? 0));
  return micros(Math.max(before?.total ?? LEAST, elapsed));
}

/** `running` is the time since the press of a spin without a response: what it waits for fills the rest of that time. */
export function segmentsOf(
  stations: readonly Station[],
  scale: Micros,
  running: Micros | null,
): Segment[] {
  const known = stations.reduce((sum, { time }) => sum + (time ?? 0), 0);
  return stations.flatMap(({ name, state, time, share }): Segment[] => {
    const waiting = state === 'waiting' && running !== null ? Math.max(0, running - known) : 0;
    const width = Math.min(1, (time ?? waiting) / scale);
    if (width <= 0) return [];
    return [{ name, state, width, share }];
  });
}
