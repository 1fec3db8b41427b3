import { TraceSummary } from './schema';

/**
 * Order of traces by their arrival at the collector. The wall clock of a laptop may be set back by
 * hours, and a trace that begins then is not older.
 */
export type Arrived = Pick<TraceSummary, 'trace_id' | 'first_envelope'>;

/**
 * Comparator: the last to arrive first. Traces of one envelope are ordered by id; all ids have the
 * same length.
 */
export function newestFirst(one: Arrived, other: Arrived): number {
  if (one.first_envelope !== other.first_envelope) return other.first_envelope - one.first_envelope;
  if (one.trace_id === other.trace_id) return 0;
  return other.trace_id < one.trace_id ? -1 : 1;
}

export function isNewer(one: Arrived, other: Arrived): boolean {
  return newestFirst(one, other) < 0;
}

/** A cursor for `GET /traces` whose page begins with the trace that arrived before this one. */
export function cursorBefore({ trace_id, first_envelope }: Arrived): string {
  return `${first_envelope}.${trace_id}`;
}
