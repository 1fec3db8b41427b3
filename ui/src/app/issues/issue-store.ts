import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { IssueSummary } from '../core/api/schema';
import { isOpen, withIssue } from './issue-list';

/** As many as the collector answers at once. */
const MOST = 500;
/** How often is asked while the collector still reads its log after a start. */
const INDEXING_MS = 1_000;

export type LoadState = 'loading' | 'ready' | 'failed';

/** All issues, followed live from the first moment: the header counts those that are open. */
@Injectable({ providedIn: 'root' })
export class IssueStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly _state = signal<LoadState>('loading');
  private readonly _issues = signal<readonly IssueSummary[]>([]);
  private following = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Questions are numbered: an answer that was overtaken by that to a later one is old. */
  private questions = 0;
  private answered = 0;
  /** What was told since the last question: newer than its answer. */
  private told = new Map<string, IssueSummary>();

  readonly state = this._state.asReadonly();
  /** Last seen first. */
  readonly issues = this._issues.asReadonly();
  readonly most = MOST;
  /** Whether there may be issues that are not among these. */
  readonly cut = computed(() => this._issues().length >= MOST);
  readonly open = computed(() => this._issues().filter(isOpen).length);

  /** Begins to follow; a second call changes nothing. */
  follow(): void {
    if (this.following) return;
    this.following = true;
    this.stream.on('issue', (issue) => this.take(issue));
    this.stream.on('missed', () => void this.load());
    void this.load();
  }

  async load(): Promise<void> {
    const question = (this.questions += 1);
    const told = (this.told = new Map<string, IssueSummary>());
    try {
      const { issues, indexed } = await this.gateway.issues(MOST);
      if (question < this.answered) return;
      this.answered = question;
      this._issues.set([...told.values()].reduce<readonly IssueSummary[]>(withIssue, issues));
      // What is not read yet is not "none": it is asked for until all of the log has been read.
      this._state.set(indexed || this._issues().length > 0 ? 'ready' : 'loading');
      clearTimeout(this.timer);
      if (!indexed) this.timer = setTimeout(() => void this.load(), INDEXING_MS);
    } catch {
      if (this._state() !== 'ready') this._state.set('failed');
    }
  }

  /** Resolves or reopens; what the collector says then is what is shown. */
  async decide(id: string, status: 'resolved' | 'unresolved'): Promise<IssueSummary> {
    const issue = await this.gateway.decideIssue(id, status);
    this.take(issue);
    return issue;
  }

  private take(issue: IssueSummary): void {
    if (this.answered < this.questions) this.told.set(issue.issue_id, issue);
    this._issues.update((list) => withIssue(list, issue));
  }
}
