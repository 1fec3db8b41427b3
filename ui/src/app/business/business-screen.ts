import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Address } from '../core/address';
import { ImpactPage } from '../impact/impact-page';
import { ReleasesPage } from '../releases/releases-page';
import { BusinessPage } from './business-page';
import { partAt } from './part';

/** Everything below `/business`: the money, what was measured before and after, or by release. Each is loaded when it is shown. */
@Component({
  selector: 'rs-business-screen',
  imports: [BusinessPage, ImpactPage, ReleasesPage],
  template: `
    @if (part() === 'impact') {
      @defer (on immediate) {
        <rs-impact-page />
      }
    } @else if (part() === 'releases') {
      @defer (on immediate) {
        <rs-releases-page />
      }
    } @else {
      @defer (on immediate) {
        <rs-business-page />
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BusinessScreen {
  private readonly address = inject(Address);
  protected readonly part = computed(() => partAt(this.address.path()));
}
