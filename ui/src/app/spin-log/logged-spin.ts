import { Micros, micros } from '../core/api/micros';
import { SPIN } from '../core/api/parts';
import { TraceSummary } from '../core/api/schema';

/** A spin that took at least this long, in microseconds, has a culprit. */
const SLOW_US = 200_000;

/** One spin, as its trace tells it. */
export interface LoggedSpin {
  readonly traceId: string;
  /** Number of the first envelope of its trace, by which spins are ordered. */
  readonly arrived: number;
  readonly start: Micros;
  /** What the player waited for. */
  readonly took: Micros;
  /** The end of its last span, also in the background. */
  readonly ended: Micros;
  readonly failed: boolean;
  readonly isVirtual: boolean;
  /** The service or external peer with the largest share of the critical path; null for a fast spin. */
  readonly culprit: string | null;
  readonly problems: readonly string[];
  readonly fixed: readonly string[];
  readonly faults: readonly string[];
  /** These three as one text, by which many spins are compared quickly. */
  readonly switches: string;
}

/** Null for a trace that is no spin, and until its root has arrived. */
export function loggedSpin(trace: TraceSummary): LoggedSpin | null {
  if (trace.name !== SPIN || trace.oddities.includes('missing_root')) return null;
  return {
    traceId: trace.trace_id,
    arrived: trace.first_envelope,
    start: trace.start_us,
    took: trace.root_us,
    ended: micros(trace.start_us + trace.duration_us),
    failed: !trace.ok,
    isVirtual: trace.virtual_player,
    culprit: trace.root_us < SLOW_US ? null : (trace.critical_path[0]?.actor ?? null),
    problems: trace.problems,
    fixed: trace.problems_fixed,
    faults: trace.faults,
    switches: [trace.problems, trace.problems_fixed, trace.faults].join('|'),
  };
}

/** Comparator: the order of `newestFirst` in core/api/arrival.ts, backwards and without an object for each of two. */
export function oldestFirst(one: LoggedSpin, other: LoggedSpin): number {
  return one.arrived - other.arrived || (one.traceId < other.traceId ? -1 : 1);
}

/** Something that was switched between two spins. */
export interface Flag {
  /** Place of the first spin after the switch. */
  readonly at: number;
  readonly kind: 'fix' | 'problem' | 'fault';
  readonly id: string;
}

/**
 * The switches that the spins show, oldest first, each once. The first spin shows none, because nothing is known before
 * it.
 */
export function flagsOf(spins: readonly LoggedSpin[]): Flag[] {
  const different = new Map<string, LoggedSpin>();
  for (const spin of spins) if (!different.has(spin.switches)) different.set(spin.switches, spin);
  const ids = new Set(
    [...different.values()].flatMap(({ problems, fixed, faults }) =>
      [problems, fixed, faults].flat(),
    ),
  );
  const all = [...ids].flatMap((id) => {
    const states = new Map([...different].map(([switches, spin]) => [switches, stateIn(spin, id)]));
    return flagsOfOne(spins, states, id);
  });
  const flags: Flag[] = [];
  for (const flag of all.sort((one, other) => one.at - other.at)) {
    // A release switches several problems at once.
    const last = flags.findLast(({ kind }) => kind === flag.kind);
    const [one, other] = [spins[last?.at ?? -1], spins[flag.at]];
    flags.push(last && one && other && areTogether(one, other) ? { ...flag, at: last.at } : flag);
  }
  return flags;
}

/** The state of one problem or fault during a spin; null while it is switched. */
type SwitchState = Flag['kind'] | 'off' | null;

function flagsOfOne(
  spins: readonly LoggedSpin[],
  states: ReadonlyMap<string, SwitchState>,
  id: string,
): Flag[] {
  const flags: Flag[] = [];
  let state: SwitchState = null;
  /** The first spin with this state. */
  let first: LoggedSpin | undefined;
  spins.forEach((spin, at) => {
    const found = states.get(spin.switches) ?? null;
    // Of two spins at the same time, one may have been served before the switch and the other after it.
    if (found === null || found === state || (first && areTogether(first, spin))) return;
    if (first && found !== 'off') flags.push({ at, kind: found, id });
    state = found;
    first = spin;
  });
  return flags;
}

function stateIn({ problems, fixed, faults }: LoggedSpin, id: string): SwitchState {
  const [isProblem, isFixed] = [problems.includes(id), fixed.includes(id)];
  if (isProblem && isFixed) return null;
  if (isFixed) return 'fix';
  if (isProblem) return 'problem';
  return faults.includes(id) ? 'fault' : 'off';
}

function areTogether(one: LoggedSpin, other: LoggedSpin): boolean {
  return one.start < other.ended && other.start < one.ended;
}

/** A column of the strip: the slowest of some spins in succession. */
export interface Column {
  readonly spin: LoggedSpin;
  /** Number of spins that it stands for. */
  readonly of: number;
  readonly failed: boolean;
  readonly flags: readonly Flag[];
}

/**
 * At most `most` columns, oldest first. Where there are more spins, each column stands for a power of two of them, so
 * that the columns rarely change.
 */
export function columnsOf(spins: readonly LoggedSpin[], most: number): Column[] {
  let each = 1;
  while (spins.length > each * Math.max(1, most)) each *= 2;
  const flags = flagsOf(spins);
  const columns: Column[] = [];
  for (let from = 0; from < spins.length; from += each) {
    const some = spins.slice(from, from + each);
    const spin = some.reduce((one, other) => (other.took > one.took ? other : one));
    columns.push({
      spin,
      of: some.length,
      failed: some.some(({ failed }) => failed),
      flags: flags.filter(({ at }) => at >= from && at < from + each),
    });
  }
  return columns;
}

const [LEAST_US, MOST_US] = [1_000, 10_000_000];
/** The lowest height of a column, so that the fastest spin is seen. */
const LEAST_HEIGHT = 0.08;

/** Height of a spin's column, 0 to 1, from 1 ms to 10 s on a logarithmic scale. */
export function heightOf(took: number): number {
  const share = Math.log(Math.max(took, LEAST_US) / LEAST_US) / Math.log(MOST_US / LEAST_US);
  return Math.min(1, Math.max(LEAST_HEIGHT, share));
}
