import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  output,
  signal,
} from '@angular/core';

import { Button, Question } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import { PresentationStore } from './presentation-store';
import { Questions } from './questions';
import { Claims } from './step-facts';

/** The questions of the script, found by typing, and the answer of one of them with its source. */
@Component({
  selector: 'rs-question-list',
  imports: [Claims],
  templateUrl: './question-list.html',
  styleUrl: './question-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'data-spot': 'questions' },
})
export class QuestionList {
  private readonly store = inject(PresentationStore);
  protected readonly questions = inject(Questions);
  protected readonly say = inject(Language).say;
  protected readonly typed = signal('');

  /** Something is to be shown or done for an answer. */
  readonly act = output<Button['action']>();

  private readonly all = computed(() => this.store.presentation()?.script.questions ?? []);
  protected readonly none = computed(() => this.all().length === 0);
  protected readonly found = computed(() => {
    const states = this.store.presentation()?.state.questions ?? [];
    return found(this.all(), this.typed()).map((question) => ({
      ...question,
      opened: states.some(({ id, opened }) => id === question.id && opened),
    }));
  });
  protected readonly open = computed(() => {
    const id = this.questions.shown();
    const question = this.all().find((each) => each.id === id);
    const states = this.store.presentation()?.state.questions ?? [];
    const state = states.find((each) => each.id === id);
    return question && { ...question, states: state?.claims ?? [] };
  });
}

/** The questions that contain every word that was typed, in question or answer; those of the question first. */
export function found(questions: readonly Question[], typed: string): readonly Question[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string): boolean =>
    words.every((word) => text.toLocaleLowerCase().includes(word));
  const inQuestion = questions.filter(({ question }) => has(question));
  const inAnswer = questions.filter(
    (each) => !inQuestion.includes(each) && has(`${each.question} ${each.answer}`),
  );
  return [...inQuestion, ...inAnswer];
}
