/** What crosses the wire between this page and the gateway. Money is whole minor units (kopecks). */

export type SymbolName = 'wild' | 'scatter' | 'seven' | 'gem' | 'bell' | 'bar' | 'star' | 'cherry';

/** Five columns of three symbols, the top row first. */
export type Board = readonly (readonly SymbolName[])[];

/** Reel and row of a cell, both from 0. */
export type Cell = readonly [reel: number, row: number];

export interface Limits {
  min_stake: number;
  max_stake: number;
  stake_step: number;
}

export interface Player {
  player_id: string;
  account_code: string;
  display_name: string;
  currency: string;
  balance: number;
  reserved: number;
  limits: Limits;
}

export interface SessionReply {
  token: string;
  token_type: string;
  expires_at: string;
  player: Player;
}

export interface Win {
  kind: 'line' | 'scatter';
  /** From 1; absent for a scatter win. */
  payline?: number;
  symbol: SymbolName;
  count: number;
  /** Of the stake per line for a line, of the whole stake for a scatter. */
  multiplier: number;
  payout: number;
  cells: readonly Cell[];
}

/** `reserved` and `pending` are on their way to one of the other two. */
export type RoundStatus = 'reserved' | 'pending' | 'posted' | 'voided';

export interface SpinReply {
  round_id: string;
  status: RoundStatus;
  stake: number;
  payout: number;
  currency: string;
  balance: number;
  seed: string;
  stops: readonly number[];
  board: Board;
  wins: readonly Win[];
  /** The round whose seed this one was drawn from, where it was spun again. */
  same_seed_as?: string;
  replayed: boolean;
}

export interface Round {
  round_id: string;
  stake: number;
  /** Absent until it is known, and on a voided round. */
  payout?: number;
  currency: string;
  status: RoundStatus;
  created_at: string;
  settled_at?: string;
  seed?: string;
  stops?: readonly number[];
  board?: Board;
  /** The round whose seed this one was drawn from, where it was spun again. */
  same_seed_as?: string;
}

/** What the payment service says of one round of the player's. */
export interface RoundStanding {
  /** Null where no stake was ever reserved. */
  round: Round | null;
  stake_status: StakeStatus;
  /** Money that can be staked now. */
  balance: number;
}

export interface RoundsReply {
  rounds: readonly Round[];
}

/** An exact rate; the figures are too large for a double, so they travel as text. */
export interface Fraction {
  numerator: string;
  denominator: string;
}

export interface PaytableSymbol {
  symbol: SymbolName;
  kind: 'wild' | 'scatter' | 'regular';
  pays: readonly { count: number; pays: number }[];
}

export interface ParSheet {
  cycle: string;
  rtp_percent: number;
  rtp: Fraction;
  hit_frequency_percent: number;
  hit_frequency: Fraction;
  volatility: { standard_deviation: number; index_90: number; class: string };
  max_payout: number;
  contributions: readonly { symbol: SymbolName; rtp_percent: number; rtp?: Fraction }[];
}

export interface PaytableReply {
  game: string;
  rows: number;
  reels: number;
  stakes: readonly number[];
  symbols: readonly PaytableSymbol[];
  paylines: readonly (readonly number[])[];
  reel_strips: readonly (readonly SymbolName[])[];
  par_sheet: ParSheet;
}

export interface HealthReply {
  status: 'ok' | 'degraded';
  release: string;
  services: Record<string, string>;
  seeding?: { done: number; total: number };
  /** Name of the file that is looked at, where nothing runs. */
  recording?: string;
}

/** A damaged database that was put out of use, and that nobody has read about yet. */
export interface SetAside {
  id: string;
  code: 'database_set_aside';
  database: string;
  path: string;
  /** RFC 3339. */
  at: string;
}

/** Where the stake of a spin stands. The payment service says it; `unknown` is said where it could not be asked. */
export const STAKE_STATUSES = [
  'untouched',
  'reserved',
  'pending',
  'returned',
  'paid',
  'unknown',
] as const;
export type StakeStatus = (typeof STAKE_STATUSES)[number];

/** The body of application/problem+json, RFC 9457. */
export interface ProblemBody {
  title?: string;
  status: number;
  detail?: string;
  code: string;
  field?: string;
  stake_status?: StakeStatus;
  round_id?: string;
}
