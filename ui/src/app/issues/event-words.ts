import { writeJson } from '../core/api/exact-json';
import { ErrorEvent, Exception, Frame } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { Capped, firstOf, lastOf } from '../core/ui/capped';
import { isOwn, plainName } from './own-code';

const MOST_CRUMBS = 30;
const MOST_OWN_FRAMES = 50;
const MOST_CAUSE_FRAMES = 5;
const MOST_OF_A_NAME = 200;

/** The texts about one event. */
interface EventWords {
  readonly at: string;
  readonly value: string;
  readonly facts: { name: string; value: string }[];
  readonly tags: { name: string; value: string }[];
  readonly own: Capped<FrameWords>;
  readonly others: readonly FrameWords[];
  readonly othersText: string;
  /** The number of known frames of all; empty if all are known. */
  readonly framesText: string;
  readonly causes: readonly CauseWords[];
  readonly moreCauses: number;
  readonly grouping: { by: string; parts: string };
  readonly crumbs: Capped<{ at: string; category: string; text: string; bad: boolean }>;
  readonly crumbsText: string;
  readonly trace: { path: string; href: string; span: string | undefined } | null;
}

interface CauseWords {
  readonly kind: string;
  readonly value: string;
  readonly note: string;
  readonly frames: readonly FrameWords[];
  readonly rest: number;
}

interface FrameWords {
  readonly name: string;
  readonly place: string;
  readonly source: readonly { number: number | null; text: string; here: boolean }[];
}

/** `full` contains the names of the lists that are shown in full. */
export function eventWords(
  event: ErrorEvent,
  full: ReadonlySet<string>,
  language: Language,
): EventWords {
  const { say } = language;
  const { clock, date, number } = language.formats();
  const others = event.frames.filter((frame) => !isOwn(frame));
  const own = event.frames.filter(isOwn);
  const ownShown = firstOf(own, full.has('own') ? own.length : MOST_OWN_FRAMES);
  const { breadcrumbs } = event;
  const crumbs = lastOf(breadcrumbs, full.has('crumbs') ? breadcrumbs.length : MOST_CRUMBS);
  const path = `/traces/${event.trace_id}`;
  const some = (key: 'framesOf' | 'crumbsOf', shown: number, all = shown): string =>
    all > shown ? say(`insights.issues.${key}`, { shown: number(shown), all: number(all) }) : '';
  const exceptions = event.exceptions ?? [];
  return {
    at: event.time_is_received
      ? say('insights.issues.received', { at: date(event.at_us) })
      : date(event.at_us),
    value: event.value,
    facts: factsOf(event, say),
    tags: Object.entries(event.tags).map(([name, value]) => ({ name, value })),
    own: { shown: ownShown.shown.map(frameWords), rest: ownShown.rest },
    others: others.map(frameWords),
    othersText: language.count('insights.issues.other', others.length),
    framesText: some('framesOf', event.frames.length, event.frames_total),
    causes: exceptions.length > 1 ? exceptions.map((each) => causeWords(each, say)) : [],
    moreCauses: Math.max(event.exceptions_total - exceptions.length, 0),
    grouping: {
      by: say(`insights.issues.groupedBy.${event.grouping.by}`),
      parts: joined(' · ', event.grouping.parts.map(plainName)),
    },
    crumbsText: some('crumbsOf', breadcrumbs.length, event.breadcrumbs_total),
    crumbs: {
      rest: crumbs.rest,
      shown: crumbs.shown.map((crumb) => ({
        at: crumb.at_us === undefined ? '' : clock(crumb.at_us),
        category: brief(crumb.category, MOST_OF_A_NAME),
        text: crumbText(crumb.message, crumb.data),
        bad: ['error', 'fatal', 'warning'].includes(crumb.level),
      })),
    },
    trace: event.trace_id
      ? {
          path,
          href: event.span_id ? `${path}?span=${encodeURIComponent(event.span_id)}` : path,
          span: event.span_id,
        }
      : null,
  };
}

/** Where the error happened and whom it concerned, as far as that is known. */
function factsOf(event: ErrorEvent, say: Language['say']): EventWords['facts'] {
  const { handled } = event;
  const facts = {
    service: event.service,
    request: event.transaction,
    player: event.player,
    release: event.release,
    environment: event.environment,
    handled: handled === undefined ? '' : say(`insights.issues.${handled ? 'yes' : 'no'}`),
  };
  return (Object.keys(facts) as (keyof typeof facts)[]).flatMap((name) => {
    const value = facts[name];
    return value ? [{ name: say(`insights.issues.${name}`), value }] : [];
  });
}

/** The application's innermost frame of the stack, or the innermost of all if none belongs to the application. */
function causeWords(
  { kind, value, source, frames, ...cause }: Exception,
  say: Language['say'],
): CauseWords {
  const own = frames.filter(isOwn);
  const inner = firstOf(own.length > 0 ? own : frames, MOST_CAUSE_FRAMES);
  return {
    kind: brief(kind, MOST_OF_A_NAME),
    value,
    note: joined(' · ', [
      source ?? '',
      cause.is_exception_group ? say('insights.issues.group') : '',
    ]),
    frames: inner.shown.map(frameWords),
    rest: Math.max(cause.frames_total, frames.length) - inner.shown.length,
  };
}

/** Unnamed code, such as a closure or the body of an async function, is shown by its module. */
function nameOf({ function: name, module }: Frame): string {
  const within = name.startsWith('{') ? module?.split('::').at(-1) : undefined;
  return plainName(within ? `${within}::${name}` : name);
}

function frameWords(frame: Frame): FrameWords {
  const { file, line, module, pre_context = [], post_context = [], context_line } = frame;
  const first = line === undefined ? null : line - pre_context.length;
  const texts = context_line === undefined ? [] : [...pre_context, context_line, ...post_context];
  return {
    name: nameOf(frame),
    place: [file ?? module ?? '', line].filter(Boolean).join(':'),
    source: texts.map((text, index) => ({
      number: first === null ? null : first + index,
      text,
      here: index === pre_context.length,
    })),
  };
}

function crumbText(message: string, data: Readonly<Record<string, unknown>>): string {
  const rest = Object.entries(data).map(
    ([name, value]) => `${name}=${typeof value === 'object' ? writeJson(value) : String(value)}`,
  );
  return joined(' · ', [message, ...rest]);
}
