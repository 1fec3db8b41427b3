import { Injectable } from '@angular/core';

import { answerOf, api } from './gateway';
import { FormulaId, InputId, ScenarioValues } from './schema';

/** The requests of the value calculator, which the first screen does not load. Each returns what comes of it. */
@Injectable({ providedIn: 'root' })
export class CalculatorGateway {
  calculation() {
    return answerOf(api.GET('/api/v1/calculator'));
  }

  assume(id: InputId, values: ScenarioValues) {
    const params = { path: { id } };
    return answerOf(api.PUT('/api/v1/calculator/inputs/{id}', { params, body: values }));
  }

  takeOver(id: InputId) {
    const params = { path: { id } };
    return answerOf(api.POST('/api/v1/calculator/inputs/{id}/measured', { params, body: {} }));
  }

  forgetInput(id: InputId) {
    return answerOf(api.DELETE('/api/v1/calculator/inputs/{id}', { params: { path: { id } } }));
  }

  /** A formula with a mistake is refused, and its `ApiProblem` has the mistake. */
  useFormula(id: FormulaId, text: string) {
    const params = { path: { id } };
    return answerOf(api.PUT('/api/v1/calculator/formulas/{id}', { params, body: { text } }));
  }

  useBuiltInFormula(id: FormulaId) {
    return answerOf(api.DELETE('/api/v1/calculator/formulas/{id}', { params: { path: { id } } }));
  }

  forgetAll() {
    return answerOf(api.DELETE('/api/v1/calculator'));
  }
}
