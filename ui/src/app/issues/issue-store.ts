import { Injectable, computed, inject } from '@angular/core';

import { Followed, LoadState } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { IssueSummary } from '../core/api/schema';
import { isOpen, withIssue } from './issue-list';

/** Largest number of issues in one reply of the collector. */
const MOST = 500;
/** Interval of requests while the collector reads its log after a start, in milliseconds. */
const INDEXING_MS = 1_000;

/** All issues, followed live from the first screen on, because the header shows the number of open ones. */
@Injectable({ providedIn: 'root' })
export class IssueStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly followed = new Followed(() => this.gateway.issues(MOST), {
    seen: ({ indexed }) => this.askAgain(indexed),
  });
  private following = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** The last to happen first. */
  readonly issues = computed(() => this.followed.value()?.issues ?? []);
  /** While the collector reads its log, an empty list still counts as loading. */
  readonly state = computed((): LoadState => {
    const isRead = this.followed.value()?.indexed ?? true;
    if (isRead || this.issues().length > 0) return this.followed.state();
    return this.followed.error() === null ? 'loading' : 'failed';
  });
  readonly most = MOST;
  /** Whether there may be more issues than the list contains. */
  readonly cut = computed(() => this.issues().length >= MOST);
  readonly open = computed(() => this.issues().filter(isOpen).length);
  readonly load = this.followed.load;

  /** Begins to follow; a second call changes nothing. */
  follow(): void {
    if (this.following) return;
    this.following = true;
    this.stream.on('issue', (issue) => this.take(issue));
    this.stream.afterGap(this.followed.again);
    void this.load();
  }

  /** Resolves or reopens an issue, and shows the reply of the collector. */
  async decide(id: string, status: 'resolved' | 'unresolved'): Promise<IssueSummary> {
    const issue = await this.gateway.decideIssue(id, status);
    this.take(issue);
    return issue;
  }

  private take(issue: IssueSummary): void {
    this.followed.change((known) => ({ ...known, issues: withIssue(known.issues, issue) }));
  }

  /** Repeats the request until the collector has read its whole log. */
  private askAgain(indexed: boolean): void {
    clearTimeout(this.timer);
    if (!indexed) this.timer = setTimeout(() => void this.load(), INDEXING_MS);
  }
}
