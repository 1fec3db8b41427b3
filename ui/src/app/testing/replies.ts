import { ZERO } from '../core/api/micros';
import { Delivery, ErrorEvent, ServiceShare, TraceSummary } from '../core/api/schema';

/** A trace in which nothing was recorded; a spec overrides the members that it is about. */
export const TRACE: TraceSummary = {
  trace_id: 't',
  name: 'trace',
  op: 'work',
  service: 'game-engine',
  first_envelope: 1,
  start_us: ZERO,
  duration_us: ZERO,
  root_us: ZERO,
  background_us: ZERO,
  spans: 0,
  transactions: 0,
  errors: 0,
  messages: 0,
  logs: 0,
  status: 'ok',
  ok: true,
  measurements: {},
  problems: [],
  problems_fixed: [],
  faults: [],
  virtual_player: false,
  services: [],
  external: [],
  critical_path: [],
  oddities: [],
};

/** A service without any work. */
export const SHARE: ServiceShare = {
  service: 'game-engine',
  transactions: 0,
  errors: 0,
  requests: 0,
  failed_requests: 0,
  own_us: ZERO,
  waiting_us: ZERO,
};

/** An error without details. */
export const ERROR: ErrorEvent = {
  event_id: 'e',
  issue_id: 'i',
  service: 'game-engine',
  at_us: ZERO,
  level: 'error',
  kind: 'Error',
  value: '',
  tags: {},
  frames: [],
  frames_total: 0,
  exceptions_total: 0,
  breadcrumbs: [],
  breadcrumbs_total: 0,
  grouping: { by: 'message', parts: [], parts_total: 0 },
  seq: 1,
};

/** A state in which everything has arrived. */
export const DELIVERY: Delivery = {
  captured: 0,
  delivered: 0,
  held: 0,
  dead: 0,
  held_by_reason: {},
  dead_by_reason: {},
  refused: 0,
  lost_by_sdks: {},
  sessions: 0,
  sending: true,
  scrubbing: true,
  in_flight: 0,
  destinations: [],
  rate_limits: [],
  notices: [],
  bytes: 0,
  indexed: true,
};
