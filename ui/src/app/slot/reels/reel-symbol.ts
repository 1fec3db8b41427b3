import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { SymbolName } from '../../core/api/schema';

/** One symbol of the sprite. It is decoration, because a text names the symbol elsewhere. */
@Component({
  selector: 'rs-symbol',
  template: `<svg viewBox="0 0 100 100" aria-hidden="true"><use [attr.href]="href()" /></svg>`,
  styles: `
    :host,
    svg {
      display: block;
    }
    svg {
      width: 100%;
      height: 100%;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ReelSymbol {
  readonly name = input.required<SymbolName>();
  protected readonly href = computed(() => `#symbol-${this.name()}`);
}
