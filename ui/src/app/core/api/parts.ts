import {
  FaultId,
  FaultView,
  GroupName,
  LogLine,
  SpinResult,
  StakeStatus,
  Win,
  operations,
} from './schema';

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

/** The group of each fault; one that is missing here does not compile. */
type Groups = OfEachFault<{
  'missing-index': 'story';
  'slow-rng': 'story';
  'slow-provider': 'story';
  'payment-errors': 'story';
  'provider-spike': 'extra';
  'rtp-anomaly': 'extra';
  'gateway-panic': 'extra';
  'expired-token': 'extra';
  'provider-down': 'extra';
  'n-plus-one': 'extra';
  'slow-report': 'extra';
  'memory-leak': 'extra';
  'session-surge': 'extra';
}>;
type OfEachFault<T extends Record<FaultId, GroupName>> = T;

export type ProblemId = { [Id in FaultId]: Groups[Id] extends 'story' ? Id : never }[FaultId];

/**
 * Whose part of a spin a problem of the story makes longer, null for one that makes spins fail; in the order of the story.
 * The provider sends no spans: its part is the wait for it.
 */
export const SLOWED = {
  'missing-index': 'user-service',
  'slow-rng': 'game-engine',
  'slow-provider': 'payment-provider',
  'payment-errors': null,
} as const satisfies Record<ProblemId, string | null>;

/** The problems of the story, in its order. */
export const PROBLEM_IDS = Object.keys(SLOWED) as readonly ProblemId[];

/** A problem that makes spins slow. */
export type SlowingId = {
  [Id in ProblemId]: (typeof SLOWED)[Id] extends null ? never : Id;
}[ProblemId];

export function isSlowing(id: ProblemId): id is SlowingId {
  return SLOWED[id] !== null;
}

/** A fault beside the story. */
export type ExtraId = Exclude<FaultId, ProblemId>;

export type ProblemView = FaultView & { readonly id: ProblemId };
export type ExtraView = FaultView & { readonly id: ExtraId };

export function isProblemId(id: FaultId): id is ProblemId {
  return id in SLOWED;
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
