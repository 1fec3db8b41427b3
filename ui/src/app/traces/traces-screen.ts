import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Address } from '../core/ui/address';
import { placeAt } from '../core/ui/trace-place';
import { ComparePage } from './compare/compare-page';
import { TraceListPage } from './list/list-page';
import { TracePage } from './trace-page';

/** The pages below `/traces`: the list, one trace, or a comparison. */
@Component({
  selector: 'rs-traces-screen',
  imports: [ComparePage, TraceListPage, TracePage],
  template: `
    @let shown = place();
    @switch (shown.what) {
      @case ('list') {
        <rs-trace-list-page />
      }
      @case ('trace') {
        <rs-trace-page />
      }
      @case ('compare') {
        <rs-compare-page />
      }
    }
  `,
  styles: `
    :host {
      display: block;
      height: 100%;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TracesScreen {
  private readonly address = inject(Address);
  protected readonly place = computed(() => placeAt(this.address.path()));
}
