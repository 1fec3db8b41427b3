import { NgTemplateOutlet } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  signal,
} from '@angular/core';

import { writeJson } from '../../core/api/exact-json';
import { Micros, between, micros } from '../../core/api/micros';
import { ErrorEvent, Frame, LogLine, MeasurementPoint } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import { brief } from '../../core/i18n/legible';
import { Address } from '../../core/ui/address';
import { Capped, firstOf } from '../../core/ui/capped';
import { DottedName } from '../../core/ui/dotted-name';
import { LongText } from '../../core/ui/long-text';
import { NotShown } from '../../core/ui/not-shown';
import { colourOf } from '../../core/ui/service-colour';
import { Layout } from '../tree/layout';
import { LooseEvent, isBadLevel, lineOfEvent, timeOf } from '../tree/loose-events';
import { valueWords } from '../tree/measured-words';
import { Row } from './rows';
import { SpanNode, actorOf, durationOf, labelOf } from '../tree/span-node';
import { hasNoLength, isFailure } from '../tree/tree';
import { hasTime, oddWords, timeOddities } from './waterfall-line';

const STATEMENTS = ['db.statement', 'db.query.text'];
const MOST_FRAMES = 12;
const MOST_LOGS = 200;
const MOST_METRICS = 100;
const MOST_ERRORS = 20;
const MOST_MEMBERS = 40;
const MOST_OF_A_NAME = 200;
const MOST_PAIRS = 200;

/**
 * The details of the selected row: times, oddities, errors, logs, metrics, attributes, and the span as it was recorded.
 */
@Component({
  selector: 'rs-span-details',
  imports: [DottedName, LongText, NgTemplateOutlet, NotShown],
  templateUrl: './span-details.html',
  styleUrl: './span-details.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SpanDetails {
  readonly row = input.required<Row>();
  readonly layout = input.required<Layout>();
  /** The metrics of the whole trace, because a metric names a service and no span. */
  readonly metrics = input<readonly MeasurementPoint[]>([]);

  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  protected readonly say = this.language.say;
  /** The key of the span whose JSON is shown; the text is made only then. */
  protected readonly opened = signal<string | null>(null);
  /** Names of the lists of this row that are shown in full. */
  private readonly full = linkedSignal<string, ReadonlySet<string>>({
    source: () => this.row().key,
    computation: () => new Set(),
  });

  protected readonly span = computed(() => {
    const row = this.row();
    return row.kind === 'span' ? this.shownSpan(row.node) : null;
  });
  protected readonly group = computed(() => {
    const row = this.row();
    if (row.kind !== 'group') return null;
    const { why, members, spans, total } = row.group;
    const { lapse, number } = this.language.formats();
    if (why !== 'alike')
      return {
        label: this.say(`viewer.${why}.title`),
        hint: this.say(`viewer.${why}.explained`),
        facts: [
          { name: this.say(`viewer.${why}.count`), value: number(spans) },
          { name: this.say(`viewer.${why}.total`), value: lapse(total) },
          ...firstOf(members, MOST_MEMBERS).shown.map((member) => ({
            name: labelOf(member),
            value: lapse(durationOf(member)),
          })),
        ],
        rest: firstOf(members, MOST_MEMBERS).rest,
      };
    const times = members.map(durationOf).sort((one, other) => one - other);
    const [first] = members;
    return {
      label: first ? labelOf(first) : '',
      hint: this.say('viewer.group.explained'),
      rest: 0,
      facts: [
        { name: this.say('viewer.span.service'), value: first?.span.service ?? '' },
        { name: this.say('viewer.group.count'), value: number(members.length) },
        { name: this.say('viewer.group.total'), value: lapse(total) },
        { name: this.say('viewer.group.mean'), value: lapse(micros(total / members.length)) },
        { name: this.say('viewer.group.shortest'), value: lapse(times[0] ?? micros(0)) },
        { name: this.say('viewer.group.longest'), value: lapse(times.at(-1) ?? micros(0)) },
      ],
    };
  });
  protected readonly gap = computed(() => {
    const row = this.row();
    if (row.kind !== 'gap') return null;
    const { lapse } = this.language.formats();
    return {
      time: lapse(between(row.start, row.end)),
      parent: labelOf(row.parent),
    };
  });

  protected readonly event = computed(() => {
    const row = this.row();
    return row.kind === 'event' ? this.shownEvent(row.event) : null;
  });

  protected json(): string {
    const row = this.row();
    if (row.kind === 'span')
      return writeJson({ ...row.node.span, errors: row.node.errors, logs: row.node.logs }, 2);
    if (row.kind !== 'event') return '';
    return writeJson(row.event.kind === 'log' ? row.event.log : row.event.error, 2);
  }

  protected toggled(event: Event): void {
    const open = event.target instanceof HTMLDetailsElement && event.target.open;
    this.opened.set(open ? this.row().key : null);
  }

  protected showAll(list: string): void {
    this.full.update((known) => new Set([...known, list]));
  }

  /** A name in one line. */
  protected brief(name: string): string {
    return brief(name, MOST_OF_A_NAME);
  }

  protected place({ file, line, module }: Frame): string {
    const where = file ?? module ?? '';
    return line === undefined ? where : `${where}:${line}`;
  }

  private capped<T>(list: string, all: readonly T[], most: number): Capped<T> {
    return this.full().has(list) ? firstOf(all, all.length) : firstOf(all, most);
  }

  /** The application's own frames of the stack, or all if none is its own. */
  private shownError(error: ErrorEvent) {
    const { frames, event_id, issue_id } = error;
    const own = frames.filter(({ in_app }) => in_app);
    const list = `frames:${event_id}`;
    const first = firstOf(own.length > 0 ? own : frames, MOST_FRAMES).shown;
    return {
      error,
      odd: oddWords(timeOddities(error, this.layout().tree), this.say),
      issue: `/issues/${encodeURIComponent(issue_id)}`,
      /** The name of the stack's list. */
      list,
      frames: this.full().has(list)
        ? firstOf(frames, frames.length)
        : { shown: first, rest: frames.length - first.length },
    };
  }

  private shownLog(log: LogLine) {
    return {
      at: hasTime(log) ? this.since(log.at_us) : '',
      odd: oddWords(timeOddities(log, this.layout().tree), this.say),
      level: log.level,
      message: log.message,
      bad: isBadLevel(log.level),
    };
  }

  private shownEvent(event: LooseEvent) {
    const { at, level, service } = event;
    const timed = timeOf(event);
    const { span_id = '', ...record } = event.kind === 'log' ? event.log : event.error;
    const { date } = this.language.formats();
    return {
      colour: colourOf(service),
      label: lineOfEvent(event),
      odd: oddWords(timeOddities(timed, this.layout().tree), this.say),
      facts: [
        { name: this.say('viewer.span.service'), value: service },
        { name: this.say('viewer.span.level'), value: level, bad: isBadLevel(level) },
        { name: this.say('viewer.span.time'), value: at === 0 ? '–' : date(at) },
        { name: this.say('viewer.span.start'), value: hasTime(timed) ? this.since(at) : '–' },
        {
          name: this.say('viewer.span.id'),
          value: span_id === '' ? '–' : this.say('viewer.span.absent', { id: span_id }),
        },
      ],
      error: event.kind === 'error' ? this.shownError(event.error) : null,
      attributes: this.capped(
        'attributes',
        this.pairs('attributes' in record ? record.attributes : record.tags),
        MOST_PAIRS,
      ),
    };
  }

  /** A time before the trace has a minus sign already. */
  private since(at: Micros): string {
    const { start } = this.layout().tree;
    return (at < start ? '' : '+') + this.language.formats().lapse(between(start, at));
  }

  private shownSpan(node: SpanNode) {
    const { span } = node;
    const layout = this.layout();
    const { lapse, percent } = this.language.formats();
    const root = layout.tree.root;
    const critical = layout.critical.get(node) ?? micros(0);
    const statement = STATEMENTS.map((name) => span.data[name]).find(
      (value) => typeof value === 'string',
    );
    return {
      colour: colourOf(actorOf(node)),
      label: labelOf(node),
      odd: oddWords(node.oddities, this.say),
      facts: [
        { name: this.say('viewer.span.service'), value: span.service },
        { name: this.say('viewer.span.op'), value: span.op },
        ...(node.peer ? [{ name: this.say('viewer.span.peer'), value: node.peer }] : []),
        { name: this.say('viewer.span.status'), value: span.status, bad: isFailure(span.status) },
        ...(span.player ? [{ name: this.say('viewer.list.player'), value: span.player }] : []),
        ...(span.release ? [{ name: this.say('viewer.list.release'), value: span.release }] : []),
        { name: this.say('viewer.span.start'), value: this.since(node.start) },
        {
          name: this.say('viewer.span.duration'),
          value: hasNoLength(span) ? '?' : lapse(durationOf(node)),
        },
        {
          name: this.say('viewer.span.self'),
          value: hasNoLength(span) ? '?' : lapse(layout.self.get(node) ?? micros(0)),
        },
        {
          name: this.say('viewer.span.critical'),
          value:
            critical === 0 || !root
              ? this.say('viewer.span.notCritical')
              : `${lapse(critical)} · ${percent((critical / durationOf(root)) * 100, 1)}`,
        },
      ],
      statement: typeof statement === 'string' ? statement : null,
      measurements: Object.entries(span.measurements).map(([name, measurement]) => ({
        name,
        value: valueWords(measurement, this.language.formats()),
      })),
      metricsTitle: this.say('viewer.span.metrics', { service: span.service }),
      metrics: mapped(
        this.capped(
          'metrics',
          this.metrics().filter(({ service }) => service === span.service),
          MOST_METRICS,
        ),
        (point) => ({
          name: point.name,
          value: valueWords(point, this.language.formats()),
          note: `${this.since(point.at_us)} ${point.kind}`,
        }),
      ),
      attributes: this.capped('attributes', this.pairs(span.data), MOST_PAIRS),
      tags: this.capped('tags', this.pairs(span.tags), MOST_PAIRS),
      resource: this.capped(
        'resource',
        this.pairs({ ...span.resource, ...(span.user ? { user: span.user } : {}) }),
        MOST_PAIRS,
      ),
      errors: mapped(this.capped('errors', node.errors, MOST_ERRORS), (error) =>
        this.shownError(error),
      ),
      logs: mapped(this.capped('logs', node.logs, MOST_LOGS), (log) => this.shownLog(log)),
    };
  }

  private pairs(values: Readonly<Record<string, unknown>>): Pair[] {
    return Object.entries(values)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => ({
        name,
        value: typeof value === 'string' ? value : writeJson(value),
      }));
  }
}

function mapped<T, U>({ shown, rest }: Capped<T>, make: (one: T) => U): Capped<U> {
  return { shown: shown.map(make), rest };
}

interface Pair {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly bad?: boolean;
}
