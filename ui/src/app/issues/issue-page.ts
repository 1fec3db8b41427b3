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

import { Followed, LoadState } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { Health } from '../core/api/health';
import { ApiProblem } from '../core/api/api-problem';
import { ErrorEvent } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { joined } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { LongText } from '../core/ui/long-text';
import { NotShown } from '../core/ui/not-shown';
import { LoadWords } from '../core/ui/load-words';
import { followClock } from './clock';
import { eventWords } from './event-words';
import { histogram } from './histogram';
import { isOpen } from './issue-list';
import { stakesWords } from './issue-stakes';
import { IssueStore } from './issue-store';
import { playersWords, shareWords, statusWords } from './issue-words';

const BARS = 48;

/** One issue: its count, players and times, and one of its events with all details. */
@Component({
  selector: 'rs-issue-page',
  imports: [LongText, NotShown, LoadWords],
  templateUrl: './issue-page.html',
  styleUrls: ['../core/ui/insights.css', './issue-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IssuePage {
  readonly id = input.required<string>();

  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  private readonly store = inject(IssueStore);
  protected readonly health = inject(Health);
  protected readonly say = this.language.say;

  private readonly followed = new Followed(() => this.gateway.issue(untracked(this.id)), {
    seen: ({ events }) => this._shown.update((shown) => shown ?? events[0] ?? null),
  });
  private readonly detail = this.followed.value;
  private readonly now = followClock();
  private readonly _busy = signal(false);
  private readonly _decideFailed = signal(false);
  /** The shown event. A new event does not replace it, and it stays when the collector no longer returns it. */
  private readonly _shown = signal<ErrorEvent | null>(null);
  /** Names of the lists of this event that are shown in full. */
  private readonly full = linkedSignal<string | undefined, ReadonlySet<string>>({
    source: () => this._shown()?.event_id,
    computation: () => new Set(),
  });
  protected readonly state = computed((): LoadState | 'unknown' => {
    const error = this.followed.error();
    if (error === null) return 'loading';
    return error instanceof ApiProblem && error.body.status === 404 ? 'unknown' : 'failed';
  });
  protected readonly busy = this._busy.asReadonly();
  protected readonly decideFailed = this._decideFailed.asReadonly();

  /** The summary from the stream is newer than that of the last request. */
  private readonly summary = computed(() => {
    const live = this.store.issues().find(({ issue_id }) => issue_id === this.id());
    return live ?? this.detail()?.summary ?? null;
  });
  private readonly count = computed(() => this.summary()?.events ?? 0);

  protected readonly list = computed(() => this.address.asLeft('/issues'));
  protected readonly head = computed(() => {
    const issue = this.summary();
    if (!issue || !this.detail()) return null;
    const { ago, date, number } = this.language.formats();
    return {
      issue,
      stakes: stakesWords(issue, this.say, this.language.formats()),
      open: isOpen(issue),
      status: statusWords(issue, this.say),
      share: shareWords(issue, this.language),
      events: number(issue.events),
      players: playersWords(issue, this.language),
      releases: joined(', ', issue.releases) || '–',
      first: ago(issue.first_seen_us, this.now()),
      last: ago(issue.last_seen_us, this.now()),
      firstDate: date(issue.first_seen_us),
      lastDate: date(issue.last_seen_us),
    };
  });

  protected readonly bars = computed(() => {
    const detail = this.detail();
    const issue = this.summary();
    const first = detail?.times_us?.[0];
    const last = detail?.times_us?.at(-1);
    if (!issue || !detail || first === undefined || last === undefined) return [];
    const bars = histogram(detail.times_us, first, last, BARS);
    const most = Math.max(...bars.map(({ count }) => count));
    const { date, number } = this.language.formats();
    const highest = bars.findIndex(({ count }) => count === most);
    return bars.map(({ from, to, count }, index) => ({
      from: date(from),
      to: date(to),
      height: (count / most) * 100,
      most: index === highest ? number(count) : '',
      title: this.say('insights.issues.bar', {
        from: date(from),
        to: date(to),
        count: number(count),
      }),
    }));
  });

  /** The bar that the arrow keys have chosen; at first the last one. */
  protected readonly bar = signal(BARS - 1);

  protected walk(event: Event, to: number): void {
    event.preventDefault();
    this.bar.set(Math.min(Math.max(to, 0), BARS - 1));
  }

  /** Numbers of events that are missing in the chart, and in the list that can be paged through. */
  protected readonly notInBars = computed(() =>
    Math.max(this.count() - (this.detail()?.times_us ?? []).length, 0),
  );
  protected readonly notListed = computed(() => Math.max(this.count() - this.events().length, 0));

  private readonly events = computed(() => this.detail()?.events ?? []);
  /** -1 if the shown event is older than all events of the reply. */
  private readonly index = computed(() =>
    this.events().findIndex(({ event_id }) => event_id === this._shown()?.event_id),
  );
  protected readonly event = computed(() => {
    const event = this._shown();
    return event ? eventWords(event, this.full(), this.language) : null;
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
    /** The count of events at which the details were requested again. */
    let askedAt: number | null = null;
    effect(() => {
      this.id();
      untracked(() => {
        this.followed.restart();
        this._shown.set(null);
        this._decideFailed.set(false);
        this.bar.set(BARS - 1);
        askedAt = null;
        void this.followed.load();
      });
    });
    effect(() => {
      const count = this.count();
      const known = this.detail()?.summary.events;
      // Once for each count: a reply that says another one is newer, or has lost events to retention.
      if (known === undefined || known === count || askedAt === count) return;
      askedAt = count;
      this.followed.again.ask();
    });
    inject(DestroyRef).onDestroy(() => this.followed.again.drop());
  }

  protected again(): void {
    void this.followed.load();
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

  protected follow(event: MouseEvent, path: string, span?: string): void {
    this.address.follow(event, path, span ? { span } : {});
  }
}
