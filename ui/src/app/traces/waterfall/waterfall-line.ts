import { Micros, between, micros } from '../../core/api/micros';
import { Timed } from '../../core/api/parts';
import { Formats } from '../../core/i18n/formats';
import { Language, isKey } from '../../core/i18n/language';
import { brief, joined } from '../../core/i18n/legible';
import { colourOf } from '../../core/ui/service-colour';
import { Layout } from '../tree/layout';
import { Group } from '../tree/groups';
import { isBad, lineOfEvent, timeOf } from '../tree/loose-events';
import { EventRow, Row } from './rows';
import { Hit } from './search';
import { SpanNode, actorOf, durationOf, failedHere, labelOf } from '../tree/span-node';
import { View, barOf, percentAt } from './time-scale';
import { TraceTree, hasNoLength, isFailure } from '../tree/tree';

/** Largest indentation, so that names of deeper rows have room. */
const DEEPEST = 16;
/** Numbers of positions along the timeline that can be distinguished; marks in the same position are drawn once. */
const PLACES_OF_DOTS = 90;
const PLACES_OF_PATH = 500;

/**
 * Width of a letter of a note, in rem: 0.62 em of 0.85 rem, which few texts of either alphabet exceed. A share has a sign
 * of twice this width.
 */
export const PER_LETTER = 0.53;
/** The padding of a note, in rem, and what a note beside a ring has more. */
const ROOM_AROUND = 1;
const ROOM_OF_A_RING = 0.5;
/** A narrower bar, in per cent of the width, says nothing about its length. */
const SPECK = 1;

/** Limits of the texts in a row, in characters; the details have the whole texts. */
const MOST_OF_A_NAME = 200;
const MOST_OF_A_TITLE = 1_000;
const MOST_OF_A_NOTE = 60;

/** In per cent of the width of the bars. */
interface Stretch {
  readonly left: number;
  readonly width: number;
}

/** The content of a row. */
export interface WaterfallLine {
  readonly row: Row;
  readonly indent: number;
  readonly service: string;
  readonly label: string;
  readonly title: string;
  readonly colour: string;
  readonly time: string;
  readonly bar: (Stretch & { readonly cutLeft: boolean; readonly cutRight: boolean }) | null;
  /** The parts of the bar on the critical path. */
  readonly path: readonly Stretch[];
  /** Whether the bar is too short for a bar, and is drawn as a ring. */
  readonly speck: boolean;
  /** Whether the parts off the critical path are faded, and so most of the bar. */
  readonly off: boolean;
  /** When the row begins, if that is after the visible part. */
  readonly beyond: string;
  readonly dots: readonly { readonly left: number; readonly kind: 'log' | 'error' }[];
  readonly note: string;
  /** The side on which the note has room, where it begins there, and how much room that is. */
  readonly side: 'inside' | 'right' | 'left';
  readonly noteAt: number;
  readonly room: number;
  /** Whether the note stands on a faded part of the bar. */
  readonly dim: boolean;
  /** Where it failed; a span below it failed; neither. */
  readonly mark: 'own' | 'below' | null;
  readonly odd: string;
  /** Whether the present search does not match. */
  readonly faded: boolean;
}

/** The values that all rows share. */
export interface Scene {
  readonly layout: Layout;
  readonly view: View;
  /** Width of the bars, in rem. */
  readonly width: number;
  readonly critical: boolean;
  readonly formats: Formats;
  readonly say: Language['say'];
  readonly count: Language['count'];
  readonly matched: ReadonlySet<Hit> | null;
}

export function lineOf(row: Row, scene: Scene): WaterfallLine {
  switch (row.kind) {
    case 'span':
      return spanLine(row, row.node, scene);
    case 'group':
      return groupLine(row, scene);
    case 'event':
      return eventLine(row, scene);
    case 'gap': {
      const { say, formats } = scene;
      const bar = placed(row.start, row.end, scene);
      return {
        ...plain(row, bar, scene),
        speck: false,
        beyond: beyond(row.start, scene),
        service: '',
        label: say('viewer.gap.name'),
        title: say('viewer.gap.hint'),
        time: formats.lapse(micros(row.end - row.start)),
        colour: '',
      };
    }
  }
}

/** The oddities of a span as text; an unknown code is shown unchanged. */
export function oddWords(oddities: readonly string[], say: Language['say']): string {
  return oddities
    .map((word) => {
      const key = `viewer.odd.${word}`;
      return isKey(key) ? say(key) : word;
    })
    .join('; ');
}

function spanLine(row: Row, node: SpanNode, scene: Scene): WaterfallLine {
  const { layout, say, formats, critical, matched } = scene;
  const { span } = node;
  const bar = placed(node.start, node.end, scene);
  const onPath = layout.critical.get(node) ?? 0;
  const share = onPath / rootTime(layout);
  const isHere = failedHere(node);
  const path = pathOf([node], scene);
  const notes = [
    critical && share >= 0.01 ? formats.percent(share * 100, 0) : '',
    node.peer ?? '',
    isHere && isFailure(span.status) ? span.status : '',
  ];
  const note = brief(joined(' · ', notes), MOST_OF_A_NOTE);
  return {
    ...plain(row, bar, scene),
    service: brief(span.service, MOST_OF_A_NAME),
    label: brief(labelOf(node), MOST_OF_A_NAME),
    title: brief(joined(' · ', [span.service, span.op, labelOf(node)]), MOST_OF_A_TITLE),
    colour: colourOf(actorOf(node)),
    time: hasNoLength(span) ? '?' : formats.lapse(durationOf(node)),
    path,
    off: critical,
    beyond: beyond(node.start, scene),
    dots: dotsOf(node, scene),
    note,
    ...placeOf(note, bar, critical ? path : bar ? [bar] : [], scene),
    mark: isHere ? 'own' : node.failed || node.failedBelow ? 'below' : null,
    odd: oddWords(node.oddities, say),
    faded: matched !== null && !matched.has(node),
  };
}

function groupLine(row: Row & { kind: 'group' }, scene: Scene): WaterfallLine {
  const { group } = row;
  const { formats, matched, layout, critical } = scene;
  const bar = placed(group.start, group.end, scene);
  const spans = spansOf(group, layout.tree);
  const line = {
    ...plain(row, bar, scene),
    time: formats.lapse(group.total),
    path: drawnTogether(pathOf(spans, scene)),
    off: critical,
    beyond: beyond(group.start, scene),
    mark: group.failed ? ('below' as const) : null,
    faded: matched !== null && !spans.some((span) => matched.has(span)),
  };
  return group.why === 'alike'
    ? { ...line, ...alikeWords(group, bar, scene) }
    : { ...line, ...foldWords(group, group.why, bar, scene) };
}

/** All spans of a group, with those below its members. */
function spansOf({ why, members }: Group, { nodes }: TraceTree): readonly SpanNode[] {
  if (why === 'alike') return members;
  return members.flatMap(({ index, subtreeEnd }) => nodes.slice(index, subtreeEnd));
}

function alikeWords({ members }: Group, bar: WaterfallLine['bar'], scene: Scene) {
  const { say, formats } = scene;
  const [first] = members;
  const count = formats.number(members.length);
  const label = first ? brief(labelOf(first), MOST_OF_A_NAME) : '';
  return {
    service: brief(first?.span.service ?? '', MOST_OF_A_NAME),
    label: `${count} × ${label}`,
    title: say('viewer.group.hint', { count, label }),
    colour: first ? colourOf(actorOf(first)) : '',
    note: `${count} ×`,
    ...placeOf(`${count} ×`, bar, [], scene),
  };
}

/** Of what is folded away: what it is, how many spans, and how long they took. */
function foldWords(
  { members, spans }: Group,
  why: 'minor' | 'later',
  bar: WaterfallLine['bar'],
  scene: Scene,
) {
  const { say, count } = scene;
  const names = brief(joined(' · ', [...new Set(members.map(labelOf))]), MOST_OF_A_NAME);
  const note = count('viewer.trace.spans', spans);
  return {
    label: why === 'later' ? say('viewer.later.label', { names }) : names,
    title: joined(': ', [say(`viewer.${why}.title`), names]),
    colour: 'var(--bar)',
    note,
    // The pieces on the line are where the spans are.
    ...(why === 'minor'
      ? { path: members.flatMap(({ start, end }) => placed(start, end, scene) ?? []) }
      : {}),
    ...placeOf(note, bar, [], scene),
  };
}

/** The row of an event: a point in time with its text. */
function eventLine(row: EventRow, scene: Scene): WaterfallLine {
  const { layout, say, formats, view, matched } = scene;
  const { event } = row;
  const { tree } = layout;
  const timed = timeOf(event);
  const at = hasTime(timed) ? event.at : tree.start;
  const left = percentAt(view, at - tree.start);
  const shown = left >= 0 && left <= 100;
  const bar = shown ? { left, width: 0, cutLeft: false, cutRight: false } : null;
  const since = hasTime(timed) ? formats.lapseChange(between(tree.start, at)) : '';
  const note = brief(joined(' · ', [since, event.level]), MOST_OF_A_NOTE);
  const text = lineOfEvent(event);
  return {
    ...plain(row, bar, scene),
    service: brief(event.service, MOST_OF_A_NAME),
    label: brief(text, MOST_OF_A_NAME),
    title: brief(joined(' · ', [event.service, event.level, text]), MOST_OF_A_TITLE),
    colour: colourOf(event.service),
    dots: shown ? [{ left, kind: event.kind }] : [],
    note,
    ...placeOf(note, bar, [], scene),
    mark: isBad(event) ? 'own' : null,
    odd: oddWords(timeOddities(timed, tree), say),
    faded: matched !== null && !matched.has(event),
  };
}

/** Whether the event contains its own time. */
export function hasTime({ at_us, time_is_received }: Timed): boolean {
  return at_us !== 0 && !time_is_received;
}

/** The oddities of the time of an event. */
export function timeOddities(
  timed: Timed,
  { start, end }: Pick<TraceTree, 'start' | 'end'>,
): string[] {
  if (!hasTime(timed)) return ['time_is_received'];
  const odd = timed.at_us < start || timed.at_us > end ? ['outside_trace'] : [];
  return timed.clock_corrected ? [...odd, 'clock_corrected'] : odd;
}

function plain(row: Row, bar: WaterfallLine['bar'], { matched }: Scene): WaterfallLine {
  return {
    row,
    indent: Math.min(row.depth, DEEPEST),
    service: '',
    label: '',
    title: '',
    colour: '',
    time: '',
    bar,
    path: [],
    speck: bar !== null && isSpeck(bar),
    off: false,
    beyond: '',
    dots: [],
    note: '',
    side: 'right',
    noteAt: 0,
    room: 100,
    dim: false,
    mark: null,
    odd: '',
    faded: matched !== null,
  };
}

function isSpeck({ width, cutLeft, cutRight }: NonNullable<WaterfallLine['bar']>): boolean {
  return width < SPECK && !cutLeft && !cutRight;
}

function placed(start: Micros, end: Micros, { view, layout }: Scene): WaterfallLine['bar'] {
  const from = layout.tree.start;
  return barOf(view, start - from, end - from);
}

/** The parts of spans on the critical path, as far as they are visible. */
function pathOf(nodes: readonly SpanNode[], scene: Scene): Stretch[] {
  if (!scene.critical) return [];
  return nodes
    .flatMap((node) => scene.layout.segments.get(node) ?? [])
    .flatMap(({ start, end }) => placed(start, end, scene) ?? []);
}

function beyond(start: Micros, { view, layout, formats }: Scene): string {
  const since = between(layout.tree.start, start);
  return since > view.to ? formats.lapse(since) : '';
}

function dotsOf(node: SpanNode, { view, layout }: Scene): WaterfallLine['dots'] {
  const dots: { left: number; kind: 'log' | 'error' }[] = [];
  const taken = new Set<string>();
  const add = (at: Micros, kind: 'log' | 'error'): void => {
    const left = percentAt(view, at - layout.tree.start);
    const place = `${kind} ${Math.round((left / 100) * PLACES_OF_DOTS)}`;
    if (left < 0 || left > 100 || taken.has(place)) return;
    taken.add(place);
    dots.push({ left, kind });
  };
  for (const { at_us } of node.errors) add(at_us, 'error');
  for (const { at_us } of node.logs) add(at_us, 'log');
  return dots;
}

/** Joins intervals that cannot be distinguished, ordered by start. */
function drawnTogether(stretches: readonly Stretch[]): Stretch[] {
  const drawn: { left: number; width: number }[] = [];
  for (const { left, width } of stretches.toSorted((one, other) => one.left - other.left)) {
    const last = drawn.at(-1);
    if (last && left - last.left - last.width < 100 / PLACES_OF_PATH)
      last.width = Math.max(last.width, left + width - last.left);
    else drawn.push({ left, width });
  }
  return drawn;
}

/** In one of the parts in full colour, `solid`, if the note fits, or else beside the bar where more room is. */
function placeOf(
  note: string,
  bar: WaterfallLine['bar'],
  solid: readonly Stretch[],
  { width: whole }: Scene,
): Pick<WaterfallLine, 'side' | 'noteAt' | 'room' | 'dim'> {
  if (!bar || note === '') return { side: 'right', noteAt: 0, room: 100, dim: false };
  const around = ROOM_AROUND + (isSpeck(bar) ? ROOM_OF_A_RING : 0);
  const letters = note.length + (note.includes('%') ? 1 : 0);
  const need = ((around + letters * PER_LETTER) / whole) * 100;
  const [part] = solid.toSorted((one, other) => other.width - one.width);
  if (part && part.width >= need)
    return { side: 'inside', noteAt: part.left, room: part.width, dim: false };
  const end = bar.left + bar.width;
  const right = 100 - end;
  if (right >= need) return { side: 'right', noteAt: end, room: right, dim: false };
  if (bar.left >= need) return { side: 'left', noteAt: bar.left, room: bar.left, dim: false };
  // It is cut, in a part of one colour if that is most of the bar.
  if (bar.width >= Math.max(right, bar.left)) {
    const dim = part === undefined || part.width <= bar.width / 2;
    const { left, width } = dim ? widestBetween(bar, solid) : part;
    return { side: 'inside', noteAt: left, room: width, dim };
  }
  return right >= bar.left
    ? { side: 'right', noteAt: end, room: right, dim: false }
    : { side: 'left', noteAt: bar.left, room: bar.left, dim: false };
}

/** The widest faded part of a bar; `path` is ordered by time. */
function widestBetween(bar: Stretch, path: readonly Stretch[]): Stretch {
  let [widest, from]: [Stretch, number] = [{ left: bar.left, width: 0 }, bar.left];
  for (const { left, width } of [...path, { left: bar.left + bar.width, width: 0 }]) {
    if (left - from > widest.width) widest = { left: from, width: left - from };
    from = left + width;
  }
  return widest;
}

function rootTime({ tree }: Layout): number {
  return tree.root ? Math.max(durationOf(tree.root), 1) : 1;
}
