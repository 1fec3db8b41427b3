import { Micros, between, micros } from '../core/api/micros';
import { Timed } from '../core/api/parts';
import { Formats } from '../core/i18n/formats';
import { Language, isKey } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { colourOf } from '../core/ui/service-colour';
import { Layout } from './layout';
import { isBad, lineOfEvent, timeOf } from './loose-events';
import { EventRow, Row } from './rows';
import { Hit } from './search';
import { SpanNode, actorOf, durationOf, labelOf } from './span-node';
import { View, barOf, percentAt } from './time-scale';
import { TraceTree, hasNoLength, isFailure } from './tree';

/** Largest indentation, so that names of deeper rows have room. */
const DEEPEST = 16;
/** Numbers of positions along the timeline that can be distinguished; marks in the same position are drawn once. */
const PLACES_OF_DOTS = 90;
const PLACES_OF_PATH = 500;

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
  /** Drawn over the bar's lower edge. */
  readonly path: readonly Stretch[];
  readonly dots: readonly { readonly left: number; readonly kind: 'log' | 'error' }[];
  readonly note: string;
  /** The side on which the note has room. */
  readonly side: 'inside' | 'right' | 'left';
  /** The span itself failed; a span below it failed; neither. */
  readonly mark: 'own' | 'below' | null;
  readonly odd: string;
  /** Whether the present search does not match. */
  readonly faded: boolean;
}

/** The values that all rows share. */
export interface Scene {
  readonly layout: Layout;
  readonly view: View;
  readonly critical: boolean;
  readonly formats: Formats;
  readonly say: Language['say'];
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
  const share = (layout.critical.get(node) ?? 0) / rootTime(layout);
  const notes = [
    node.peer ?? '',
    isFailure(span.status) ? span.status : '',
    critical && share >= 0.01 ? formats.percent(share * 100, 0) : '',
  ];
  const note = brief(joined(' · ', notes), MOST_OF_A_NOTE);
  return {
    ...plain(row, bar, scene),
    service: brief(span.service, MOST_OF_A_NAME),
    label: brief(labelOf(node), MOST_OF_A_NAME),
    title: brief(joined(' · ', [span.service, span.op, labelOf(node)]), MOST_OF_A_TITLE),
    colour: colourOf(actorOf(node)),
    time: hasNoLength(span) ? '?' : formats.lapse(durationOf(node)),
    path: critical
      ? (layout.segments.get(node) ?? []).flatMap(
          ({ start, end }) => placed(start, end, scene) ?? [],
        )
      : [],
    dots: dotsOf(node, scene),
    note,
    side: sideOf(bar, note),
    mark: node.failed ? 'own' : node.failedBelow ? 'below' : null,
    odd: oddWords(node.oddities, say),
    faded: matched !== null && !matched.has(node),
  };
}

function groupLine(row: Row & { kind: 'group' }, scene: Scene): WaterfallLine {
  const { group } = row;
  const { formats, say, matched, layout, critical } = scene;
  const [first] = group.members;
  const bar = placed(group.start, group.end, scene);
  const count = formats.number(group.members.length);
  const label = first ? brief(labelOf(first), MOST_OF_A_NAME) : '';
  const path = critical
    ? group.members
        .flatMap((member) => layout.segments.get(member) ?? [])
        .flatMap(({ start, end }) => placed(start, end, scene) ?? [])
    : [];
  return {
    ...plain(row, bar, scene),
    service: brief(first?.span.service ?? '', MOST_OF_A_NAME),
    label: `${count} × ${label}`,
    title: say('viewer.group.hint', { count, label }),
    colour: first ? colourOf(actorOf(first)) : '',
    time: formats.lapse(group.total),
    path: drawnTogether(path),
    mark: group.failed ? 'below' : null,
    note: `${count} ×`,
    side: sideOf(bar, count),
    faded: matched !== null && !group.members.some((member) => matched.has(member)),
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
    side: left < 70 ? 'right' : 'left',
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
    dots: [],
    note: '',
    side: 'right',
    mark: null,
    odd: '',
    faded: matched !== null,
  };
}

function placed(start: Micros, end: Micros, { view, layout }: Scene): WaterfallLine['bar'] {
  const from = layout.tree.start;
  return barOf(view, start - from, end - from);
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

function sideOf(bar: WaterfallLine['bar'], note: string): WaterfallLine['side'] {
  if (!bar || note === '') return 'right';
  if (bar.width > 12 + note.length * 1.4) return 'inside';
  return bar.left + bar.width < 70 ? 'right' : 'left';
}

function rootTime({ tree }: Layout): number {
  return tree.root ? Math.max(durationOf(tree.root), 1) : 1;
}
