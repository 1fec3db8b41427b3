import { Micros } from '../../core/api/micros';
import { Timed } from '../../core/api/parts';
import { ErrorEvent, LogLine } from '../../core/api/schema';
import { joined } from '../../core/i18n/legible';

interface Loose {
  /** Key of the row, which stays when the trace grows. */
  readonly key: string;
  /** 0 if the event has no time. */
  readonly at: Micros;
  readonly service: string;
  readonly level: string;
}

/** A log line or an error of a trace that belongs to none of its spans. */
export type LooseEvent = Loose &
  (
    | { readonly kind: 'error'; readonly error: ErrorEvent }
    | { readonly kind: 'log'; readonly log: LogLine }
  );

/**
 * Both in one list by time. `logs` contains all log lines of the trace, because the key of a line is its index in its
 * envelope.
 */
export function looseEvents(
  looseErrors: readonly ErrorEvent[],
  looseLogs: readonly LogLine[],
  logs: readonly LogLine[],
): LooseEvent[] {
  if (looseErrors.length + looseLogs.length === 0) return [];
  const events: LooseEvent[] = [];
  const taken = new Map<string, number>();
  const free = (name: string): string => {
    const number = taken.get(name) ?? 0;
    taken.set(name, number + 1);
    return `${name}:${number}`;
  };
  for (const error of looseErrors) {
    const { at_us: at, service, level } = error;
    events.push({ kind: 'error', key: free(`error:${error.event_id}`), at, service, level, error });
  }
  const loose = new Set(looseLogs);
  for (const log of logs) {
    const key = free(`log:${log.seq}`);
    const { at_us: at, service, level } = log;
    if (loose.has(log)) events.push({ kind: 'log', key, at, service, level, log });
  }
  return events.sort((one, other) => one.at - other.at);
}

/** The part of an event that contains its time. */
export function timeOf(event: LooseEvent): Timed {
  return event.kind === 'log' ? event.log : event.error;
}

/** Whether it reports a failure: an event that is an error, or a log line with such a level. */
export function isBad(event: LooseEvent): boolean {
  return event.kind === 'error' ? isError(event.error) : isBadLevel(event.level);
}

/** Levels of events that report no error. */
const CALM_LEVELS = new Set(['warning', 'warn', 'info', 'log', 'debug', 'trace']);

/**
 * Whether an event is an error, as the collector counts them: by its level, or because an exception was not handled.
 */
export function isError({ level, handled }: Pick<ErrorEvent, 'level' | 'handled'>): boolean {
  return handled === false || !CALM_LEVELS.has(level);
}

export function isBadLevel(level: string): boolean {
  return level === 'error' || level === 'fatal';
}

/** The text of an event in one line. */
export function lineOfEvent(event: LooseEvent): string {
  if (event.kind === 'log') return event.log.message;
  return joined(': ', [event.error.kind, event.error.value]);
}
