import { isNewer, newestFirst } from '../../core/api/arrival';
import { Micros, micros } from '../../core/api/micros';
import { SPIN, TraceQuery } from '../../core/api/parts';
import { TraceSummary } from '../../core/api/schema';
import { Formats, Unit } from '../../core/i18n/formats';
import { Rate, percentile, rateOf } from './percentile';

/**
 * The filter of the list; an empty text or null does not restrict it. Durations are those of the roots, in
 * milliseconds. `since` is inclusive, `until` is exclusive.
 */
export interface Filter {
  /** Only spins, or all traces. */
  readonly what: 'spins' | 'all';
  readonly outcome: '' | 'ok' | 'failed';
  /** Traces of people, or of virtual players. */
  readonly by: '' | 'people' | 'virtual';
  readonly name: string;
  readonly service: string;
  readonly release: string;
  readonly player: string;
  readonly least: number | null;
  readonly most: number | null;
  readonly since: Micros | null;
  readonly until: Micros | null;
}

export const NO_FILTER: Filter = {
  what: 'all',
  outcome: '',
  by: '',
  name: '',
  service: '',
  release: '',
  player: '',
  least: null,
  most: null,
  since: null,
  until: null,
};

/** The requests of a spin, by which a trace is named until its root arrives. */
const STEP_OF_A_SPIN = /^POST \/(?:api\/v1\/spins|v1\/(?:eligibility|reservations|rounds))\b/;

/** Whether the root has not arrived yet, which is sent last. */
export function isArriving({ oddities }: Pick<TraceSummary, 'oddities'>): boolean {
  return oddities.includes('missing_root');
}

function isSpin(trace: TraceSummary): boolean {
  return trace.name === SPIN || (isArriving(trace) && STEP_OF_A_SPIN.test(trace.name));
}

/** Parses the filter in an address. Unless it names a trace or a service, it means spins. */
export function filterOf(query: URLSearchParams): Filter {
  const what = query.get('what') ?? (query.get('name') || query.get('service') ? 'all' : 'spins');
  const outcome = query.get('outcome');
  const by = query.get('by');
  return {
    what: what === 'all' ? 'all' : 'spins',
    outcome: outcome === 'ok' || outcome === 'failed' ? outcome : '',
    by: by === 'people' || by === 'virtual' ? by : '',
    name: query.get('name') ?? '',
    service: query.get('service') ?? '',
    release: query.get('release') ?? '',
    player: query.get('player') ?? '',
    least: durationOf(query.get('least')),
    most: durationOf(query.get('most')),
    since: timeOf(query.get('since')),
    until: timeOf(query.get('until')),
  };
}

/** The length of each unit, in milliseconds. */
const WORTH: Readonly<Record<Unit, number>> = {
  microsecond: 0.001,
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
};
/** Units that are accepted in every language; a number without a unit is in milliseconds. */
const SYMBOLS = new Map<string, Unit>([
  ['us', 'microsecond'],
  ['µs', 'microsecond'],
  ['μs', 'microsecond'],
  ['', 'millisecond'],
  ['ms', 'millisecond'],
  ['s', 'second'],
  ['sec', 'second'],
  ['m', 'minute'],
  ['min', 'minute'],
  ['h', 'hour'],
]);
type Writing = Pick<Formats, 'thousands' | 'unitOf'>;
const PLAIN: Writing = { thousands: '', unitOf: () => undefined };

/**
 * Parses a duration in the units that the list shows: `2 s`, `500 µs`, `1 min 5 s`, `1 000`. The result is in
 * milliseconds, exact to the microsecond; null for an invalid text. A comma is a decimal point, unless the language
 * separates thousands with it.
 */
export function durationOf(
  text: string | null,
  { thousands, unitOf }: Writing = PLAIN,
): number | null {
  const typed = (text ?? '').toLowerCase().replace(/\s+/gu, '');
  const sign = thousands === ',' || thousands === '.' ? thousands : '';
  const plain =
    sign === ''
      ? typed
      : typed.replace(
          new RegExp(`(?<![\\d.,])[1-9]\\d{0,2}(?:[${sign}]\\d{3})+(?![\\d${sign}])`, 'g'),
          (grouped) => grouped.replaceAll(sign, ''),
        );
  if (!/^(?:\d+(?:[.,]\d+)?[^\d.,]*)+$/u.test(plain)) return null;
  let sum = 0;
  let before = Infinity;
  for (const [, number = '', unit = ''] of plain.matchAll(/(\d+(?:[.,]\d+)?)([^\d.,]*)/gu)) {
    const meant = SYMBOLS.get(unit) ?? unitOf(unit);
    const worth = meant && WORTH[meant];
    // Units must decrease, as in "1 min 5 s"; other texts are ambiguous.
    if (worth === undefined || worth >= before || (unit === '' && before < Infinity)) return null;
    sum += Number(number.replace(',', '.')) * worth;
    before = worth;
  }
  const exact = Math.round(sum * 1_000) / 1_000;
  return exact <= Number.MAX_SAFE_INTEGER / 1_000 ? exact : null;
}

/** Parses a time in an address: whole microseconds since the Unix epoch. */
function timeOf(text: string | null): Micros | null {
  const value = Number(text || NaN);
  return Number.isSafeInteger(value) && value >= 0 ? micros(value) : null;
}

/** The filter as `filterOf` parses it. */
export function addressOf(filter: Partial<Filter>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [name, value === null ? '' : String(value)]),
  );
}

/**
 * The filter for the collector. Its durations are whole milliseconds and rounded outwards, so the reply may contain
 * traces that do not match.
 */
export function queryOf(filter: Filter): TraceQuery {
  return {
    ...(filter.outcome === '' ? {} : { ok: filter.outcome === 'ok' }),
    ...(filter.by === '' ? {} : { virtual_player: filter.by === 'virtual' }),
    ...(filter.name === ''
      ? filter.what === 'spins'
        ? { name: SPIN }
        : {}
      : { name: filter.name }),
    ...(filter.service === '' ? {} : { service: filter.service }),
    ...(filter.release === '' ? {} : { release: filter.release }),
    ...(filter.player === '' ? {} : { player: filter.player }),
    ...(filter.least === null ? {} : { min_duration_ms: Math.floor(filter.least) }),
    ...(filter.most === null ? {} : { max_duration_ms: Math.ceil(filter.most) }),
    ...(filter.since === null ? {} : { since_us: filter.since }),
    ...(filter.until === null ? {} : { until_us: filter.until }),
  };
}

/** Number of entries of a list of the summary that the collector left out. */
export function leftOutOf({ left_out }: TraceSummary, list: 'services' | 'critical_path'): number {
  return left_out?.[list] ?? 0;
}

/** Whether a trace lasts as long as it may; one whose duration is unknown is within no limits. */
function isWithin({ least, most }: Filter, { root_us, duration_unknown }: TraceSummary): boolean {
  return (
    (least === null || (!duration_unknown && root_us >= Math.round(least * 1000))) &&
    (most === null || (!duration_unknown && root_us <= Math.round(most * 1000)))
  );
}

/** Decides as the collector does, for traces from the stream. */
export function matches(filter: Filter, trace: TraceSummary): boolean {
  return (
    (filter.what === 'all' || isSpin(trace)) &&
    (filter.outcome === '' || (filter.outcome === 'ok') === trace.ok) &&
    (filter.by === '' || (filter.by === 'virtual') === trace.virtual_player) &&
    (filter.name === '' || trace.name === filter.name) &&
    (filter.service === '' || trace.services.some(({ service }) => service === filter.service)) &&
    (filter.release === '' || trace.release === filter.release) &&
    (filter.player === '' || trace.player === filter.player) &&
    isWithin(filter, trace) &&
    (filter.since === null || trace.start_us >= filter.since) &&
    (filter.until === null || trace.start_us < filter.until)
  );
}

/**
 * Merges new traces into the list: newest first, each trace once. A trace that has grown replaces its older state, and
 * is removed if it no longer matches.
 */
export function merged(
  list: readonly TraceSummary[],
  news: ReadonlyMap<string, TraceSummary>,
  filter: Filter,
): TraceSummary[] {
  const kept = list.filter(({ trace_id }) => !news.has(trace_id));
  for (const trace of news.values()) if (matches(filter, trace)) kept.push(trace);
  return kept.sort(newestFirst);
}

/** The shown traces with their new states; no row is added, removed or moved. */
export function refreshed(
  shown: readonly TraceSummary[],
  news: ReadonlyMap<string, TraceSummary>,
): TraceSummary[] {
  return shown.map((trace) => news.get(trace.trace_id) ?? trace);
}

/** The shown traces, followed by older ones that were loaded since; no row moves. */
export function withOlder(
  shown: readonly TraceSummary[],
  all: readonly TraceSummary[],
): readonly TraceSummary[] {
  const last = shown.at(-1);
  return last ? [...shown, ...all.filter((trace) => isNewer(last, trace))] : all;
}

/**
 * The figures of a list of traces. Durations are those of the roots, in microseconds, without the unknown ones; null and 0
 * for an empty list.
 */
export interface Figures {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly rate: Rate;
  readonly failed: number;
}

/** If only a share of the traces is recorded, each represents as many as its sample rate says. */
function extrapolated(rate: Rate, traces: readonly TraceSummary[]): Rate {
  if (!traces.some(({ sample_rate }) => sample_rate !== undefined)) return rate;
  const all = traces.reduce((sum, { sample_rate = 1 }) => sum + 1 / sample_rate, 0);
  return { perMinute: Math.round((rate.perMinute * all) / traces.length), estimated: true };
}

/** `traces` is newest first, `now` is in milliseconds since the Unix epoch; `all` says that no older traces exist. */
export function figuresOf(traces: readonly TraceSummary[], now: number, all: boolean): Figures {
  const durations = traces
    .filter(({ duration_unknown }) => !duration_unknown)
    .map(({ root_us }) => root_us)
    .sort((one, other) => one - other);
  return {
    count: traces.length,
    p50: percentile(durations, 50),
    p95: percentile(durations, 95),
    p99: percentile(durations, 99),
    rate: extrapolated(
      rateOf(
        traces.map(({ start_us }) => start_us / 1000),
        now,
        all,
      ),
      traces,
    ),
    failed: traces.filter(({ ok }) => !ok).length,
  };
}

/** Two traces are of the same kind if they begin with the same operation of the same service. */
function sameKind(one: TraceSummary, other: TraceSummary): boolean {
  return one.name === other.name && one.service === other.service && one.op === other.op;
}

/** The newest trace of the same kind that arrived before this one. `traces` is newest first. */
export function previousOf(
  trace: TraceSummary,
  traces: readonly TraceSummary[],
): TraceSummary | null {
  return traces.find((other) => isNewer(trace, other) && sameKind(trace, other)) ?? null;
}
