import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';

import { ApiProblem } from '../core/api/api-problem';
import { CalculatorStore, inAllScenarios } from '../core/api/calculator-store';
import { fromMilliseconds } from '../core/api/micros';
import { CalculatorInput } from '../core/api/schema';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { typedNumber } from '../core/i18n/typed-number';
import { SCENARIOS, Scenario, amountText, fieldText, fieldValue, unitText } from './amounts';

/** One input of the calculator: its values, and whether they are measured or assumed. */
@Component({
  selector: 'rs-input-row',
  templateUrl: './input-row.html',
  styleUrl: './input-row.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class InputRow {
  readonly entry = input.required<CalculatorInput>();
  readonly currency = input.required<string>();

  private readonly language = inject(Language);
  private readonly store = inject(CalculatorStore);
  protected readonly say = this.language.say;
  /** The field whose value is refused, with the reason. */
  protected readonly wrong = signal<{ readonly scenario: string; readonly words: string } | null>(
    null,
  );

  protected readonly name = computed(() => this.say(`calculator.input.${this.entry().id}`));
  protected readonly unit = computed(() =>
    unitText(this.language, this.entry().unit, this.currency()),
  );
  /** A fact has one field, an effect one for each scenario. */
  protected readonly fields = computed(() => {
    const { spread, values, measured, unit } = this.entry();
    const isOne = spread === 'same' || measured !== null;
    const shown: readonly Scenario[] = isOne ? ['expected'] : SCENARIOS;
    return shown.map((scenario) => ({
      scenario,
      short: isOne ? '' : this.say(`calculator.short.${scenario}`),
      label: isOne
        ? this.name()
        : this.say('calculator.field', {
            name: this.name(),
            scenario: this.say(`calculator.scenario.${scenario}`),
          }),
      text: fieldText(this.language, unit, this.currency(), values[scenario]),
    }));
  });
  protected readonly source = computed(() => {
    const { measured } = this.entry();
    if (!measured) return null;
    const { number, when } = this.language.formats();
    const at = when(fromMilliseconds(measured.at));
    return this.say('calculator.measured', { spins: number(measured.spins), at });
  });
  /** What is measured and not taken over yet. */
  protected readonly offer = computed(() => {
    const { offered, measured, unit } = this.entry();
    if (!offered || (measured && this.text(offered.value) === this.text(measured.value)))
      return null;
    return {
      words: this.say('calculator.takeOver', {
        value: amountText(this.language, { currency: this.currency() }, unit, offered.value),
      }),
      hint: this.say('calculator.takeOverHint', {
        spins: this.language.formats().number(offered.spins),
      }),
    };
  });

  protected async keep(scenario: Scenario, field: HTMLInputElement): Promise<void> {
    const { id, unit, spread, measured, least, most, values } = this.entry();
    const isLarge = unit === 'money' || unit === 'count';
    const typed = typedNumber(field.value, isLarge);
    const value = typed === null ? NaN : fieldValue(unit, this.currency(), typed);
    if (!(value >= least && value <= most)) {
      const [from, to] = [least, most].map((each) => this.text(each));
      this.wrong.set({
        scenario,
        words: this.say('calculator.outside', { least: from ?? '', most: to ?? '' }),
      });
      return;
    }
    const isOne = spread === 'same' || measured !== null;
    await this.tried(scenario, () =>
      this.store.assume(id, isOne ? inAllScenarios(value) : { ...values, [scenario]: value }),
    );
    // An equal value changes no signal, and the text stays as it was typed.
    if (this.wrong() === null) field.value = this.text(this.entry().values[scenario]);
  }

  protected takeOver(): Promise<void> {
    return this.tried('', () => this.store.takeOver(this.entry().id));
  }

  protected forget(): Promise<void> {
    return this.tried('', () => this.store.forgetInput(this.entry().id));
  }

  private async tried(scenario: string, change: () => Promise<void>): Promise<void> {
    try {
      await change();
      this.wrong.set(null);
    } catch (error) {
      const { spread } = this.entry();
      const isOrder = error instanceof ApiProblem && scenario !== '' && spread !== 'same';
      const words = isOrder
        ? this.say(`calculator.${spread}`)
        : this.language.text(refusalWords(error));
      this.wrong.set({ scenario, words });
    }
  }

  private text(value: number): string {
    return fieldText(this.language, this.entry().unit, this.currency(), value);
  }
}
