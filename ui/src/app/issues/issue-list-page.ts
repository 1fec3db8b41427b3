import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Address } from '../core/address';
import { Language } from '../core/language';
import { isOpen } from './issue-list';
import { IssueStore } from './issue-store';
import { shareWords, statusWords } from './issue-words';

/** What fails: every kind of error once, live. */
@Component({
  selector: 'rs-issue-list-page',
  templateUrl: './issue-list-page.html',
  styleUrls: ['../core/insights.css', './issue-list-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IssueListPage {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  protected readonly store = inject(IssueStore);
  protected readonly say = this.language.say;

  protected readonly all = computed(() => this.address.query().get('status') === 'all');
  protected readonly openCount = computed(() => {
    const count = this.store.open();
    const { number, plural } = this.language.formats();
    return this.say(`insights.issues.openCount.${plural(count)}`, { count: number(count) });
  });
  protected readonly rows = computed(() => {
    const { date, number } = this.language.formats();
    return this.store
      .issues()
      .filter((issue) => this.all() || isOpen(issue))
      .map((issue) => ({
        issue,
        href: `/issues/${issue.issue_id}`,
        events: number(issue.events),
        players: number(issue.players),
        share: shareWords(issue, this.language),
        status: statusWords(issue, this.say),
        releases: issue.releases.join(', '),
        first: date(issue.first_seen_us),
        last: date(issue.last_seen_us),
      }));
  });

  protected choose(status: '' | 'all'): void {
    this.address.change({ status });
  }

  protected open(event: MouseEvent, href: string): void {
    this.address.follow(event, href);
  }
}
