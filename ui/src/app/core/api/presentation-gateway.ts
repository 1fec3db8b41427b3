import { Injectable } from '@angular/core';

import { answerOf, api, patient } from './gateway';
import { ScriptLanguage, Seen } from './schema';

/** The requests of the presenter, which the first screen does not load. */
@Injectable({ providedIn: 'root' })
export class PresentationGateway {
  presentation(language: ScriptLanguage) {
    return answerOf(api.GET('/api/v1/presentation', { params: { query: { language } } }));
  }

  /** Each of these requests returns where the presentation stands then. */
  startPresentation(reset_demo: boolean) {
    return answerOf(patient.POST('/api/v1/presentation/start', { body: { reset_demo } }));
  }

  nextStep() {
    return answerOf(api.POST('/api/v1/presentation/next', { body: {} }));
  }

  stepBack() {
    return answerOf(api.POST('/api/v1/presentation/back', { body: {} }));
  }

  goToStep(step: string, line: number) {
    return answerOf(api.POST('/api/v1/presentation/go', { body: { step, line } }));
  }

  endPresentation() {
    return answerOf(api.POST('/api/v1/presentation/end', { body: {} }));
  }

  noteSeen(seen: Seen) {
    return answerOf(api.POST('/api/v1/presentation/seen', { body: seen }));
  }

  /** A script with mistakes is refused, and its `ApiProblem` lists them. */
  useOwnScript(toml: string) {
    return answerOf(
      api.PUT('/api/v1/presentation/script', {
        body: toml,
        bodySerializer: (text) => text,
        headers: { 'Content-Type': 'application/toml' },
      }),
    );
  }

  useBuiltInScript() {
    return answerOf(api.DELETE('/api/v1/presentation/script'));
  }
}
