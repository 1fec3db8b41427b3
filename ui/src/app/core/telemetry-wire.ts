import { Micros } from './micros';

/**
 * What the collector and the settings of the gateway say. Times of spans are microseconds, their names end in `_us`;
 * those of envelopes are milliseconds since the Unix epoch.
 */

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

/** A request that a door of the collector refused. */
export interface Refusal {
  code: string;
  /** The collector's sentence. */
  detail: string;
  field?: string;
  /** What the sender calls itself, such as an SDK's name and version. */
  client?: string;
  at: number;
}

export interface Delivery {
  captured: number;
  delivered: number;
  held: number;
  dead: number;
  held_by_reason: Readonly<Record<string, number>>;
  dead_by_reason: Readonly<Record<string, number>>;
  /** Requests that the doors refused since the start, by code; absent where there are none. */
  refused_by_code?: Readonly<Record<string, number>>;
  /** The newest of those, newest first. */
  refusals?: readonly Refusal[];
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

/** Names of things, each with what belongs to it. */
export type Named<T> = Readonly<Record<string, T>>;

export interface Measurement {
  value: number;
  /** Sentry's name of the unit; `none` for a bare number. */
  unit: string;
}

/** What one service did in a trace. */
export interface ServiceShare {
  service: string;
  transactions: number;
  errors: number;
  /** Of its transactions, less the time in which it waited for an outgoing request. */
  own_us: Micros;
  waiting_us: Micros;
}

/** For whom the services of a trace waited that recorded nothing in it themselves. */
export interface ExternalShare {
  peer: string;
  /** Of the outgoing requests to it; of those at the same time each counts. */
  waiting_us: Micros;
}

/** A trace in one line. */
export interface TraceSummary {
  trace_id: string;
  name: string;
  op: string;
  service: string;
  /** Number of the first envelope that told of it: the order of arrival, whatever clocks say. */
  first_envelope: number;
  start_us: Micros;
  /** From the earliest start to the latest end. */
  duration_us: Micros;
  /**
   * Length of the root, or of the earliest span while the root is not there: what whoever began the trace waited for.
   * Work in the background may go on after it.
   */
  root_us: Micros;
  spans: number;
  transactions: number;
  errors: number;
  logs: number;
  status: string;
  ok: boolean;
  release?: string;
  environment?: string;
  player?: string;
  measurements: Named<Measurement>;
  /** ISO 4217 code of its money, where the trace names one. */
  currency?: string;
  problems: readonly string[];
  /** Whether it was begun by traffic that is generated. */
  virtual_player: boolean;
  services: readonly ServiceShare[];
  external: readonly ExternalShare[];
  /** Stable words, such as `missing_root`. */
  oddities: readonly string[];
}

export interface TracesReply {
  /** The last to arrive first. */
  traces: readonly TraceSummary[];
  /** Asks for the next page; absent on the last. */
  next?: string;
  /** Traces, on whichever page, that began in the minute before the answer. */
  last_minute: number;
  /** Whether everything in the log has been read since the start. */
  indexed: boolean;
}

/** What `GET /traces` can be asked for; what is absent does not filter. */
export interface TraceQuery {
  ok?: boolean;
  service?: string;
  min_duration_ms?: number;
  max_duration_ms?: number;
  release?: string;
  player?: string;
  virtual_player?: boolean;
  name?: string;
  /** Begun at or after this. */
  since_us?: Micros;
  /** Begun before this. */
  until_us?: Micros;
  limit?: number;
  /** `next` of the page before, or `cursorBefore` a trace. */
  cursor?: string;
}

/** A span, or a transaction, which is the first span of a service. */
export interface Span {
  span_id: string;
  parent_span_id?: string;
  transaction: boolean;
  service: string;
  op: string;
  /** Description of a span, name of a transaction. */
  description: string;
  start_us: Micros;
  end_us: Micros;
  status: string;
  data: Named<unknown>;
  tags: Named<string>;
  measurements: Named<Measurement>;
  oddities?: readonly string[];
  seq: number;
}

export interface LogLine {
  at_us: Micros;
  level: string;
  message: string;
  service: string;
  span_id?: string;
  attributes: Named<unknown>;
  seq: number;
}

export interface Frame {
  function: string;
  module?: string;
  file?: string;
  line?: number;
  in_app: boolean;
  context_line?: string;
  pre_context?: readonly string[];
  post_context?: readonly string[];
}

export interface Breadcrumb {
  at_us?: Micros;
  category: string;
  level: string;
  message: string;
  data: Named<unknown>;
}

export interface ErrorEvent {
  event_id: string;
  issue_id: string;
  service: string;
  at_us: Micros;
  level: string;
  kind: string;
  value: string;
  handled?: boolean;
  transaction?: string;
  trace_id?: string;
  span_id?: string;
  release?: string;
  environment?: string;
  player?: string;
  tags: Named<string>;
  /** The innermost frame first. */
  frames: readonly Frame[];
  /** Oldest first. */
  breadcrumbs: readonly Breadcrumb[];
  seq: number;
}

export interface MeasurementPoint {
  at_us: Micros;
  name: string;
  value: number;
  unit: string;
  kind: string;
  trace_id?: string;
  service: string;
  release?: string;
}

export interface TraceDetail {
  summary: TraceSummary;
  /** By start. Ids may repeat and parents may be missing. */
  spans: readonly Span[];
  errors: readonly ErrorEvent[];
  logs: readonly LogLine[];
  metrics: readonly MeasurementPoint[];
  envelopes: readonly number[];
}

export type IssueStatus = 'unresolved' | 'resolved' | 'reopened' | 'regressed';

/** How often a request ends in an issue: `failed` of `requests`, counted over all that the collector keeps, never more. */
export interface RequestShare {
  service: string;
  /** Name of its transaction. */
  transaction: string;
  failed: number;
  requests: number;
  /** Whether `requests` is an estimate, since not all of them were recorded. */
  estimated?: boolean;
}

/** An issue in one line. */
export interface IssueSummary {
  issue_id: string;
  kind: string;
  value: string;
  culprit: string;
  level: string;
  events: number;
  /** Counted up to 1,000. */
  players: number;
  services: readonly string[];
  /** Oldest first. */
  releases: readonly string[];
  first_seen_us: Micros;
  last_seen_us: Micros;
  trace_ids: readonly string[];
  share?: RequestShare;
  status: IssueStatus;
  resolved_in?: string;
  /** The later release that it came back in. */
  regressed_in?: string;
  /** The release, not a later one, that it still happens in. */
  reopened_in?: string;
}

export interface IssueDetail {
  summary: IssueSummary;
  /** Newest first. */
  events: readonly ErrorEvent[];
  /** Oldest first; of more events than `events` has. */
  times_us: readonly Micros[];
}

/** What was done, how often and how fast. */
export interface Traffic {
  calls: number;
  /** Of the minute before the answer. */
  per_minute: number;
  errors: number;
  p50_us: Micros;
  p95_us: Micros;
}

export interface MapNode {
  /** Name of a service or peer; `<service>/<system>` of a database. */
  id: string;
  kind: 'service' | 'database' | 'external';
  traffic: Traffic;
}

export interface MapEdge {
  from: string;
  to: string;
  /** As the caller saw it. */
  traffic: Traffic;
}

/** Who calls whom, from the newest traces. */
export interface ServiceMap {
  nodes: readonly MapNode[];
  edges: readonly MapEdge[];
  traces: number;
  from_us: Micros;
  /** Whether the traces are only some of the last minute's: rates are then scaled from them. */
  estimated: boolean;
  indexed: boolean;
}
