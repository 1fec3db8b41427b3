import {
  ChangeDetectionStrategy,
  Component,
  Injector,
  afterNextRender,
  computed,
  inject,
  linkedSignal,
  signal,
  viewChild,
} from '@angular/core';

import { Health } from '../core/api/health';
import { fromMilliseconds, micros } from '../core/api/micros';
import { IssueSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { RowList } from '../core/ui/row-list';
import { offerSpotRow } from '../core/ui/spot-rows';
import { VirtualRows } from '../core/ui/virtual-rows';
import { LoadWords } from '../core/ui/load-words';
import { asNow, byWeight, isOpen, newsIn, openWords } from './issue-list';
import { stakesWords } from './issue-stakes';
import { IssueStore } from './issue-store';
import { playersWords, shareWords, statusWords } from './issue-words';
import { followClock } from './clock';
import { placeOf } from './own-code';
import { RECENT_BARS, recentPath } from './recent-bars';

/** Limit of the text in a row, in characters; the page of the issue has the whole text. */
const MOST_OF_A_TEXT = 300;

/** The list of issues, live. */
@Component({
  selector: 'rs-issue-list-page',
  imports: [LoadWords, RowList, VirtualRows],
  templateUrl: './issue-list-page.html',
  styleUrls: [
    '../core/ui/insights.css',
    '../core/ui/rows.css',
    '../core/ui/live-list.css',
    './issue-list-page.css',
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IssueListPage {
  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  private readonly health = inject(Health);
  protected readonly store = inject(IssueStore);
  protected readonly say = this.language.say;
  private readonly drawn = viewChild(VirtualRows);
  private readonly list = viewChild(RowList);

  private readonly now = followClock();
  /** The end of the axis of time that the rows share; a recording ends with its last event. */
  private readonly end = computed(() => {
    const seen = this.store.issues().map(({ last_seen_us }) => last_seen_us);
    const last = micros(Math.max(...seen));
    return this.health.recording() === null ? fromMilliseconds(this.now()) : last;
  });
  protected readonly recentBars = RECENT_BARS;
  protected readonly recentHint = this.say('insights.issues.recentHint');
  protected readonly all = computed(() => this.address.query().get('status') === 'all');
  protected readonly openCount = computed(
    () => openWords(this.store.open(), this.store.cut(), this.language).text,
  );
  /** A person who points into the list, has the focus in it or has scrolled is reading, so no row may move. */
  private readonly pointed = signal(false);
  private readonly focused = signal(false);
  private readonly reading = computed(
    () => this.pointed() || this.focused() || this.drawn()?.atTop() === false,
  );
  private readonly newest = computed(() =>
    byWeight(this.store.issues().filter((issue) => this.all() || isOpen(issue))),
  );
  /** The rows at the time the person started reading. */
  private readonly held = linkedSignal<
    { newest: readonly IssueSummary[]; reading: boolean; all: boolean },
    readonly IssueSummary[]
  >({
    source: () => ({ newest: this.newest(), reading: this.reading(), all: this.all() }),
    computation: ({ newest, reading, all }, before) =>
      reading && before && before.value.length > 0 && before.source.all === all
        ? before.value
        : newest,
  });
  /** The held rows with their present states. */
  protected readonly issues = computed(() => asNow(this.held(), this.store.issues()));
  /** The text about new or changed issues that are held back; empty if there are none. */
  protected readonly news = computed(() => {
    const count = newsIn(this.newest(), this.held());
    return count === 0 ? '' : this.language.count('insights.issues.news', count);
  });
  protected readonly lines = computed(() => {
    const drawn = this.drawn();
    return drawn ? drawn.inSight(this.issues()).map((issue) => this.lineOf(issue)) : [];
  });

  /** Index of the issue that happened last; -1 if there is none. The rows stand by their weight. */
  protected readonly newestAt = computed(() => {
    const envelopes = this.issues().map(({ last_envelope }) => last_envelope);
    return envelopes.indexOf(Math.max(...envelopes));
  });

  /** Id of the row of the issue from which the person came back. */
  protected readonly opened = `issue-${this.address.returnedFrom()?.split('/')[2] ?? ''}`;
  protected readonly ids = computed(() => this.issues().map(({ issue_id }) => `issue-${issue_id}`));

  constructor() {
    const injector = inject(Injector);
    offerSpotRow('newest_issue', () => {
      // It may have come after the rows were held.
      this.held.set(this.newest());
      if (this.newestAt() < 0) return false;
      // The box cannot be scrolled to a row that it has no room for yet.
      const write = (): void => this.drawn()?.reveal(this.newestAt());
      afterNextRender({ write }, { injector });
      return true;
    });
  }

  protected point(pointed: boolean): void {
    this.pointed.set(pointed);
  }

  protected focus(focused: boolean): void {
    this.focused.set(focused);
  }

  protected showNewest(): void {
    this.list()?.toTop();
    this.held.set(this.newest());
  }

  protected choose(status: '' | 'all'): void {
    this.address.change({ status });
  }

  protected open(index: number): void {
    const issue = this.issues()[index];
    if (issue) this.address.go(pathOf(issue));
  }

  private lineOf(issue: IssueSummary) {
    const { ago, date, number } = this.language.formats();
    const now = this.now();
    return {
      issue,
      href: pathOf(issue),
      value: brief(issue.value, MOST_OF_A_TEXT),
      // The services, and the code that failed if it is known.
      where: brief(
        joined(' · ', [joined(', ', issue.services), placeOf(issue.culprit)]),
        MOST_OF_A_TEXT,
      ),
      events: number(issue.events),
      players: playersWords(issue, this.language),
      share: shareWords(issue, this.language),
      stakes: stakesWords(issue, this.say, this.language.formats()),
      recent: recentPath(issue.recent, this.end()),
      status: statusWords(issue, this.say),
      releases: joined(', ', issue.releases),
      first: ago(issue.first_seen_us, now),
      last: ago(issue.last_seen_us, now),
      seen: `${date(issue.first_seen_us)} – ${date(issue.last_seen_us)}`,
    };
  }
}

function pathOf({ issue_id }: IssueSummary): string {
  return `/issues/${issue_id}`;
}
