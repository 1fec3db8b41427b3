import { Micros, micros } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { colourOf } from '../core/ui/service-colour';
import { tracePath } from '../core/ui/trace-place';
import { backgroundOf, backgroundWords } from './background';
import { MOST } from './trace-feed';
import { Figures, Filter } from './trace-list';

/** A row has no room for more; the trace has the whole. */
const MOST_OF_A_NAME = 200;

/** A row of the list, ready to be drawn. */
export interface Line {
  readonly trace: TraceSummary;
  readonly href: string;
  readonly name: string;
  readonly service: string;
  readonly time: string;
  /** The same with its day and the zone of the clock. */
  readonly moment: string;
  readonly duration: string;
  /** What went on after it; empty where nothing did. */
  readonly background: string;
  /** Of the link, which is as large as the row. */
  readonly hint: string;
  /** Of the longest trace in the list, per cent. */
  readonly width: number;
  readonly title: string;
  /** What the services did themselves, and how long they waited for somebody outside: that has no colour. */
  readonly parts: readonly { colour: string | null; weight: number; title: string }[];
  /** The same in words. */
  readonly partWords: string;
}

/** `longest` is how long the longest trace of the list took, in microseconds. */
export function lineOf(trace: TraceSummary, longest: number, language: Language): Line {
  const { say } = language;
  const formats = language.formats();
  const { number } = formats;
  const { status, errors, logs } = trace;
  // A trace of log lines and errors alone: its page names it by the first of them.
  const name =
    brief(trace.name, MOST_OF_A_NAME) ||
    say('viewer.list.spanless', { logs: number(logs), errors: number(errors) });
  const duration = trace.spans === 0 ? '–' : formats.lapse(trace.root_us);
  const background = backgroundWords(backgroundOf(trace), say, formats);
  const parts = partsOf(trace, language);
  return {
    trace,
    href: tracePath(trace.trace_id),
    name,
    service: brief(trace.service, MOST_OF_A_NAME),
    time: formats.when(trace.start_us),
    moment: formats.zoned(trace.start_us),
    duration,
    width: (trace.root_us / longest) * 100,
    hint: background === '' ? name : joined(' · ', [name, `${duration} ${background}`]),
    background,
    title: trace.ok
      ? say('viewer.list.wellTitle')
      : say('viewer.list.badTitle', { status, errors: number(errors) }),
    parts,
    partWords: joined(
      ' · ',
      parts.map(({ title }) => title),
    ),
  };
}

function partsOf({ services, external }: TraceSummary, language: Language): Line['parts'] {
  const { say } = language;
  const { lapse } = language.formats();
  const own = services.map(({ service, own_us }) => ({
    colour: colourOf(service),
    weight: own_us,
    title: say('viewer.list.own', { service, time: lapse(own_us) }),
  }));
  const waits = external.map(({ peer, waiting_us }) => ({
    colour: null,
    weight: waiting_us,
    title: say('viewer.list.waiting', { peer, time: lapse(waiting_us) }),
  }));
  return [...own, ...waits].filter(({ weight }) => weight > 0);
}

/** What the traces amount to; `more` says that there are older ones than these. */
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

/** The stretch of time that is shown, where it is not all: short, and with its days. */
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
