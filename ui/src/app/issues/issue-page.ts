import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';

import { Coalesced } from '../core/api/coalesced';
import { writeJson } from '../core/api/exact-json';
import { Gateway } from '../core/api/gateway';
import { Health } from '../core/api/health';
import { ApiProblem } from '../core/api/api-problem';
import { ErrorEvent, Exception, Frame, IssueDetail } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { Capped, firstOf, lastOf } from '../core/ui/capped';
import { LongText } from '../core/ui/long-text';
import { NotShown } from '../core/ui/not-shown';
import { histogram } from './histogram';
import { isOpen } from './issue-list';
import { IssueStore } from './issue-store';
import { playersWords, shareWords, statusWords } from './issue-words';

const BARS = 48;
const MOST_CRUMBS = 30;
const MOST_OWN_FRAMES = 50;
const MOST_CAUSE_FRAMES = 5;
const MOST_OF_A_NAME = 200;
/** Events may come faster than anybody reads. */
const DETAILS_PAUSE_MS = 500;

/** One issue: how often, for whom, since when, and one of its events with everything that was known. */
@Component({
  selector: 'rs-issue-page',
  imports: [LongText, NotShown],
  templateUrl: './issue-page.html',
  styleUrls: ['../core/ui/insights.css', './issue-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IssuePage {
  readonly id = input.required<string>();

  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly store = inject(IssueStore);
  protected readonly health = inject(Health);
  protected readonly say = this.language.say;

  private readonly details = new Coalesced(() => this.load(), DETAILS_PAUSE_MS);
  private readonly _detail = signal<IssueDetail | null>(null);
  private readonly _trouble = signal<'' | 'unknown' | 'noAnswer'>('');
  private readonly _busy = signal(false);
  private readonly _decideFailed = signal(false);
  /** The event that is shown; new ones do not push it away, even when the collector answers it no more. */
  private readonly _shown = signal<ErrorEvent | null>(null);
  /** Lists of this event that the reader wants in full. */
  private readonly full = linkedSignal<string | undefined, ReadonlySet<string>>({
    source: () => this._shown()?.event_id,
    computation: () => new Set(),
  });
  protected readonly trouble = this._trouble.asReadonly();
  protected readonly busy = this._busy.asReadonly();
  protected readonly decideFailed = this._decideFailed.asReadonly();

  /** What the stream says is newer than what was asked for. */
  private readonly summary = computed(() => {
    const live = this.store.issues().find(({ issue_id }) => issue_id === this.id());
    return live ?? this._detail()?.summary ?? null;
  });
  private readonly count = computed(() => this.summary()?.events ?? 0);

  protected readonly list = computed(() => this.address.asLeft('/issues'));
  protected readonly head = computed(() => {
    const issue = this.summary();
    if (!issue || !this._detail()) return null;
    const { date, number } = this.language.formats();
    return {
      issue,
      open: isOpen(issue),
      status: statusWords(issue, this.say),
      share: shareWords(issue, this.language),
      events: number(issue.events),
      players: playersWords(issue, this.language),
      releases: joined(', ', issue.releases) || '–',
      first: date(issue.first_seen_us),
      last: date(issue.last_seen_us),
    };
  });

  protected readonly bars = computed(() => {
    const detail = this._detail();
    const issue = this.summary();
    const first = detail?.times_us?.[0];
    const last = detail?.times_us?.at(-1);
    if (!issue || !detail || first === undefined || last === undefined) return [];
    const bars = histogram(detail.times_us, first, last, BARS);
    const most = Math.max(...bars.map(({ count }) => count));
    const { date, number } = this.language.formats();
    return bars.map(({ from, to, count }) => ({
      from: date(from),
      to: date(to),
      height: (count / most) * 100,
      title: this.say('insights.issues.bar', {
        from: date(from),
        to: date(to),
        count: number(count),
      }),
    }));
  });

  /** The bar that the arrow keys are at; the last begins. */
  protected readonly bar = signal(BARS - 1);

  protected walk(event: Event, to: number): void {
    event.preventDefault();
    this.bar.set(Math.min(Math.max(to, 0), BARS - 1));
  }

  /** Events that are neither in the chart, nor among those that can be looked through. */
  protected readonly notInBars = computed(() =>
    Math.max(this.count() - (this._detail()?.times_us ?? []).length, 0),
  );
  protected readonly notListed = computed(() => Math.max(this.count() - this.events().length, 0));

  private readonly events = computed(() => this._detail()?.events ?? []);
  /** -1 where it is older than all that the collector answers. */
  private readonly index = computed(() =>
    this.events().findIndex(({ event_id }) => event_id === this._shown()?.event_id),
  );
  protected readonly event = computed(() => {
    const event = this._shown();
    return event ? this.told(event) : null;
  });
  protected readonly position = computed(() => {
    const { number } = this.language.formats();
    const [events, at] = [this.events(), this.index()];
    if (at < 0)
      return {
        text: this.say('insights.issues.eventOlder', { all: number(events.length) }),
        newer: events.at(-1) ?? null,
        older: null,
      };
    return {
      text: this.say('insights.issues.eventOf', {
        at: number(at + 1),
        all: number(events.length),
      }),
      newer: events[at - 1] ?? null,
      older: events[at + 1] ?? null,
    };
  });

  constructor() {
    effect(() => {
      this.id();
      untracked(() => {
        this._detail.set(null);
        this._shown.set(null);
        this._trouble.set('');
        this._decideFailed.set(false);
        this.bar.set(BARS - 1);
      });
    });
    effect(() => {
      this.id();
      // An event more, or one of another page: the details have it.
      this.count();
      untracked(() => this.details.ask());
    });
    inject(DestroyRef).onDestroy(() => this.details.end());
  }

  protected again(): void {
    this.details.ask();
  }

  private async load(): Promise<void> {
    const id = this.id();
    try {
      const detail = await this.gateway.issue(id);
      if (id !== this.id()) return;
      this._detail.set(detail);
      this._shown.update((shown) => shown ?? detail.events[0] ?? null);
      this._trouble.set('');
    } catch (error) {
      if (id !== this.id()) return;
      const unknown = error instanceof ApiProblem && error.body.status === 404;
      this._trouble.set(unknown ? 'unknown' : 'noAnswer');
    }
  }

  protected async decide(status: 'resolved' | 'unresolved'): Promise<void> {
    if (this._busy()) return;
    this._busy.set(true);
    this._decideFailed.set(false);
    try {
      await this.store.decide(this.id(), status);
    } catch {
      this._decideFailed.set(true);
    } finally {
      this._busy.set(false);
    }
  }

  protected show(event: ErrorEvent | null): void {
    if (event !== null) this._shown.set(event);
  }

  protected showAll(list: string): void {
    this.full.update((known) => new Set([...known, list]));
  }

  protected back(event: MouseEvent): void {
    this.address.followBack(event, '/issues');
  }

  protected follow(event: MouseEvent, path: string, span?: string): void {
    this.address.follow(event, path, span ? { span } : {});
  }

  private told(event: ErrorEvent): {
    at: string;
    value: string;
    facts: { name: string; value: string }[];
    tags: { name: string; value: string }[];
    own: Capped<Told>;
    others: readonly Told[];
    othersText: string;
    /** How many frames are known of how many there were; empty where it is all of them. */
    framesText: string;
    causes: readonly ToldCause[];
    moreCauses: number;
    grouping: { by: string; parts: string };
    crumbs: Capped<{ at: string; category: string; text: string; bad: boolean }>;
    crumbsText: string;
    trace: { path: string; href: string; span: string | undefined } | null;
  } {
    const { clock, date, number } = this.language.formats();
    const name = (key: 'service' | 'request' | 'release' | 'environment' | 'player'): string =>
      this.say(`insights.issues.${key}`);
    const facts = [
      { name: name('service'), value: event.service },
      { name: name('request'), value: event.transaction },
      { name: name('player'), value: event.player },
      { name: name('release'), value: event.release },
      { name: name('environment'), value: event.environment },
      {
        name: this.say('insights.issues.handled'),
        value:
          event.handled === undefined
            ? undefined
            : this.say(event.handled ? 'insights.issues.yes' : 'insights.issues.no'),
      },
    ];
    const others = event.frames.filter(({ in_app }) => !in_app);
    const own = event.frames.filter(({ in_app }) => in_app);
    const ownShown = firstOf(own, this.full().has('own') ? own.length : MOST_OWN_FRAMES);
    const { breadcrumbs } = event;
    const crumbs = lastOf(
      breadcrumbs,
      this.full().has('crumbs') ? breadcrumbs.length : MOST_CRUMBS,
    );
    const path = `/traces/${event.trace_id}`;
    const some = (key: 'framesOf' | 'crumbsOf', shown: number, all = shown): string =>
      all > shown
        ? this.say(`insights.issues.${key}`, { shown: number(shown), all: number(all) })
        : '';
    const exceptions = event.exceptions ?? [];
    return {
      at: event.time_is_received
        ? this.say('insights.issues.received', { at: date(event.at_us) })
        : date(event.at_us),
      value: event.value,
      facts: facts.flatMap(({ name, value }) => (value ? [{ name, value }] : [])),
      tags: Object.entries(event.tags).map(([name, value]) => ({ name, value })),
      own: { shown: ownShown.shown.map(toldFrame), rest: ownShown.rest },
      others: others.map(toldFrame),
      othersText: this.language.count('insights.issues.other', others.length),
      framesText: some('framesOf', event.frames.length, event.frames_total),
      causes: exceptions.length > 1 ? exceptions.map((each) => this.toldCause(each)) : [],
      moreCauses: Math.max(event.exceptions_total - exceptions.length, 0),
      grouping: {
        by: this.say(`insights.issues.groupedBy.${event.grouping.by}`),
        parts: joined(' · ', event.grouping.parts),
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

  /** Of its stack the innermost of the application's own frames, or of all where none is its own. */
  private toldCause({ kind, value, source, frames, ...cause }: Exception): ToldCause {
    const own = frames.filter(({ in_app }) => in_app);
    const told = firstOf(own.length > 0 ? own : frames, MOST_CAUSE_FRAMES);
    return {
      kind: brief(kind, MOST_OF_A_NAME),
      value,
      note: joined(' · ', [
        source ?? '',
        cause.is_exception_group ? this.say('insights.issues.group') : '',
      ]),
      frames: told.shown.map(toldFrame),
      rest: Math.max(cause.frames_total, frames.length) - told.shown.length,
    };
  }
}

interface ToldCause {
  readonly kind: string;
  readonly value: string;
  readonly note: string;
  readonly frames: readonly Told[];
  readonly rest: number;
}

interface Told {
  readonly name: string;
  readonly place: string;
  readonly source: readonly { number: number | null; text: string; here: boolean }[];
}

/** Nameless code, such as a closure or the body of an async function, is known by its module. */
function nameOf({ function: name, module }: Frame): string {
  const within = name.startsWith('{') ? module?.split('::').at(-1) : undefined;
  return within ? `${within}::${name}` : name;
}

function toldFrame(frame: Frame): Told {
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
