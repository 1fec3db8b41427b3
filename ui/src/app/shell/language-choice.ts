import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  viewChild,
} from '@angular/core';

import { Language } from '../core/i18n/language';
import { LANGUAGES } from '../core/i18n/languages';

/** The languages of the page by their own names; the closed list shows a code. */
@Component({
  selector: 'rs-language-choice',
  template: `
    <svg class="outline" viewBox="0 0 12 12" aria-hidden="true">
      <path d="m2.5 4.5 3.5 3.5 3.5-3.5" />
    </svg>
    <select
      #select
      data-test="language"
      [attr.aria-label]="say('header.language')"
      [title]="say('header.language') + ' (L)'"
      (change)="choose(select.value)"
    >
      @for (each of languages; track each.code) {
        <option
          [attr.data-test]="'lang-' + each.code"
          [attr.lang]="each.code"
          [value]="each.code"
          [selected]="each.code === language.active()"
        >
          {{ each.name }}
        </option>
      }
    </select>
  `,
  styleUrl: './language-choice.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'capsule', '[attr.data-code]': 'code()' },
})
export class LanguageChoice {
  protected readonly language = inject(Language);
  protected readonly say = this.language.say;
  protected readonly languages = LANGUAGES;
  protected readonly code = computed(() => this.language.active().toUpperCase());
  private readonly select = viewChild.required<ElementRef<HTMLSelectElement>>('select');

  protected async choose(code: string): Promise<void> {
    const select = this.select().nativeElement;
    const entry = LANGUAGES.find((each) => each.code === code);
    // A list that was opened with the mouse would keep the focus, and the keys of the machine would not work.
    if (!select.matches(':focus-visible')) select.blur();
    if (entry) await this.language.choose(entry);
    // If the language could not be loaded, the list shows the present one again.
    select.value = this.language.active();
  }
}
