import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { BusinessParts } from '../business/business-parts';
import { CalculatorStore } from '../core/api/calculator-store';
import { CalculatorTopic } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { LoadWords } from '../core/ui/load-words';
import { FormulaName, FormulaRow } from './formula-row';
import { InputRow } from './input-row';
import { ValueChart } from './value-chart';

/** In the order of the page. */
const TOPICS: readonly CalculatorTopic[] = [
  'volume',
  'failures',
  'repair',
  'downtime',
  'conversion',
  'engagement',
  'churn',
  'costs',
  'result',
];

/** The value calculator: what comes of it, and the inputs and formulas that it is computed from. */
@Component({
  selector: 'rs-calculator-page',
  imports: [BusinessParts, FormulaRow, InputRow, LoadWords, ValueChart],
  templateUrl: './calculator-page.html',
  styleUrls: ['../core/ui/insights.css', './calculator-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CalculatorPage {
  protected readonly store = inject(CalculatorStore);
  protected readonly say = inject(Language).say;

  protected readonly topics = computed(() => {
    const { inputs = [], formulas = [] } = this.store.calculation() ?? {};
    const names: FormulaName[] = inputs.map(({ id }) => ({
      id,
      name: this.say(`calculator.input.${id}`),
    }));
    const rows = formulas.map((formula) => {
      const known = [...names];
      names.push({ id: formula.id, name: this.say(`calculator.formula.${formula.id}`) });
      return { formula, known };
    });
    return TOPICS.map((topic) => ({
      topic,
      title: this.say(`calculator.topic.${topic}`),
      inputs: inputs.filter((input) => input.topic === topic),
      formulas: rows.filter(({ formula }) => formula.topic === topic),
    }));
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.store.watch());
  }
}
