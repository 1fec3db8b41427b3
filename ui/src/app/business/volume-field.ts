import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { CalculatorStore } from '../core/api/calculator-store';
import { Language } from '../core/i18n/language';
import { typedNumber } from '../core/i18n/typed-number';

/** The largest volume that can be entered, in spins an hour. */
const MOST = 10_000_000;

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
      <span class="wrong" role="alert">{{
        say('calculator.outside', { least: 0, most: most() })
      }}</span>
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
      border: var(--hair) dashed var(--edge);
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
      border: var(--hair) dashed var(--edge);
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
  private readonly calculator = inject(CalculatorStore);
  protected readonly say = this.language.say;
  protected readonly wrong = signal(false);
  protected readonly text = computed(() =>
    this.language.formats().number(this.calculator.spinsPerHour() ?? 0),
  );
  protected readonly most = computed(() => this.language.formats().number(MOST));

  protected async keep(input: HTMLInputElement): Promise<void> {
    const value = typedNumber(input.value, true);
    this.wrong.set(value === null || value > MOST);
    if (value === null || value > MOST) return;
    await this.calculator.assumeSpinsPerHour(value);
    // An equal value changes no signal, and the text stays as it was typed.
    input.value = this.text();
  }
}
