import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';

import { writeJson } from '../core/exact-json';
import { Language } from '../core/language';
import { Micros, between, micros } from '../core/micros';
import { ErrorEvent, Frame, MeasurementPoint } from '../core/telemetry-wire';
import { Layout } from './layout';
import { valueWords } from './measured-words';
import { Row } from './rows';
import { colourOf } from './service-colour';
import { SpanNode, actorOf, durationOf, hasNoLength, labelOf } from './tree';
import { oddWords } from './waterfall-line';

/** Longer texts are cut in the table; the raw JSON has all of them. */
const LONG = 600;
const STATEMENTS = ['db.statement', 'db.query.text'];
const MOST_FRAMES = 12;
const MOST_LOGS = 200;
const MOST_METRICS = 100;

/** What the selected row says: times, oddities, errors, logs, metrics, attributes, and the span as it was recorded. */
@Component({
  selector: 'rs-span-details',
  templateUrl: './span-details.html',
  styleUrl: './span-details.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SpanDetails {
  readonly row = input.required<Row>();
  readonly layout = input.required<Layout>();
  /** Of the whole trace; they name a service and no span. */
  readonly metrics = input<readonly MeasurementPoint[]>([]);

  private readonly language = inject(Language);
  protected readonly say = this.language.say;
  /** The key of the span whose JSON is open: text is made only for a reader. */
  protected readonly opened = signal<string | null>(null);

  protected readonly span = computed(() => {
    const row = this.row();
    return row.kind === 'span' ? this.told(row.node) : null;
  });
  protected readonly group = computed(() => {
    const row = this.row();
    if (row.kind !== 'group') return null;
    const { members, total } = row.group;
    const { lapse, number } = this.language.formats();
    const times = members.map(durationOf).sort((one, other) => one - other);
    const [first] = members;
    return {
      label: first ? labelOf(first) : '',
      service: first?.span.service ?? '',
      facts: [
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

  protected json(node: SpanNode): string {
    return writeJson({ ...node.span, errors: node.errors, logs: node.logs }, 2);
  }

  protected toggled(event: Event, node: SpanNode): void {
    const open = event.target instanceof HTMLDetailsElement && event.target.open;
    this.opened.set(open ? node.key : null);
  }

  protected place({ file, line, module }: Frame): string {
    const where = file ?? module ?? '';
    return line === undefined ? where : `${where}:${line}`;
  }

  /** The application's own frames, or all where none is its own. */
  protected frames({ frames }: ErrorEvent): readonly Frame[] {
    const own = frames.filter(({ in_app }) => in_app);
    return (own.length > 0 ? own : frames).slice(0, MOST_FRAMES);
  }

  private told(node: SpanNode): Told {
    const { span } = node;
    const layout = this.layout();
    const { lapse, percent, number } = this.language.formats();
    const root = layout.tree.root;
    const critical = layout.critical.get(node) ?? micros(0);
    // What comes before the trace has a minus of its own.
    const since = (at: Micros): string =>
      (at < layout.tree.start ? '' : '+') + lapse(between(layout.tree.start, at));
    const statement = STATEMENTS.map((name) => span.data[name]).find(
      (value) => typeof value === 'string',
    );
    return {
      node,
      colour: colourOf(actorOf(node)),
      label: labelOf(node),
      odd: oddWords(node.oddities, this.say),
      facts: [
        { name: this.say('viewer.span.service'), value: span.service },
        { name: this.say('viewer.span.op'), value: span.op },
        ...(node.peer ? [{ name: this.say('viewer.span.peer'), value: node.peer }] : []),
        { name: this.say('viewer.span.status'), value: span.status, bad: node.failed },
        { name: this.say('viewer.span.start'), value: since(node.start) },
        {
          name: this.say('viewer.span.duration'),
          value: hasNoLength(span) ? '?' : lapse(durationOf(node)),
        },
        { name: this.say('viewer.span.self'), value: lapse(layout.self.get(node) ?? micros(0)) },
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
      metrics: this.metrics()
        .filter(({ service }) => service === span.service)
        .slice(0, MOST_METRICS)
        .map((point) => ({
          name: point.name,
          value: valueWords(point, this.language.formats()),
          note: `${since(point.at_us)} ${point.kind}`,
        })),
      attributes: this.pairs(span.data),
      tags: this.pairs(span.tags),
      errors: node.errors,
      logs: node.logs.slice(0, MOST_LOGS).map((log) => ({ ...log, at: since(log.at_us) })),
      moreLogs: node.logs.length > MOST_LOGS ? number(node.logs.length - MOST_LOGS) : '',
    };
  }

  private pairs(values: Readonly<Record<string, unknown>>): Pair[] {
    return Object.entries(values)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => {
        const text = typeof value === 'string' ? value : writeJson(value);
        const long = text.length > LONG;
        return {
          name,
          value: long ? `${text.slice(0, LONG)}…` : text,
          note: long
            ? this.say('viewer.span.long', { count: this.language.formats().number(text.length) })
            : '',
        };
      });
  }
}

interface Pair {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly bad?: boolean;
}

interface Told {
  readonly node: SpanNode;
  readonly colour: string;
  readonly label: string;
  readonly odd: string;
  readonly facts: readonly Pair[];
  readonly statement: string | null;
  readonly measurements: readonly Pair[];
  readonly metrics: readonly Pair[];
  readonly attributes: readonly Pair[];
  readonly tags: readonly Pair[];
  readonly errors: readonly ErrorEvent[];
  readonly logs: readonly {
    readonly at: string;
    readonly level: string;
    readonly message: string;
  }[];
  readonly moreLogs: string;
}
