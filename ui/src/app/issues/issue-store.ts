import { Injectable, computed, inject } from '@angular/core';

import { Followed, LoadState } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { IssueSummary } from '../core/api/schema';
import { isOpen, withIssue } from './issue-list';

/** As many as the collector answers at once. */
const MOST = 500;
/** How often is asked while the collector still reads its log after a start. */
const INDEXING_MS = 1_000;

/** All issues, followed live from the first moment: the header counts those that are open. */
@Injectable({ providedIn: 'root' })
export class IssueStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly followed = new Followed(() => this.gateway.issues(MOST), {
    seen: ({ indexed }) => this.askAgain(indexed),
  });
  private following = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Last seen first. */
  readonly issues = computed(() => this.followed.value()?.issues ?? []);
  /** What is not read yet is not "none". */
  readonly state = computed((): LoadState => {
    const isRead = this.followed.value()?.indexed ?? true;
    if (isRead || this.issues().length > 0) return this.followed.state();
    return this.followed.error() === null ? 'loading' : 'failed';
  });
  readonly most = MOST;
  /** Whether there may be issues that are not among these. */
  readonly cut = computed(() => this.issues().length >= MOST);
  readonly open = computed(() => this.issues().filter(isOpen).length);

  /** Begins to follow; a second call changes nothing. */
  follow(): void {
    if (this.following) return;
    this.following = true;
    this.stream.on('issue', (issue) => this.take(issue));
    this.stream.on('missed', () => void this.load());
    void this.load();
  }

  load(): Promise<void> {
    return this.followed.load();
  }

  /** Resolves or reopens; what the collector says then is what is shown. */
  async decide(id: string, status: 'resolved' | 'unresolved'): Promise<IssueSummary> {
    const issue = await this.gateway.decideIssue(id, status);
    this.take(issue);
    return issue;
  }

  private take(issue: IssueSummary): void {
    this.followed.change((known) => ({ ...known, issues: withIssue(known.issues, issue) }));
  }

  /** It is asked for until all of the log has been read. */
  private askAgain(indexed: boolean): void {
    clearTimeout(this.timer);
    if (!indexed) this.timer = setTimeout(() => void this.load(), INDEXING_MS);
  }
}
