import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Address } from '../core/address';
import { TraceListPage } from './list-page';
import { placeAt } from './place';

/** Everything below `/traces`: the list, one trace, or two side by side. */
@Component({
  selector: 'rs-traces-screen',
  imports: [TraceListPage],
  template: `
    @let shown = place();
    @switch (shown.what) {
      @case ('list') {
        <rs-trace-list-page />
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
