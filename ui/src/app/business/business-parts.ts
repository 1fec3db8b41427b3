import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { PARTS, partAt } from '../core/ui/business-part';

/** The parts of the business pages, and the one that is shown. */
@Component({
  selector: 'rs-business-parts',
  template: `
    <nav class="choices" [attr.aria-label]="say('impact.parts.label')">
      @for (part of parts; track part.name) {
        <a
          [href]="part.path"
          [attr.data-test]="'part-' + part.name"
          [attr.aria-current]="shown() === part.name ? 'page' : null"
          (click)="address.follow($event, part.path)"
          >{{ say(part.key) }}</a
        >
      }
    </nav>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BusinessParts {
  protected readonly address = inject(Address);
  protected readonly say = inject(Language).say;
  protected readonly parts = PARTS;
  protected readonly shown = computed(() => partAt(this.address.path()));
}
