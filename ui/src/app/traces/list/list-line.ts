import { Micros, micros } from '../../core/api/micros';
import { TraceSummary } from '../../core/api/schema';
import { Formats } from '../../core/i18n/formats';
import { Language } from '../../core/i18n/language';
import { brief, joined } from '../../core/i18n/legible';
import { colourOf } from '../../core/ui/service-colour';
import { tracePath } from '../../core/ui/trace-place';
import { backgroundOf, backgroundWords } from '../tree/background';
import { rootTime } from '../tree/root-time';
import { MOST } from './trace-feed';
import { Figures, Filter, isArriving, leftOutOf } from './trace-list';

/** Limit of the texts in a row, in characters; the page of the trace has the whole texts. */
const MOST_OF_A_NAME = 200;

/** The texts of a row. */
export interface Line {
  readonly trace: TraceSummary;
  readonly href: string;
  readonly name: string;
  readonly service: string;
  readonly time: string;
  /** The same with date and time zone. */
  readonly moment: string;
  readonly duration: string;
  /** The text about background work; empty without it. */
  readonly background: string;
  /** Its time alone. */
  readonly later: string;
  /** Tooltip of the link, which covers the row. */
  readonly hint: string;
  /** In per cent of the longest trace in the list. */
  readonly width: number;
  readonly title: string;
  /** Whether the root is expected any moment: how long ago the trace began; empty otherwise. */
  readonly running: string;
  /** Whether the root has not arrived, so that the outcome is unknown. */
  readonly rootless: boolean;
  /** The shares of the critical path, the largest first. */
  readonly parts: readonly Part[];
  /** The largest part; null without a critical path. */
  readonly lead: { readonly actor: string; readonly colour: string; readonly share: string } | null;
  /** The number of parts that the summary omits; empty for none. */
  readonly moreParts: string;
  /** The same as text. */
  readonly partWords: string;
}

interface Part {
  readonly actor: string;
  readonly colour: string;
  readonly weight: number;
  readonly title: string;
}

/** A root that has not come after this time is not expected any more, in milliseconds. */
const RUNNING_MS = 60_000;

/**
 * `longest` is the duration of the longest trace in the list, in microseconds; `now` is in milliseconds since the Unix
 * epoch.
 */
export function lineOf(
  trace: TraceSummary,
  longest: number,
  now: number,
  language: Language,
): Line {
  const { say } = language;
  const formats = language.formats();
  const { number } = formats;
  const { status, errors, logs } = trace;
  // A trace without spans is named by its first log line or error, which only its page has.
  const name =
    brief(trace.name, MOST_OF_A_NAME) ||
    say('viewer.list.spanless', { logs: number(logs), errors: number(errors) });
  const duration = rootTime(trace, formats);
  const background = backgroundWords(backgroundOf(trace), say, formats);
  const parts = partsOf(trace, language);
  const rootless = isArriving(trace);
  const age = now - trace.start_us / 1000;
  const isRunning = rootless && age >= 0 && age < RUNNING_MS;
  const more = leftOutOf(trace, 'critical_path');
  return {
    trace,
    href: tracePath(trace.trace_id),
    name,
    service: brief(trace.service, MOST_OF_A_NAME),
    time: formats.when(trace.start_us),
    moment: formats.zoned(trace.start_us),
    duration,
    width: Math.min((trace.root_us / longest) * 100, 100),
    running: isRunning ? formats.duration(Math.max(age, 1_000)) : '',
    rootless,
    lead: leadOf(parts, trace, formats),
    hint: background === '' ? name : joined(' · ', [name, `${duration} ${background}`]),
    background,
    later: background === '' ? '' : formats.lapseChange(backgroundOf(trace)),
    title: trace.ok
      ? say('viewer.list.wellTitle')
      : say('viewer.list.badTitle', { status, errors: number(errors) }),
    parts,
    moreParts: more === 0 ? '' : `+${number(more)}`,
    partWords: joined(' · ', [
      ...parts.map(({ title }) => title),
      more === 0 ? '' : say('more.rest', { count: number(more) }),
    ]),
  };
}

function partsOf({ services, critical_path }: TraceSummary, language: Language): Part[] {
  const { say } = language;
  const { lapse } = language.formats();
  return critical_path.map(({ actor, time_us }) => {
    const isService = services.some(({ service }) => service === actor);
    const key = isService ? 'viewer.list.own' : 'viewer.list.waiting';
    const title = say(key, { actor, time: lapse(time_us) });
    return { actor, weight: time_us, colour: colourOf(actor), title };
  });
}

function leadOf(
  [first]: readonly Part[],
  { root_us }: TraceSummary,
  { percent }: Formats,
): Line['lead'] {
  if (!first) return null;
  const share = percent((first.weight / root_us) * 100, 0);
  return { actor: brief(first.actor, MOST_OF_A_NAME), colour: first.colour, share };
}

/** The texts of the figures; `more` says whether older traces are missing. */
export function figureWords(figures: Figures, more: boolean, language: Language) {
  const { count, p50, p95, p99, rate, failed } = figures;
  const { say } = language;
  const { number, lapse, percent } = language.formats();
  const time = (value: number | null): string => (value === null ? '–' : lapse(micros(value)));
  const hint = (share: number): string => say('viewer.list.percentileHint', { percent: share });
  return [
    {
      name: 'count',
      value: number(count) + (more ? '+' : ''),
      hint: say('viewer.list.countHint', { most: number(MOST) }),
    },
    { name: 'p50', value: time(p50), hint: hint(50) },
    { name: 'p95', value: time(p95), hint: hint(95) },
    { name: 'p99', value: time(p99), hint: hint(99) },
    {
      name: 'perMinute',
      value: (rate.estimated ? '≈' : '') + number(rate.perMinute),
      hint: say('viewer.list.perMinuteHint'),
    },
    {
      name: 'failed',
      value: count === 0 ? '–' : percent((failed / count) * 100, 1),
      hint: number(failed),
    },
  ] as const;
}

/** The period of the filter, short and with dates; null without one. */
export function periodWords(
  { since, until }: Pick<Filter, 'since' | 'until'>,
  language: Language,
): { text: string; hint: string } | null {
  if (since === null && until === null) return null;
  const { clock, date } = language.formats();
  const words = (tell: (at: Micros) => string): string => {
    const [from, to] = [since, until].map((at) => (at === null ? '…' : tell(at)));
    return from === to ? `${from}` : `${from} – ${to}`;
  };
  return {
    text: words(clock),
    hint: language.say('viewer.list.periodHint', { period: words(date) }),
  };
}
