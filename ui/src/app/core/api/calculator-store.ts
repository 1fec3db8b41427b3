import { Injectable, computed, inject } from '@angular/core';

import { CalculatorGateway } from './calculator-gateway';
import { Followed } from './followed';
import { Calculation, FormulaId, InputId, ScenarioValues } from './schema';

/** Interval of requests while a page watches, in milliseconds: what is measured changes with every spin. */
const LOOK_MS = 3_000;
const HOURS_OF_A_DAY = 24;

/** The value calculator: the one place of everything that is assumed. A change rejects with the reason of a refusal. */
@Injectable({ providedIn: 'root' })
export class CalculatorStore {
  private readonly gateway = inject(CalculatorGateway);
  private readonly followed = new Followed(() => this.gateway.calculation(), { everyMs: LOOK_MS });

  readonly calculation = this.followed.value;
  readonly state = this.followed.state;
  readonly watch = this.followed.watch;
  readonly load = this.followed.load;
  /** The customer's own volume, by which measured losses are projected; null while it is not known. */
  readonly spinsPerHour = computed(() => {
    const input = this.calculation()?.inputs.find(({ id }) => id === 'spins_per_day');
    return input ? input.values.expected / HOURS_OF_A_DAY : null;
  });

  assume(id: InputId, values: ScenarioValues): Promise<void> {
    return this.take(this.gateway.assume(id, values));
  }

  assumeSpinsPerHour(spins: number): Promise<void> {
    return this.assume('spins_per_day', inAllScenarios(spins * HOURS_OF_A_DAY));
  }

  takeOver(id: InputId): Promise<void> {
    return this.take(this.gateway.takeOver(id));
  }

  forgetInput(id: InputId): Promise<void> {
    return this.take(this.gateway.forgetInput(id));
  }

  useFormula(id: FormulaId, text: string): Promise<void> {
    return this.take(this.gateway.useFormula(id, text));
  }

  useBuiltInFormula(id: FormulaId): Promise<void> {
    return this.take(this.gateway.useBuiltInFormula(id));
  }

  forgetAll(): Promise<void> {
    return this.take(this.gateway.forgetAll());
  }

  private async take(change: Promise<Calculation>): Promise<void> {
    this.followed.take(await change);
  }
}

export function inAllScenarios(value: number): ScenarioValues {
  return { pessimistic: value, expected: value, optimistic: value };
}
