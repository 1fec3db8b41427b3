import { TraceSummary } from './schema';

/**
 * Which trace is the newer one is told by the order in which traces arrived, as the collector lists them: the wall clock of a
 * laptop may be set back by hours while it is looked at, and what begins then is no older for it.
 */
export type Arrived = Pick<TraceSummary, 'trace_id' | 'first_envelope'>;

/** For a sort: the last to arrive first. Traces of one envelope are by id, which has one length. */
export function newestFirst(one: Arrived, other: Arrived): number {
  if (one.first_envelope !== other.first_envelope) return other.first_envelope - one.first_envelope;
  if (one.trace_id === other.trace_id) return 0;
  return other.trace_id < one.trace_id ? -1 : 1;
}

export function isNewer(one: Arrived, other: Arrived): boolean {
  return newestFirst(one, other) < 0;
}

/** A cursor for `GET /traces` whose page begins with the trace that arrived last before this one. */
export function cursorBefore({ trace_id, first_envelope }: Arrived): string {
  return `${first_envelope}.${trace_id}`;
}
