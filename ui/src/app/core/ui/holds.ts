import { Directive, ElementRef, afterEveryRender, inject, input } from '@angular/core';

/**
 * A checkbox or radio button for something that the gateway decides. Whatever was pressed, it shows what holds: the
 * browser's own idea of it is put right with every render, so that a change that was refused does not look as made.
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
