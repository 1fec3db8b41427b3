import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Micros, micros } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { isTaken, rowAfter } from '../core/ui/row-keys';
import { colourOf } from '../core/ui/service-colour';
import { tracePath } from '../core/ui/trace-place';
import { VirtualRows } from '../core/ui/virtual-rows';
import { backgroundOf, backgroundWords } from './background';
import { ComparePick } from './compare-pick';
import { MOST_SEEN } from './seen';
import { MOST, TraceFeed } from './trace-feed';
import { Filter, NO_FILTER, durationOf, filterOf } from './trace-list';

/** A row has no room for more; the trace has the whole. */
const MOST_OF_A_NAME = 200;
const MOST_OF_A_CHOICE = 80;

/** A row of the list, ready to be drawn. */
interface Line {
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

/** All traces, newest first, live, with what they amount to. */
@Component({
  selector: 'rs-trace-list-page',
  imports: [VirtualRows],
  templateUrl: './list-page.html',
  styleUrls: ['../core/ui/choices.css', '../core/ui/live-list.css', './list-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown)': 'press($event)' },
})
export class TraceListPage {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  protected readonly feed = inject(TraceFeed);
  protected readonly pick = inject(ComparePick);
  protected readonly say = this.language.say;
  protected readonly outcomes = ['', 'ok', 'failed'] as const;
  protected readonly beginners = ['', 'people', 'virtual'] as const;
  private readonly rows = viewChild.required<VirtualRows>('rows');
  private readonly grid = viewChild.required<ElementRef<HTMLElement>>('grid');

  /** The row that the keyboard is at, by its trace: rows come and go above it. */
  private readonly activeId = signal<string | null>(null);
  protected readonly active = computed(() => {
    const id = this.activeId();
    return id === null ? -1 : this.feed.shown().findIndex(({ trace_id }) => trace_id === id);
  });

  private readonly query = computed(() => this.address.query().toString());
  protected readonly filter = computed(() => filterOf(new URLSearchParams(this.query())));
  protected readonly filtered = computed(
    () => JSON.stringify(this.filter()) !== JSON.stringify(NO_FILTER),
  );
  /** What there is to choose from; what was chosen stays even when no trace has it. */
  protected readonly mostChoices = MOST_SEEN;
  protected readonly names = computed(() => choices(this.feed.seen().names, this.filter().name), {
    equal: sameWords,
  });
  protected readonly services = computed(
    () => choices(this.feed.seen().services, this.filter().service),
    { equal: sameWords },
  );
  protected readonly releases = computed(
    () => choices(this.feed.seen().releases, this.filter().release),
    { equal: sameWords },
  );
  protected readonly players = computed(
    () => choices(this.feed.seen().players, this.filter().player),
    { equal: sameWords },
  );

  protected readonly figures = computed(() => {
    const { count, p50, p95, p99, rate, failed } = this.feed.figures();
    const { number, lapse, percent } = this.language.formats();
    const time = (value: number | null): string => (value === null ? '–' : lapse(micros(value)));
    const hint = (share: number): string =>
      this.say('viewer.list.percentileHint', { percent: share });
    return [
      {
        name: 'count',
        value: number(count) + (this.feed.more() ? '+' : ''),
        hint: this.say('viewer.list.countHint', { most: number(MOST) }),
      },
      { name: 'p50', value: time(p50), hint: hint(50) },
      { name: 'p95', value: time(p95), hint: hint(95) },
      { name: 'p99', value: time(p99), hint: hint(99) },
      {
        name: 'perMinute',
        value: (rate.estimated ? '≈' : '') + number(rate.perMinute),
        hint: this.say('viewer.list.perMinuteHint'),
      },
      {
        name: 'failed',
        value: count === 0 ? '–' : percent((failed / count) * 100, 1),
        hint: number(failed),
      },
    ] as const;
  });

  /** The stretch of time that is shown, where it is not all: short, and with its days. */
  protected readonly period = computed(() => {
    const { since, until } = this.filter();
    const { clock, date } = this.language.formats();
    if (since === null && until === null) return null;
    const words = (tell: (at: Micros) => string): string => {
      const [from, to] = [since, until].map((at) => (at === null ? '…' : tell(at)));
      return from === to ? `${from}` : `${from} – ${to}`;
    };
    return {
      text: words(clock),
      hint: this.say('viewer.list.periodHint', { period: words(date) }),
    };
  });

  private readonly longest = computed(() =>
    this.feed.shown().reduce((most, { root_us }) => Math.max(most, root_us), 1),
  );
  protected readonly lines = computed(() => {
    const rows = this.rows();
    return this.feed
      .shown()
      .slice(rows.first(), rows.last())
      .map((trace) => this.lineOf(trace));
  });
  protected readonly waiting = computed(() => {
    const count = this.feed.waiting();
    return count === 0 ? '' : this.language.count('viewer.list.newer', count);
  });
  protected readonly picked = computed(() => {
    const trace = this.pick.picked();
    if (!trace) return '';
    const time = this.language.formats().when(trace.start_us);
    return this.say('viewer.list.picked', { name: trace.name, time });
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.feed.watch());
    effect(() => {
      const filter = this.filter();
      untracked(() => void this.feed.show(filter));
    });
    // Whoever has scrolled, or walks through the rows by keyboard, reads: no row moves then.
    effect(() => {
      const reading = !this.rows().atTop() || this.active() > 0;
      untracked(() => this.feed.hold(reading));
    });
  }

  /** Which of the durations was typed so that nobody knows what is meant. */
  protected readonly refused = signal<'' | 'least' | 'most'>('');

  protected limit(which: 'least' | 'most', field: HTMLInputElement): void {
    const typed = field.value.trim();
    const value = durationOf(typed, this.language.formats());
    this.refused.set(value === null && typed !== '' ? which : '');
    if (this.refused() !== '') return;
    this.choose({ [which]: value === null ? '' : String(value) });
    // What was understood stands in the field, also where it is what it was before.
    field.value = value === null ? '' : String(value);
  }

  protected indexOf(line: number): number {
    return this.rows().first() + line;
  }

  /** A choice has no room for more. */
  protected brief(text: string): string {
    return brief(text, MOST_OF_A_CHOICE);
  }

  protected choose(values: Partial<Record<keyof Filter, string>>): void {
    this.address.change(values);
  }

  protected clear(): void {
    this.refused.set('');
    this.choose({
      outcome: '',
      by: '',
      name: '',
      service: '',
      release: '',
      player: '',
      least: '',
      most: '',
      since: '',
      until: '',
    });
  }

  protected showNewest(): void {
    this.activeId.set(null);
    this.rows().toTop();
    this.feed.hold(false);
  }

  protected open(event: MouseEvent, trace: TraceSummary): void {
    this.address.follow(event, tracePath(trace.trace_id));
  }

  protected press(event: KeyboardEvent): void {
    if (!isTaken(event) && this.obey(event)) event.preventDefault();
  }

  private obey(event: KeyboardEvent): boolean {
    const { key, code } = event;
    const at = this.active();
    const to = rowAfter(event, at, this.feed.shown().length, this.rows().page());
    if (to !== null) return this.moveTo(to);
    if (key === 'Escape') {
      this.pick.cancel();
      this.showNewest();
      return true;
    }
    const trace = this.feed.shown()[at];
    if (!trace) return false;
    if (key === 'Enter') this.address.go(tracePath(trace.trace_id));
    else if (code === 'KeyX') this.pick.pick(trace);
    else return false;
    return true;
  }

  private moveTo(index: number): boolean {
    const trace = this.feed.shown()[index];
    if (!trace) return false;
    this.activeId.set(trace.trace_id);
    this.grid().nativeElement.focus({ preventScroll: true });
    this.rows().reveal(index);
    return true;
  }

  private lineOf(trace: TraceSummary): Line {
    const formats = this.language.formats();
    const { number } = formats;
    const { status, errors } = trace;
    const name = brief(trace.name, MOST_OF_A_NAME) || this.spanless(trace);
    const duration = trace.spans === 0 ? '–' : formats.lapse(trace.root_us);
    const background = backgroundWords(backgroundOf(trace), this.say, formats);
    const parts = this.partsOf(trace);
    return {
      trace,
      href: tracePath(trace.trace_id),
      name,
      service: brief(trace.service, MOST_OF_A_NAME),
      time: formats.when(trace.start_us),
      moment: formats.zoned(trace.start_us),
      duration,
      width: (trace.root_us / this.longest()) * 100,
      hint: background === '' ? name : joined(' · ', [name, `${duration} ${background}`]),
      background,
      title: trace.ok
        ? this.say('viewer.list.wellTitle')
        : this.say('viewer.list.badTitle', { status, errors: number(errors) }),
      parts,
      partWords: joined(
        ' · ',
        parts.map(({ title }) => title),
      ),
    };
  }

  /** A trace of log lines and errors alone: its page names it by the first of them. */
  private spanless({ logs, errors }: TraceSummary): string {
    const { number } = this.language.formats();
    return this.say('viewer.list.spanless', { logs: number(logs), errors: number(errors) });
  }

  private partsOf({ services, external }: TraceSummary): Line['parts'] {
    const { lapse } = this.language.formats();
    const own = services.map(({ service, own_us }) => ({
      colour: colourOf(service),
      weight: own_us,
      title: this.say('viewer.list.own', { service, time: lapse(own_us) }),
    }));
    const waits = external.map(({ peer, waiting_us }) => ({
      colour: null,
      weight: waiting_us,
      title: this.say('viewer.list.waiting', { peer, time: lapse(waiting_us) }),
    }));
    return [...own, ...waits].filter(({ weight }) => weight > 0);
  }
}

function choices(seen: ReadonlySet<string>, chosen: string): string[] {
  return [...new Set(chosen === '' ? seen : [...seen, chosen])].sort();
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}
