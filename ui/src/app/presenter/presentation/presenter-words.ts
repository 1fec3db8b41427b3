// Long because each kind of condition and of action has words of its own.
import { fromMilliseconds } from '../../core/api/micros';
import {
  Action,
  ClaimState,
  ConditionState,
  FaultId,
  FixState,
  Range,
  StepCondition,
  Unit,
} from '../../core/api/schema';
import { isProblemId } from '../../core/api/parts';
import { problemWords } from '../../core/i18n/error-words';
import { Formats } from '../../core/i18n/formats';
import { Key, Language } from '../../core/i18n/language';
import { NothingThere } from './performer';

type Words = Pick<Language, 'say' | 'count' | 'formats'>;

export function nameOfFault({ say }: Words, id: FaultId): string {
  return isProblemId(id) ? say(`problems.name.${id}`) : say(`faults.name.${id}`);
}

/** What has to be true for a step to be fulfilled, with how far it is. */
export function conditionWords(
  words: Words,
  condition: StepCondition,
  { measured, wanted }: ConditionState,
): string {
  const { say } = words;
  const { number, percent } = words.formats();
  if (condition === 'overhead_measured') return say('presenter.when.overheadMeasured');
  if (condition === 'same_round_compared') return say('presenter.when.sameRoundCompared');
  if (condition === 'issue_opened') return say('presenter.when.issueOpened');
  const counted = { done: number(measured ?? 0), of: number(wanted ?? 0) };
  if ('spins' in condition) return say('presenter.when.spins', counted);
  if ('failures' in condition) return say('presenter.when.failures', counted);
  if ('questions_opened' in condition) return say('presenter.when.questions', counted);
  if ('trace_opened' in condition) {
    const { service, op, description } = condition.trace_opened;
    const span = [service, description ?? op].filter(Boolean).join(' · ');
    return span === ''
      ? say('presenter.when.traceOpened')
      : say('presenter.when.traceWith', { span });
  }
  if ('share' in condition) {
    const { service, percent: least } = condition.share;
    const now = measured === null ? '–' : percent(measured, 0);
    return say('presenter.when.share', { service, least: percent(least, 0), now });
  }
  if ('observed' in condition)
    return say('presenter.when.observed', { name: nameOfFault(words, condition.observed) });
  if ('problem' in condition) {
    const { id, is } = condition.problem;
    return say(`presenter.when.problem.${is}`, { name: nameOfFault(words, id) });
  }
  if ('fix_helped' in condition)
    return say('presenter.when.fixHelped', { name: nameOfFault(words, condition.fix_helped) });
  if ('release' in condition) return say('presenter.when.release', { release: condition.release });
  if ('traffic' in condition)
    return say(condition.traffic ? 'presenter.when.traffic' : 'presenter.when.noTraffic');
  return say('presenter.when.page', { page: say(`presenter.page.${condition.page_seen}`) });
}

/** What an action does, for a button without words of the script. */
export function actionWords(words: Words, action: Action): string {
  const { say } = words;
  if (typeof action === 'string') return say(`presenter.do.${action}`);
  const name = (id: FaultId): { name: string } => ({ name: nameOfFault(words, id) });
  if ('spin' in action) return words.count('presenter.do.spin', action.spin);
  if ('open' in action)
    return say('presenter.do.open', { page: say(`presenter.page.${action.open}`) });
  if ('open_trace_of' in action) return say('presenter.do.openTraceOf', name(action.open_trace_of));
  if ('fix' in action) return say('presenter.do.fix', name(action.fix));
  if ('bring_back' in action) return say('presenter.do.bringBack', name(action.bring_back));
  if ('break' in action) return say('presenter.do.break', name(action.break.fault));
  if ('fire' in action) return say('presenter.do.fire', name(action.fire));
  if ('release' in action) return say('presenter.do.release', { release: action.release });
  if ('traffic' in action)
    return say(action.traffic ? 'presenter.do.traffic' : 'presenter.do.noTraffic');
  return say('presenter.do.question');
}

/** A figure with its unit; `–` without one. */
export function figureText(words: Words, value: number | null, unit: Unit): string {
  if (value === null) return '–';
  const formats = words.formats();
  if (unit === 'ms') return formats.lapse(fromMilliseconds(value));
  if (unit === 'percent') return formats.percent(value, percentDigits(value));
  const text = formats.number(value);
  return unit === 'bytes' ? words.say('delivery.bytes', { count: text }) : text;
}

/** A range as a person writes it: “3–6 s”, “at most 1 %”, “80 %”. */
export function rangeText(words: Words, { from, to }: Range, unit: Unit): string {
  const text = (value: number): string => stated(words, value, unit);
  if (from !== undefined && to !== undefined)
    return from === to ? text(from) : `${text(from)} – ${text(to)}`;
  if (to !== undefined) return words.say('presenter.claim.atMost', { value: text(to) });
  return from === undefined ? '' : words.say('presenter.claim.atLeast', { value: text(from) });
}

/** A stated figure has no digits that the script does not state. */
function stated(words: Words, value: number, unit: Unit): string {
  const formats = words.formats();
  if (unit === 'ms')
    return value === 0 ? formats.duration(0) : formats.mark(fromMilliseconds(value));
  if (unit === 'percent') return formats.percent(value, Number.isInteger(value) ? 0 : 1);
  return figureText(words, value, unit);
}

function percentDigits(value: number): number {
  if (value >= 10) return 0;
  return value >= 1 || value === 0 ? 1 : 2;
}

/** Minutes and seconds, as on a stopwatch: 2:05. */
export function clockText({ number }: Pick<Formats, 'number'>, ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${number(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The words of a verdict; a figure of too few spins is told apart from none. */
export function claimKey({ verdict, measured }: Pick<ClaimState, 'verdict' | 'measured'>): Key {
  if (verdict !== 'too_few') return `presenter.claim.${verdict}`;
  return measured === null ? 'presenter.claim.none' : 'insights.business.few';
}

/** How many spins would tell; empty where it is told, or where nothing is measured. */
export function enoughWords(
  { say, formats }: Words,
  { enough, measured }: Pick<ClaimState, 'enough' | 'measured'>,
): string {
  if (enough === null || measured === null) return '';
  return say('insights.business.enough', { count: formats().number(enough) });
}

/** What a fix brought. */
export function fixWords(
  { say, formats }: Words,
  { verdict, enough, before, after }: FixState,
  figures: { readonly before: string; readonly after: string },
): string {
  if (verdict !== 'too_few') return say(`presenter.fix.${verdict}`, figures);
  const few = say('impact.tooFew');
  if (enough === null || before === null || after === null) return few;
  return `${few} (${say('impact.enough', { count: formats().number(enough) })})`;
}

/** Why something could not be done. */
export function refusalOf(language: Language, error: unknown): string {
  if (error instanceof NothingThere) return language.say(`presenter.nothing.${error.of}`);
  return language.text(problemWords(error).what);
}
