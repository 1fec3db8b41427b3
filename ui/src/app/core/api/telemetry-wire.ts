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
  /** Of the root, which every figure of the trace is about; absent where there are no spans. */
  root_span_id?: string;
  /** Number of the first envelope that told of it: the order of arrival, whatever clocks say. */
  first_envelope: number;
  /** Of spans; of errors and log lines only where there are none. */
  start_us: Micros;
  /** From the earliest start to the latest end. */
  duration_us: Micros;
  /**
   * Length of the root, or of the earliest span while the root is not there: what whoever began the trace waited for.
   * Work in the background may go on after it.
   */
  root_us: Micros;
  /** How long spans go on after the root; 0 where nobody knows. */
  background_us?: Micros;
  spans: number;
  transactions: number;
  errors: number;
  /** Events that are no errors, such as of level `info`. */
  messages?: number;
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
  /** Share of traces that its head records; absent where that is all of them. */
  sample_rate?: number;
  services: readonly ServiceShare[];
  external: readonly ExternalShare[];
  /** Stable words, such as `missing_root`. */
  oddities: readonly string[];
  /** How many entries of which of its lists are not told. */
  left_out?: Named<number>;
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
  /** Of a transaction, or of a span that came alone. */
  release?: string;
  environment?: string;
  player?: string;
  /** What a transaction says of its user. */
  user?: Named<unknown>;
  /** What a transaction says of the program that recorded it. */
  resource?: Named<unknown>;
  oddities?: readonly string[];
  seq: number;
}

/** How the time of a log line or an error came about. */
export interface Timed {
  at_us: Micros;
  /** It has no time of its own: `at_us` is when it came. */
  time_is_received?: boolean;
  /** The clock of its sender was off, and its times are corrected. */
  clock_corrected?: boolean;
  /** Before or after all spans of its trace. */
  outside?: boolean;
}

export interface LogLine extends Timed {
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

/** One exception of those that an event tells of. */
export interface Exception {
  kind: string;
  value: string;
  module?: string;
  handled?: boolean;
  exception_id?: number;
  parent_id?: number;
  /** Where its parent holds it, such as `__cause__`. */
  source?: string;
  is_exception_group?: boolean;
  /** The innermost frame first. */
  frames: readonly Frame[];
  frames_total: number;
}

/** Why an event is of its issue. */
export interface Grouping {
  by: 'fingerprint' | 'stack' | 'system_stack' | 'exception' | 'message';
  parts: readonly string[];
  parts_total: number;
}

export interface ErrorEvent extends Timed {
  event_id: string;
  issue_id: string;
  service: string;
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
  /** How many there were. */
  frames_total?: number;
  /** The one that was seen first, each followed by its causes or what is in it. */
  exceptions?: readonly Exception[];
  exceptions_total?: number;
  /** The newest, oldest first. */
  breadcrumbs: readonly Breadcrumb[];
  /** How many there were. */
  breadcrumbs_total?: number;
  grouping?: Grouping;
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

/** A transaction without a parent beside the root. */
export interface OtherRoot {
  span_id: string;
  name: string;
  service: string;
  start_us: Micros;
  duration_us: Micros;
}

export interface TraceDetail {
  summary: TraceSummary;
  other_roots?: readonly OtherRoot[];
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
  /** Things that are not told, since they are called least. */
  left_out?: number;
  /** Whether the traces are only some of the last minute's: rates are then scaled from them. */
  estimated: boolean;
  indexed: boolean;
}
