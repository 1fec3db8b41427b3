import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Address } from '../core/address';
import { Language } from '../core/language';
import { PARTS, partAt } from './part';

/** The parts of the business pages, and which one is shown. */
@Component({
  selector: 'rs-business-parts',
  template: `
    <nav [attr.aria-label]="say('impact.parts.label')">
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
  styles: `
    nav {
      display: flex;
      border: 1px solid var(--line);
      border-radius: 0.6rem;
      overflow: hidden;
      font-size: 0.8rem;
      white-space: nowrap;
    }
    a {
      padding: 0.3rem 0.8rem;
      color: var(--dim);
      text-decoration: none;
    }
    a:hover {
      color: var(--text);
    }
    a[aria-current] {
      background: #232a3a;
      color: var(--text);
    }
    a:focus-visible {
      outline-offset: -0.2rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BusinessParts {
  protected readonly address = inject(Address);
  protected readonly say = inject(Language).say;
  protected readonly parts = PARTS;
  protected readonly shown = computed(() => partAt(this.address.path()));
}
