import { Directive, ElementRef, afterEveryRender, inject, input } from '@angular/core';

/**
 * A checkbox or radio button for a setting of the gateway. Every render restores the gateway's value, so that a refused
 * change does not look successful.
 */
@Directive({ selector: 'input[rsHolds]' })
export class Holds {
  readonly rsHolds = input.required<boolean>();

  constructor() {
    const { nativeElement: box } = inject<ElementRef<HTMLInputElement>>(ElementRef);
    afterEveryRender({
      write: () => {
        if (box.checked !== this.rsHolds()) box.checked = this.rsHolds();
      },
    });
  }
}
