import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { Calculation, FormulaId } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { SCENARIOS, amountText } from './amounts';

/** What a benefit consists of, each with its colour. */
const EFFECTS = [
  { id: 'failures_value', colour: 'var(--service-other-0)' },
  { id: 'engineers_value', colour: 'var(--service-other-1)' },
  { id: 'downtime_value', colour: 'var(--service-other-2)' },
  { id: 'conversion_value', colour: 'var(--service-other-3)' },
  { id: 'engagement_value', colour: 'var(--service-other-4)' },
  { id: 'churn_value', colour: 'var(--service-other-5)' },
] as const satisfies readonly { id: FormulaId; colour: string }[];
/** What stands below the effects in the table. */
const SUMS = ['benefit', 'telemetry_cost', 'net', 'payback_months'] as const;

/** What comes of it in each scenario: a bar of its parts, what remains of a month, and when it pays for itself. */
@Component({
  selector: 'rs-value-chart',
  templateUrl: './value-chart.html',
  styleUrl: './value-chart.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ValueChart {
  readonly calculation = input.required<Calculation>();

  private readonly language = inject(Language);
  protected readonly say = this.language.say;

  protected readonly scenarios = computed(() => {
    const all = SCENARIOS.map((scenario) => {
      const value = (id: FormulaId): number | null => this.of(id)?.values[scenario] ?? null;
      const parts = EFFECTS.map(({ id, colour }) => ({ id, colour, value: value(id) ?? 0 }));
      return {
        scenario,
        // A part that costs instead of bringing something has no length.
        parts: parts.filter((part) => part.value > 0),
        cost: value('telemetry_cost') ?? 0,
        net: value('net'),
        payback: value('payback_months'),
      };
    });
    const sum = ({ parts }: (typeof all)[number]): number =>
      parts.reduce((total, part) => total + part.value, 0);
    const most = Math.max(1, ...all.map((each) => Math.max(sum(each), each.cost)));
    return all.map(({ scenario, parts, cost, net, payback }) => ({
      scenario,
      name: this.say(`calculator.scenario.${scenario}`),
      short: this.say(`calculator.short.${scenario}`),
      parts: parts.map(({ id, colour, value }) => ({
        id,
        colour,
        percent: (100 * value) / most,
        words: this.say('calculator.barPart', {
          name: this.say(`calculator.formula.${id}`),
          money: this.money(value),
        }),
      })),
      costPercent: (100 * cost) / most,
      costWords: this.say('calculator.costMark', { money: this.money(cost) }),
      net: this.say('calculator.remains', { money: this.money(net) }),
      isLoss: net !== null && net < 0,
      payback:
        payback === null
          ? this.say('calculator.neverPays')
          : this.say('calculator.paysIn', {
              months: amountText(this.language, this.calculation(), 'months', payback),
            }),
    }));
  });

  protected readonly rows = computed(() => {
    const row = (id: FormulaId, colour: string | null) => {
      const { unit = 'money', values } = this.of(id) ?? {};
      return {
        id,
        colour,
        name: this.say(`calculator.formula.${id}`),
        values: SCENARIOS.map((scenario) => ({
          scenario,
          text: amountText(this.language, this.calculation(), unit, values?.[scenario] ?? null),
        })),
      };
    };
    return [
      ...EFFECTS.map(({ id, colour }) => row(id, colour)),
      ...SUMS.map((id) => row(id, null)),
    ];
  });

  private of(id: FormulaId) {
    return this.calculation().formulas.find((formula) => formula.id === id);
  }

  private money(value: number | null): string {
    return amountText(this.language, this.calculation(), 'money', value);
  }
}
