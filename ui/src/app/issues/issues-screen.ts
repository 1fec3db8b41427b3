import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Address } from '../core/ui/address';
import { IssueListPage } from './issue-list-page';
import { IssuePage } from './issue-page';

/** Everything below `/issues`: the list, or one issue. */
@Component({
  selector: 'rs-issues-screen',
  imports: [IssueListPage, IssuePage],
  template: `
    @if (id(); as id) {
      <rs-issue-page [id]="id" />
    } @else {
      <rs-issue-list-page />
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IssuesScreen {
  private readonly address = inject(Address);
  protected readonly id = computed(() => this.address.path().split('/')[2] ?? '');
}
