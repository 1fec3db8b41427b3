/** What the collector and the settings of the gateway say. Times are milliseconds since the Unix epoch. */

export interface Settings {
  /** DSNs are masked. */
  dsn: string | null;
  dsn_by_service: Readonly<Record<string, string>>;
  environment: string;
  release: string;
  traces_sample_rate: number;
  organization: string | null;
  sending: boolean;
  /** Absent where the collector does not scrub. */
  scrubbing?: boolean;
  collector_dsn: string;
  /** Whether a change outlives the program. */
  kept: boolean;
}

/** Absent stays as it is, null is taken away. */
export interface SettingsChange {
  dsn?: string | null;
  dsn_by_service?: Record<string, string | null>;
  environment?: string;
  traces_sample_rate?: number;
  organization?: string | null;
  sending?: boolean;
  scrubbing?: boolean;
}

export interface TestOutcome {
  ok: boolean;
  code: string;
  detail: string;
  /** What the sentence names: for `dsn_invalid` `reason`. */
  params?: Readonly<Record<string, string>>;
  elapsed_ms: number;
}

export type EnvelopeState = 'held' | 'delivered' | 'dead';

export interface Delivery {
  captured: number;
  delivered: number;
  held: number;
  dead: number;
  held_by_reason: Readonly<Record<string, number>>;
  dead_by_reason: Readonly<Record<string, number>>;
  sending: boolean;
  destinations: readonly { slot?: string; dsn: string; next_attempt_at?: number }[];
  rate_limits: readonly { destination: string; category: string; until: number }[];
  last_error?: { code: string; detail: string; destination: string; at: number };
  notices: readonly { code: string; detail: string; at: number }[];
}

export interface EnvelopeSummary {
  seq: number;
  slot: string;
  received_at: number;
  bytes: number;
  categories: readonly string[];
  state: EnvelopeState;
  reason?: string;
}

export interface EnvelopeDetail {
  summary: EnvelopeSummary;
  header: unknown;
  items: readonly { header: unknown; bytes: number; json?: unknown; text?: string }[];
}
