import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { assumptionOf, mostOf } from '../core/api/assumptions';
import { Preferences } from '../core/api/preferences';
import { Language } from '../core/i18n/language';

/** The volume of the customer, by which a measured loss is projected: an assumption, edited where it is used. */
@Component({
  selector: 'rs-volume-field',
  template: `
    <label>
      {{ say('insights.business.volume.at') }}
      <input
        #input
        type="text"
        inputmode="numeric"
        autocomplete="off"
        data-test="volume"
        [attr.aria-label]="say('insights.business.volume.label')"
        [attr.aria-invalid]="wrong()"
        [value]="text()"
        (change)="keep(input)"
      />
      {{ say('insights.business.volume.unit') }}
    </label>
    <em>{{ say('insights.business.volume.tag') }}</em>
    @if (wrong()) {
      <span class="wrong" role="alert">{{ say('impact.assumed.wrong', { most: most() }) }}</span>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-2) var(--space-5);
      color: var(--soft);
      font-size: 0.85rem;
    }
    input {
      width: 5.4rem;
      margin-inline: var(--space-1);
      padding: var(--space-1) var(--space-4);
      border: 1px dashed var(--edge);
      border-radius: 0.4rem;
      background: var(--ink);
      color: var(--text);
      text-align: right;
    }
    input[aria-invalid='true'] {
      border-color: var(--bad);
    }
    em {
      padding: 0 var(--space-4);
      border: 1px dashed var(--edge);
      border-radius: 0.5rem;
      font-style: normal;
      white-space: nowrap;
    }
    .wrong {
      color: var(--bad);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class VolumeField {
  private readonly language = inject(Language);
  private readonly preferences = inject(Preferences);
  protected readonly say = this.language.say;
  protected readonly wrong = signal(false);
  protected readonly text = computed(() =>
    this.language.formats().number(this.preferences.assumptions().spinsPerHour),
  );
  protected readonly most = computed(() => this.language.formats().number(mostOf('spinsPerHour')));

  protected keep(input: HTMLInputElement): void {
    const value = assumptionOf('spinsPerHour', input.value);
    this.wrong.set(value === null);
    if (value === null) return;
    this.preferences.assume({ spinsPerHour: value });
    // An equal value changes no signal, and the text stays as it was typed.
    input.value = this.text();
  }
}
