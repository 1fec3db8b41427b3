import { FaultId, FaultView, LogLine, SpinResult, StakeStatus, Win, operations } from './schema';

/** The name of a trace that begins with a press of SPIN, by a person or a virtual player. */
export const SPIN = 'slot-machine-spin';

/** Five columns of three symbols, the top row first. */
export type Board = SpinResult['board'];

/** Reel and row of a cell, both counted from 0. */
export type Cell = Win['cells'][number];

/** How the time of a log line or an error was determined. */
export type Timed = Pick<LogLine, 'at_us' | 'time_is_received' | 'clock_corrected' | 'outside'>;

/** The filter of the list of traces; an absent member does not restrict it. */
export type TraceQuery = NonNullable<operations['traces']['parameters']['query']>;

/** The problems of the story, in its order. */
export const PROBLEM_IDS = [
  'missing-index',
  'slow-rng',
  'slow-provider',
  'payment-errors',
] as const satisfies readonly FaultId[];
export type ProblemId = (typeof PROBLEM_IDS)[number];

/** A fault beside the story. */
export type ExtraId = Exclude<FaultId, ProblemId>;

export type ProblemView = FaultView & { readonly id: ProblemId };
export type ExtraView = FaultView & { readonly id: ExtraId };

export function isProblemId(id: FaultId): id is ProblemId {
  return (PROBLEM_IDS as readonly FaultId[]).includes(id);
}

export function isProblem<T extends { readonly id: FaultId }>(
  fault: T,
): fault is T & { readonly id: ProblemId } {
  return isProblemId(fault.id);
}

export function isExtra<T extends { readonly id: FaultId }>(
  fault: T,
): fault is T & { readonly id: ExtraId } {
  return !isProblem(fault);
}

const STAKES: Record<StakeStatus, true> = {
  untouched: true,
  reserved: true,
  pending: true,
  returned: true,
  paid: true,
  unknown: true,
};
/** Where the stake of a spin may stand. */
export const STAKE_STATUSES = Object.keys(STAKES) as readonly StakeStatus[];
