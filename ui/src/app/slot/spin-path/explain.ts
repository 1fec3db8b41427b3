import { PROBLEM_IDS, SLOWED, SlowingId, isSlowing } from '../../core/api/parts';
import { TraceSummary } from '../../core/api/schema';
import { toMilliseconds } from '../../core/api/micros';
import { Layout } from '../../traces/tree/layout';
import { SLOW, StationName, measuredPath } from './spin-path';

/** A part of the critical path that is worth a clause, and the problem that is behind it. */
export interface Reason {
  readonly station: StationName;
  /** Share of the critical path, 0 to 1. */
  readonly share: number;
  /** Null if none of the problems that were on explains it. */
  readonly problem: SlowingId | null;
  /** Number of documents that its longest span read, if it says so. */
  readonly scanned: number | null;
}

/** A sentence with more clauses is not heard to its end. */
const MOST = 2;
/** A part below this share, or below this time, explains nothing; one that no problem explains needs more. */
const LEAST_SHARE = 0.05;
const LEAST_UNEXPLAINED = 0.2;
const LEAST_MS = 50;

const SLOWING = PROBLEM_IDS.filter(isSlowing);

/**
 * Where the time of a spin went, the largest part first. A fast spin is only explained if one of the problems took a
 * part of it.
 */
export function reasonsOf(
  layout: Layout,
  { problems }: Pick<TraceSummary, 'problems'>,
): readonly Reason[] {
  const { total, stations } = measuredPath(layout);
  const reasons = stations
    .flatMap(({ name, share, time }): Reason[] => {
      if (share === null || share < LEAST_SHARE) return [];
      if (time === null || toMilliseconds(time) < LEAST_MS) return [];
      const problem = SLOWING.find((id) => SLOWED[id] === name && problems.includes(id)) ?? null;
      const { span } = layout.shares.find(({ actor }) => actor === name)?.span ?? {};
      const scanned = span?.data['db.rows_scanned'];
      if (problem === null && share < LEAST_UNEXPLAINED) return [];
      return [
        { station: name, share, problem, scanned: typeof scanned === 'number' ? scanned : null },
      ];
    })
    .sort((one, other) => other.share - one.share)
    .slice(0, MOST);
  const isWorth = total >= SLOW || reasons.some(({ problem }) => problem !== null);
  return isWorth ? reasons : [];
}
