/**
 * What the demo is steered with: the problems, the release dial, the traffic, and what was measured before and after.
 * Times are milliseconds since the Unix epoch, money is whole minor units.
 */

/** In the order of the story. */
export const PROBLEM_IDS = [
  'missing-index',
  'slow-rng',
  'slow-provider',
  'payment-errors',
] as const;
export type ProblemId = (typeof PROBLEM_IDS)[number];

/** Its cause is there and hurts; is coped with; is not there at all. */
export type ProblemState = 'on' | 'fixed' | 'off';

export interface ProblemView {
  id: ProblemId;
  /** Where it is fixed. */
  service: string;
  state: ProblemState;
  /** A change that is under way; `total` is 0 where its length is not known. */
  switching: { to: ProblemState; done: number; total: number } | null;
  /** When it came to this state. */
  switched_at: number;
  /** Milliseconds since then, by a clock that cannot be set. */
  switched_ms_ago: number;
  /** What showed it since then: how many traces, the newest of them, and its span unless it was an issue. */
  observed: { count: number; trace_id: string; at: number; ms?: number } | null;
}

export interface ReleaseView {
  version: string;
  /** Those that hurt in it. */
  problems: readonly ProblemId[];
  wrong_paytable?: boolean;
}

export interface Problems {
  /** As every envelope says it; it need not be one of the dial. */
  release: string;
  releases: readonly ReleaseView[];
  problems: readonly ProblemView[];
  /** Payments that are going to fail on cue. */
  armed_failures: number;
  /** False while players are being written: until then the index cannot be switched. */
  ready: boolean;
}

/** What was measured of spins under one condition, as their players saw them. */
/** Where not all traces are recorded, each that is stands for several spins in everything that is counted or added up. */
export interface Figures {
  spins: number;
  /** Of them, those that were recorded. */
  recorded: number;
  /** That ended in an error: their player was told of it, or their settlement failed behind the answer. */
  failed: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  error_rate_percent: number;
  /** Null for fewer than two spins. */
  per_second: number | null;
  /** In all, on average over the players. */
  waited_s_per_player: number;
  /** Stakes of the spins that were answered with a 5xx. */
  failed_minor: number;
  /** Requests that the four backend services answered for these spins, and those of them that ended in a 5xx. */
  requests: number;
  failed_requests: number;
  overall_error_rate_percent: number;
}

export interface BeforeAfter {
  problem: ProblemId | 'all';
  /** With the problem. */
  before: Figures | null;
  /** With its fix, everything else alike. */
  after: Figures | null;
  /** A typical trace of each. */
  before_trace: string | null;
  after_trace: string | null;
}

export interface ProblemFigures {
  /** Spins since then count. */
  since: number;
  /** Spins since then with every problem where it stands now; null while there are none. */
  now: Figures | null;
  /** Spins that count nowhere, because a fault was on. */
  left_out: number;
  virtual_spins: number;
  pairs: readonly BeforeAfter[];
}

/** A figure of a release that chance does not explain. */
export interface Regression {
  /** Compared with the release before; the RTP with the exact one. */
  figure: 'p95' | 'errors' | 'rtp';
  /** Milliseconds or per cent. */
  expected: number;
  measured: number;
  standard_errors: number;
  /** What its traces point at; empty where nothing stands out. */
  service: string;
  /** A change of that release in that service. */
  suspect: string | null;
}

export interface ReleaseFigures {
  release: string;
  /** Names as of problems, or `wrong-paytable`; with `-fixed` where it took one away. */
  changes: readonly string[];
  figures: Figures;
  /** Null while nothing was staked. */
  rtp_percent: number | null;
  /** How far from the exact RTP chance alone takes it, but once in a thousand times. */
  rtp_band_percent: number | null;
  regressions: readonly Regression[];
}

export interface Releases {
  /** Spins since then count. */
  since: number;
  /** Spins that count nowhere, because a fault was on. */
  left_out: number;
  virtual_spins: number;
  exact_rtp_percent: number;
  /** In the order in which they were first seen. */
  releases: readonly ReleaseFigures[];
}

/** What virtual players are told to do. */
export interface TrafficWish {
  running: boolean;
  /** 1 to 200. */
  players: number;
  /** Share of all cores, 10 to 100 per cent; null lifts it. */
  budget_percent: number | null;
}

export interface Traffic extends TrafficWish {
  spins: number;
  failed: number;
  per_second: number;
  /** Of what they waited over the last seconds; null while no spin has ended. */
  p95_ms: number | null;
  /** What the players would make if nothing held them back. */
  wanted_per_second: number;
  /** Null where the system does not tell. */
  cpu_percent: number | null;
  /** Whether the budget holds them back. */
  throttled: boolean;
}

/** Spins of one way of running: with telemetry, or without. */
export interface OverheadSide {
  spins: number;
  /** Of the whole process; null where the system does not tell. */
  cpu_ms_per_spin: number | null;
  p50_ms: number;
  p95_ms: number;
  /** Spins a second with as many at once as the machine takes. */
  saturated_per_s: number;
  /** Telemetry that is kept. */
  bytes_per_spin: number;
}

export interface Comparison {
  off: OverheadSide;
  on: OverheadSide;
  added_cpu_ms: number | null;
  added_p50_ms: number;
  /** Saturated throughput with telemetry, as a share of the one without. */
  saturated_ratio: number;
}

/** A measurement that came to its end, with the share of traces that it was of: 0 to 1. */
export interface OverheadResult extends Comparison {
  sample_rate: number;
}

/** The measurement of what telemetry costs. */
export interface Overhead {
  running: boolean;
  /** Blocks that are over, and blocks in all. */
  done: number;
  total: number;
  /** Of the measurement that runs, or was asked for last: 0 to 1. */
  sample_rate: number;
  /** Spins of each side one after another, and as many again at once. */
  spins: number;
  /** How many at once. */
  concurrency: number;
  /** Of the last measurement that came to its end. */
  result: OverheadResult | null;
  /** Why the last one did not. */
  failed: string | null;
}

/** A fault beside the four problems: it holds until it is switched, or happens once. */
export interface FaultView {
  id: string;
  service: string;
  kind: 'switch' | 'fire';
  /** Whether our code has a way to cope with it; the others are there or not. */
  fixable: boolean;
  /** Of a switch. */
  state?: ProblemState;
  /** How often it was fired. */
  fired?: number;
  /** The newest trace that shows it. */
  last_trace_id: string | null;
}

export interface Faults {
  faults: readonly FaultView[];
}
