import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  input,
  signal,
  viewChild,
  Injector,
} from '@angular/core';

import { ApiProblem } from '../core/api/api-problem';
import { CalculatorStore } from '../core/api/calculator-store';
import { CalculatorFormula, FormulaMistake } from '../core/api/schema';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { SCENARIOS, amountText } from './amounts';
import { readable } from './formula-text';

/** A name that a formula may use. */
export interface FormulaName {
  readonly id: string;
  readonly name: string;
}

/** One formula: what comes of it, how it is computed, and its editor. */
@Component({
  selector: 'rs-formula-row',
  templateUrl: './formula-row.html',
  styleUrl: './formula-row.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FormulaRow {
  readonly formula = input.required<CalculatorFormula>();
  readonly currency = input.required<string>();
  /** The names of all inputs, and of the formulas before this one. */
  readonly names = input.required<readonly FormulaName[]>();

  private readonly language = inject(Language);
  private readonly store = inject(CalculatorStore);
  private readonly injector = inject(Injector);
  protected readonly say = this.language.say;
  private readonly box = viewChild<ElementRef<HTMLTextAreaElement>>('box');
  protected readonly editing = signal(false);
  /** What is wrong with the text that was to be saved. */
  protected readonly refused = signal('');
  protected readonly mistake = signal<FormulaMistake | null>(null);

  protected readonly name = computed(() => this.say(`calculator.formula.${this.formula().id}`));
  protected readonly parts = computed(() =>
    readable(this.formula().text, (id) => this.names().find((known) => known.id === id)?.name),
  );
  protected readonly values = computed(() => {
    const { unit, values } = this.formula();
    return SCENARIOS.map((scenario) => ({
      scenario,
      label: this.say(`calculator.scenario.${scenario}`),
      text: amountText(this.language, { currency: this.currency() }, unit, values[scenario]),
    }));
  });
  protected readonly mistakeWords = computed(() => {
    const mistake = this.mistake();
    if (!mistake) return this.refused();
    const { kind, at, part } = mistake;
    const place = this.language.formats().number(at + 1);
    return this.say(`calculator.mistake.${kind}`, { at: place, part });
  });

  protected edit(): void {
    this.forgetMistake();
    this.editing.set(true);
    afterNextRender(() => this.box()?.nativeElement.focus(), { injector: this.injector });
  }

  protected async save(box: HTMLTextAreaElement): Promise<void> {
    const text = box.value.trim();
    // Places of mistakes are places in what was sent.
    box.value = text;
    await this.tried(() => this.store.useFormula(this.formula().id, text));
  }

  protected async useBuiltIn(): Promise<void> {
    await this.tried(() => this.store.useBuiltInFormula(this.formula().id));
  }

  protected cancel(): void {
    this.editing.set(false);
    this.forgetMistake();
  }

  protected insert(id: string): void {
    const box = this.box()?.nativeElement;
    box?.setRangeText(id, box.selectionStart, box.selectionEnd, 'end');
    box?.focus();
  }

  private forgetMistake(): void {
    this.mistake.set(null);
    this.refused.set('');
  }

  private async tried(change: () => Promise<void>): Promise<void> {
    this.forgetMistake();
    try {
      await change();
      this.editing.set(false);
    } catch (error) {
      const mistake = error instanceof ApiProblem ? error.body.mistake : undefined;
      if (mistake) this.show(mistake);
      else this.refused.set(this.language.text(refusalWords(error)));
    }
  }

  /** Says the mistake, and selects its place in the text. */
  private show(mistake: FormulaMistake): void {
    this.mistake.set(mistake);
    const box = this.box()?.nativeElement;
    box?.focus();
    box?.setSelectionRange(mistake.at, mistake.at + Math.max(mistake.part.length, 1));
  }
}
