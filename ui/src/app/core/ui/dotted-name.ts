import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { partsOf } from './dotted-name-parts';

/** A name such as `http.response.status_code`, which wraps after its separators rather than within a word. */
@Component({
  selector: 'rs-dotted-name',
  // The content is bound, because a space around it in the template would be part of the name.
  template: `@for (part of parts(); track $index) {
    <span [textContent]="part"></span><wbr />
  }`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DottedName {
  readonly text = input.required<string>();
  protected readonly parts = computed(() => partsOf(this.text()));
}
